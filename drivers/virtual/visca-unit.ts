import { type AxisName, type Head, isMoving } from './head.ts'
import { type BodyFaults, createBody, standing } from './visca-body.ts'

/**
 * A camera's conversation, whatever carries it: answers as late as a real one, has two sockets for commands, and moves like
 * one. What it does wrong is a script (`faults`), so that a test is a conversation with a bad camera. The edges (UDP, TCP,
 * a serial line) hand it packets.
 */

export interface Faults extends BodyFaults {
	/** Answers nothing, does nothing. */
	silent?: boolean
	/** Obeys and says nothing of it; inquiries are answered. */
	noAck?: boolean
	noCompletion?: boolean
	/** Completes a journey when it begins. */
	earlyCompletion?: boolean
	/** Its ACKs come so many milliseconds late. */
	lateAckMs?: number
	/** It completes so many milliseconds after it is done. */
	lateCompletionMs?: number
	/** Replies from the next address, as some firmware does: A0 instead of 90. */
	wrongAddress?: boolean
	/** So many requests are lost on the way. */
	loseRequests?: number
	/** So many replies are lost on the way. */
	loseReplies?: number
	/** Before each reply come bytes that mean nothing. */
	noise?: boolean
	/** So many commands are answered 'buffer full'. */
	bufferFull?: number
	/** So many times it says, unasked, that the network has changed. */
	networkChange?: number
	/** In the midst of its next movement its power fails for so many milliseconds; then it remembers nothing. */
	rebootMidMove?: number
}

/** What is sent back, without its address and terminator; so long after now. */
type Reply = (bytes: number[], afterMs: number) => void

export interface UnitOptions {
	/** May be changed while it runs. */
	faults?: Faults
	/** Milliseconds from a command to its ACK; one field of video. */
	ackMs?: number
	/** The head's clock. */
	clock?: () => number
	/** It says unasked that the network has changed (38): it was switched on, or a fault makes it. */
	onChange?(): void
	/** Its power fails: it forgets its address, its peer, its numbers. */
	onPowerCut?(): void
}

export interface Unit {
	readonly faults: Faults
	/** The head now. */
	head(): Head
	/** What arrived, in hex without any framing, oldest first; at most the last 1,000. */
	readonly heard: readonly string[]
	/** It has no power: nothing goes through it either. */
	readonly off: boolean
	readonly ackMs: number
	/** Whether what arrives now reaches it. */
	listens(): boolean
	hear(packet: Buffer, reply: Reply): void
	/** IF_Clear: its sockets are empty, and what ran in them is cancelled (EVI-D70 manual, "VISCA interface command"). */
	clear(): void
	/** The bytes of a reply as a packet of this address. */
	packet(bytes: number[], address: number): Buffer
	/** Bytes without meaning that come before a reply, where it makes noise. */
	noise(): readonly Buffer[]
	/** Does it so much later, unless it is lost on the way or the camera is closed by then. */
	say(afterMs: number, send: () => void): void
	onPacket(listener: (packet: Buffer) => void): void
	powerCut(ms: number): void
	close(): void
}

interface Running {
	axes: readonly AxisName[]
	complete(): void
}

const sockets = [1, 2] as const
const lookMs = 20
/** A timer may ring so much too early. */
const earlyMs = 1
/** Nothing, a network change as some send it unasked, a long row of one byte, a header alone, a reply cut short. */
const noises = ['', '8838ff', '55'.repeat(60), '0111000300000001', '011100030000000190', 'ffffff'].map((hex) =>
	Buffer.from(hex, 'hex'),
)
const refusals = { syntax: 0x02, 'not-executable': 0x41 } as const

export function createUnit({ faults = {}, ackMs = 16, clock = Date.now, onChange, onPowerCut }: UnitOptions): Unit {
	const body = createBody(faults, clock)
	const heard: string[] = []
	const listeners: ((packet: Buffer) => void)[] = []
	const running = new Map<number, Running>()
	const outbox: { at: number; send: () => void }[] = []
	let watch: NodeJS.Timeout | undefined
	let offUntil = 0
	let closed = false

	/** Journeys that have arrived are completed. */
	function follow(): void {
		clearTimeout(watch)
		if (running.size === 0) return
		watch = setTimeout(() => {
			const head = body.head()
			for (const [number, { axes, complete }] of running) {
				if (!standing(head, axes)) continue
				running.delete(number)
				complete()
			}
			follow()
		}, lookMs)
	}

	function cancel(number: number, reply: Reply) {
		const journey = running.get(number)
		running.delete(number)
		if (journey) body.halt(journey.axes)
		reply([0x60 | number, journey ? 0x04 : 0x05], ackMs)
	}

	function clear() {
		for (const { axes } of running.values()) body.halt(axes)
		running.clear()
	}

	function hearCommand(packet: Buffer, reply: Reply) {
		if (packet.toString('hex') === '81010001ff') {
			clear()
			return reply([0x50], ackMs)
		}
		const free = sockets.find((number) => !running.has(number))
		if (free === undefined || spent('bufferFull')) return reply([0x60, 0x03], ackMs)
		const outcome = body.obey(packet)
		if ('refused' in outcome) return reply([0x60, refusals[outcome.refused]], ackMs)
		const lateMs = faults.lateAckMs ?? 0
		if (!faults.noAck) reply([0x40 | free], ackMs + lateMs)
		const complete = (afterMs = 1) => {
			if (!faults.noCompletion && !faults.noAck) reply([0x50 | free], afterMs + (faults.lateCompletionMs ?? 0))
		}
		if (!('axes' in outcome) || faults.earlyCompletion) return complete(ackMs + lateMs + 1)
		running.set(free, { axes: outcome.axes, complete })
		follow()
	}

	/** In order, also where two timers of a busy machine ring the wrong way round. */
	function post() {
		while (outbox[0] && outbox[0].at <= performance.now() + earlyMs) {
			const { send } = outbox.shift() as (typeof outbox)[number]
			if (!closed && clock() >= offUntil) send()
		}
	}

	/** Whether this fault happens now; it is counted. */
	function spent(fault: 'loseRequests' | 'loseReplies' | 'bufferFull' | 'networkChange'): boolean {
		const left = faults[fault] ?? 0
		if (left > 0) faults[fault] = left - 1
		return left > 0
	}

	function powerCut(ms: number) {
		body.powerCut()
		running.clear()
		offUntil = clock() + ms
		onPowerCut?.()
		setTimeout(() => !closed && onChange?.(), ms)
	}

	return {
		faults,
		head: body.head,
		heard,
		ackMs,
		get off() {
			return clock() < offUntil
		},

		listens() {
			const { rebootMidMove } = faults
			if (rebootMidMove !== undefined && isMoving(body.head())) {
				delete faults.rebootMidMove
				powerCut(rebootMidMove)
			}
			return !(faults.silent || clock() < offUntil || clock() < body.deafUntil || spent('loseRequests'))
		},

		hear(packet, reply) {
			heard.push(packet.toString('hex'))
			if (heard.length > 1_000) heard.shift()
			for (const listener of listeners) listener(packet)
			if (spent('networkChange')) onChange?.()
			const verb = packet[1] ?? 0
			// To itself it is always camera 1.
			const own = Buffer.of(0x81, ...packet.subarray(1))
			if (packet.length < 3 || packet.length > 16 || packet.at(-1) !== 0xff) reply([0x60, 0x02], ackMs)
			else if (verb === 0x09) reply(body.inquire(own), ackMs)
			else if (verb === 0x01) hearCommand(own, reply)
			else if (verb >> 4 === 2) cancel(verb & 0x0f, reply)
			else reply([0x60, 0x02], ackMs)
		},

		clear,
		packet: (bytes, address) =>
			Buffer.of((8 + (faults.wrongAddress ? (address % 7) + 1 : address)) << 4, ...bytes, 0xff),
		noise: () => (faults.noise ? noises : []),

		say(afterMs, send) {
			if (spent('loseReplies')) return
			const at = performance.now() + afterMs
			const place = outbox.findIndex((other) => other.at > at)
			outbox.splice(place < 0 ? outbox.length : place, 0, { at, send })
			setTimeout(post, afterMs)
		},

		onPacket: (listener) => void listeners.push(listener),
		powerCut,
		close() {
			closed = true
			clearTimeout(watch)
		},
	}
}
