import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Accounts, openAccounts } from '../../appliance/identity/accounts.ts'
import { type Identity, openIdentity } from '../../appliance/identity/identity.ts'
import { account } from '../../appliance/ops/account.ts'
import { openDatabase } from '../../appliance/ops/database.ts'

/** The command beside a service that has the same database open. */

class Wrongly extends Error {}
const own = '비 오는 날의 회의실 창가 자리'
const by = { address: '192.0.2.1', agent: undefined, device: null }
let dir: string
let db: ReturnType<typeof openDatabase>
let identity: Identity
let accounts: Accounts

beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-account-'))
	db = openDatabase(join(dir, 'maru.db'))
	identity = await openIdentity({ db, dir: join(dir, 'identity'), now: Date.now })
	accounts = openAccounts({ db, identity, now: Date.now })
})
afterEach(() => {
	vi.restoreAllMocks()
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

/** What it prints on standard output. */
async function maru(...args: string[]): Promise<string> {
	const lines: string[] = []
	vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
	vi.spyOn(console, 'error').mockImplementation(() => {})
	await account({ MARU_DATA: dir }, args, (text) => new Wrongly(text))
	return lines.join('\n')
}

describe('maru account', () => {
	it('creates one, prints its first password alone, and lists it without', async () => {
		const password = await maru('create', 'Kim', '--role', 'facilities')
		expect(password).toMatch(/^[2-9a-z]{5}(-[2-9a-z]{5}){3}$/)
		expect(await maru('list')).toMatch(/^kim {2,}facilities +first password +signed in never +[\da-f-]{36}$/)
		await accounts.changePassword('kim', password, own, by)
		const listed = await maru('list')
		expect(listed).toMatch(/^kim +facilities +open +signed in \d{4}-\d\d-\d\d \d\d:\d\d /)
		expect(listed).not.toContain(password)
	})

	it('disables one, which is in nowhere then, and opens it again by another first password', async () => {
		const { principal, value } = await accounts.changePassword(
			'kim',
			await maru('create', 'kim', '--role', 'audit'),
			own,
			by,
		)
		const told: string[] = []
		identity.onRevoked((jti) => told.push(jti))
		expect(await maru('disable', 'KIM')).toMatch(/^kim may sign in no more/)
		identity.hearOthers()
		expect(told).toEqual([principal.jti])
		expect(identity.findSession(value)).toBeNull()
		await expect(accounts.signIn('kim', own, by)).rejects.toMatchObject({ code: 'bad-password' })
		const again = await maru('reset', 'kim')
		await expect(accounts.signIn('kim', own, by)).rejects.toMatchObject({ code: 'bad-password' })
		expect((await accounts.changePassword('kim', again, `${own}!`, by)).principal.role).toBe('audit')
		const acts = db.prepare("SELECT role, place, action FROM audit WHERE role = 'command line' ORDER BY seq").all()
		expect(acts.map(({ action, place }) => `${String(action).split(' ')[0]} ${place}`)).toEqual([
			...['account.created local', 'account.disabled local', 'account.reset local'],
		])
		expect(JSON.stringify(acts)).not.toContain('kim')
	})

	it.each([
		['nothing', [], /account create NAME/],
		['a command that is none', ['erase', 'kim'], /account create NAME/],
		['no name', ['create', '--role', 'admin'], /account create NAME/],
		['no role', ['create', 'kim'], /--role must be one of: panel, facilities, admin, audit, official/],
		['a role that nobody signs in to', ['create', 'kim', '--role', 'kiosk'], /--role must be one of/],
		['a role where none is meant', ['reset', 'kim', '--role', 'admin'], /--role/],
		['too much', ['list', 'kim'], /account create NAME/],
		['an option that is none', ['list', '--all'], /--all/],
	])('asked with %s says how it is asked', async (_, args, expected) => {
		const asked = maru(...args)
		await expect(asked).rejects.toThrow(expected)
		await expect(asked).rejects.toBeInstanceOf(Wrongly)
	})

	it('says it where there is no such account, one already, or none can be called so', async () => {
		await expect(maru('disable', 'kim')).rejects.toThrow('there is no account kim')
		await maru('create', 'kim', '--role', 'admin')
		await expect(maru('create', 'Kim', '--role', 'admin')).rejects.toThrow('already')
		await expect(maru('create', 'kim lee', '--role', 'admin')).rejects.toThrow('2 to 64 letters')
	})

	it('is a part of the command', () => {
		const cli = join(import.meta.dirname, '../../appliance/ops/cli.ts')
		const { status, stderr } = spawnSync(process.execPath, [cli, 'account', 'create', 'kim'], {
			...{ encoding: 'utf8', timeout: 55_000 },
			env: { ...process.env, MARU_DATA: dir },
		})
		expect([status, stderr]).toEqual([2, expect.stringContaining('--role must be one of')])
	})
})
