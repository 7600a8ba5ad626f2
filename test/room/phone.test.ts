import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, isClosed, lampsOf, newPhone, type Phone, type PhoneEvent } from '../../appliance/room/phone.ts'
import type { CallLamps } from '../../drivers/speakerphone.ts'

const plugged = { type: 'device', device: 'ready', confirmed: true, own: true, kept: false } satisfies PhoneEvent
const unplugged = { type: 'device', device: 'lost', confirmed: false, own: true, kept: false } satisfies PhoneEvent
const press = (muted: boolean, at = 5): PhoneEvent => ({ type: 'press', press: { type: 'mute', muted }, at })
const hook = (offHook: boolean, at = 5): PhoneEvent => ({ type: 'press', press: { type: 'hook', offHook }, at })
const ring: PhoneEvent = { type: 'ring', id: 'r1', from: '민원실 3번', at: 1 }

function phoneAfter(...events: PhoneEvent[]): Phone {
	return events.reduce((phone, event) => decide(phone, event).phone, newPhone({ muted: false, volume: 80 }))
}
const inMeeting = (...events: PhoneEvent[]) => phoneAfter(plugged, { type: 'call', on: true }, ...events)
const shown = (phone: Phone, event: PhoneEvent) =>
	decide(phone, event).effects.flatMap((effect) => (effect.type === 'show' ? [effect.lamps] : []))

describe('Mute', () => {
	test.each([
		['the panel', { type: 'mute', muted: true }],
		['the device', press(true)],
		['somebody elsewhere', { type: 'muteFromAfar' }],
	] satisfies [string, PhoneEvent][])('by %s shuts the microphone and lights the lamp', (_, event) => {
		expect(decide(inMeeting(), event).effects).toEqual([
			{ type: 'microphone', closed: true },
			{ type: 'show', lamps: { offHook: true, muted: true, ringing: false, held: false } },
		])
	})

	test('is lifted by panel and device, and by nobody elsewhere', () => {
		const muted = inMeeting(press(true))
		expect(decide(muted, { type: 'mute', muted: false }).phone.muted).toBe(false)
		expect(decide(muted, press(false)).phone.muted).toBe(false)
		expect(decide(muted, { type: 'muteFromAfar' }).phone.muted).toBe(true)
	})

	test('is passed over by the morning check alone, outside of a meeting, until anybody says otherwise', () => {
		const muted = phoneAfter(plugged, { type: 'mute', muted: true })
		const { phone, effects } = decide(muted, { type: 'measure', on: true })
		expect(phone.muted).toBe(true)
		expect(isClosed(phone)).toBe(false)
		expect(effects).toEqual([
			{ type: 'microphone', closed: false },
			{ type: 'show', lamps: { offHook: false, muted: false, ringing: false, held: false } },
		])
		const closing: PhoneEvent[] = [
			{ type: 'measure', on: false },
			{ type: 'call', on: true },
			{ type: 'mute', muted: true },
			{ type: 'muteFromAfar' },
			press(true),
		]
		for (const event of closing) expect(isClosed(decide(phone, event).phone)).toBe(true)
		expect(isClosed(decide(inMeeting(press(true)), { type: 'measure', on: true }).phone)).toBe(true)
	})

	test('outlives the device, the meeting and the stage', () => {
		const phone = inMeeting(
			press(true),
			{ type: 'microphone', there: false },
			unplugged,
			{ type: 'call', on: false },
			plugged,
			{ type: 'microphone', there: true },
		)
		expect(phone.muted).toBe(true)
		expect(lampsOf(phone)).toMatchObject({ offHook: false, muted: true })
	})
})

describe('Lamps', () => {
	test('are told whole after every press, be it that nothing changes', () => {
		const idle = phoneAfter(plugged)
		expect(shown(idle, hook(true))).toEqual([{ offHook: false, muted: false, ringing: false, held: false }])
		expect(shown(inMeeting(), press(false))).toHaveLength(1)
		expect(shown(inMeeting(), { type: 'press', press: { type: 'hold' }, at: 1 })).toMatchObject([{ held: false }])
	})

	test('are off hook from the first moment of the meeting to its last', () => {
		expect(shown(phoneAfter(plugged), { type: 'call', on: true })).toMatchObject([{ offHook: true }])
		expect(shown(inMeeting(), { type: 'call', on: true })).toEqual([])
		expect(shown(inMeeting(), { type: 'call', on: false })).toMatchObject([{ offHook: false }])
	})
})

describe('A microphone in the speakerphone', () => {
	test('stays shut after a replug until the device has taken its lamps', () => {
		const away = inMeeting(unplugged, { type: 'microphone', there: false })
		const back = [
			{ type: 'microphone', there: true },
			{ ...plugged, confirmed: false },
		] satisfies PhoneEvent[]
		const waiting = inMeeting(unplugged, { type: 'microphone', there: false }, ...back)
		expect([isClosed(away), isClosed(waiting), waiting.muted]).toEqual([true, true, false])
		expect(decide(waiting, plugged).effects).toContainEqual({ type: 'microphone', closed: false })
	})

	test('stays shut where only the stage saw the plug go', () => {
		const waiting = inMeeting({ type: 'microphone', there: false })
		expect(isClosed(waiting)).toBe(true)
		// Whether the lamps were told to the device of before or of after, they are confirmed.
		expect(isClosed(decide(waiting, { type: 'microphone', there: true }).phone)).toBe(false)
	})

	test('is open after a while without call control, and is not opened by that where it is muted', () => {
		const waiting = inMeeting(unplugged, { type: 'microphone', there: false }, { type: 'microphone', there: true })
		expect(isClosed(waiting)).toBe(true)
		expect(isClosed(decide(waiting, { type: 'waited' }).phone)).toBe(false)
		const muted = decide(waiting, { type: 'mute', muted: true }).phone
		expect(isClosed(decide(muted, { type: 'waited' }).phone)).toBe(true)
	})

	test('goes on while only the driver starts anew', () => {
		expect(isClosed(inMeeting({ ...unplugged, kept: true }))).toBe(false)
	})

	test('of another card does not wait for the speakerphone', () => {
		const other = { own: false }
		const phone = phoneAfter({ ...plugged, ...other }, { type: 'call', on: true }, { ...unplugged, ...other })
		expect(isClosed(phone)).toBe(false)
	})
})

describe('Hanging up at the device', () => {
	test('ends no meeting: panels ask, and the device stays off hook', () => {
		const { phone, effects } = decide(inMeeting(), hook(false, 77))
		expect(phone).toMatchObject({ onCall: true, hungUpAt: 77, muted: false })
		expect(effects).toEqual([{ type: 'show', lamps: { offHook: true, muted: false, ringing: false, held: false } }])
		expect(decide(phone, { type: 'stay' }).phone.hungUpAt).toBeNull()
		expect(decide(phone, { type: 'call', on: false }).phone.hungUpAt).toBeNull()
	})
})

describe('A ring', () => {
	test('is answered by lifting: off hook and quiet in one word', () => {
		const { effects } = decide(phoneAfter(plugged, ring), hook(true))
		expect(effects).toEqual([
			{ type: 'show', lamps: { offHook: true, muted: false, ringing: false, held: false } },
			{ type: 'answered', ring: 'r1' },
		])
	})

	test('is answered and rejected from a panel as well, once', () => {
		for (const [event, effect] of [
			['answer', 'answered'],
			['reject', 'rejected'],
		] as const) {
			const { phone, effects } = decide(phoneAfter(plugged, ring), { type: event })
			expect(effects).toContainEqual({ type: effect, ring: 'r1' })
			expect(decide(phone, { type: event }).effects).toEqual([])
		}
	})

	test('is rejected by its key, and by hanging up', () => {
		expect(
			decide(phoneAfter(plugged, ring), { type: 'press', press: { type: 'reject' }, at: 1 }).effects,
		).toContainEqual({
			type: 'rejected',
			ring: 'r1',
		})
		expect(decide(phoneAfter(plugged, ring), hook(false)).effects).toContainEqual({ type: 'rejected', ring: 'r1' })
	})

	test('in a meeting is rejected by its key, and hanging up still means the meeting', () => {
		const { phone } = decide(inMeeting(ring), hook(false, 9))
		expect(phone).toMatchObject({ hungUpAt: 9, ring: { id: 'r1' } })
	})

	test('that was answered holds the line until its call is there, or does not come about', () => {
		const answered = phoneAfter(plugged, ring, hook(true))
		expect(lampsOf(decide(answered, { type: 'quiet', id: 'r1' }).phone).offHook).toBe(false)
		expect(lampsOf(decide(answered, { type: 'call', on: true }).phone).offHook).toBe(true)
		expect(lampsOf(decide(answered, hook(false)).phone).offHook).toBe(false)
		// Another one's end is not ours.
		expect(lampsOf(decide(answered, { type: 'quiet', id: 'r0' }).phone).offHook).toBe(true)
	})
})

describe('The mute key on trial', () => {
	test('is seen and mutes nothing, with the device off hook so that it tells', () => {
		const trying = phoneAfter(plugged, { type: 'check', on: true })
		expect(lampsOf(trying).offHook).toBe(true)
		const { phone, effects } = decide(trying, press(true, 12))
		expect(phone).toMatchObject({ check: 'seen', muted: false, pressedAt: 12 })
		expect(effects).toEqual([{ type: 'show', lamps: { offHook: false, muted: false, ringing: false, held: false } }])
		// The next press counts.
		expect(decide(phone, press(true)).phone.muted).toBe(true)
	})

	test('is not tried in a meeting, and a meeting that begins ends the trial', () => {
		expect(decide(inMeeting(), { type: 'check', on: true }).phone.check).toBeNull()
		const begun = decide(phoneAfter(plugged, { type: 'check', on: true }), { type: 'call', on: true }).phone
		expect(begun.check).toBeNull()
		expect(decide(begun, press(true)).phone.muted).toBe(true)
	})
})

test('volume keys move the volume by steps, within what there is', () => {
	const turn = (direction: 'up' | 'down'): PhoneEvent => ({
		type: 'press',
		press: { type: 'volume', direction },
		at: 1,
	})
	expect(decide(inMeeting(), turn('up')).effects[0]).toEqual({ type: 'volume', volume: 85 })
	expect(inMeeting(...Array.from({ length: 30 }, () => turn('up'))).volume).toBe(100)
	expect(inMeeting(...Array.from({ length: 30 }, () => turn('down'))).volume).toBe(0)
})

/**
 * Everybody who mutes, with what each knows, which is always a little late: messages wait in their lines until the order
 * of events lets them through. Losing a line loses what was in it, as a plug and a socket do.
 */
class Chamber {
	phone = newPhone({ muted: false, volume: 80 })
	/** What each was told last. */
	device: CallLamps | null = null
	plugged = true
	panel = false
	stage = false
	hub = { online: true, source: false, mutes: 0 }
	#obeyed = 0
	readonly lines: Record<'fromDevice' | 'toDevice' | 'fromPanel' | 'toPanel' | 'toHub' | 'fromHub', (() => void)[]> = {
		fromDevice: [],
		toDevice: [],
		fromPanel: [],
		toPanel: [],
		toHub: [],
		fromHub: [],
	}
	readonly sent = { device: 0, panel: 0, afar: 0 }
	readonly heard = { device: 0, panel: 0, afar: 0 }

	constructor() {
		this.hear(plugged)
		this.hear({ type: 'call', on: true })
		this.settle()
	}

	hear(event: PhoneEvent) {
		const before = this.phone
		const { phone, effects } = decide(before, event)
		this.phone = phone
		const lifted = before.muted && !phone.muted
		const wished = (event.type === 'mute' && !event.muted) || (event.type === 'press' && event.press.type === 'mute')
		if (lifted && !wished) throw new Error(`unmuted by ${event.type}`)
		for (const effect of effects) {
			if (effect.type === 'show' && this.plugged) this.lines.toDevice.push(() => this.#taken(effect.lamps))
			if (effect.type === 'microphone') this.#setMicrophone(effect.closed)
		}
		if (phone.muted !== before.muted) this.lines.toPanel.push(() => this.#seen(phone.muted))
	}

	pressDevice() {
		if (!this.plugged || !this.device?.offHook) return
		this.sent.device++
		const muted = !this.device.muted
		this.lines.fromDevice.push(() => {
			this.heard.device++
			this.hear(press(muted))
			if (this.phone.muted !== muted) throw new Error('a press of the device was lost')
		})
	}

	pressPanel() {
		this.sent.panel++
		const muted = !this.panel
		this.lines.fromPanel.push(() => {
			this.heard.panel++
			this.hear({ type: 'mute', muted })
			if (this.phone.muted !== muted) throw new Error('a press of the panel was lost')
		})
	}

	/** The hub shuts the room at once; the room hears of it, now or when it is back. */
	muteFromAfar() {
		this.sent.afar++
		this.hub.source = true
		this.hub.mutes++
		this.#tellRoom()
	}

	pull() {
		if (!this.plugged) return
		this.plugged = false
		this.device = null
		// A press that the plug cut off was heard by nobody; its lamp is out with it.
		this.sent.device -= this.lines.fromDevice.length
		this.lines.fromDevice = []
		this.lines.toDevice = []
		this.hear(unplugged)
		this.hear({ type: 'microphone', there: false })
	}

	plug() {
		if (this.plugged) return
		this.plugged = true
		this.hear({ ...plugged, confirmed: false })
		this.hear({ type: 'microphone', there: true })
		if (!this.stage) throw new Error('sound passed before the lamps were right')
		const lamps = lampsOf(this.phone)
		this.lines.toDevice.push(() => this.#taken(lamps))
	}

	hubAway() {
		this.hub.online = false
		this.lines.toHub = []
		this.lines.fromHub = []
	}

	hubBack() {
		if (this.hub.online) return
		this.hub.online = true
		this.#tellRoom()
		this.lines.fromHub.push(() => this.#agree())
	}

	/** Lets one message of this line through. */
	pass(line: keyof Chamber['lines']) {
		this.lines[line].shift()?.()
	}

	settle() {
		while (Object.values(this.lines).some((line) => line.length > 0)) {
			for (const line of Object.keys(this.lines) as (keyof Chamber['lines'])[]) this.pass(line)
		}
	}

	#taken(lamps: CallLamps) {
		this.device = lamps
		this.hear(plugged)
	}

	#seen(muted: boolean) {
		this.panel = muted
	}

	#setMicrophone(closed: boolean) {
		this.stage = closed
		this.#agree()
	}

	/** What the room tells the hub of its microphone. */
	#agree() {
		if (!this.hub.online) return
		const closed = isClosed(this.phone)
		this.lines.toHub.push(() => {
			this.hub.source = closed
		})
	}

	#tellRoom() {
		if (!this.hub.online) return
		const { mutes } = this.hub
		this.lines.fromHub.push(() => {
			for (; this.#obeyed < mutes; this.#obeyed++) {
				this.heard.afar++
				this.hear({ type: 'muteFromAfar' })
			}
			this.#agree()
		})
	}
}

const steps = fc.constantFrom(
	...(['pressDevice', 'pressDevice', 'pressPanel', 'pressPanel', 'muteFromAfar'] as const),
	...(['pull', 'plug', 'plug', 'hubAway', 'hubBack', 'hubBack'] as const),
	...(['fromDevice', 'toDevice', 'fromPanel', 'toPanel', 'toHub', 'fromHub'] as const),
	...(['fromDevice', 'toDevice', 'fromPanel', 'toPanel'] as const),
)

test('ten thousand presses on device, panel and from afar, between unplugging and lost hubs: all agree after the last', () => {
	let presses = 0
	fc.assert(
		fc.property(fc.array(steps, { minLength: 200, maxLength: 200 }), (script) => {
			const chamber = new Chamber()
			for (const step of script) {
				if (step in chamber.lines) chamber.pass(step as keyof Chamber['lines'])
				else chamber[step as 'pull']()
			}
			chamber.plug()
			chamber.hubBack()
			chamber.settle()
			const { phone, device, panel, stage, hub, sent, heard } = chamber
			const { muted } = phone
			expect({ device: device?.muted, panel, stage, hub: hub.source }).toEqual({
				...{ device: muted, panel: muted, stage: muted, hub: muted },
			})
			expect(device).toMatchObject({ offHook: true, ringing: false, held: false })
			expect(heard).toEqual(sent)
			presses += sent.device + sent.panel + sent.afar
		}),
		{ numRuns: 500 },
	)
	expect(presses).toBeGreaterThan(10_000)
})
