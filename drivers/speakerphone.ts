import { type Device, DeviceError, type DeviceErrorCode } from './device.ts'

/**
 * The call as the device must show it. Told whole each time: lamps share a report, and one that is written alone would
 * put out the others (HID Telephony outputs: 08:17 Off-Hook, 08:09 Mute, 08:18 Ring, 08:20 Hold).
 */
export interface CallLamps {
	/** A call is on: most devices mute, and cancel echo, only then. */
	readonly offHook: boolean
	readonly muted: boolean
	/** Somebody calls: the device rings until it is answered or refused. */
	readonly ringing: boolean
	readonly held: boolean
}

/** What a person asked for at the device. Never the device's acknowledgement of what we told it. */
export type SpeakerphoneEvent =
	/** Lifted (an answer to a ring, or a wish to call), or hung up. The room decides, and tells the lamps. */
	| { type: 'hook'; offHook: boolean }
	/** The mute that is wanted from now on. A press is counted from what the device was told last. */
	| { type: 'mute'; muted: boolean }
	| { type: 'volume'; direction: 'up' | 'down' }
	/** A ring was refused. */
	| { type: 'reject' }
	/** Flash or hold was pressed: the other of what is. */
	| { type: 'hold' }

/** How a control speaks: its state; a press; one value for on and another for off. Null: the device has no such control. */
export type ControlKind = 'level' | 'one-shot' | 'three-state' | null

/** What this model can, as its own descriptor says. */
export interface SpeakerphoneCapabilities {
	readonly hook: ControlKind
	readonly mute: ControlKind
	readonly volume: boolean
	readonly reject: boolean
	readonly hold: boolean
	/** Lamps that it has. */
	readonly lamps: { readonly offHook: boolean; readonly mute: boolean; readonly ring: boolean; readonly hold: boolean }
}

export interface SpeakerphoneState {
	/** As the device says itself, where it does; else what it was told last. */
	readonly offHook: boolean
	/** What it was told last and has taken. */
	readonly muted: boolean
	/** It was told, and has not taken it: what its lamp shows is not known. */
	readonly unconfirmed: boolean
}

/** A USB speakerphone, headset or desk phone with call control. Sound is no part of this. */
export interface Speakerphone extends Device<SpeakerphoneState> {
	readonly model: {
		/** As it says itself: 'Jabra SPEAK 510 USB'. */
		readonly name: string
		readonly vendorId: number
		readonly productId: number
		/** Null: it has none, and two of a kind are told apart by their port. */
		readonly serial: string | null
		/** bcdDevice as vendors write it: '2.14'; null: not to be found. */
		readonly firmware: string | null
		/** sysfs path of the USB device that it belongs to, by which its sound card is found; null: none. */
		readonly usb: string | null
	}
	readonly capabilities: SpeakerphoneCapabilities
	/** The newest lamps win. Resolves when they are written; rejects with 'lost' or 'timeout'. */
	show(lamps: CallLamps): Promise<void>
	/** The first listener hears what came before it. Returns the way to stop that. */
	onEvent(listener: (event: SpeakerphoneEvent) => void): () => void
}

/** Why there is no speakerphone to use, in a word that a screen can translate. */
export type SpeakerphoneFault =
	/** Nothing that matches is plugged in. */
	| 'none-found'
	/** It is there, and the system does not let us open it. `detail`: the command that mends it. */
	| 'no-permission'
	/** The kernel ignores its call control; only newer firmware helps. `detail`: '2.14', the first that is good. */
	| 'old-firmware'
	/** What it tells of itself cannot be read. `detail`: the fault. */
	| 'malformed-descriptor'
	/** It has neither keys nor lamps of a telephone. */
	| 'no-telephony'

/** A speakerphone that cannot be opened, for a reason that somebody can do something about. */
export class SpeakerphoneError extends DeviceError {
	readonly fault: SpeakerphoneFault
	readonly detail: string | null

	constructor(code: DeviceErrorCode, fault: SpeakerphoneFault, message: string, detail: string | null = null) {
		super(code, message)
		this.name = 'SpeakerphoneError'
		this.fault = fault
		this.detail = detail
	}
}
