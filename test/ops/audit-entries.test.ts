import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openAudit } from '../../appliance/identity/audit.ts'
import { configurationDigest, keepChanges, keepDone } from '../../appliance/ops/audit-entries.ts'
import { openDatabase } from '../../appliance/ops/database.ts'
import { verifyAudit } from '../../appliance/ops/verify.ts'

let dir: string
let database: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-audit-'))
	database = join(dir, 'maru.db')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function read() {
	const db = new DatabaseSync(database)
	try {
		return openAudit(db, Date.now).page({ limit: 100 }).entries
	} finally {
		db.close()
	}
}

function maru(...args: string[]) {
	const { MARU_CONFIG: _, MARU_PORT: __, ...env } = process.env
	const cli = join(import.meta.dirname, '../../appliance/ops/cli.ts')
	const options = { cwd: dir, encoding: 'utf8', timeout: 55_000, env: { ...env, MARU_DATA: dir } } as const
	return spawnSync(process.execPath, [cli, ...args], options)
}

describe('What is done at the command line', () => {
	it('is kept: which token was made, and not the token; and the chain is looked at with the journals', () => {
		const token = maru('token', 'create', '--role', 'panel').stdout.trim()
		const { jti } = decodeJwt(token)
		expect(read()).toMatchObject([
			{ role: 'command line', place: 'local', kind: 'token', action: `token.create role=panel ${jti}` },
		])
		expect(maru('minutes', '--verify')).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/^ok {4}audit {2}1 entries {2}[0-9a-f]{64}$/m),
		})
		const db = openDatabase(database)
		db.exec("DROP TRIGGER audit_unchanged; UPDATE audit SET body = replace(body, 'panel', 'admin')")
		db.close()
		const { status, stdout, stderr } = maru('minutes', '--verify')
		expect([status, stdout]).toEqual([1, expect.stringMatching(/^FAIL {2}audit {2}0 entries {2}entry 1 is changed$/m)])
		expect(stderr).toContain('1 of 1 journals are not as they were written')
	})

	it('is kept beside a service that has the database open', async () => {
		const db = openDatabase(database)
		const audit = openAudit(db, Date.now)
		audit.append({ role: 'panel', jti: 'j', action: 'room.start' })
		keepDone(dir, 'backup maru-1.backup')
		audit.append({ role: 'panel', jti: 'j', action: 'room.leave' })
		expect(read().map(({ seq, action }) => `${seq} ${action}`)).toEqual([
			...['1 room.start', '2 backup maru-1.backup', '3 room.leave'],
		])
		expect(await audit.verify()).toMatchObject({ entries: 3, fault: null })
		db.close()
	})

	it('is done all the same where nothing can be kept, and that is said', () => {
		const said = vi.spyOn(console, 'error').mockReturnValue()
		writeFileSync(
			database,
			'no database at all, and longer than a header of one hundred bytes would have to be'.repeat(9),
		)
		keepDone(dir, 'backup maru-1.backup')
		expect(said).toHaveBeenCalledWith(expect.stringContaining('the audit could not keep it'))
		said.mockRestore()
	})
})

describe('A start', () => {
	it('is kept where the program or the configuration is another than before', () => {
		const db = new DatabaseSync(':memory:')
		const audit = openAudit(db, Date.now)
		const starts = [
			...[
				['a', '1'],
				['a', '1'],
				['a', '2'],
				['b', '2'],
				['a', '2'],
			],
		] as const
		for (const [build = '', configuration = ''] of starts) keepChanges(audit, { build, configuration })
		expect(audit.page({ limit: 10 }).entries.map(({ kind, action }) => `${kind}: ${action}`)).toEqual([
			'update: program a',
			'configuration: configuration 1',
			'configuration: configuration 2',
			'update: program b',
			'update: program a',
		])
		db.close()
	})

	it('knows a configuration by a part of its hash, and nothing of what is in it', () => {
		const file = join(dir, 'maru.yaml')
		expect(configurationDigest({ MARU_CONFIG: file })).toBe('none')
		writeFileSync(file, 'room: { name: 대회의실 }\n')
		const first = configurationDigest({ MARU_CONFIG: file })
		expect(first).toMatch(/^[0-9a-f]{16}$/)
		writeFileSync(file, 'room: { name: 소회의실 }\n')
		expect(configurationDigest({ MARU_CONFIG: file })).not.toBe(first)
	})
})

it('A database of before there was a chain is left to the next start', async () => {
	const db = openDatabase(database)
	expect(await verifyAudit(database)).toBeNull()
	db.exec('CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER, role TEXT, jti TEXT, action TEXT)')
	db.close()
	expect(await verifyAudit(database)).toBeNull()
})
