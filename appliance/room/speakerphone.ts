import type { Devices } from '../devices/client.ts'
import type { Result } from '../protocol/messages.ts'
import type { SpeakerphoneView } from '../protocol/room-state.ts'
import type { RoomMemory } from './memory.ts'
import { decide, isClosed, lampsOf, newPhone, type Phone, type PhoneEffect, type PhoneEvent } from './phone.ts'
import { refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'

type Report = Parameters<Parameters<Devices['speakerphone']['watch']>[0]>[0]

export interface RoomPhoneOptions {
	/** What is to be shown is kept by the other end, and shown again after every loss. */
	speakerphone: Devices['speakerphone']
	/** Whether the room's microphone is in this USB device, by its sysfs path. */
	isOwn: (usb: string | null) => boolean
	/** Shuts or opens the microphone, in the stage and in the hub. */
	onMicrophone: (closed: boolean) => void
	onVolume: (volume: number) => void
	snapshot: Snapshot
	memory: RoomMemory
	now: () => number
}

export type RingEvent = { type: 'answered' | 'rejected'; id: string }

export type RoomPhone = ReturnType<typeof createRoomPhone>

/** A microphone that is back waits so long for the lamps of its device. */
const lampsMs = 5_000
/** How long somebody who tries the mute key has to find it. */
const keyMs = 30_000

/** Performs what `phone.ts` decides, and tells panels. */
export function createRoomPhone(options: RoomPhoneOptions) {
	const { speakerphone, isOwn, onMicrophone, onVolume, snapshot, memory, now } = options
	const listeners = new Set<(event: RingEvent) => void>()
	const events: PhoneEvent[] = []
	let busy = false
	let phone = newPhone({ muted: memory.muted, volume: memory.volume })
	let report: Report | null = null
	let model: Report['model'] = null
	let lamps: NodeJS.Timeout | undefined
	let key: NodeJS.Timeout | undefined

	/** One after the other, also those that effects bring about at once. */
	function hear(event: PhoneEvent) {
		events.push(event)
		if (busy) return
		busy = true
		try {
			for (let next = events.shift(); next; next = events.shift()) take(next)
		} finally {
			busy = false
		}
	}

	function take(event: PhoneEvent) {
		const before = phone
		const decided = decide(before, event)
		phone = decided.phone
		// Before anybody acts on it: a service that dies now starts muted.
		memory.setMuted(phone.muted)
		memory.setVolume(phone.volume)
		for (const effect of decided.effects) perform(effect)
		awaitLamps(before)
		awaitKey(before)
		tell()
	}

	function perform(effect: PhoneEffect) {
		switch (effect.type) {
			case 'show':
				return speakerphone.show(effect.lamps)
			case 'microphone':
				return onMicrophone(effect.closed)
			case 'volume':
				return onVolume(effect.volume)
			case 'answered':
			case 'rejected':
				for (const listener of [...listeners]) listener({ type: effect.type, id: effect.ring })
		}
	}

	function awaitLamps(before: Phone) {
		const waits = phone.own && phone.doubtful && phone.microphone
		if (waits === (before.own && before.doubtful && before.microphone)) return
		clearTimeout(lamps)
		if (waits) lamps = setTimeout(() => hear({ type: 'waited' }), lampsMs)
	}

	function awaitKey(before: Phone) {
		if (phone.check === before.check) return
		clearTimeout(key)
		if (phone.check !== null) key = setTimeout(() => hear({ type: 'check', on: false }), keyMs)
	}

	function tell() {
		const { muted, volume, ring } = phone
		snapshot.apply({ type: 'phone', muted, volume, ring })
		snapshot.apply({ type: 'speakerphone', speakerphone: viewOf(phone, report, model), at: now() })
	}

	const stops = [
		speakerphone.onEvent((press) => hear({ type: 'press', press, at: now() })),
		speakerphone.watch((next) => {
			report = next
			// A device that comes back may be in a new process, which knows no earlier one.
			model = next.model ?? model
			const { status: device, state } = next
			hear({
				type: 'device',
				device,
				confirmed: state?.unconfirmed === false,
				own: isOwn(model?.usb ?? null),
				// A devices process that is started anew has unplugged nothing.
				kept: snapshot.state.devices.status === 'restarting',
			})
		}),
	]
	speakerphone.show(lampsOf(phone))
	tell()

	/** A ring that a panel shows may be over by the time it is pressed. */
	function onRing(ring: string, event: PhoneEvent): Result {
		if (phone.ring?.id !== ring) return refused('already-so', 'this call has been answered or is over')
		hear(event)
		return { ok: true }
	}

	const done = (event: PhoneEvent): Result => {
		hear(event)
		return { ok: true }
	}

	return {
		/** Whether nothing of the room's microphone may pass now. */
		get closed() {
			return isClosed(phone)
		},
		get volume() {
			return phone.volume
		},
		mute: (muted: boolean): Result => done({ type: 'mute', muted }),
		muteFromAfar: () => hear({ type: 'muteFromAfar' }),
		setVolume: (volume: number): Result => done({ type: 'volume', volume }),
		/** The room is in a meeting, or on its way back into one. */
		call: (on: boolean) => hear({ type: 'call', on }),
		/** Whether the stage has the room's microphone. */
		microphone: (there: boolean) => hear({ type: 'microphone', there }),
		answer: (ring: string): Result => onRing(ring, { type: 'answer' }),
		reject: (ring: string): Result => onRing(ring, { type: 'reject' }),
		stay: (): Result => done({ type: 'stay' }),
		/** Waits for the device's mute key, which mutes nothing then. */
		tryKey(on: boolean): Result {
			if (on && phone.onCall) return refused('busy', 'in a meeting the key of the speakerphone mutes')
			if (on && phone.device !== 'ready') return refused('lost', 'there is no speakerphone')
			return done({ type: 'check', on })
		},

		/** The morning check hears the room although it is muted, or no longer. */
		measure: (on: boolean): void => hear({ type: 'measure', on }),

		/** Rings at device and panels until it is answered, rejected or `quiet`. A newer ring takes its place. */
		ring: (id: string, from: string) => hear({ type: 'ring', id, from, at: now() }),
		/** Whoever rang gave up, or the call that was answered did not come about. */
		quiet: (id: string) => hear({ type: 'quiet', id }),
		onRing(listener: (event: RingEvent) => void): () => void {
			listeners.add(listener)
			return () => void listeners.delete(listener)
		},

		close() {
			clearTimeout(lamps)
			clearTimeout(key)
			for (const stop of stops) stop()
		},
	}
}

const words = { ready: 'ready', lost: 'failed', none: 'none' } as const

function viewOf(phone: Phone, report: Report | null, model: Report['model']): Omit<SpeakerphoneView, 'since'> {
	const { own, doubtful, pressedAt, check, hungUpAt } = phone
	const { status = 'none', reason = null, detail = null, capabilities = null, state = null } = report ?? {}
	const { name, vendorId, productId, serial, firmware } = model ?? {}
	const named = name !== undefined && vendorId !== undefined && productId !== undefined
	return {
		status: words[status],
		muted: state?.muted ?? false,
		offHook: state?.offHook ?? false,
		reason,
		detail,
		model: named ? { name, vendorId, productId, serial: serial ?? null, firmware: firmware ?? null } : null,
		capabilities,
		unconfirmed: state?.unconfirmed ?? false,
		own,
		waiting: own && doubtful,
		pressedAt,
		check,
		hungUpAt,
	}
}
