import { describe, expect, it } from 'vitest'
import { createPulse } from '../../appliance/http/patience.ts'

describe('The pulse of a socket', () => {
	it('goes on while the other end answers', () => {
		const pulse = createPulse(5_000)
		for (let now = 0; now < 60_000; now += 5_000) {
			expect(pulse.beat(now)).toBe(true)
			pulse.answer()
		}
	})

	it('has stopped when one question was not answered', () => {
		const pulse = createPulse(5_000)
		expect([pulse.beat(0), pulse.beat(5_003)]).toEqual([true, false])
	})

	it('is felt once more where we were held up ourselves, and the answer may lie unread', () => {
		const pulse = createPulse(5_000)
		expect([pulse.beat(0), pulse.beat(11_000)]).toEqual([true, true])
		pulse.answer()
		expect([pulse.beat(16_000), pulse.beat(21_000)]).toEqual([true, false])
	})
})
