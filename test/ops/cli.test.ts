import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openIdentity } from '../../appliance/identity/identity.ts'
import { openDatabase } from '../../appliance/ops/database.ts'
import { bufferFinding, examine, nodeFinding } from '../../appliance/ops/doctor.ts'
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

describe('maru doctor', () => {
	async function listening(port = 0): Promise<{ server: Server; port: number }> {
		const server = createServer().listen(port, '127.0.0.1')
		await once(server, 'listening')
		const address = server.address()
		return { server, port: typeof address === 'object' && address ? address.port : 0 }
	}

	it('names what is missing and what to do, exit 1', async () => {
		const { server, port } = await listening()
		writeFileSync(join(dir, 'maru.yaml'), `room: { name: a }\nlisten: { http: { port: ${port} } }\n`)
		const child = spawn(process.execPath, [cli, 'doctor'], {
			cwd: dir,
			env: { MARU_DATA: '/dev/null/data', PATH: dir, MEDIASOUP_WORKER_BIN: join(dir, 'none') },
		})
		let output = ''
		child.stdout.on('data', (chunk) => (output += chunk))
		const [code] = await once(child, 'close')
		server.close()
		expect(code).toBe(1)
		expect(output).toMatch(/^ok {4}node: 24\./m)
		expect(output).toMatch(/^FAIL {2}data: .*MARU_DATA/m)
		expect(output).toMatch(/^FAIL {2}ffmpeg: .*ENOENT.*apt-get install ffmpeg/m)
		expect(output).toMatch(/^FAIL {2}sfu worker: /m)
		expect(output).toMatch(new RegExp(`^FAIL {2}port of http: 127\\.0\\.0\\.1:${port} .*EADDRINUSE`, 'm'))
		expect(output).toMatch(/^ok {4}configuration: no faults/m)
	})

	it('tells every fault of the configuration among the rest', async () => {
		writeFileSync(join(dir, 'maru.yaml'), 'room: { name: a }\ncolour: red\n')
		const findings = await examine({ MARU_CONFIG: join(dir, 'maru.yaml'), MARU_DATA: join(dir, 'data') })
		expect(findings.find(({ what }) => what === 'configuration')).toMatchObject({
			ok: false,
			detail: expect.stringContaining(":2:1: unknown key 'colour'"),
		})
		expect(findings.length).toBeGreaterThan(4)
	})

	it('wants a Node that runs the service, and says where sockets are too small', () => {
		expect(bufferFinding(212_992)).toMatchObject({ ok: true, detail: expect.stringContaining('rmem_max=1048576') })
		expect(bufferFinding(4_194_304).detail).toBe('4194304 bytes')
		expect(nodeFinding('24.0.0').ok).toBe(true)
		expect(nodeFinding('20.18.1')).toMatchObject({ ok: false, detail: expect.stringContaining('24') })
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
