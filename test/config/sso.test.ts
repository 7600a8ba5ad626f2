import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ConfigError, readConfig } from '../../appliance/config.ts'

let dir: string
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-sso-config-'))
	writeFileSync(join(dir, 'secret'), 'a secret\n')
	writeFileSync(join(dir, 'ca.crt'), '-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const good = {
	issuer: 'https://sso.city.example/realms/staff',
	clientId: 'maru',
	clientSecret: '{ file: secret }',
	claim: 'groups',
	roles: '[{ role: facilities, values: [building] }]',
}
const read = (change: Record<string, string> = {}, publicUrl = 'https://maru.city.example') => {
	const keys = Object.entries({ ...good, ...change }).map(([key, value]) => `  ${key}: ${value}\n`)
	const text = `room: { name: 대회의실 }\npublicUrl: ${publicUrl}\nsso:\n${keys.join('')}`
	return readConfig(text, join(dir, 'maru.yaml')).sso
}
function faultsOf(...asked: Parameters<typeof read>): string[] {
	try {
		read(...asked)
		return []
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error
		return error.faults.map(({ line, message }) => `${line}: ${message}`)
	}
}

describe('The city’s sign-in', () => {
	it('takes a secret from a file and asks for the profile, and is none by default', () => {
		expect(read({ ca: '{ file: ca.crt }' })).toMatchObject({
			...{ clientSecret: 'a secret', scopes: ['profile'], nameClaim: 'name' },
			button: { ko: '통합 로그인', en: 'Single sign-on' },
			ca: expect.stringContaining('BEGIN CERTIFICATE'),
		})
		expect(readConfig('room: { name: 대회의실 }', 'maru.yaml').sso).toBeUndefined()
	})

	it('takes a secret from a credential of systemd', () => {
		vi.stubEnv('CREDENTIALS_DIRECTORY', dir)
		expect(read({ clientSecret: '{ credential: secret }' })?.clientSecret).toBe('a secret')
		expect(faultsOf({ clientSecret: '{ credential: ../secret }' })).toEqual([
			expect.stringMatching(/^6: a secret stands/),
		])
		vi.stubEnv('CREDENTIALS_DIRECTORY', undefined)
		expect(faultsOf({ clientSecret: '{ credential: secret }' })).toEqual([expect.stringMatching(/no credentials/)])
	})

	it.each<[string, Record<string, string>, RegExp]>([
		['a secret in the file itself', { clientSecret: 'abc' }, /^6: a secret stands in a file/],
		['an issuer without TLS', { issuer: 'http://sso.city.example' }, /^4: sso.issuer/],
		[
			'a role that is no account’s',
			{ roles: '[{ role: kiosk, values: [a] }]' },
			/^8: .* must be one of: panel, facilities/,
		],
		['no roles', { roles: '[]' }, /^8: sso.roles/],
		['a role without values', { roles: '[{ role: admin, values: [] }]' }, /^8: sso.roles.0.values/],
		[
			'a value of two roles',
			{ roles: '[{ role: admin, values: [a] }, { role: audit, values: [b, a] }]' },
			/^8: the value 'a' has a role already/,
		],
		['a key that is none', { realm: 'staff' }, /^9: unknown key 'realm'/],
		['a certificate that is none', { ca: '{ file: secret }' }, /^9: the file holds no certificate/],
		['a scope that ends the address', { scopes: '["a b"]' }, /^9: sso.scopes.0/],
	])('is refused with %s', (_, change, fault) => {
		expect(faultsOf(change)).toEqual([expect.stringMatching(fault)])
	})

	it('needs the address that the provider leads back to', () => {
		expect(faultsOf({}, 'auto')).toEqual([expect.stringMatching(/^3: sso needs 'publicUrl'/)])
	})
})
