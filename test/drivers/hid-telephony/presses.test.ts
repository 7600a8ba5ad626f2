import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { converse, ownClock } from './conversation.ts'

/** Presses at random on the device and in the room. A person cannot press twice within 80 ms; a panel and a person can. */

const presses = Number(process.env.MARU_PRESSES ?? 10_000) / phoneModels.length
const runLength = 100
let clock: ReturnType<typeof ownClock>

beforeAll(() => {
	clock = ownClock()
})
afterAll(() => clock.end())

const step = fc.record({
	who: fc.constantFrom('device', 'device', 'room'),
	what: fc.constantFrom('mute', 'mute', 'mute', 'hook', 'volumeUp', 'flash'),
	pauseMs: fc.oneof(
		fc.integer({ min: 0, max: 12 }),
		fc.integer({ min: 13, max: 500 }),
		fc.integer({ min: 1_900, max: 2_100 }),
	),
	latencyMs: fc.integer({ min: 1, max: 149 }),
})

describe.each(phoneModels)('$kind', (model) => {
	it('agrees in the end with the room, and no press is lost or doubled', () => {
		fc.assert(
			fc.property(fc.array(step, { minLength: runLength, maxLength: runLength }), (steps) => {
				let latencyMs = 1
				const talk = converse(model, () => latencyMs)
				const { phone, events } = talk
				const count = (type: string) => events.filter((event) => event.type === type).length
				let pressedAt = Number.NEGATIVE_INFINITY
				clock.advance(3_000)
				for (const { who, what, pauseMs, latencyMs: next } of steps) {
					latencyMs = next
					clock.advance(pauseMs)
					if (who === 'room') {
						const { offHook, muted } = talk.call()
						if (what === 'hook') talk.show({ offHook: !offHook })
						else talk.show({ muted: !muted })
						continue
					}
					const rest = 80 - (performance.now() - pressedAt)
					if (rest > 0) clock.advance(rest)
					const type = what.startsWith('volume') ? 'volume' : what === 'flash' ? 'hold' : what
					if (!(what in model.keys)) continue
					const alone = !talk.busy()
					const before = count(type)
					const did = phone.press(what)
					pressedAt = performance.now()
					const shown = what === 'hook' ? phone.hook : phone.muted
					clock.advance(3)
					const told = count(type) - before
					if ((what !== 'hook' && what !== 'mute') || model[what] === 'one-shot') {
						expect([type, told], talk.tail()).toEqual([type, did ? 1 : 0])
						continue
					}
					// A switch asks for what it shows; that may have been asked for already, and once is enough.
					expect(told, talk.tail()).toBeLessThanOrEqual(1)
					// What meets a report on the wire is overruled by it, or the other way round. Of a device that acknowledges
					// nothing nobody knows for a moment whether it has obeyed or was pressed.
					const unsure = !alone || (model.mumbles && performance.now() - talk.shownAt() < 350)
					if (did && !unsure) expect([what, talk.wish(what)], talk.tail()).toEqual([what, shown])
				}
				clock.advance(5_000)
				const { offHook, muted } = talk.call()
				expect({ hook: phone.hook, muted: phone.muted }, talk.tail()).toEqual({
					hook: offHook,
					muted: muted && offHook,
				})
				expect(talk.session.state).toEqual({ offHook, muted, unconfirmed: false })
				expect(talk.settled).toHaveLength(talk.shown())
			}),
			{ numRuns: Math.ceil(presses / runLength), endOnFailure: process.env.MARU_SHRINK === undefined },
		)
	})
})
