import { DeviceError } from '../device.ts'
import { decode, encode, encodeInquiry, type Reply } from './codec.ts'
import type { Framing } from './framing.ts'
import { networkPace, type Pace, patience, stopTries, triesOf } from './pace.ts'
import {
	type AxisGroup,
	hasLeft,
	isCommand,
	isJourney,
	type Message,
	ownerOf,
	type Pending,
	touches,
	waitsForTurn,
} from './pending.ts'

/**
 * One conversation with one camera. Pure: bytes and the time in, what should happen out.
 *
 * - What is not answered is sent again with the *same* number; 'abnormal sequence' for something sent more than once means
 *   that it had arrived and only its ACK was lost. After three silences in a row both sides count anew (RESET).
 * - The newest movement of an axis takes the place of any before it, which is neither sent nor repeated any more. Drives
 *   never queue up: at most two are without an ACK, one waits for each axis.
 * - A stop passes everything: it waits for no window, no ACK and no inquiry, makes void what moves its axis, is repeated
 *   soon and often, and clears the camera's sockets where these have no room for it.
 * - 'Buffer full' means dropped: it is sent again, as a new request.
 */

export type Output =
	/** `urgent`: before all that waits for its turn on the line. */
	| { type: 'write'; bytes: Uint8Array; urgent: boolean }
	/** Bytes that have not left yet, and need not any more. */
	| { type: 'withdraw'; bytes: Uint8Array }
	/** `payload`: the answer to an inquiry. */
	| { type: 'settled'; id: number; error: DeviceError | null; payload: Uint8Array | null }
	/** Once in what a call returns, while anything waits: call `tick` then, unless a later call says otherwise. */
	| { type: 'wake'; at: number }

export interface Session {
	/** First of all: the camera counts from 0. */
	begin(): Output[]
	submit(id: number, message: Message, now: number): Output[]
	/** Where bytes wait for their turn: these have left. */
	sent(bytes: Uint8Array, now: number): Output[]
	receive(bytes: Uint8Array, now: number): Output[]
	tick(now: number): Output[]
}

/** How long a camera without room is left alone. */
const fullMs = 60
/** Of buffer full: about two seconds. */
const fullTries = 30
const driveWindow = 2
/** Of a camera, for commands that take time. */
const sockets = [1, 2] as const
const silencesToReset = 3

interface Waiting {
	id: number
	message: Message & { kind: 'drive' }
	notBefore: number
	tries: number
}

export function createSession(framing: Framing, pace: Pace = networkPace): Session {
	let pending: Pending[] = []
	const waiting = new Map<AxisGroup, Waiting>()
	/** Without numbers an answer tells its question only by order: one at a time. */
	let questions: { id: number; message: Message & { kind: 'inquiry' } }[] = []
	let nextSequence = 0
	let silences = 0
	/** The camera has copied a number that it could not have guessed. */
	let copiesNumbers = false
	/** The camera has answered since we both began to count. */
	let inStep = false
	let outputs: Output[] = []

	const write = (bytes: Uint8Array, urgent = false) => void outputs.push({ type: 'write', bytes, urgent })

	function settle(id: number | null, error: DeviceError | null = null, payload: Uint8Array | null = null) {
		if (id !== null) outputs.push({ type: 'settled', id, error, payload })
	}

	function finish(entry: Pending, error: DeviceError | null = null, payload: Uint8Array | null = null) {
		pending = pending.filter((other) => other !== entry)
		settle(entry.id, error, payload)
	}

	function writeAndWait(entry: Pending, now: number) {
		entry.dueAt = pace.inTurn ? Number.POSITIVE_INFINITY : now + patience(entry.message, pace)
		write(entry.bytes, entry.message.kind === 'stop')
	}

	/** Numbers, frames and writes it; a new request, also where the message is not new. */
	function transmit(entry: Pending, now: number) {
		const { message } = entry
		entry.sequence = nextSequence
		nextSequence = (nextSequence + 1) >>> 0
		entry.bytes =
			message.kind === 'inquiry'
				? framing.wrap('inquiry', entry.sequence, encodeInquiry(message.inquiry, framing.address))
				: framing.wrap('command', entry.sequence, encode(message.command, framing.address))
		entry.refused = false
		writeAndWait(entry, now)
	}

	function send(id: number | null, message: Message, now: number, tries = 1) {
		const entry: Pending = {
			...{ id, message, sequence: null, bytes: new Uint8Array(), tries, dueAt: 0 },
			...{ socket: null, refused: false, doubts: 0 },
		}
		pending.push(entry)
		transmit(entry, now)
	}

	/** What moved these axes so far counts no longer. For who asked for a movement that is as good as done, but it did not arrive. */
	function overrule(axes: readonly AxisGroup[], by: Message['kind'], now: number) {
		for (const axis of axes) {
			settle(waiting.get(axis)?.id ?? null)
			waiting.delete(axis)
		}
		for (const entry of pending) {
			// Two stops do not contradict each other, and each caller is told when its own is confirmed.
			if (entry.id === null || !touches(entry, axes) || (by === 'stop' && entry.message.kind === 'stop')) continue
			settle(
				entry.id,
				entry.message.kind === 'act' ? new DeviceError('rejected', 'something newer moves the camera') : null,
			)
			entry.id = null
		}
		for (const entry of pending.filter((other) => other.id === null && waitsForTurn(other))) {
			outputs.push({ type: 'withdraw', bytes: entry.bytes })
			if (hasLeft(entry)) entry.dueAt = now + patience(entry.message, pace) // told before, it may still be answered
		}
		// What the camera dropped will have no reply, nor will what never left us.
		pending = pending.filter((entry) => entry.id !== null || (!entry.refused && hasLeft(entry)))
	}

	const drivesUnderWay = () =>
		pending.filter(({ message, socket }) => message.kind === 'drive' && socket === null).length

	function sendWaiting(now: number) {
		for (const [axis, { id, message, notBefore, tries }] of waiting) {
			if (drivesUnderWay() >= driveWindow) break
			if (now < notBefore) continue
			waiting.delete(axis)
			send(id, message, now, tries)
		}
		while (questions.length > 0 && (framing.numbered || !pending.some(({ message }) => message.kind === 'inquiry'))) {
			const [question, ...rest] = questions
			questions = rest
			if (question) send(question.id, question.message, now)
		}
	}

	/** The camera counts from elsewhere (it was off, or the RESET was lost), or is silent: both begin again. */
	function startAnew(now: number) {
		if (!framing.reset) return
		write(framing.reset)
		nextSequence = 0
		silences = 0
		inStep = false
		pending = pending.filter(({ id, socket }) => id !== null || socket !== null)
		for (const entry of pending) {
			entry.sequence = null
			if (entry.socket === null) {
				entry.tries += 1 // so that it ends
				transmit(entry, now)
			}
		}
	}

	function full(entry: Pending, now: number) {
		const { id, message } = entry
		if (entry.refused) return // another copy of it, sent when its answer was late
		if (id === null) return finish(entry)
		if (entry.tries >= (message.kind === 'stop' ? stopTries : fullTries))
			return finish(entry, new DeviceError('rejected', 'the camera has no room for another command'))
		if (message.kind === 'drive') {
			pending = pending.filter((other) => other !== entry)
			if (waiting.has(message.axis)) return settle(id)
			waiting.set(message.axis, { id, message, notBefore: now + fullMs, tries: entry.tries + 1 })
			return
		}
		entry.tries += 1
		if (message.kind !== 'stop' || entry.tries > 2) {
			entry.refused = true
			entry.dueAt = now + fullMs
			return
		}
		// A stop ends journeys anyhow, so that their sockets may as well be emptied.
		for (const socket of sockets) cancel(socket)
		transmit(entry, now)
	}

	function cancel(socket: number) {
		write(framing.wrap('command', nextSequence, encode({ kind: 'cancel', socket }, framing.address)), true)
		nextSequence = (nextSequence + 1) >>> 0
	}

	/** Where journeys are in all its sockets, a stop would find no room: those that it ends make way. */
	function makeRoom(axis: AxisGroup) {
		const busy = pending.filter(({ socket }) => socket !== null && socket > 0)
		if (busy.length < sockets.length) return
		for (const entry of busy) if (touches(entry, [axis])) cancel(entry.socket ?? 0)
	}

	function receiveReply(sequence: number, reply: Reply, now: number) {
		if (reply.kind === 'unknown') return
		silences = 0
		inStep = true
		const numbered = framing.numbered ? ownerOf(pending, reply, sequence) : undefined
		copiesNumbers ||= numbered !== undefined && sequence > 1
		// A camera that cannot count says 0 or 1 to everything.
		const inOrder = !framing.numbered || (sequence <= 1 && !copiesNumbers)
		const entry = numbered ?? (inOrder ? ownerOf(pending, reply, null) : undefined)
		if (!entry) return
		switch (reply.kind) {
			case 'ack':
				if (entry.message.kind !== 'act') return finish(entry)
				entry.socket = reply.socket
				entry.dueAt = now + entry.message.limitMs
				return
			case 'completion':
				return finish(entry)
			case 'answer':
				return finish(entry, null, reply.payload)
			case 'error':
				if (reply.reason === 'buffer-full') return full(entry, now)
				return finish(entry, new DeviceError('rejected', `the camera refused: ${reply.reason}`))
		}
	}

	function receiveAbnormal(sequence: number, now: number) {
		const entry = pending.find((other) => other.sequence === sequence && other.socket === null)
		if (!entry) return
		if (!inStep || entry.tries === 1) return startAnew(now)
		// It had arrived and its reply was lost, or it was lost and something later arrived. A stop must not be taken for
		// obeyed on a guess, and all that we send may be done twice: so it is told anew. Twice lost on its way while twice
		// its repetition arrives is past belief; that camera gives no ACKs.
		const overtaken = ((entry.sequence ?? 0) + 1) >>> 0 !== nextSequence
		if (!isCommand(entry) || (overtaken && ++entry.doubts < 2)) {
			if (entry.tries >= triesOf(entry.message)) return
			entry.tries += 1
			transmit(entry, now)
		} else if (entry.message.kind === 'act' && entry.id !== null) {
			entry.socket = 0
			entry.dueAt = now + entry.message.limitMs
		} else finish(entry)
	}

	/** Ends a call: what may go goes, and the next moment is told. */
	function flush(now: number): Output[] {
		sendWaiting(now)
		const moments = [...pending.map(({ dueAt }) => dueAt), ...[...waiting.values()].map(({ notBefore }) => notBefore)]
		const told = outputs
		outputs = []
		const at = Math.min(...moments.filter((moment) => moment > 0))
		return Number.isFinite(at) ? [...told, { type: 'wake', at }] : told
	}

	return {
		begin() {
			nextSequence = 0
			inStep = false
			return framing.reset ? [{ type: 'write', bytes: framing.reset, urgent: false }] : []
		},

		submit(id, message, now) {
			switch (message.kind) {
				case 'drive':
					overrule([message.axis], message.kind, now)
					if (drivesUnderWay() < driveWindow) send(id, message, now)
					else waiting.set(message.axis, { id, message, notBefore: 0, tries: 1 })
					break
				case 'stop':
					overrule([message.axis], message.kind, now)
					makeRoom(message.axis)
					send(id, message, now)
					break
				case 'act':
					overrule(message.axes, message.kind, now)
					send(id, message, now)
					break
				case 'inquiry':
					questions.push({ id, message })
					break
			}
			return flush(now)
		},

		sent(bytes, now) {
			const entry = pending.find((other) => other.bytes === bytes)
			if (entry && waitsForTurn(entry)) {
				entry.dueAt = now + patience(entry.message, pace)
				// The camera answers in the order in which it heard.
				pending = [...pending.filter((other) => other !== entry), entry]
			}
			return flush(now)
		},

		receive(bytes, now) {
			for (const incoming of framing.read(bytes)) {
				if (incoming.kind === 'reply') receiveReply(incoming.sequence, decode(incoming.packet), now)
				if (incoming.kind !== 'control') continue
				if (incoming.meaning === 'reset-done') inStep = true
				if (incoming.meaning === 'abnormal-sequence') receiveAbnormal(incoming.sequence, now)
				if (incoming.meaning === 'abnormal-message') {
					const entry = pending.find(({ sequence }) => sequence === incoming.sequence)
					if (entry) finish(entry, new DeviceError('protocol', 'the camera does not know such a message'))
				}
			}
			return flush(now)
		},

		tick(now) {
			for (const entry of pending.filter(({ dueAt }) => dueAt <= now)) {
				if (!pending.includes(entry) || entry.dueAt > now) continue
				if (entry.socket !== null)
					finish(entry, isJourney(entry) ? new DeviceError('timeout', 'no completion in time') : null)
				else if (entry.id === null) finish(entry)
				else if (entry.refused) transmit(entry, now)
				else if (entry.tries >= triesOf(entry.message)) {
					finish(entry, new DeviceError('timeout', 'the camera does not answer'))
				} else if (++silences >= silencesToReset && framing.reset) startAnew(now)
				else {
					entry.tries += 1
					writeAndWait(entry, now)
				}
			}
			return flush(now)
		},
	}
}
