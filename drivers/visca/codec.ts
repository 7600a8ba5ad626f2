/**
 * VISCA as values. Bytes in, bytes out: no sockets, no timers, no logging.
 * Byte tables: Sony EVI-D100 and BRC-Z300 command lists ("Command List", "Inquiry Command List").
 */

/** The address of a camera that is alone: over IP always, whatever its switch says. On a serial line they are 1..7. */
export const onlyCamera = 1

export const terminator = 0xff
/** Header, up to fourteen bytes, terminator. */
export const longestPacket = 16

export type Command =
	/** Signed steps of speed; 0 leaves the axis still. Both 0 is the stop. */
	| { kind: 'pan-tilt'; pan: number; tilt: number }
	/** Device steps, signed; speed in steps. `tiltSpeed` 0: this model takes one speed for both (SRG-X400 list: vv 00). */
	| { kind: 'pan-tilt-to'; pan: number; tilt: number; panSpeed: number; tiltSpeed: number; digits: Digits }
	/** A drive at speed 0: what a camera is told that did not obey its stop. */
	| { kind: 'zero-speed' }
	/** Ends what runs in one of the camera's two sockets. */
	| { kind: 'cancel'; socket: number }
	| { kind: 'home' }
	/** -8 (wide, fast) .. 8 (tele, fast), 0 stops. */
	| { kind: 'zoom'; speed: number }
	/** 0 wide .. 0x4000 tele. */
	| { kind: 'zoom-to'; zoom: number }
	| { kind: 'focus'; mode: 'auto' | 'manual' | 'near' | 'far' | 'stop' }
	/** Device steps; the lens must be in manual focus. */
	| { kind: 'focus-to'; focus: number }
	| { kind: 'preset'; action: 'set' | 'recall'; slot: number }
	| { kind: 'power'; on: boolean }
	/** IF_Clear: empties the camera's sockets. */
	| { kind: 'clear' }

/** How many hex digits carry a position: 4 for most, 5 where a model counts finer. */
export interface Digits {
	pan: 4 | 5
	tilt: 4 | 5
}

export type Inquiry = 'version' | 'power' | 'pan-tilt' | 'zoom' | 'focus' | 'focus-mode'

export type Reply =
	| { kind: 'ack'; socket: number }
	| { kind: 'completion'; socket: number }
	| { kind: 'answer'; payload: Uint8Array }
	| { kind: 'error'; socket: number; reason: Reason }
	| { kind: 'unknown' }

type Reason = 'length' | 'syntax' | 'buffer-full' | 'cancelled' | 'no-socket' | 'not-executable' | 'other'

const reasons: Readonly<Record<number, Reason>> = {
	1: 'length',
	2: 'syntax',
	3: 'buffer-full',
	4: 'cancelled',
	5: 'no-socket',
	65: 'not-executable',
}

/** One command for one camera. Numbers out of the documented range are clamped into it. */
export function encode(command: Command, to = onlyCamera): Uint8Array {
	return Uint8Array.of(headerTo(to), ...bodyOf(command), terminator)
}

function bodyOf(command: Command): number[] {
	switch (command.kind) {
		case 'pan-tilt': {
			const { pan, tilt } = command
			return order(0x06, 0x01, panSpeed(pan), tiltSpeed(tilt), axis(pan, 0x01, 0x02), axis(tilt, 0x02, 0x01))
		}
		case 'pan-tilt-to': {
			const { pan, tilt, digits } = command
			return order(
				...[0x06, 0x02, panSpeed(command.panSpeed), command.tiltSpeed === 0 ? 0 : tiltSpeed(command.tiltSpeed)],
				...nibbles(pan, digits.pan),
				...nibbles(tilt, digits.tilt),
			)
		}
		case 'zero-speed':
			return order(0x06, 0x01, 0x00, 0x00, 0x03, 0x03)
		case 'cancel':
			return [0x20 | (command.socket & 0x0f)]
		case 'home':
			return order(0x06, 0x04)
		case 'zoom': {
			const { speed } = command
			if (speed === 0) return order(0x04, 0x07, 0x00)
			const step = clamp(Math.abs(speed), 1, 8) - 1
			return order(0x04, 0x07, (speed > 0 ? 0x20 : 0x30) | step)
		}
		case 'zoom-to':
			return order(0x04, 0x47, ...nibbles(clamp(command.zoom, 0, 0x4000), 4))
		case 'focus':
			switch (command.mode) {
				case 'auto':
					return order(0x04, 0x38, 0x02)
				case 'manual':
					return order(0x04, 0x38, 0x03)
				case 'far':
					return order(0x04, 0x08, 0x02)
				case 'near':
					return order(0x04, 0x08, 0x03)
				case 'stop':
					return order(0x04, 0x08, 0x00)
			}
			break
		case 'focus-to':
			return order(0x04, 0x48, ...spread(Math.round(command.focus) & 0xffff, 4))
		case 'preset':
			return order(0x04, 0x3f, command.action === 'set' ? 0x01 : 0x02, clamp(command.slot, 0, 0xfe))
		case 'power':
			return order(0x04, 0x00, command.on ? 0x02 : 0x03)
		case 'clear':
			return order(0x00, 0x01)
	}
}

const inquiries: Readonly<Record<Inquiry, readonly number[]>> = {
	version: [0x00, 0x02],
	power: [0x04, 0x00],
	'pan-tilt': [0x06, 0x12],
	zoom: [0x04, 0x47],
	focus: [0x04, 0x48],
	'focus-mode': [0x04, 0x38],
}

export function encodeInquiry(inquiry: Inquiry, to = onlyCamera): Uint8Array {
	return Uint8Array.of(headerTo(to), 0x09, ...inquiries[inquiry], terminator)
}

/**
 * The header of a reply from this camera: sender + 8 in the high digit, receiver 0, the controller. Where there is one
 * camera it is not looked at, because some firmware answers A0 for 90 (PTZOptics G3); on a line it tells whose reply it is.
 */
export const headerFrom = (address: number) => (0x08 | address) << 4

/** Reads one reply, from its address byte to its 0xff. What we do not know is a value, not an exception. */
export function decode(reply: Uint8Array): Reply {
	const [, second = 0, third = 0] = reply
	if (reply.length < 3 || reply.length > longestPacket || reply.at(-1) !== terminator) return { kind: 'unknown' }
	const socket = second & 0x0f
	switch (second >> 4) {
		case 4:
			return reply.length === 3 ? { kind: 'ack', socket } : { kind: 'unknown' }
		case 5:
			return reply.length === 3 ? { kind: 'completion', socket } : { kind: 'answer', payload: reply.slice(2, -1) }
		case 6:
			return reply.length === 4 ? { kind: 'error', socket, reason: reasons[third] ?? 'other' } : { kind: 'unknown' }
		default:
			return { kind: 'unknown' }
	}
}

/**
 * Pan and tilt in device steps from the answer to 'pan-tilt': 4 digits each, 5 + 4 (BRC-300, BRC-X1000) or 5 each
 * (SRG-360SHE, ILME-FR7), two's complement. Null: not of that shape.
 */
export function readPanTilt(payload: Uint8Array): { pan: number; tilt: number } | null {
	if (payload.length < 8 || payload.length > 10) return null
	const split = payload.length === 8 ? 4 : 5
	return { pan: signed(payload.subarray(0, split)), tilt: signed(payload.subarray(split)) }
}

/** 0..0x4000 (and above, where digital zoom is on) from the answer to 'zoom': 0p 0q 0r 0s. */
export const readZoom = (payload: Uint8Array) => fourDigits(payload)

/** Device steps from the answer to 'focus': 0p 0q 0r 0s. */
export const readFocus = (payload: Uint8Array) => fourDigits(payload)

export function readFocusMode(payload: Uint8Array): 'auto' | 'manual' | null {
	if (payload.length !== 1) return null
	return payload[0] === 0x02 ? 'auto' : payload[0] === 0x03 ? 'manual' : null
}

export function readPower(payload: Uint8Array): 'on' | 'standby' | null {
	if (payload.length !== 1) return null
	return payload[0] === 0x02 ? 'on' : payload[0] === 0x03 ? 'standby' : null
}

/** GG GG HH HH JJ JJ KK: vendor, model, ROM revision, sockets. */
export function readVersion(payload: Uint8Array): { vendor: number; model: number; rom: number } | null {
	if (payload.length !== 7) return null
	const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
	return { vendor: view.getUint16(0), model: view.getUint16(2), rom: view.getUint16(4) }
}

/** The digits of a number, the highest first, each in a byte of its own, so that FF never occurs inside. */
function nibbles(value: number, digits: number): number[] {
	const limit = 2 ** (4 * digits - 1)
	return spread(clamp(value, -limit, limit - 1), digits)
}

const spread = (bits: number, digits: number) =>
	Array.from({ length: digits }, (_, i) => (bits >> (4 * (digits - 1 - i))) & 0x0f)

const fourDigits = (payload: Uint8Array): number | null => (payload.length === 4 ? number(payload) : null)
const number = (bytes: Uint8Array) => bytes.reduce((sum, byte) => (sum << 4) | (byte & 0x0f), 0)

function signed(bytes: Uint8Array): number {
	const value = number(bytes)
	const size = 2 ** (4 * bytes.length)
	return value >= size / 2 ? value - size : value
}

const headerTo = (address: number) => 0x80 | address
const order = (...words: number[]) => [0x01, ...words]
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, Math.round(value)))
// Speed bytes must not be zero, even to stop: BRC-300 answers 60 02 to a stop that carries speed 00.
const panSpeed = (value: number) => clamp(Math.abs(value), 1, 0x18)
const tiltSpeed = (value: number) => clamp(Math.abs(value), 1, 0x18)
const axis = (value: number, negative: number, positive: number) =>
	value === 0 ? 0x03 : value < 0 ? negative : positive
