/**
 * Virtual speakerphones, each with the tables of a device of its kind: what its report descriptor says (HID 1.11, HID
 * Usage Tables 1.3, chapters 11, 14 and 15), and where its firmware keeps keys and lamps. The two are written apart from
 * each other, as a maker would.
 */

export type Key = 'hook' | 'mute' | 'flash' | 'reject' | 'drop' | 'volumeUp' | 'volumeDown'
export type Lamp = 'offHook' | 'mute' | 'ring' | 'hold'

/** A field of a report: its id (0: no ids), the first bit behind the id, how many bits, what it is when it is on. */
export interface Place {
	readonly report: number
	readonly bit: number
	readonly size?: number
	readonly on?: number
}

export interface PhoneModel {
	/** For people; how the device calls itself is another matter. */
	readonly kind: string
	readonly name: string
	readonly vendorId: number
	readonly productId: number
	/** bcdDevice. */
	readonly version: number
	readonly descriptor: string
	/** Bytes of each input report behind its id. */
	readonly inputBytes: Readonly<Record<number, number>>
	readonly keys: Readonly<Partial<Record<Key, Place>>>
	readonly lamps: Readonly<Partial<Record<Lamp, Place>>>
	readonly hook: 'level' | 'one-shot'
	readonly mute: 'level' | 'one-shot' | 'three-state'
	/** How long it waits for an answer before it does as if nobody had pressed. */
	readonly patienceMs: number
	/** Going off hook puts its mute out, also when both come in one report. */
	readonly forgetsMute?: boolean
	/** It tells no hook that it was told. */
	readonly mumbles?: boolean
}

/** A desk phone of one collection without report ids: a level hook and a mute that is pressed. */
const plain: PhoneModel = {
	...{ kind: 'level hook with one-shot mute', name: 'Plain Conference Phone', vendorId: 0x1234, productId: 0x0001 },
	...{ version: 0x0100, hook: 'level', mute: 'one-shot', patienceMs: 2_000 },
	descriptor: `
		05 0B  09 01  A1 01                         Usage Page (Telephony), Phone, Collection (Application)
		 15 00  25 01  75 01
		 09 20  95 01  81 22                        Hook Switch: Data, Variable, Absolute, No Preferred
		 09 2F  95 01  81 06                        Phone Mute: Data, Variable, Relative
		 09 21  95 01  81 06                        Flash
		 05 0C  09 E9  09 EA  95 02  81 06          Volume Increment, Decrement
		 95 03  81 01
		 05 08  09 17  09 09  09 18  09 20  95 04  91 22   Off-Hook, Mute, Ring, Hold
		 95 04  91 01
		C0`,
	inputBytes: { 0: 1 },
	keys: {
		hook: { report: 0, bit: 0 },
		mute: { report: 0, bit: 1 },
		flash: { report: 0, bit: 2 },
		volumeUp: { report: 0, bit: 3 },
		volumeDown: { report: 0, bit: 4 },
	},
	lamps: {
		offHook: { report: 0, bit: 0 },
		mute: { report: 0, bit: 1 },
		ring: { report: 0, bit: 2 },
		hold: { report: 0, bit: 3 },
	},
}

/** As dumped of Jabra's Speak and documented for Gigaset's dongle: report 2, with a keypad, a ringer and vendor's reports. */
const jabraLike: PhoneModel = {
	...{ kind: 'report 2 with keypad and ringer', name: 'SPEAK-like 510 USB', vendorId: 0x0b0e, productId: 0x0422 },
	...{ version: 0x0214, hook: 'level', mute: 'one-shot', patienceMs: 2_000 },
	descriptor: `
		05 0C  09 01  A1 01  85 01                  Consumer Control
		 15 00  25 01  09 EA  09 E9  75 01  95 02  81 02
		 95 06  81 01  C0
		05 0B  09 05  A1 01  85 02                  Headset
		 15 00  25 01  75 01
		 09 20  95 01  81 22                        Hook Switch
		 09 97  95 01  81 23                        Line Busy Tone: constant on some, a gap of one bit
		 09 2F  95 01  81 06                        Phone Mute
		 09 21  95 01  81 06                        Flash
		 09 24  95 01  81 06                        Redial
		 09 50  95 01  81 06                        Speed Dial
		 09 07  05 09  09 07  95 01  81 06          Programmable Button, Button 7
		 05 0B  09 06  A1 02                        Telephony Key Pad
		  19 B0  29 BB  15 00  25 0C  75 04  95 01  81 40
		 C0
		 75 01  95 05  81 01
		 05 08  15 00  25 01  75 01
		 09 17  95 01  91 22                        Off-Hook
		 09 09  95 01  91 22                        Mute
		 09 18  95 01  91 22                        Ring
		 09 20  95 01  91 22                        Hold
		 09 21  95 01  91 22                        Microphone
		 09 2A  95 01  91 22                        On-Line
		 05 0B  09 9E  95 01  91 22                 Ringer
		 95 09  91 01
		C0
		06 30 FF  09 20  A1 01  85 04               Vendor
		 15 00  26 FF 00  75 08
		 09 20  95 3F  81 02  09 21  95 3F  91 02  C0
		06 30 FF  09 30  A1 01  85 05
		 15 00  25 01  75 01
		 09 2A  95 01  B1 22  95 07  B1 01
		C0`,
	inputBytes: { 1: 1, 2: 2 },
	keys: {
		hook: { report: 2, bit: 0 },
		mute: { report: 2, bit: 2 },
		flash: { report: 2, bit: 3 },
		reject: { report: 2, bit: 6 },
		volumeUp: { report: 1, bit: 1 },
		volumeDown: { report: 1, bit: 0 },
	},
	lamps: {
		offHook: { report: 2, bit: 0 },
		mute: { report: 2, bit: 1 },
		ring: { report: 2, bit: 2 },
		hold: { report: 2, bit: 3 },
	},
}

/** Report 4, Reject at 40h, volume as an array of consumer usages; its mute goes out when it goes off hook. */
const yealinkLike: PhoneModel = {
	...{ kind: 'report 4 that forgets its mute', name: 'CP900-like', vendorId: 0x6993, productId: 0xb017 },
	...{ version: 0x0120, hook: 'level', mute: 'one-shot', patienceMs: 1_800, forgetsMute: true },
	descriptor: `
		05 0B  09 05  A1 01  85 04
		 15 00  25 01  75 01
		 09 20  95 01  81 22                        01h hook
		 95 01  81 01
		 09 2F  95 01  81 06                        04h mute
		 09 21  95 01  81 06                        08h flash
		 95 02  81 01
		 05 09  09 01  95 01  81 06                 40h button 1: reject
		 95 01  81 01
		 05 08  A4                                  LED, Push
		 75 01  95 01  09 17  91 22
		 09 09  91 22
		 09 18  91 22
		 09 20  91 22
		 75 04  91 01
		 B4                                         Pop
		C0
		05 0C  09 01  A1 01  85 06
		 15 00  26 FF 03  19 00  2A FF 03  75 10  95 01  81 00
		C0`,
	inputBytes: { 4: 1, 6: 2 },
	keys: {
		hook: { report: 4, bit: 0 },
		mute: { report: 4, bit: 2 },
		flash: { report: 4, bit: 3 },
		reject: { report: 4, bit: 6 },
		volumeUp: { report: 6, bit: 0, size: 16, on: 0xe9 },
		volumeDown: { report: 6, bit: 0, size: 16, on: 0xea },
	},
	lamps: {
		offHook: { report: 4, bit: 0 },
		mute: { report: 4, bit: 1 },
		ring: { report: 4, bit: 2 },
		hold: { report: 4, bit: 3 },
	},
}

/** A report for each key and each lamp, and no patience at all. */
const polyLike: PhoneModel = {
	...{ kind: 'a report for each key and lamp', name: 'Sync-like 20', vendorId: 0x047f, productId: 0x0173 },
	...{ version: 0x0305, hook: 'level', mute: 'one-shot', patienceMs: 45 },
	descriptor: `
		05 0C  09 01  A1 01  85 01
		 15 00  25 01  75 01  95 01  09 E9  81 06  09 EA  81 06  95 06  81 01  C0
		05 0B  09 05  A1 01
		 15 00  25 01  75 01  95 01
		 85 08  09 20  81 22  95 07  81 01  95 01
		 85 09  09 2F  81 06  95 07  81 01  95 01
		 85 0A  09 26  81 06  95 07  81 01  95 01   Drop
		 A4  05 08
		 85 17  09 09  91 22  95 07  91 01  95 01   Mute
		 85 18  09 18  91 22  95 07  91 01  95 01   Ring
		 85 19  09 17  91 22  95 07  91 01  95 01   Off-Hook
		 85 1A  09 20  91 22  95 07  91 01  95 01   Hold
		 B4
		C0`,
	inputBytes: { 1: 1, 8: 1, 9: 1, 10: 1 },
	keys: {
		hook: { report: 8, bit: 0 },
		mute: { report: 9, bit: 0 },
		drop: { report: 10, bit: 0 },
		volumeUp: { report: 1, bit: 0 },
		volumeDown: { report: 1, bit: 1 },
	},
	lamps: {
		offHook: { report: 0x19, bit: 0 },
		mute: { report: 0x17, bit: 0 },
		ring: { report: 0x18, bit: 0 },
		hold: { report: 0x1a, bit: 0 },
	},
}

/** Lamps that are numbers of sixteen bits, behind three bits of something else. */
const wide: PhoneModel = {
	...{ kind: '16-bit outputs, not aligned', name: 'Wide Outputs', vendorId: 0x1234, productId: 0x0005 },
	...{ version: 0x0100, hook: 'level', mute: 'one-shot', patienceMs: 2_000, mumbles: true },
	descriptor: `
		05 0B  09 01  A1 01  85 07
		 15 00  25 01  75 05  95 01  81 01  75 01
		 09 2F  81 06  09 20  81 22  95 01  09 23  81 06
		 05 08  75 03  95 01  91 01
		 15 00  27 FF FF 00 00  75 10  95 03  09 17  09 18  09 09  91 22
		 25 01  75 01  95 01  09 20  91 22
		 75 04  91 01
		C0`,
	inputBytes: { 7: 1 },
	keys: {
		mute: { report: 7, bit: 5 },
		hook: { report: 7, bit: 6 },
		flash: { report: 7, bit: 7 },
	},
	lamps: {
		offHook: { report: 7, bit: 3, size: 16, on: 0xffff },
		ring: { report: 7, bit: 19, size: 16, on: 0xffff },
		mute: { report: 7, bit: 35, size: 16, on: 0xffff },
		hold: { report: 7, bit: 51 },
	},
}

/** As Google's Meet speakermic: the mute is a switch that tells its state. */
const levelMute: PhoneModel = {
	...{ kind: 'level hook and level mute', name: 'Switch Mute', vendorId: 0x18d1, productId: 0x8001 },
	...{ version: 0x0100, hook: 'level', mute: 'level', patienceMs: 2_000 },
	descriptor: `
		05 0B  09 05  A1 01  85 03
		 15 00  25 01  75 01  95 02  09 20  09 2F  81 22
		 95 06  81 01
		 05 08  95 03  09 17  09 18  09 21  91 22   Off-Hook, Ring, Microphone: it has no Mute
		 95 05  91 01
		C0`,
	inputBytes: { 3: 1 },
	keys: { hook: { report: 3, bit: 0 }, mute: { report: 3, bit: 1 } },
	lamps: { offHook: { report: 3, bit: 0 }, ring: { report: 3, bit: 1 }, mute: { report: 3, bit: 2 } },
}

/** A hook that is pressed, and a key each for mute and no mute. */
const twoKeys: PhoneModel = {
	...{ kind: 'one-shot hook and three-state mute', name: 'Two Keys', vendorId: 0x1234, productId: 0x0007 },
	...{ version: 0x0100, hook: 'one-shot', mute: 'three-state', patienceMs: 2_000 },
	descriptor: `
		05 0B  09 01  A1 01  85 02
		 15 00  25 01  75 01  95 01  09 20  81 06
		 15 FF  25 01  75 02  95 01  09 2F  81 26
		 15 00  25 01  75 01  95 01  09 26  81 06
		 75 04  81 01
		 05 08  75 01  95 04  09 17  09 09  09 18  09 20  91 22
		 75 04  95 01  91 01
		C0`,
	inputBytes: { 2: 1 },
	keys: { hook: { report: 2, bit: 0 }, mute: { report: 2, bit: 1, size: 2 }, drop: { report: 2, bit: 3 } },
	lamps: {
		offHook: { report: 2, bit: 0 },
		mute: { report: 2, bit: 1 },
		ring: { report: 2, bit: 2 },
		hold: { report: 2, bit: 3 },
	},
}

export const phoneModels = [plain, jabraLike, yealinkLike, polyLike, wide, levelMute, twoKeys] as const
