import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import type { AxisName, Head } from './head.ts'
import { type BodyFaults, createBody, standing } from './visca-body.ts'

/**
 * A camera on a real UDP socket: answers as late as a real one, has two sockets for commands, and moves like one. What it
 * does wrong is a script (`faults`), so that a test is a conversation with a bad camera.
 */

export interface Faults extends BodyFaults {
	/** Answers nothing, does nothing. */
	silent?: boolean
	/** Obeys and says nothing of it; inquiries are answered. */
	noAck?: boolean
	noCompletion?: boolean
	/** Completes a journey when it begins. */
	earlyCompletion?: boolean
	/** Replies from address A0 instead of 90, as some firmware does. */
	wrongAddress?: boolean
	/** So many requests are lost on the way. */
	loseRequests?: number
	/** So many replies are lost on the way. */
	loseReplies?: number
	/** Before each reply come bytes that mean nothing. */
	noise?: boolean
	/** Every reply carries this sequence number. */
	fixedSequence?: number
	/** Every request is answered as a message it does not know (control reply 0F 02). */
	abnormalMessage?: boolean
	/** So many commands are answered 'buffer full'. */
	bufferFull?: number
}

export interface ViscaCameraOptions {
	host: string
	/** 0: a free one. */
	port: number
	/** Default 'sony'; 'raw': packets without a header, as on UDP 1259. */
	framing?: 'sony' | 'raw'
	/** May be changed while it runs. */
	faults?: Faults
	/** Milliseconds from a command to its ACK; one field of video. */
	ackMs?: number
	/** The head's clock. */
	clock?: () => number
}

export interface VirtualCamera {
	readonly port: number
	readonly faults: Faults
	/** The head now. */
	head(): Head
	onDatagram(listener: (bytes: Buffer) => void): void
	/** What arrived, in hex without the framing, oldest first; at most the last 1,000. */
	readonly heard: readonly string[]
	close(): Promise<void>
}

interface Running {
	axes: readonly AxisName[]
	complete(): void
}

type Reply = (bytes: number[], afterMs?: number) => void

const types = { command: 0x0100, inquiry: 0x0110, reply: 0x0111, control: 0x0200, controlReply: 0x0201 } as const
const sockets = [1, 2] as const
/** Nothing, a network change as some send it unasked, a long row of one byte, a header alone, a reply cut short. */
const noises = ['', '8838ff', '55'.repeat(60), '0111000300000001', '011100030000000190', 'ffffff'].map((hex) =>
	Buffer.from(hex, 'hex'),
)
const refusals = { syntax: 0x02, 'not-executable': 0x41 } as const

export async function startViscaCamera({
	host,
	port,
	framing = 'sony',
	faults = {},
	ackMs = 16,
	clock = Date.now,
}: ViscaCameraOptions): Promise<VirtualCamera> {
	const socket = createSocket('udp4')
	socket.bind(port, host)
	await once(socket, 'listening')
	const body = createBody(faults, clock)
	const heard: string[] = []
	const listeners: ((bytes: Buffer) => void)[] = []
	const running = new Map<number, Running>()
	let lastSequence = -1
	let closed = false

	/** Journeys that have arrived are completed. */
	const watch = setInterval(() => {
		if (running.size === 0) return
		const head = body.head()
		for (const [number, { axes, complete }] of running) {
			if (!standing(head, axes)) continue
			running.delete(number)
			complete()
		}
	}, 20)

	socket.on('message', (datagram, from) => {
		for (const listener of listeners) listener(datagram)
		if (faults.silent || clock() < body.deafUntil || spent('loseRequests')) return
		if (framing === 'raw') hearPacket(datagram, (bytes, afterMs) => transmit(packetOf(bytes), from, afterMs))
		else if (datagram.length > 8 && datagram.readUInt16BE(2) === datagram.length - 8) hearFrame(datagram, from)
	})

	function hearFrame(datagram: Buffer, from: RemoteInfo) {
		const type = datagram.readUInt16BE(0)
		const sequence = datagram.readUInt32BE(4)
		const respond = (kind: number, payload: Buffer, afterMs = ackMs) => {
			const header = Buffer.alloc(8)
			header.writeUInt16BE(kind, 0)
			header.writeUInt16BE(payload.length, 2)
			header.writeUInt32BE(faults.fixedSequence ?? sequence, 4)
			transmit(Buffer.concat([header, payload]), from, afterMs)
		}
		if (type === types.control) {
			lastSequence = -1
			return respond(types.controlReply, Buffer.of(0x01), 1)
		}
		if (type !== types.command && type !== types.inquiry) return
		if (faults.abnormalMessage) return respond(types.controlReply, Buffer.of(0x0f, 0x02), 1)
		// A request that came before is not carried out again.
		if (faults.fixedSequence === undefined && sequence <= lastSequence) {
			return respond(types.controlReply, Buffer.of(0x0f, 0x01), 1)
		}
		lastSequence = sequence
		hearPacket(datagram.subarray(8), (bytes, afterMs) => respond(types.reply, packetOf(bytes), afterMs))
	}

	function hearPacket(packet: Buffer, reply: Reply) {
		heard.push(packet.toString('hex'))
		if (heard.length > 1_000) heard.shift()
		const [address, verb = 0] = packet
		if (address !== 0x81 || packet.length < 3 || packet.length > 16 || packet.at(-1) !== 0xff) reply([0x60, 0x02])
		else if (verb === 0x09) reply(body.inquire(packet))
		else if (verb === 0x01) hearCommand(packet, reply)
		else if (verb >> 4 === 2) cancel(verb & 0x0f, reply)
		else reply([0x60, 0x02])
	}

	function cancel(number: number, reply: Reply) {
		const journey = running.get(number)
		running.delete(number)
		if (journey) body.halt(journey.axes)
		reply([0x60 | number, journey ? 0x04 : 0x05])
	}

	function hearCommand(packet: Buffer, reply: Reply) {
		// IF_Clear empties the sockets; the head goes on to where it was sent.
		if (packet.toString('hex') === '81010001ff') {
			running.clear()
			return reply([0x50])
		}
		const free = sockets.find((number) => !running.has(number))
		if (free === undefined || spent('bufferFull')) return reply([0x60, 0x03])
		const outcome = body.obey(packet)
		if ('refused' in outcome) return reply([0x60, refusals[outcome.refused]])
		if (!faults.noAck) reply([0x40 | free])
		const complete = (afterMs = 1) => {
			if (!faults.noCompletion && !faults.noAck) reply([0x50 | free], afterMs)
		}
		if ('axes' in outcome && !faults.earlyCompletion) running.set(free, { axes: outcome.axes, complete })
		else complete(ackMs + 1)
	}

	/** Whether this fault happens now; it is counted. */
	function spent(fault: 'loseRequests' | 'loseReplies' | 'bufferFull'): boolean {
		const left = faults[fault] ?? 0
		if (left > 0) faults[fault] = left - 1
		return left > 0
	}

	const packetOf = (bytes: number[]) => Buffer.of(faults.wrongAddress ? 0xa0 : 0x90, ...bytes, 0xff)

	function transmit(bytes: Buffer, to: RemoteInfo, afterMs = ackMs) {
		if (spent('loseReplies')) return
		setTimeout(() => {
			if (closed) return
			if (faults.noise) for (const strange of noises) socket.send(strange, to.port, to.address)
			socket.send(bytes, to.port, to.address)
		}, afterMs)
	}

	return {
		port: socket.address().port,
		faults,
		head: body.head,
		heard,
		onDatagram: (listener) => void listeners.push(listener),
		async close() {
			if (closed) return
			closed = true
			clearInterval(watch)
			socket.close()
			await once(socket, 'close')
		},
	}
}
