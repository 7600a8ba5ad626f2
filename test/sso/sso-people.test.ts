import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Accounts, openAccounts } from '../../appliance/identity/accounts.ts'
import { type Identity, openIdentity } from '../../appliance/identity/identity.ts'
import type { Named } from '../../appliance/identity/sso-claims.ts'
import { openSsoPeople } from '../../appliance/identity/sso-people.ts'

const hour = 3_600_000
const by = { address: '192.0.2.1', agent: 'Chrome/156', device: null }
const kim: Named = { issuer: 'https://sso.city.example', subject: 'p-kim', name: '김시설', role: 'facilities' }
let dir: string
let db: DatabaseSync
let time: number
let identity: Identity
let accounts: Accounts

beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-sso-people-'))
	db = new DatabaseSync(':memory:')
	time = Date.UTC(2027, 0, 4)
	identity = await openIdentity({ db, dir, now: () => time })
	accounts = openAccounts({ db, identity, now: () => time })
})
afterEach(() => {
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

const list = () => openSsoPeople(db, () => time).list()

describe('One of the city’s sign-in', () => {
	it('has a session for half a day, however much it is used', () => {
		const opened = accounts.admit(kim, by)
		expect(opened?.maxAgeSeconds).toBe(12 * 3_600)
		for (let hours = 1; hours < 12; hours++) {
			time += hour
			expect(identity.findSession(opened?.value ?? '')).toEqual(opened?.principal)
		}
		time += hour
		expect(identity.findSession(opened?.value ?? '')).toBeNull()
	})

	it('stays the same person under another name, and is another one at another provider', () => {
		accounts.admit(kim, by)
		accounts.admit({ ...kim, name: '김과장' }, by)
		accounts.admit({ ...kim, issuer: 'https://other.example' }, by)
		expect(list().map(({ name }) => name)).toEqual(['김과장', '김시설'])
		const own = accounts.admit(kim, by)?.principal
		expect(own && accounts.sessions(own)).toHaveLength(3)
	})

	it('is forgotten who has no role any more, and out at once', () => {
		const opened = accounts.admit(kim, by)
		const told: string[] = []
		identity.onRevoked((jti) => told.push(jti))
		expect(accounts.admit({ ...kim, role: null }, by)).toBeNull()
		expect(told).toEqual([opened?.principal.jti])
		expect(identity.findSession(opened?.value ?? '')).toBeNull()
		expect(list()).toEqual([])
	})
})
