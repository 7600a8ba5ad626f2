import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AxisName, advance, aim, drive, type Head, isMoving, mechanics, restingHead } from './head.ts'

/**
 * A camera that speaks VISCA over IP on a real socket, answers as late as a real one and moves like one. What it does
 * wrong is a script (`faults`), so that a test is a conversation with a bad camera. Written from the manual's side of the
 * protocol, without the driver's codec: a shared mistake would go unseen.
 */

export interface Faults {
	/** Answers nothing, does nothing. */
	silent?: boolean
	/** Obeys and says nothing of it; inquiries are answered. */
	noAck?: boolean
	noCompletion?: boolean
	/** Replies from address A0 instead of 90, as some firmware does. */
	wrongAddress?: boolean
	/** So many stops are acknowledged and not obeyed. */
	ignoreStops?: number
	/** Drives are acknowledged and not obeyed: green but dead. */
	ignoreDrives?: boolean
	/** Pan goes the other way. */
	reversed?: boolean
	/** So many replies are lost on the way. */
	loseReplies?: number
	/** Every reply carries this sequence number. */
	fixedSequence?: number
	/** So many commands are answered 'buffer full'. */
	bufferFull?: number
	standby?: boolean
}

export interface ViscaCameraOptions {
	host: string
	port: number
	faults?: Faults
	/** Milliseconds from a command to its ACK; one field of video. */
	ackMs?: number
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

const stepsPerDegree = 14.4
const zoomTele = 0x4000
const home = { pan: 0, tilt: 0, zoom: 0 }
const sockets = [1, 2] as const

interface Running {
	axes: readonly AxisName[]
	finish: () => void
}

export async function startViscaCamera({
	host,
	port,
	faults = {},
	ackMs = 16,
}: ViscaCameraOptions): Promise<VirtualCamera> {
	const socket = createSocket('udp4')
	socket.bind(port, host)
	await once(socket, 'listening')
	let head = restingHead(Date.now())
	const presets = new Map<number, { pan: number; tilt: number; zoom: number }>()
	const heard: string[] = []
	const listeners: ((bytes: Buffer) => void)[] = []
	const running = new Map<number, Running>()
	let lastSequence = -1

	const now = () => {
		head = advance(head, Date.now())
		return head
	}

	/** Journeys that have arrived are completed. */
	const watch = setInterval(() => {
		if (running.size === 0) return
		now()
		for (const [number, journey] of running) {
			if (isMoving(head, journey.axes)) continue
			running.delete(number)
			journey.finish()
		}
	}, 20)

	socket.on('message', (datagram, from) => {
		for (const listener of listeners) listener(datagram)
		if (faults.silent || datagram.length < 9 || datagram.readUInt16BE(2) !== datagram.length - 8) return
		const type = datagram.readUInt16BE(0)
		const sequence = datagram.readUInt32BE(4)
		const payload = datagram.subarray(8)
		heard.push(payload.toString('hex'))
		if (heard.length > 1_000) heard.shift()

		const respond = (kind: number, bytes: number[], afterMs: number) => {
			if (faults.loseReplies) {
				faults.loseReplies -= 1
				return
			}
			const body = Buffer.from(bytes)
			if (faults.wrongAddress && kind === 0x0111) body[0] = 0xa0
			const frame = Buffer.alloc(8 + body.length)
			frame.writeUInt16BE(kind, 0)
			frame.writeUInt16BE(body.length, 2)
			frame.writeUInt32BE(faults.fixedSequence ?? sequence, 4)
			body.copy(frame, 8)
			setTimeout(() => {
				if (!closed) socket.send(frame, from.port, from.address)
			}, afterMs)
		}
		const reply = (bytes: number[], afterMs = ackMs) => respond(0x0111, bytes, afterMs)

		if (type === 0x0200) {
			lastSequence = -1
			respond(0x0201, [0x01], 1)
			return
		}
		// A request that came before is not carried out again.
		if (faults.fixedSequence === undefined && sequence <= lastSequence && lastSequence - sequence < 1_000) {
			respond(0x0201, [0x0f, 0x01], 1)
			return
		}
		lastSequence = sequence
		if (type === 0x0110) return inquire(payload, reply)
		if (type === 0x0100) command(payload, reply)
	})

	function inquire(packet: Buffer, reply: (bytes: number[]) => void) {
		now()
		switch (packet.toString('hex')) {
			case '81090002ff':
				return reply([0x90, 0x50, 0x00, 0x01, 0x05, 0x13, 0x01, 0x02, 0x02, 0xff])
			case '81090400ff':
				return reply([0x90, 0x50, faults.standby ? 0x03 : 0x02, 0xff])
			case '81090612ff':
				return reply([
					0x90,
					0x50,
					...spread(head.pan.position * stepsPerDegree),
					...spread(head.tilt.position * stepsPerDegree),
					0xff,
				])
			case '81090447ff':
				return reply([0x90, 0x50, ...spread(head.zoom.position * zoomTele), 0xff])
			default:
				return reply([0x90, 0x60, 0x02, 0xff])
		}
	}

	function command(packet: Buffer, reply: (bytes: number[], afterMs?: number) => void) {
		const free = sockets.find((number) => !running.has(number))
		if (packet.length < 5 || packet[0] !== 0x81 || packet[1] !== 0x01 || packet.at(-1) !== 0xff)
			return reply([0x90, 0x60, 0x02, 0xff])
		if (packet.toString('hex') === '81010001ff') return reply([0x90, 0x50, 0xff])
		if (faults.bufferFull || free === undefined) {
			if (faults.bufferFull) faults.bufferFull -= 1
			return reply([0x90, 0x60, 0x03, 0xff])
		}
		const journey = obey(packet)
		if (journey === 'syntax') return reply([0x90, 0x60, 0x02, 0xff])
		if (!faults.noAck) reply([0x90, 0x40 | free, 0xff])
		const complete = () => {
			if (!faults.noCompletion && !faults.noAck) reply([0x90, 0x50 | free, 0xff], 1)
		}
		if (journey === null) setTimeout(complete, ackMs + 1)
		else running.set(free, { axes: journey, finish: complete })
	}

	/** Null: done at once; axes: done when these stand. */
	function obey(packet: Buffer): readonly AxisName[] | null | 'syntax' {
		now()
		const body = packet.subarray(2, -1)
		const [first = 0, second = 0, ...rest] = body
		switch ((first << 8) | second) {
			case 0x0601: {
				const [panSpeed = 0, tiltSpeed = 0, panWay = 3, tiltWay = 3] = rest
				if (rest.length !== 4 || panSpeed === 0 || tiltSpeed === 0) return 'syntax'
				const stop = panWay === 3 && tiltWay === 3
				if (stop && faults.ignoreStops) {
					faults.ignoreStops -= 1
					return null
				}
				if (!stop && faults.ignoreDrives) return null
				const pan = panWay === 3 ? 0 : ((panWay === 2 ? 1 : -1) * panSpeed) / 0x18
				const tilt = tiltWay === 3 ? 0 : ((tiltWay === 1 ? 1 : -1) * tiltSpeed) / 0x14
				head = drive(drive(head, 'pan', faults.reversed ? -pan : pan), 'tilt', tilt)
				return null
			}
			case 0x0602: {
				if (rest.length !== 10) return 'syntax'
				const [panSpeed = 1, tiltSpeed = 1] = rest
				const pan = gather(rest.slice(2, 6), true) / stepsPerDegree
				const tilt = gather(rest.slice(6), true) / stepsPerDegree
				head = aim(aim(head, 'pan', pan, panSpeed / 0x18), 'tilt', tilt, tiltSpeed / 0x14)
				return ['pan', 'tilt']
			}
			case 0x0604:
				head = aim(aim(head, 'pan', home.pan, 1), 'tilt', home.tilt, 1)
				return ['pan', 'tilt']
			case 0x0407: {
				const [what = 0] = rest
				const speed = ((what & 0x0f) + 1) / 8
				if (what !== 0 && faults.ignoreDrives) return null
				head = drive(
					head,
					'zoom',
					what === 0 ? 0 : what >> 4 === 2 ? speed : what >> 4 === 3 ? -speed : what === 2 ? 0.5 : -0.5,
				)
				return null
			}
			case 0x0447:
				if (rest.length !== 4) return 'syntax'
				head = aim(head, 'zoom', gather(rest, false) / zoomTele, 1)
				return ['zoom']
			case 0x043f: {
				const [action = 0, slot = 0] = rest
				const { pan, tilt, zoom } = head
				if (action === 1) presets.set(slot, { pan: pan.position, tilt: tilt.position, zoom: zoom.position })
				const to = presets.get(slot)
				if (action !== 2) return null
				if (!to) return 'syntax'
				for (const axis of ['pan', 'tilt', 'zoom'] as const) head = aim(head, axis, to[axis], 1)
				return ['pan', 'tilt', 'zoom']
			}
			case 0x0400:
				faults.standby = rest[0] === 0x03
				return null
			case 0x0438:
			case 0x0408:
				return null
			default:
				return 'syntax'
		}
	}

	let closed = false
	return {
		port: socket.address().port,
		faults,
		head: now,
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

/** Four nibbles of a number, two's complement. */
function spread(value: number): number[] {
	const bits = Math.round(value) & 0xffff
	return [bits >> 12, (bits >> 8) & 15, (bits >> 4) & 15, bits & 15]
}

function gather(nibbles: number[], signed: boolean): number {
	const value = nibbles.reduce((sum, nibble) => (sum << 4) | (nibble & 15), 0)
	return signed && value & 0x8000 ? value - 0x10000 : value
}

/** How far a head may look, for those who draw what it sees. */
export const travel = mechanics
