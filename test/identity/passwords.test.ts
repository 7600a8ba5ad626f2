import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
	asMachineMade,
	digestOf,
	hashPassword,
	isMade,
	isPassword,
	makePassword,
} from '../../appliance/identity/passwords.ts'
import { weaknessOf } from '../../appliance/protocol/passwords.ts'

describe('A password that is chosen', () => {
	it('is kept by argon2id at the cost that OWASP names, with a salt of its own', async () => {
		const [one, other] = [
			await hashPassword('비 오는 날의 회의실 창가'),
			await hashPassword('비 오는 날의 회의실 창가'),
		]
		expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
		expect(one).not.toBe(other)
		expect(await isPassword('비 오는 날의 회의실 창가', one)).toBe(true)
		expect(await isPassword('비 오는 날의 회의실 창', one)).toBe(false)
	})

	it('is known again from what another argon2 of another cost wrote', async () => {
		const nonce = Buffer.from('saltsaltsaltsalt')
		const hash = argon2Sync('argon2id', {
			...{ message: 'a', nonce, parallelism: 1, tagLength: 16, memory: 64, passes: 3 },
		})
		const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
		const kept = `$argon2id$v=19$m=64,t=3,p=1$${text(nonce)}$${text(hash)}`
		expect(await isPassword('a', kept)).toBe(true)
		expect(await isPassword('b', kept)).toBe(false)
		await expect(isPassword('a', '$2b$10$x')).rejects.toThrow(/kept in a way/)
	})

	it('is the same however a keyboard composed its letters', async () => {
		const kept = await hashPassword('마루 회의실'.normalize('NFD'))
		expect(await isPassword('마루 회의실', kept)).toBe(true)
	})

	it('is none where there is no account, whatever is tried', async () => {
		expect(await isPassword('', null)).toBe(false)
	})

	it.each([
		['fourteen-chars', '', 'short'],
		['비 오는 날의 회의실 창가', '', 'short'],
		['비 오는 날의 회의실 창가 자리', '', null],
		['correct horse battery', 'kim', null],
		['x'.repeat(200), '', 'long'],
		['aaaaaaaaaaaaaaaa', '', 'pattern'],
		['ababababababababab', '', 'pattern'],
		['passwordpassword', '', 'pattern'],
		['password12345678', '', 'pattern'],
		['Maru-Admin-Password', '', 'pattern'],
		['1q2w3e4r5t6y7u8i9o', '', 'pattern'],
		['qwertyuiopasdfghjkl', '', 'pattern'],
		['uijeongbu-clerk-x', 'uijeongbu-clerk', 'name'],
		['UIJEONGBU-CLERK-1', 'uijeongbu-clerk', 'name'],
		['lee walks along the stream', 'lee', null],
		['abcde-23456-fghjk-mnpqr', '', 'made'],
	] as const)('%s, of %s, is: %s', (password, name, weakness) => {
		expect(weaknessOf(password, name)).toBe(weakness)
	})
})

describe('A password that the machine makes', () => {
	it('is another one each time, of letters that nobody mistakes, and may not be chosen', () => {
		const made = new Set(Array.from({ length: 100 }, makePassword))
		expect(made.size).toBe(100)
		for (const one of made) {
			expect(one).toMatch(/^[2-9a-hjkmnp-z]{5}(-[2-9a-hjkmnp-z]{5}){3}$/)
			expect(weaknessOf(one, '')).toBe('made')
		}
	})

	it('is taken as it is typed from paper', () => {
		const made = makePassword()
		expect(asMachineMade(` ${made.toUpperCase()}\n`)).toBe(made)
		expect(asMachineMade(`${made}a`)).toBeNull()
		expect(asMachineMade('correct horse battery')).toBeNull()
	})

	it('is right for its own digest alone', () => {
		const [made, other] = [makePassword(), makePassword()]
		expect(isMade(made, digestOf(made))).toBe(true)
		expect(isMade(other, digestOf(made))).toBe(false)
		expect(isMade(made, null)).toBe(false)
	})
})
