/**
 * Pelco-D as values. Bytes in, bytes out: no lines, no timers, no logging.
 *
 * Bytes, opcodes, units and both kinds of reply: "Pelco D Protocol Manual" (TF-0002, version 2 revision 1), "The message
 * format", "Standard commands", "Extended commands" and "Responses"; the same commands and queries stand in the manuals of
 * conference heads that speak it (MinnRay UV950A, section 5.2). None of it was tried on a real dome.
 */

export type Axis = 'pan' | 'tilt' | 'zoom'

export type Command =
	/**
	 * All that moves, in one frame: a bit that is not set stops what it stands for. Pan and tilt in steps of -63..63 (+ right,
	 * + up), 0: it stands. Zoom + tele, - wide, at the speed that was set last.
	 */
	| { kind: 'drive'; pan: number; tilt: number; zoom: number; focus: 'near' | 'far' | null }
	| { kind: 'stop' }
	/** 1..255. */
	| { kind: 'preset'; action: 'set' | 'clear' | 'goto'; preset: number }
	/** 0..3. */
	| { kind: 'zoom-speed'; speed: number }
	/** 1..8. */
	| { kind: 'auxiliary'; number: number; on: boolean }
	| { kind: 'autofocus'; on: boolean }
	| { kind: 'power'; on: boolean }
	/** The device's own steps; what is more than a turn, or less than none, comes round. */
	| { kind: 'go'; axis: Axis; steps: number }

type Reply =
	/** Where an axis stands (opcodes 59, 5B, 5D), in the device's own steps. */
	| { kind: 'position'; axis: Axis; steps: number }
	/** The general response: it took a command. Few domes give it. */
	| { kind: 'taken' }

export const frameLength = 7
export const fastest = 0x3f
export const zoomSpeeds = 4

const sync = 0xff
const right = 0x02
const left = 0x04
const up = 0x08
const down = 0x10
const tele = 0x20
const wide = 0x40
const far = 0x80
const near = 0x01 // in the first command byte, as are the next two
const power = 0x08
const sense = 0x80
const opcodes = {
	preset: { set: 0x03, clear: 0x05, goto: 0x07 },
	go: { pan: 0x4b, tilt: 0x4d, zoom: 0x4f },
	ask: { pan: 0x51, tilt: 0x53, zoom: 0x55 },
	answer: { pan: 0x59, tilt: 0x5b, zoom: 0x5d },
} as const

export function encode(address: number, command: Command): Uint8Array {
	switch (command.kind) {
		case 'drive': {
			const { pan, tilt, zoom, focus } = command
			// Speed 00 would be "very slow motion, not cessation": what stops is the missing bit. Turbo (40, or FF in other
			// lists) is not used: it is no step further but a jump, and receivers differ in it.
			const ways = way(pan, left, right) | way(tilt, down, up) | way(zoom, wide, tele)
			return frame(address, focus === 'near' ? near : 0, ways | (focus === 'far' ? far : 0), speed(pan), speed(tilt))
		}
		case 'stop':
			return frame(address, 0, 0, 0, 0)
		case 'preset':
			return frame(address, 0, opcodes.preset[command.action], 0, command.preset)
		case 'zoom-speed':
			return frame(address, 0, 0x25, 0, command.speed)
		case 'auxiliary':
			return frame(address, 0, command.on ? 0x09 : 0x0b, 0, command.number)
		case 'autofocus':
			return frame(address, 0, 0x2b, 0, command.on ? 0 : 2) // 0 auto, 1 on, 2 off
		case 'power':
			return frame(address, command.on ? sense | power : power, 0, 0, 0)
		case 'go':
			return frame(address, 0, opcodes.go[command.axis], command.steps >> 8, command.steps)
	}
}

export function encodeQuestion(address: number, axis: Axis): Uint8Array {
	return frame(address, 0, opcodes.ask[axis], 0, 0)
}

export interface Reader {
	/** Of bytes in whatever pieces. Null: nothing that answers, so far. */
	read(bytes: Uint8Array): Reply | null
	/** An answer has begun. */
	readonly begun: boolean
}

/**
 * Reads what comes back while one frame of ours is all that was said: the general response to a command is four bytes whose
 * checksum holds only together with the command's, the extended response to a question seven. An adapter that hears itself
 * brings our own frame before it. One for each frame sent, so that what was left of another conversation is never read.
 */
export function createReader(sent: Uint8Array): Reader {
	const echo = [...sent]
	const [, address = 0, , opcode = 0, , , checksum = 0] = sent
	const axis = axisOf(opcode)
	let held: number[] = []

	/** Of the bytes held, which begin with a sync byte. Undefined: it may yet become one. */
	function readOne(): Reply | 'echo' | null | undefined {
		if (begins(held, echo)) return held.length < frameLength ? undefined : 'echo'
		if (axis === null) {
			const [, , alarms = 0, sum = 0] = held
			if (!begins(held, [sync, address]) || alarms > 0x7f) return null
			if (held.length < 4) return undefined
			return sum === ((checksum + alarms) & 0xff) ? { kind: 'taken' } : null
		}
		if (!begins(held, [sync, address, 0, opcodes.answer[axis]])) return null
		if (held.length < frameLength) return undefined
		const [, , , , high = 0, low = 0, sum = 0] = held
		return sum === sumOf(held.slice(1, 6)) ? { kind: 'position', axis, steps: (high << 8) | low } : null
	}

	function take(byte: number): Reply | null {
		held.push(byte)
		for (;;) {
			// One bad byte costs what it stands in: a frame may begin at any later sync byte.
			const start = held.indexOf(sync)
			held = start < 0 ? [] : held.slice(start)
			const read = held.length === 0 ? undefined : readOne()
			if (read === undefined) return null
			held = held.slice(read === null ? 1 : frameLength)
			if (read !== null && read !== 'echo') return read
		}
	}

	return {
		read(bytes) {
			for (const byte of bytes) {
				const reply = take(byte)
				if (reply) return reply
			}
			return null
		},
		get begun() {
			return held.length > 0 && !begins(held, echo)
		},
	}
}

function frame(address: number, ...rest: [number, number, number, number]): Uint8Array {
	const body = [address, ...rest].map((byte) => byte & 0xff)
	return Uint8Array.of(sync, ...body, sumOf(body))
}

const sumOf = (body: readonly number[]) => body.reduce((sum, byte) => sum + byte, 0) & 0xff
const way = (value: number, negative: number, positive: number) => (value === 0 ? 0 : value < 0 ? negative : positive)
const speed = (steps: number) => Math.min(fastest, Math.abs(Math.round(steps)))

/** The axis that this opcode asks for; null: it asks for nothing. */
function axisOf(opcode: number): Axis | null {
	const asked = Object.entries(opcodes.ask).find(([, code]) => code === opcode)
	return asked ? (asked[0] as Axis) : null
}

/** As far as both go. */
const begins = (bytes: readonly number[], expected: readonly number[]) =>
	expected.every((byte, i) => i >= bytes.length || bytes[i] === byte)
