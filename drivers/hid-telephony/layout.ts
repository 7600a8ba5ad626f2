import type { CallLamps, ControlKind, SpeakerphoneCapabilities } from '../speakerphone.ts'
import type { Control, Descriptor } from './descriptor.ts'

/** Where a device keeps its keys and lamps, and how each speaks: from its descriptor, never from its maker. */

export interface InputControl {
	readonly report: number
	readonly bit: number
	readonly size: number
	readonly slots: number
	readonly kind: Exclude<ControlKind, null>
	readonly min: number
	readonly max: number
	/** What a slot of an array says when this one is on; null: it has a value of its own. */
	readonly selector: number | null
}

interface Lamp {
	readonly report: number
	readonly bit: number
	readonly size: number
	/** The value for lit. */
	readonly on: number
	lit(call: CallLamps): boolean
}

export type InputName = 'hook' | 'mute' | 'flash' | 'hold' | 'drop' | 'reject' | 'volumeUp' | 'volumeDown'

export interface Layout {
	readonly numbered: boolean
	readonly inputs: { readonly [name in InputName]: InputControl | null }
	readonly capabilities: SpeakerphoneCapabilities
	/** The call as output reports, whole, each behind its id (0 where there are no ids). Off-hook is in the first. */
	compose(call: CallLamps): Uint8Array[]
}

const telephony = 0x0b_0000
const button = 0x09_0000
const led = 0x08_0000
const consumer = 0x0c_0000

/** Usages of each key, the best first. Programmable Button, or button 1 or 7 within a telephone: Jabra's and Gigaset's Reject. */
const inputUsages: Record<InputName, readonly number[]> = {
	hook: [telephony + 0x20],
	mute: [telephony + 0x2f],
	flash: [telephony + 0x21],
	hold: [telephony + 0x23],
	drop: [telephony + 0x26],
	reject: [telephony + 0x07, button + 0x07, button + 0x01],
	volumeUp: [consumer + 0xe9],
	volumeDown: [consumer + 0xea],
}

/** Null: there is nothing of a telephone in it. */
export function layoutOf({ controls, numbered, outputBytes }: Descriptor): Layout | null {
	const input = (name: InputName) => {
		for (const usage of inputUsages[name]) {
			const found = controls.find((control) => speaksOf(control, usage))
			if (found) return inputOf(found, usage)
		}
		return null
	}
	const inputs = {
		...{ hook: input('hook'), mute: input('mute'), flash: input('flash'), hold: input('hold') },
		...{ drop: input('drop'), reject: input('reject') },
		...{ volumeUp: input('volumeUp'), volumeDown: input('volumeDown') },
	}
	const output = (usage: number, lit: Lamp['lit']): Lamp[] =>
		controls.flatMap((control) => {
			const { direction, array, report, bit, size, max, usages } = control
			if (direction !== 'output' || array || usages[0]?.first !== usage) return []
			return [{ report, bit, size, on: max > 0 ? max : 1, lit }]
		})
	const or = (lamps: Lamp[], others: () => Lamp[]) => (lamps.length > 0 ? lamps : others())
	const offHook = or(
		output(led + 0x17, (call) => call.offHook),
		() => output(led + 0x1e, (call) => call.offHook),
	)
	// Some have no Mute and show it by Microphone; where both are, Microphone is another lamp.
	const mute = or(
		output(led + 0x09, (call) => call.muted),
		() => output(led + 0x21, (call) => call.muted),
	)
	const ring = [...output(led + 0x18, (call) => call.ringing), ...output(telephony + 0x9e, (call) => call.ringing)]
	const hold = output(led + 0x20, (call) => call.held)
	const onLine = output(led + 0x2a, (call) => call.offHook)
	const lamps = [...offHook, ...onLine, ...mute, ...ring, ...hold]
	if (!inputs.hook && !inputs.mute && offHook.length + mute.length + ring.length === 0) return null

	return {
		numbered,
		inputs,
		capabilities: {
			hook: inputs.hook?.kind ?? null,
			mute: inputs.mute?.kind ?? null,
			volume: inputs.volumeUp !== null && inputs.volumeDown !== null,
			reject: inputs.reject !== null || inputs.drop !== null,
			hold: inputs.flash !== null || inputs.hold !== null,
			lamps: {
				...{ offHook: offHook.length > 0, mute: mute.length > 0 },
				...{ ring: ring.length > 0, hold: hold.length > 0 },
			},
		},
		compose(call) {
			const reports = new Map<number, Uint8Array>()
			for (const lamp of lamps) {
				const { report } = lamp
				const bytes = reports.get(report) ?? Uint8Array.of(report, ...new Uint8Array(outputBytes.get(report) ?? 0))
				reports.set(report, bytes)
				if (lamp.lit(call)) write(bytes, lamp)
			}
			return [...reports.values()]
		},
	}
}

function speaksOf({ direction, usages, application }: Control, usage: number): boolean {
	if (direction !== 'input' || !usages.some(({ first, last }) => first <= usage && usage <= last)) return false
	// Every gamepad has a button 1.
	return usage >= telephony || application >> 16 === telephony >> 16
}

function inputOf(control: Control, usage: number): InputControl {
	const { report, bit, size, slots, min, max, array } = control
	const place = { report, bit, size, slots, min, max }
	if (!array) return { ...place, kind: kindOf(control, usage), selector: null }
	let before = 0
	for (const { first, last } of control.usages) {
		if (first <= usage && usage <= last) break
		before += last - first + 1
	}
	const own = control.usages.find(({ first, last }) => first <= usage && usage <= last)
	return { ...place, kind: 'one-shot', selector: min + before + usage - (own?.first ?? usage) }
}

/**
 * HID Usage Tables 3.4.1: an on/off control is a switch (absolute, no preferred state), a button that is pressed (relative,
 * preferred, 0..1), or two (relative, no preferred, -1..1). A hook that is absolute is a switch whatever it prefers: many
 * devices leave that flag out.
 */
function kindOf({ relative, preferred, min }: Control, usage: number): InputControl['kind'] {
	if (relative) return min < 0 ? 'three-state' : 'one-shot'
	return preferred && usage !== telephony + 0x20 ? 'one-shot' : 'level'
}

/** 1: on, 0: off, -1: the other button of two. Null: this report does not speak of it. */
export function readInput(control: InputControl, report: Uint8Array, numbered: boolean): -1 | 0 | 1 | null {
	const { bit, size, slots, min, max, selector } = control
	if (numbered && report[0] !== control.report) return null
	const start = bit + (numbered ? 8 : 0)
	if (start + size * slots > report.length * 8) return null
	if (selector === null) {
		const value = bitsOf(report, start, size)
		const signed = min < 0 && value >= 2 ** (size - 1) ? value - 2 ** size : value
		// Out of its range it says nothing (HID 1.11, 5.10).
		if (min < max && (signed < min || signed > max)) return null
		return signed < 0 ? -1 : signed > Math.max(0, min) || (min > 0 && signed === max) ? 1 : 0
	}
	for (let slot = 0; slot < slots; slot++) if (bitsOf(report, start + slot * size, size) === selector) return 1
	return 0
}

function bitsOf(bytes: Uint8Array, start: number, size: number): number {
	let value = 0
	for (let i = 0; i < size; i++) {
		const at = start + i
		if (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) value += 2 ** i
	}
	return value
}

/** Behind the id. */
function write(bytes: Uint8Array, { bit, size, on }: Lamp): void {
	for (let i = 0; i < size; i++) {
		const at = 8 + bit + i
		if (Math.floor(on / 2 ** i) % 2 === 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7))
	}
}
