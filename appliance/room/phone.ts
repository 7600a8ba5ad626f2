import type { CallLamps, SpeakerphoneEvent } from '../../drivers/speakerphone.ts'

/**
 * The room as a telephone: whether its microphone is open, how loud it is, who rings. Pure: facts come in, effects come
 * out; devices, the stage, the hub and clocks are elsewhere.
 *
 * - Mute is decided here and nowhere else. Device, panel and HTTP say what is wanted; somebody elsewhere may only mute.
 *   No loss of anything changes it. Whatever a device tells is answered with the whole of its lamps, so that a lamp that
 *   it changed by itself is right again.
 * - The handset is off hook for the whole meeting: most devices mute, and cancel echo, only then.
 * - Hanging up at the device ends no meeting. A knock or a curious finger would send eighty people home, and a clerk who
 *   means it is at the panel anyway: the panel asks whether the room should leave, and the device goes on.
 * - Hold is not obeyed: a room put on hold by a knock would hear nothing, and nobody in it would know why.
 * - The morning check hears the room although it is muted, outside of calls alone: what is measured goes nowhere. A service
 *   that dies meanwhile starts muted, as it was.
 * - A microphone in the speakerphone itself stays shut after a replug until the device has taken its lamps: nobody is
 *   heard beside a lamp that says muted. A device that doesn't come to that is waited for, and then goes without a lamp.
 */
export interface Phone {
	/** What people decided. */
	readonly muted: boolean
	/** 0..100. */
	readonly volume: number
	/** The room is in a meeting, or on its way back into one. */
	readonly onCall: boolean
	readonly ring: Ring | null
	/** The ring that was answered; its call is on its way. */
	readonly answered: string | null
	/** Somebody hung up at the device in a meeting: since when panels ask. */
	readonly hungUpAt: number | null
	readonly device: 'none' | 'lost' | 'ready'
	/** The device has taken what it was told last. */
	readonly confirmed: boolean
	/** The room's microphone is in the speakerphone. */
	readonly own: boolean
	/** The stage has, or expects, that microphone. */
	readonly microphone: boolean
	/** It has been away, and its lamps are not known to be right. */
	readonly doubtful: boolean
	/** The last press of the device's mute key that counted or was tried. */
	readonly pressedAt: number | null
	/** Somebody tries the device's mute key outside of a meeting: the next press is seen, and mutes nothing. */
	readonly check: 'waiting' | 'seen' | null
	/** The morning check measures the microphone. */
	readonly measured: boolean
}

interface Ring {
	readonly id: string
	/** Who calls, as panels show it. */
	readonly from: string
	readonly since: number
}

export type PhoneEvent =
	/** At a panel or by a machine of the house. */
	| { type: 'mute'; muted: boolean }
	/** By somebody in the meeting who isn't here. */
	| { type: 'muteFromAfar' }
	| { type: 'press'; press: SpeakerphoneEvent; at: number }
	/** `kept`: it was not unplugged, its driver starts anew. */
	| { type: 'device'; device: Phone['device']; confirmed: boolean; own: boolean; kept: boolean }
	/** Whether the stage has the room's microphone. */
	| { type: 'microphone'; there: boolean }
	/** The microphone is there, and the device was waited for long enough. */
	| { type: 'waited' }
	| { type: 'call'; on: boolean }
	| { type: 'volume'; volume: number }
	| { type: 'ring'; id: string; from: string; at: number }
	/** Whoever rang gave up, or the call that was answered did not come about. */
	| { type: 'quiet'; id: string }
	| { type: 'answer' }
	| { type: 'reject' }
	/** The room stays in the meeting, whatever was hung up. */
	| { type: 'stay' }
	| { type: 'check'; on: boolean }
	| { type: 'measure'; on: boolean }

export type PhoneEffect =
	| { type: 'show'; lamps: CallLamps }
	/** For stage and hub alike. */
	| { type: 'microphone'; closed: boolean }
	| { type: 'volume'; volume: number }
	| { type: 'answered'; ring: string }
	| { type: 'rejected'; ring: string }

/** One press of a volume key. */
const volumeStep = 5

export function newPhone(known: { muted: boolean; volume: number }): Phone {
	return {
		...known,
		onCall: false,
		ring: null,
		answered: null,
		hungUpAt: null,
		device: 'none',
		confirmed: false,
		own: false,
		microphone: true,
		doubtful: false,
		pressedAt: null,
		check: null,
		measured: false,
	}
}

/** The whole truth for the device. */
export function lampsOf({ muted: wanted, measured, onCall, answered, ring, check }: Phone): CallLamps {
	const muted = wanted && !measured
	// A mute key is dead on hook, so a device that is tried is off hook.
	const offHook = onCall || answered !== null || check === 'waiting'
	return { offHook, muted, ringing: ring !== null, held: false }
}

/** Whether nothing of the room's microphone may pass. */
export function isClosed({ muted, measured, own, doubtful }: Phone): boolean {
	return (muted && !measured) || (own && doubtful)
}

/** The next state, and what follows from it, in this order. */
export function decide(before: Phone, event: PhoneEvent): { phone: Phone; effects: PhoneEffect[] } {
	const { phone, effects } = hear(before, event)
	const closed = isClosed(phone)
	const follow: PhoneEffect[] = []
	// First the sound, then the lamp: a microphone is never open beside a lamp that says otherwise for longer than needed.
	if (closed !== isClosed(before)) follow.push({ type: 'microphone', closed })
	if (phone.volume !== before.volume) follow.push({ type: 'volume', volume: phone.volume })
	const lamps = lampsOf(phone)
	const changed = JSON.stringify(lamps) !== JSON.stringify(lampsOf(before))
	if (changed || event.type === 'press') follow.push({ type: 'show', lamps })
	return { phone, effects: [...follow, ...effects] }
}

type Heard = { phone: Phone; effects: PhoneEffect[] }
const just = (phone: Phone): Heard => ({ phone, effects: [] })

function hear(phone: Phone, event: PhoneEvent): Heard {
	switch (event.type) {
		case 'mute':
			// Somebody who is there has the last word.
			return just({ ...phone, muted: event.muted, measured: false })
		case 'muteFromAfar':
			return just({ ...phone, muted: true, measured: false })
		case 'press':
			return pressed(phone, event.press, event.at)
		case 'device':
			return just(withDevice(phone, event))
		case 'microphone': {
			const gone = phone.microphone && !event.there && phone.own
			return just(trusted({ ...phone, microphone: event.there, doubtful: phone.doubtful || gone }))
		}
		case 'waited':
			return just({ ...phone, doubtful: false })
		case 'call':
			// What was answered, tried or hung up belonged to what was before.
			if (event.on === phone.onCall) return just(phone)
			return just({ ...phone, onCall: event.on, answered: null, hungUpAt: null, check: null, measured: false })
		case 'volume':
			return just({ ...phone, volume: Math.round(Math.min(100, Math.max(0, event.volume))) })
		case 'ring': {
			const { id, from, at } = event
			return just({ ...phone, ring: { id, from, since: at }, answered: null })
		}
		case 'quiet': {
			const ring = phone.ring?.id === event.id ? null : phone.ring
			const answered = phone.answered === event.id ? null : phone.answered
			return just({ ...phone, ring, answered })
		}
		case 'answer':
			return answer(phone)
		case 'reject':
			return reject(phone)
		case 'stay':
			return just({ ...phone, hungUpAt: null })
		case 'check':
			if (!event.on || phone.onCall) return just({ ...phone, check: null })
			return just({ ...phone, check: 'waiting' })
		case 'measure':
			return just({ ...phone, measured: event.on && !phone.onCall })
	}
}

function pressed(phone: Phone, press: SpeakerphoneEvent, at: number): Heard {
	switch (press.type) {
		case 'mute':
			if (phone.check === 'waiting') return just({ ...phone, check: 'seen', pressedAt: at })
			return just({ ...phone, muted: press.muted, measured: false, pressedAt: at })
		case 'volume': {
			const step = press.direction === 'up' ? volumeStep : -volumeStep
			return hear(phone, { type: 'volume', volume: phone.volume + step })
		}
		case 'reject':
			return reject(phone)
		case 'hook':
			if (press.offHook) return answer(phone)
			if (phone.onCall) return just({ ...phone, hungUpAt: at })
			// Hung up before the call was there, or instead of answering.
			return phone.ring ? reject(phone) : just({ ...phone, answered: null })
		case 'hold':
			return just(phone)
	}
}

function answer(phone: Phone): Heard {
	if (!phone.ring) return just(phone)
	const { id } = phone.ring
	return { phone: { ...phone, ring: null, answered: id }, effects: [{ type: 'answered', ring: id }] }
}

function reject(phone: Phone): Heard {
	if (!phone.ring) return just(phone)
	return { phone: { ...phone, ring: null }, effects: [{ type: 'rejected', ring: phone.ring.id }] }
}

function withDevice(phone: Phone, event: PhoneEvent & { type: 'device' }): Phone {
	const { device, confirmed, own, kept } = event
	const unplugged = phone.device === 'ready' && device !== 'ready' && !kept
	return trusted({
		...phone,
		device,
		confirmed: device === 'ready' && confirmed,
		own,
		doubtful: phone.doubtful || (unplugged && phone.own),
	})
}

/** Device and microphone are both there again, and the device has taken its lamps. */
function trusted(phone: Phone): Phone {
	return phone.device === 'ready' && phone.confirmed && phone.microphone ? { ...phone, doubtful: false } : phone
}
