import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canonical } from '../../appliance/chain/canonical.ts'
import { type Journal, openJournal } from '../../appliance/hub/journal.ts'
import { openReturns } from '../../appliance/hub/returns.ts'
import { openVault } from '../../appliance/hub/vault.ts'
import type { MeetingEvent } from '../../appliance/meeting/meeting.ts'

let db: DatabaseSync
let journal: Journal

beforeEach(() => {
	db = new DatabaseSync(':memory:')
	journal = openJournal(db)
})
afterEach(() => db.close())

const events: MeetingEvent[] = [
	{ type: 'meeting.planned', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null, at: 1 },
	{ type: 'meeting.opened', by: 'house', at: 2 },
	{ type: 'person.joined', person: 'p1', role: 'member', name: 'hash', at: 3 },
	{ type: 'person.left', person: 'p1', at: 4 },
]

describe('Canonical JSON', () => {
	it('is the same whatever the order of keys, and reads back as what was written', () => {
		expect(canonical({ b: [1, { d: null, c: '가' }], a: true, gone: undefined })).toBe(
			'{"a":true,"b":[1,{"c":"가","d":null}]}',
		)
		const value = fc.jsonValue({ maxDepth: 3 })
		fc.assert(
			fc.property(value, (some) => {
				expect(JSON.parse(canonical(some))).toEqual(JSON.parse(JSON.stringify(some)))
			}),
		)
	})
})

describe('The journal', () => {
	beforeEach(() => {
		journal.append('m1', 0, events.slice(0, 2))
		journal.append('m1', 2, events.slice(2))
	})

	it('gives back what was written, numbered and chained', () => {
		const entries = journal.read('m1')
		expect(entries.map(({ seq, hash, ...event }) => event)).toEqual(events)
		expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
		expect(new Set(entries.map(({ hash }) => hash)).size).toBe(4)
		expect(journal.verify('m1')).toBeNull()
		expect(journal.readSteps('m1').map(({ type }) => type)).toEqual(['meeting.planned', 'meeting.opened'])
	})

	it.each([
		[
			'a changed word',
			`UPDATE journal SET body = replace(body, 'member', 'chair') WHERE seq = 3`,
			{ seq: 3, fault: 'changed' },
		],
		['a changed hash', `UPDATE journal SET hash = 'ff' WHERE seq = 2`, { seq: 2, fault: 'changed' }],
		['an entry taken out', 'DELETE FROM journal WHERE seq = 2', { seq: 2, fault: 'missing' }],
		['an end cut off', 'DELETE FROM journal WHERE seq = 4', { seq: 4, fault: 'missing' }],
		['everything taken out', 'DELETE FROM journal', { seq: 1, fault: 'missing' }],
		['an entry moved to another meeting', `UPDATE journal SET meeting = 'm2'`, { seq: 1, fault: 'missing' }],
		[
			'two entries exchanged',
			`UPDATE journal SET body = (SELECT b.body FROM journal b WHERE b.seq = 7 - journal.seq) WHERE seq IN (3, 4)`,
			{ seq: 3, fault: 'changed' },
		],
	])('shows %s', (_, sql, expected) => {
		db.exec(sql)
		expect(journal.verify('m1')).toEqual(expected)
	})

	it('shows an entry that was hashed anew after a change, by the next one', () => {
		const other = new DatabaseSync(':memory:')
		const forged = openJournal(other)
		forged.append('m1', 0, events.slice(0, 2))
		forged.append('m1', 2, [{ type: 'person.joined', person: 'p1', role: 'chair', name: 'hash', at: 3 }])
		const row = other.prepare('SELECT body, hash FROM journal WHERE seq = 3').get()
		db.prepare('UPDATE journal SET body = ?, hash = ? WHERE seq = 3').run(String(row?.body), String(row?.hash))
		expect(journal.verify('m1')).toEqual({ seq: 4, fault: 'changed' })
	})

	it('writes all or nothing', () => {
		const also = () => {
			throw new Error('the disk is full')
		}
		expect(() => journal.append('m1', 4, [{ type: 'meeting.closed', by: 'house', at: 5 }], also)).toThrow(
			'the disk is full',
		)
		expect(journal.read('m1')).toHaveLength(4)
		expect(journal.going()).toEqual(['m1'])
	})

	it('refuses to write behind somebody else’s back', () => {
		expect(() => journal.append('m1', 3, [{ type: 'meeting.closed', by: 'house', at: 5 }])).toThrow(/stands at 4/)
	})

	it('knows which meetings go on', () => {
		journal.append('m2', 0, [{ ...events[0], meeting: 'm2' } as MeetingEvent])
		expect(journal.going().sort()).toEqual(['m1', 'm2'])
		journal.append('m1', 4, [{ type: 'meeting.closed', by: 'house', at: 5 }])
		expect(journal.going()).toEqual(['m2'])
		expect(journal.closed(10)).toEqual(['m1'])
	})
})

describe('The journal of a process that is killed', () => {
	it('has everything that it said it had', async () => {
		const dir = mkdtempSync(join(tmpdir(), 'maru-journal-'))
		try {
			const child = spawn(process.execPath, [join(import.meta.dirname, 'journal-writer.ts'), join(dir, 'maru.db')], {
				stdio: ['ignore', 'pipe', 'inherit'],
			})
			let told = 0
			for await (const chunk of child.stdout) {
				for (const line of String(chunk).split('\n')) told = Math.max(told, Number(line))
				if (told > 200) child.kill('SIGKILL')
			}
			const file = new DatabaseSync(join(dir, 'maru.db'))
			const kept = openJournal(file)
			expect(told).toBeGreaterThan(200)
			expect(kept.read('m1').length).toBeGreaterThanOrEqual(told)
			expect(kept.verify('m1')).toBeNull()
			file.close()
		} finally {
			rmSync(dir, { recursive: true, force: true })
		}
	})
})

describe('The vault', () => {
	const whose = { kind: 'council', person: 'p1' } as const

	it('opens what was kept, and only for whom it was sealed', () => {
		const vault = openVault(db)
		const { hash, keep } = vault.seal(whose, '홍길동')
		expect(vault.open(whose, hash)).toBeNull()
		keep()
		expect(vault.open(whose, hash)).toBe('홍길동')
		expect(vault.open({ ...whose, person: 'p2' }, hash)).toBeNull()
		expect(vault.open({ ...whose, kind: 'counsel' }, hash)).toBeNull()
		expect(vault.seal(whose, '홍길동').hash).not.toBe(hash)
	})

	it('keeps several under one key', () => {
		const vault = openVault(db)
		const first = vault.seal(whose, '홍길동')
		first.keep()
		const next = vault.seal(whose, '홍길순')
		next.keep()
		expect([first, next].map(({ hash }) => vault.open(whose, hash))).toEqual(['홍길동', '홍길순'])
		expect(db.prepare('SELECT count(*) AS keys FROM vault_key').get()?.keys).toBe(1)
	})

	it('holds nothing of an erased person, in the file or beside it', () => {
		const dir = mkdtempSync(join(tmpdir(), 'maru-vault-'))
		const file = new DatabaseSync(join(dir, 'maru.db'))
		file.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
		const vault = openVault(file)
		const { hash, keep } = vault.seal(whose, '홍길동')
		keep()
		const other = vault.seal({ ...whose, person: 'p2' }, '김철수')
		other.keep()
		const key = Buffer.from(file.prepare(`SELECT key FROM vault_key WHERE person = 'p1'`).get()?.key as Uint8Array)
		vault.erase(whose)
		expect(vault.open(whose, hash)).toBeNull()
		expect(vault.open({ ...whose, person: 'p2' }, other.hash)).toBe('김철수')
		for (const name of ['maru.db', 'maru.db-wal']) {
			const bytes = readIfThere(join(dir, name))
			expect(bytes.includes(key)).toBe(false)
			expect(bytes.includes('홍길동')).toBe(false)
		}
		file.close()
		rmSync(dir, { recursive: true, force: true })
	})
})

describe('What lets people return', () => {
	it('names a person in one meeting, and stores no secret', () => {
		const returns = openReturns(db)
		const secret = returns.give('m1', 'p1')
		expect(returns.find('m1', secret)).toBe('p1')
		expect(returns.find('m2', secret)).toBeNull()
		expect(returns.find('m1', `${secret}x`)).toBeNull()
		expect(JSON.stringify(db.prepare('SELECT * FROM return_secret').all())).not.toContain(secret)
	})

	it('forgets the oldest of many', () => {
		const returns = openReturns(db)
		const [first = '', ...others] = Array.from({ length: 9 }, () => returns.give('m1', 'p1'))
		expect(returns.find('m1', first)).toBeNull()
		for (const secret of others) expect(returns.find('m1', secret)).toBe('p1')
	})

	it('remembers mutes until they are lifted or the meeting ends', () => {
		const returns = openReturns(db)
		returns.setMuted('m1', 'p1', 'microphone', true)
		returns.setMuted('m1', 'p1', 'camera', true)
		returns.setMuted('m1', 'p1', 'camera', false)
		expect(returns.isMuted('m1', 'p1', 'microphone')).toBe(true)
		expect(returns.isMuted('m1', 'p1', 'camera')).toBe(false)
		expect(returns.isMuted('m1', 'p2', 'microphone')).toBe(false)
		returns.forget('m1')
		expect(returns.isMuted('m1', 'p1', 'microphone')).toBe(false)
	})
})

function readIfThere(path: string): Buffer {
	return existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
}
