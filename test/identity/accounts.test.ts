import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openAccountSessions, type Visitor } from '../../appliance/identity/account-sessions.ts'
import { openAccountStore } from '../../appliance/identity/account-store.ts'
import { type Accounts, openAccounts } from '../../appliance/identity/accounts.ts'
import { type Identity, openIdentity } from '../../appliance/identity/identity.ts'
import { TryLater } from '../../appliance/identity/tries.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import type { AccountRole } from '../../appliance/protocol/roles.ts'

/** Node's own function at a thousandth of the cost, counted. */
const work = vi.hoisted(() => ({ times: 0 }))
vi.mock('node:crypto', async (original) => {
	const crypto = await original<typeof import('node:crypto')>()
	const argon2: typeof crypto.argon2 = (algorithm, parameters, callback) => {
		work.times += 1
		crypto.argon2(algorithm, { ...parameters, memory: 8, passes: 1 }, callback)
	}
	return { ...crypto, argon2 }
})

const hour = 3_600_000
const own = '비 오는 날의 회의실 창가 자리'
const other = '눈 오는 날의 회의실 창가 자리'
let dir: string
let db: DatabaseSync
let time: number
let identity: Identity
let accounts: Accounts
const now = () => time

beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-accounts-'))
	db = new DatabaseSync(join(dir, 'maru.db'))
	db.exec('PRAGMA synchronous = OFF') // the disk is not what is tested
	time = Date.UTC(2027, 0, 4)
	await start()
})
afterEach(() => {
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

async function start() {
	identity = await openIdentity({ db, dir: join(dir, 'identity'), now })
	accounts = openAccounts({ db, identity, now })
}

const at = (who: Partial<Visitor> = {}): Visitor => ({
	address: '192.0.2.1',
	agent: 'Chrome/156',
	device: null,
	...who,
})
const make = (name: string, role: AccountRole = 'facilities') => openAccountStore(db, now).create(name, role)
const refusalOf = (asked: Promise<unknown>) =>
	asked.then(
		() => 'none',
		(error) => (error instanceof TryLater ? error.seconds : error instanceof Refusal ? error.code : String(error)),
	)
/** An account whose owner has chosen a password, in this browser. */
async function settled(name: string, role?: AccountRole) {
	const { account, password } = make(name, role)
	return { account, opened: await accounts.changePassword(name, password, own, at()) }
}
const audited = () => db.prepare('SELECT role, jti, place, action FROM audit ORDER BY seq').all()
const actions = () => audited().map(({ action }) => String(action).replace(/ account .*/, ''))

describe('An account', () => {
	it('opens nothing by its first password but the choice of another one', async () => {
		const { password } = make('Kim')
		expect(await refusalOf(accounts.signIn('kim', password, at()))).toBe('must-change')
		expect(await refusalOf(accounts.changePassword('kim', password, 'too short', at()))).toBe('weak-password')
		expect(await refusalOf(accounts.changePassword('kim', password, password, at()))).toBe('weak-password')
		const { principal, value } = await accounts.changePassword('KIM ', password, own, at())
		expect(principal).toMatchObject({ kind: 'house', role: 'facilities' })
		expect(identity.findSession(value)).toEqual(principal)
		expect(accounts.nameOf(principal)).toBe('kim')
		expect(await refusalOf(accounts.signIn('kim', password, at()))).toBe('bad-password')
		expect((await accounts.signIn('kim', own, at())).principal.role).toBe('facilities')
	})

	it('is refused in the same words and by the same work, whether there is none, it is disabled or the password is wrong', async () => {
		await settled('kim')
		const { account } = await settled('lee')
		make('new')
		openAccountStore(db, now).disable(account)
		for (const [name, password] of [
			['kim', other],
			['lee', own],
			['new', own],
			['nobody', own],
		] as const) {
			work.times = 0
			await expect(accounts.signIn(name, password, at({ address: name }))).rejects.toThrow('this is no account')
			expect(work.times, name).toBe(1)
		}
		// What has the form of a first password is looked at without that, for everybody.
		for (const name of ['kim', 'new', 'nobody']) {
			work.times = 0
			expect(await refusalOf(accounts.signIn(name, 'abcde-abcde-abcde-abcde', at()))).toBe('bad-password')
			expect(work.times, name).toBe(0)
		}
	})

	it.each(['', 'k', 'kim lee', '-kim', '../kim', `k${'x'.repeat(64)}`])('has no name like %j', (name) => {
		expect(() => make(name)).toThrow(/a name has 2 to 64/)
	})

	it('is known in no browser by what that browser chose itself', async () => {
		const { password } = make('kim')
		const { device } = await accounts.changePassword('kim', password, own, at({ device: 'chosen' }))
		expect(device).toMatch(/^[\w-]{43}$/)
	})

	it('has a name of its own, in whatever script, small or capital', () => {
		expect(make('김철수').account.name).toBe('김철수')
		expect(make('Kim@city.example').account.name).toBe('kim@city.example')
		expect(() => make('KIM@city.example')).toThrow(/already/)
	})
})

describe('Wrong passwords', () => {
	it('make the next try wait, also a right one and after a new start, and who is tried is told apart by no name', async () => {
		const { account } = await settled('kim')
		for (let index = 0; index < 5; index++) {
			expect(await refusalOf(accounts.signIn('kim', other, at({ address: `192.0.2.${index}` })))).toBe('bad-password')
		}
		work.times = 0
		expect(await refusalOf(accounts.signIn('kim', own, at({ address: '192.0.2.99' })))).toBe(30)
		await start()
		expect(await refusalOf(accounts.signIn('kim', own, at({ address: '192.0.2.99' })))).toBe(30)
		expect(await refusalOf(accounts.changePassword('kim', own, other, at()))).toBe(30)
		expect(work.times).toBe(0)
		time += 30_000
		expect((await accounts.signIn('kim', own, at())).principal.role).toBe('facilities')
		// A right one gives strangers no new tries.
		expect(await refusalOf(accounts.signIn('kim', other, at({ address: '192.0.2.50' })))).toBe('bad-password')
		expect(await refusalOf(accounts.signIn('kim', own, at({ address: '192.0.2.51' })))).toBe(60)
		const told = audited().filter(({ action }) => String(action).startsWith('sign-in.'))
		expect(told.map(({ action }) => action)).toEqual([
			...['sign-in.refused', 'sign-in.refused', 'sign-in.refused', 'sign-in.refused'],
			...['sign-in.delayed 30 s', 'sign-in.delayed 60 s'],
		])
		expect(told[4]).toMatchObject({ role: 'facilities', jti: account.id, place: '192.0.2.4' })
		expect(JSON.stringify(audited())).not.toContain('kim')
	})

	it('of all at once are looked at no more often than one after the other', async () => {
		await settled('kim')
		work.times = 0
		const all = await Promise.all(Array.from({ length: 20 }, () => refusalOf(accounts.signIn('kim', other, at()))))
		expect(work.times).toBe(5)
		expect(all.filter((code) => code === 30)).toHaveLength(15)
	})

	it('keep nobody out of the browser that they use, nor anybody who has a first password', async () => {
		const { account, opened } = await settled('kim')
		for (let index = 0; index < 5; index++) await refusalOf(accounts.signIn('kim', other, at()))
		expect(await refusalOf(accounts.signIn('kim', own, at()))).toBe(30)
		const known = at({ device: opened.device })
		expect(await refusalOf(accounts.signIn('kim', other, known))).toBe('bad-password')
		expect((await accounts.signIn('kim', own, known)).device).toBe(opened.device)
		const first = openAccountStore(db, now).remake(account)
		expect((await accounts.changePassword('kim', first, other, at())).principal.role).toBe('facilities')
	})

	it('are counted in a browser that is known for nobody else, and cost it a wait at last', async () => {
		const { opened } = await settled('kim')
		await settled('lee')
		const known = at({ device: opened.device })
		for (let index = 0; index < 5; index++) await refusalOf(accounts.signIn('kim', other, known))
		expect(await refusalOf(accounts.signIn('kim', own, known))).toBe(30)
		expect((await accounts.signIn('lee', own, known)).principal.role).toBe('facilities')
	})

	it('for names that are none wait in the same way, and what was typed there is not kept', async () => {
		for (let index = 0; index < 5; index++)
			await refusalOf(accounts.signIn('회의실비밀', own, at({ address: `${index}` })))
		expect(await refusalOf(accounts.signIn('회의실비밀', own, at({ address: '9' })))).toBe(30)
		expect(JSON.stringify(db.prepare('SELECT * FROM sign_in_tries').all())).not.toContain('회의실비밀')
		expect(audited().at(-1)).toMatchObject({ role: 'nobody', jti: '', action: 'sign-in.delayed 30 s' })
	})

	it('fill neither the journal nor the table, however many there are', async () => {
		for (let index = 0; index < 60; index++) {
			await refusalOf(accounts.signIn('kim', 'abcde-abcde-abcde-abcde', at()))
		}
		expect(audited()).toHaveLength(20)
		expect(db.prepare('SELECT count(*) AS n FROM sign_in_tries').get()?.n).toBe(1)
		time += 25 * hour
		await refusalOf(accounts.signIn('lee', own, at({ address: '192.0.2.2' })))
		expect(db.prepare("SELECT count(*) AS n FROM sign_in_tries WHERE key LIKE '%192.0.2.1'").get()?.n).toBe(0)
	})

	it('of too many at the same moment are not even waited for', async () => {
		const all = await Promise.all(Array.from({ length: 40 }, (_, i) => refusalOf(accounts.signIn(`n${i}`, own, at()))))
		expect(all.filter((code) => code === 'busy')).toHaveLength(8)
	})
})

describe('A session of an account', () => {
	it('is listed to its owner and to an admin, and ended by both, by nobody else; who is in by it is told', async () => {
		const [kim, lee, admin] = [await settled('kim'), await settled('lee', 'official'), await settled('boss', 'admin')]
		time += 60_000
		const second = await accounts.signIn('kim', own, at({ agent: 'Firefox/140 Windows', address: '192.0.2.7' }))
		const names = (of: typeof kim.opened) => accounts.sessions(of.principal).map(({ name, own }) => [name, own])
		expect(names(lee.opened)).toEqual([['lee', true]])
		expect(names(admin.opened)).toHaveLength(4)
		expect(accounts.sessions(kim.opened.principal)).toEqual([
			expect.objectContaining({
				id: second.principal.jti,
				browser: 'Firefox · Windows',
				address: '192.0.2.7',
				own: false,
			}),
			expect.objectContaining({ id: kim.opened.principal.jti, browser: 'Chrome', role: 'facilities', own: true }),
		])
		const told: string[] = []
		identity.onRevoked((jti) => told.push(jti))
		expect(accounts.endSession(lee.opened.principal, second.principal.jti)).toBe(false)
		expect(accounts.endSession(kim.opened.principal, second.principal.jti)).toBe(true)
		expect(accounts.endSession(kim.opened.principal, second.principal.jti)).toBe(false)
		expect(accounts.endSession(admin.opened.principal, lee.opened.principal.jti)).toBe(true)
		expect(told).toEqual([second.principal.jti, lee.opened.principal.jti])
		expect(identity.findSession(second.value)).toBeNull()
		expect(identity.findSession(kim.opened.value)).not.toBeNull()
	})

	it('is no link’s, and a link is told of none', async () => {
		await settled('kim')
		const principal = await identity.verify(await identity.issue({ role: 'facilities' }))
		expect([accounts.nameOf(principal), accounts.sessions(principal)]).toEqual([null, []])
		accounts.signOut(principal)
		expect(await identity.verify(await identity.issue({ role: 'facilities' }))).toMatchObject({ role: 'facilities' })
	})

	it('ends with another password, but for the browser that chose it', async () => {
		const { opened } = await settled('kim')
		const elsewhere = await accounts.signIn('kim', own, at({ address: '192.0.2.2' }))
		const changed = await accounts.changePassword('kim', own, other, at({ device: opened.device }))
		expect([opened, elsewhere, changed].map(({ value }) => identity.findSession(value) !== null)).toEqual([
			...[false, false, true],
		])
		expect(await refusalOf(accounts.changePassword('kim', other, other, at()))).toBe('weak-password')
		// Of the browsers of before only this one is known.
		for (let index = 0; index < 5; index++) await refusalOf(accounts.signIn('kim', own, at()))
		expect(await refusalOf(accounts.signIn('kim', other, at({ device: elsewhere.device })))).toBe(30)
		expect((await accounts.signIn('kim', other, at({ device: changed.device }))).device).toBe(changed.device)
	})

	it('ends when its owner signs out', async () => {
		const { opened } = await settled('kim')
		const told: string[] = []
		identity.onRevoked((jti) => told.push(jti))
		accounts.signOut(opened.principal)
		expect(told).toEqual([opened.principal.jti])
		expect(identity.findSession(opened.value)).toBeNull()
		expect(actions()).toEqual(['sign-in', 'password.changed', 'sign-out'])
	})

	it('is ended by the command line in another process, which this one hears of', async () => {
		const { account, opened } = await settled('kim')
		const told: string[] = []
		identity.onRevoked((jti) => told.push(jti))
		const second = new DatabaseSync(join(dir, 'maru.db'))
		const there = await openIdentity({ db: second, dir: join(dir, 'identity'), now })
		openAccountStore(second, now).disable(account)
		openAccountSessions(second, there, now).end(account.id)
		second.close()
		expect(identity.findSession(opened.value)).toBeNull()
		expect(told).toEqual([])
		identity.hearOthers()
		identity.hearOthers()
		expect(told).toEqual([opened.principal.jti])
		expect(await refusalOf(accounts.signIn('kim', own, at()))).toBe('bad-password')
	})

	it('that was not used for twelve hours, or is seven days old, is over for open sockets as well', async () => {
		const { opened } = await settled('kim')
		const told: string[] = []
		identity.onRevoked((jti) => told.push(jti))
		const sessions = openAccountSessions(db, identity, now)
		for (let day = 0; day < 14; day++) {
			time += 11.9 * hour
			sessions.sweep()
			expect(identity.findSession(opened.value)).not.toBeNull()
		}
		expect(told).toEqual([])
		time += 2 * hour
		sessions.sweep()
		expect(told).toEqual([opened.principal.jti])
		expect(accounts.sessions(opened.principal)).toEqual([])
		time += 30 * hour
		sessions.sweep()
		expect(db.prepare('SELECT count(*) AS n FROM revoked').get()?.n).toBe(0)
	})
})
