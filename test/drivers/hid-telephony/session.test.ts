import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PhoneModel, phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { notation } from '../hex.ts'
import { converse, ownClock } from './conversation.ts'

/** What is told of a press, and what is not, by a device whose firmware does what real ones do. */

let clock: ReturnType<typeof ownClock>
beforeAll(() => {
	clock = ownClock()
})
afterAll(() => clock.end())

const model = (kind: string): PhoneModel => {
	const found = phoneModels.find((model) => model.kind.startsWith(kind))
	if (!found) throw new Error(kind)
	return found
}
const [jabra, plain, poly, switchMute] = ['report 2', 'level hook with', 'a report for', 'level hook and'].map(model)
if (!jabra || !plain || !poly || !switchMute) throw new Error('no phones')

/** Off hook, settled. */
function inCall(of: PhoneModel, latencyMs = 20) {
	const talk = converse(of, () => latencyMs)
	talk.show({ offHook: true })
	clock.advance(500)
	talk.phone.outputs.splice(0)
	return talk
}

describe('What a device says', () => {
	it.each(phoneModels)('first is heard after it was told the whole call: $kind', (of) => {
		const { phone, events } = converse(of, () => 20)
		clock.advance(5)
		expect(phone.outputs.length).toBeGreaterThan(0)
		expect(phone.outputs.flatMap((report) => [...report.subarray(1)]).every((byte) => byte === 0)).toBe(true)
		expect(events).toEqual([])
	})

	it('in answer to what it was told is no press', () => {
		const { phone, events, show } = inCall(jabra)
		show({ muted: true })
		clock.advance(500)
		show({ offHook: false })
		clock.advance(500)
		expect(events).toEqual([])
		expect(phone).toMatchObject({ hook: false, muted: false })
	})

	it('of its hook is told once, and answered with the whole call in one report', () => {
		const { phone, events } = converse(jabra, () => 20)
		clock.advance(500)
		phone.outputs.splice(0)
		phone.press('hook')
		clock.advance(3_000)
		expect(events).toEqual([{ type: 'hook', offHook: true }])
		expect(phone.outputs.map(notation)).toEqual(['02 21 00'])
		expect(phone.hook).toBe(true)
	})

	it('when nobody has answered it for two seconds asks for nothing', () => {
		const { phone, events, session } = converse(plain, () => 60_000)
		clock.advance(500)
		phone.press('hook')
		clock.advance(2_500)
		expect(phone.hook).toBe(false)
		expect(events).toEqual([{ type: 'hook', offHook: true }])
		expect(session.state.offHook).toBe(false)
	})

	it('when the answer and its impatience meet is set right, not hung up', () => {
		const { phone, events } = converse(plain, () => 1_999)
		clock.advance(500)
		phone.press('hook')
		clock.advance(4_000)
		expect(events).toEqual([{ type: 'hook', offHook: true }])
		expect(phone.hook).toBe(true)
	})

	it('when it has no patience at all is answered all the same', () => {
		const { phone, events } = converse(poly, () => 120)
		clock.advance(500)
		phone.press('hook')
		clock.advance(1_000)
		expect(events).toEqual([{ type: 'hook', offHook: true }])
		expect(phone.hook).toBe(true)
	})

	it('of a mute is counted from the room’s, twice a second too', () => {
		const { phone, events, call, show } = inCall(jabra)
		show({ muted: true })
		clock.advance(200)
		for (let i = 0; i < 3; i++) {
			phone.press('mute')
			clock.advance(100)
		}
		expect(events.map((event) => event.type === 'mute' && event.muted)).toEqual([false, true, false])
		expect(call().muted).toBe(false)
		expect(phone.muted).toBe(false)
	})

	it('of a mute that is pressed three times before the room answers is three presses', () => {
		const { phone, events } = inCall(jabra, 400)
		for (let i = 0; i < 3; i++) {
			phone.press('mute')
			clock.advance(100)
		}
		clock.advance(2_000)
		expect(events.map((event) => event.type === 'mute' && event.muted)).toEqual([true, false, true])
		expect(phone.muted).toBe(true)
	})

	it('of a mute that goes out because the call ends does not unmute the room', () => {
		const { phone, events, show, call } = inCall(switchMute)
		show({ muted: true })
		clock.advance(500)
		phone.press('hook')
		clock.advance(500)
		expect(events).toEqual([{ type: 'hook', offHook: false }])
		expect(call()).toMatchObject({ offHook: false, muted: true })
		show({ offHook: true })
		clock.advance(500)
		expect(phone).toMatchObject({ hook: true, muted: true })
		expect(events).toHaveLength(1)
	})

	it.each(phoneModels)('after it was told to go off hook muted is muted: $kind', (of) => {
		const { phone, show, events } = converse(of, () => 20)
		show({ offHook: true, muted: true })
		clock.advance(500)
		// One that acknowledges nothing gives no moment to tell it again; this one does not forget.
		expect(phone).toMatchObject({ hook: true, muted: true })
		expect(events).toEqual([])
	})

	it('while it rings is an answer', () => {
		const { phone, events, show } = converse(jabra, () => 20)
		show({ ringing: true })
		clock.advance(500)
		expect(phone.ringing).toBe(true)
		phone.press('hook')
		clock.advance(500)
		expect(events).toEqual([{ type: 'hook', offHook: true }])
		expect(phone).toMatchObject({ hook: true, ringing: false })
	})

	it.each([jabra, plain, switchMute])(
		'to refuse a ring is told by its key, or by lifting and hanging up: $kind',
		(of) => {
			const { phone, events, show } = converse(of, () => 20)
			show({ ringing: true })
			clock.advance(500)
			phone.press('reject')
			clock.advance(500)
			expect(events).toEqual([{ type: 'reject' }])
			expect(phone).toMatchObject({ hook: false, ringing: false })
		},
	)

	it('by Drop refuses a ring, and ends a call', () => {
		const { phone, events, show } = converse(poly, () => 20)
		show({ ringing: true })
		clock.advance(500)
		phone.press('drop')
		clock.advance(200)
		show({ offHook: true })
		clock.advance(200)
		phone.press('drop')
		clock.advance(200)
		expect(events).toEqual([{ type: 'reject' }, { type: 'hook', offHook: false }])
	})

	it('of volume and hold is told each time', () => {
		const { phone, events } = inCall(jabra)
		for (const key of ['volumeUp', 'volumeUp', 'volumeDown', 'flash'] as const) {
			phone.press(key)
			clock.advance(200)
		}
		expect(events).toEqual([
			{ type: 'volume', direction: 'up' },
			{ type: 'volume', direction: 'up' },
			{ type: 'volume', direction: 'down' },
			{ type: 'hold' },
		])
		expect(phone.held).toBe(true)
	})
})
