import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openIdentity } from '../../appliance/identity/identity.ts'
import { openDatabase } from '../../appliance/ops/database.ts'
import { listenFault } from '../../appliance/ops/listen-fault.ts'

const cli = join(import.meta.dirname, '../../appliance/ops/cli.ts')
let dir: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-cli-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function maru(args: string[], env: Record<string, string> = {}) {
	const { MARU_CONFIG: _, MARU_PORT: __, ...rest } = process.env
	return spawnSync(process.execPath, [cli, ...args], {
		cwd: dir,
		encoding: 'utf8',
		env: { ...rest, MARU_DATA: join(dir, 'data'), ...env },
		timeout: 55_000,
	})
}

describe('maru token create', () => {
	it('prints the token alone, which the service takes', async () => {
		const { status, stdout, stderr } = maru(['token', 'create', '--role', 'facilities'])
		expect([status, stderr]).toEqual([0, ''])
		expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
		const db = new DatabaseSync(':memory:')
		const identity = await openIdentity({ db, dir: join(dir, 'data/identity'), now: Date.now })
		expect(await identity.verify(stdout.trim())).toMatchObject({ kind: 'house', role: 'facilities' })
		db.close()
		expect(statSync(join(dir, 'data')).mode & 0o777).toBe(0o700)
	})

	it('works beside a service that has the database open, and with a faulty configuration', async () => {
		mkdirSync(join(dir, 'data'))
		const db = openDatabase(join(dir, 'data/maru.db'))
		const identity = await openIdentity({ db, dir: join(dir, 'data/identity'), now: Date.now })
		db.exec('BEGIN IMMEDIATE')
		writeFileSync(join(dir, 'maru.yaml'), 'colour: red\n')
		const { status, stdout } = maru(['token', 'create', '--role', 'admin'])
		db.exec('ROLLBACK')
		expect(status).toBe(0)
		expect(await identity.verify(stdout.trim())).toMatchObject({ role: 'admin' })
		db.close()
	})

	it('makes it for as many days as it is told', () => {
		const { exp = 0, iat = 0 } = decodeJwt(maru(['token', 'create', '--role', 'panel', '--days', '2']).stdout.trim())
		expect(exp - iat).toBe(2 * 86_400)
	})

	it.each([
		['no role', ['token', 'create'], /--role must be one of: panel, facilities, admin, audit/],
		['a role of meetings', ['token', 'create', '--role', 'chair'], /--role must be one of/],
		['a role that is none', ['token', 'create', '--role', 'mayor'], /--role must be one of/],
		['no number of days', ['token', 'create', '--role', 'panel', '--days', 'x'], /--days must be a number/],
		['days that have passed', ['token', 'create', '--role', 'panel', '--days', '-1'], /--days|argument/],
		['an option that is none', ['token', 'create', '--rolle', 'panel'], /--rolle/],
		['a command that is none', ['tokens'], /maru run/],
		['half a command', ['token'], /maru run/],
		['nothing', [], /maru run/],
	])('asked with %s says what is wrong on standard error, exit 2', (_, args, expected) => {
		const { status, stdout, stderr } = maru(args)
		expect(stdout).toBe('')
		expect(stderr).toMatch(expected)
		expect(stderr).not.toMatch(/\n\s+at /)
		expect(status).toBe(2)
	})
})

it.each(['help', '--help', '-h'])('maru %s tells what it can do, on standard output, exit 0', (word) => {
	expect(maru([word])).toMatchObject({
		status: 0,
		stderr: '',
		stdout: expect.stringMatching(/^maru run .*\nmaru check-config/),
	})
})

describe('maru run', () => {
	it.each([
		['a fault in the file', 'colour: red\n', {}, /maru\.yaml:1:1: unknown key 'colour'/],
		['a port that is none', 'room: { name: a }\n', { MARU_PORT: 'x' }, /'x' is not a port/],
	])('with %s says so, exit 2, and leaves no data folder behind', (_, text, env, expected) => {
		writeFileSync(join(dir, 'maru.yaml'), text)
		const { status, stderr } = maru(['run'], env)
		expect([status, stderr]).toEqual([2, expect.stringMatching(expected)])
		expect(existsSync(join(dir, 'data'))).toBe(false)
	})
})

describe('maru check-config', () => {
	it('prints every fault with file, line and column, exit 2', () => {
		writeFileSync(join(dir, 'maru.yaml'), 'room: { name: a, language: fr }\ncolour: red\n')
		const { status, stderr } = maru(['check-config'])
		expect(status).toBe(2)
		expect(stderr.trim().split('\n')).toEqual([
			`${join(dir, 'maru.yaml')}:1:18: room.language must be one of: ko, en`,
			`${join(dir, 'maru.yaml')}:2:1: unknown key 'colour'`,
		])
	})

	it('has nothing to say against a good one, or none', () => {
		expect(maru(['check-config'])).toMatchObject({ status: 0, stdout: expect.stringContaining('demo') })
		writeFileSync(join(dir, 'maru.yaml'), 'room: { name: a }\n')
		expect(maru(['check-config'])).toMatchObject({ status: 0, stdout: 'no faults\n' })
	})

	it('does not take a typing mistake for the demo', () => {
		const { status, stderr } = maru(['check-config'], { MARU_CONFIG: join(dir, 'mru.yaml') })
		expect([status, stderr]).toEqual([2, expect.stringContaining('mru.yaml')])
	})
})

describe('A listener that cannot open', () => {
	it('says which port is in use, and what to do', async () => {
		const first = createServer().listen(0, '127.0.0.1')
		await once(first, 'listening')
		const address = first.address()
		const port = typeof address === 'object' && address ? address.port : 0
		const second = createServer().listen(port, '127.0.0.1')
		const [error] = await once(second, 'error')
		first.close()
		const fault = listenFault(error, '127.0.0.1', port)
		expect(String(fault)).toMatch(new RegExp(`Port ${port} is in use .*MARU_PORT=0`))
		expect(String(fault)).not.toContain('\n')
	})

	it('says the same of a name that nobody knows', async () => {
		const server = createServer().listen(1234, 'nowhere.invalid')
		const [error] = await once(server, 'error')
		const fault = listenFault(error, 'nowhere.invalid', 1234)
		// Without any name service the error is another, and stays as it is.
		if (error.code === 'ENOTFOUND') expect(String(fault)).toMatch(/nowhere\.invalid is no address of this machine/)
		else expect(fault).toBe(error)
	})

	it('says of an address that it is not of this machine', async () => {
		const server = createServer().listen(1234, '192.0.2.1')
		const [error] = await once(server, 'error')
		expect(String(listenFault(error, '192.0.2.1', 1234))).toMatch(/192\.0\.2\.1 is no address of this machine/)
	})

	it('says what else there is as it is', () => {
		const error = new Error('something else')
		expect(listenFault(error, 'a', 1)).toBe(error)
	})
})

describe('The database', () => {
	it('is durable, checks references, and is read by its owner alone', () => {
		const file = join(dir, 'maru.db')
		const db = openDatabase(file)
		const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
		expect(pragma('journal_mode')).toBe('wal')
		expect(pragma('synchronous')).toBe(2)
		expect(pragma('foreign_keys')).toBe(1)
		expect(statSync(file).mode & 0o777).toBe(0o600)
		db.close()
	})
})
