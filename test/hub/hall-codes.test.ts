import { describe, expect, it } from 'vitest'
import { codeEveryMs, codeOf, digestOf, passFor, readCode, readPass } from '../../appliance/hub/hall-codes.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'

const key = new Uint8Array(32).fill(7)
const shownAt = 1_000 * codeEveryMs
const [mine, yours] = ['phone-of-mine-0123456789', 'phone-of-yours-012345678']

function outcome(read: () => string): string {
	try {
		return read()
	} catch (error) {
		return error instanceof Refusal ? error.code : String(error)
	}
}

describe('The code on the screen of a hall', () => {
	it('is another one twice a minute, and tells until when it is shown', () => {
		const first = codeOf(key, 'm1', shownAt)
		expect(codeOf(key, 'm1', shownAt + codeEveryMs - 1)).toEqual(first)
		expect(first.until).toBe(shownAt + codeEveryMs)
		expect(codeOf(key, 'm1', first.until).code).not.toBe(first.code)
		expect(codeOf(key, 'm2', shownAt).code).not.toBe(first.code)
	})

	it.each([
		[0, 'm1'],
		[75_000, 'm1'],
		[75_001, 'expired'],
		[3_600_000, 'expired'],
	])('is read %i ms after it was shown first: %s', (laterMs, expected) => {
		const { code } = codeOf(key, 'm1', shownAt)
		expect(outcome(() => readCode(key, code, shownAt + laterMs))).toBe(expected)
	})

	it('cannot be made younger, led to another class, made with another key, or be a pass', () => {
		const { code } = codeOf(key, 'm1', shownAt)
		const [, time = '', sign = ''] = code.split('.')
		const later = (shownAt + codeEveryMs).toString(36)
		const pass = passFor(key, 'm1', mine, shownAt)
		for (const bad of [
			...[`m1.${later}.${sign}`, `m2.${time}.${sign}`, `m1.${time}.`, `m1.${time}`, `${code}.`, '', '..', pass],
			codeOf(
				key.map((byte) => byte + 1),
				'm1',
				shownAt,
			).code,
		]) {
			expect(outcome(() => readCode(key, bad, shownAt))).toBe('forged')
		}
	})
})

describe('The pass of a phone', () => {
	it('leaves time to say who one is, and is of no use to another phone', () => {
		const pass = passFor(key, 'm1', mine, shownAt)
		expect(outcome(() => readPass(key, pass, mine, shownAt + 9 * 60_000))).toBe('m1')
		expect(outcome(() => readPass(key, pass, mine, shownAt + 11 * 60_000))).toBe('expired')
		expect(outcome(() => readPass(key, pass, yours, shownAt))).toBe('forged')
		expect(outcome(() => readPass(key, codeOf(key, 'm1', shownAt).code, mine, shownAt))).toBe('forged')
	})

	it('a phone is known in its class, and not from class to class', () => {
		expect(digestOf('m1', mine)).toBe(digestOf('m1', mine))
		expect(new Set([digestOf('m1', mine), digestOf('m2', mine), digestOf('m1', yours)]).size).toBe(3)
	})
})
