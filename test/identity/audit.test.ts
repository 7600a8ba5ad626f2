import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { hasAudit, openAudit, readAudit } from '../../appliance/identity/audit.ts'
import { kindOf } from '../../appliance/identity/audit-kinds.ts'
import type { AuditKind } from '../../appliance/protocol/audit.ts'

let db: DatabaseSync
let time: number
const now = () => time
beforeEach(() => {
	db = new DatabaseSync(':memory:')
	time = 1_000
})

const act = { role: 'panel', jti: 'j1', place: '192.0.2.7', action: 'camera.home front' }
const actions = (page: { entries: { action: string }[] }) => page.entries.map(({ action }) => action)

function fill(count: number) {
	const audit = openAudit(db, now)
	for (let n = 1; n <= count; n++) {
		time = n * 1_000
		audit.append({ ...act, action: n % 2 === 0 ? `camera.home c${n}` : `room.mute muted=true c${n}` })
	}
	return audit
}

describe('An entry of the audit', () => {
	it('says who did what, when, from where and of what kind', () => {
		const audit = openAudit(db, now)
		audit.append({ ...act, person: 'p1' })
		expect(audit.page({ limit: 10 })).toEqual({
			entries: [
				{
					...{ seq: 1, at: 1_000, kind: 'camera', role: 'panel', jti: 'j1', person: 'p1', place: '192.0.2.7' },
					...{ action: 'camera.home front', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
				},
			],
			next: null,
		})
	})

	it('is neither changed, removed nor replaced, and none is put in before it', () => {
		fill(3)
		for (const attempt of [
			"UPDATE audit SET body = '{}' WHERE seq = 2",
			"UPDATE audit SET hash = ''",
			'DELETE FROM audit WHERE seq = 3',
			'DELETE FROM audit',
			"INSERT OR REPLACE INTO audit (seq, body, hash) VALUES (2, '{}', '')",
			"REPLACE INTO audit (seq, body, hash) VALUES (3, '{}', '')",
			"INSERT INTO audit (seq, body, hash) VALUES (5, '{}', '')",
			"INSERT INTO audit (seq, body, hash) VALUES (-1, '{}', '')",
			'DELETE FROM audit_head',
		]) {
			expect(() => db.exec(attempt), attempt).toThrow(/only ever added to/)
		}
		expect(readAudit(db).page({ limit: 10 }).entries).toHaveLength(3)
	})

	it('is kept whole with what the caller writes beside it, or neither is', () => {
		const audit = openAudit(db, now)
		db.exec('CREATE TABLE other (n INTEGER); BEGIN; INSERT INTO other VALUES (1)')
		audit.append(act)
		db.exec('ROLLBACK')
		expect(audit.head().seq).toBe(0)
		audit.append(act)
		expect(audit.head().seq).toBe(1)
	})

	it('is no longer than three hundred letters, whatever was asked', async () => {
		const audit = openAudit(db, now)
		audit.append({ ...act, action: `GET /${'a'.repeat(5_000)}` })
		expect(audit.page({ limit: 1 }).entries[0]?.action).toHaveLength(300)
		expect((await audit.verify()).fault).toBeNull()
	})
})

describe('The chain of the audit', () => {
	it('is whole as it was written, however long it is', async () => {
		const audit = fill(2_500)
		expect(await audit.verify()).toEqual({ entries: 2_500, head: audit.head().hash, fault: null })
		expect(await openAudit(db, now).verify()).toMatchObject({ entries: 2_500, fault: null })
	})

	it('is whole and empty where nothing was done', async () => {
		expect(await openAudit(db, now).verify()).toEqual({ entries: 0, head: '', fault: null })
	})

	const triggers = ['audit_kept', 'audit_unchanged', 'audit_behind', 'audit_head_kept']
	it.each<[string, string, object]>([
		[
			'an entry that says something else',
			`UPDATE audit SET body = replace(body, 'c2"', 'c9"') WHERE seq = 2`,
			{ seq: 2, fault: 'changed' },
		],
		['an entry of another hash', "UPDATE audit SET hash = 'x' WHERE seq = 2", { seq: 2, fault: 'changed' }],
		['an entry taken out', 'DELETE FROM audit WHERE seq = 2', { seq: 2, fault: 'missing' }],
		['the first taken out', 'DELETE FROM audit WHERE seq = 1', { seq: 1, fault: 'missing' }],
		['the last taken out', 'DELETE FROM audit WHERE seq = 4', { seq: 4, fault: 'missing' }],
		['all of it', 'DELETE FROM audit', { seq: 1, fault: 'missing' }],
		['its head', 'DELETE FROM audit_head', { seq: 5, fault: 'missing' }],
	])('tells %s, where somebody took the triggers away', async (_, change, fault) => {
		const audit = fill(4)
		for (const one of triggers) db.exec(`DROP TRIGGER ${one}`)
		db.exec(change)
		expect((await audit.verify()).fault).toEqual(fault)
	})

	it('tells any one letter that is another', async () => {
		const audit = fill(6)
		for (const one of triggers) db.exec(`DROP TRIGGER ${one}`)
		const bodyOf = db.prepare('SELECT body FROM audit WHERE seq = ?')
		const write = db.prepare('UPDATE audit SET body = ? WHERE seq = ?')
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.nat(200), async (seq, at) => {
				const body = String(bodyOf.get(seq)?.body)
				// Within the action: what is no JSON any more the database itself does not take.
				const place = '{"action":"'.length + (at % 12)
				write.run(`${body.slice(0, place)}${body[place] === 'a' ? 'b' : 'a'}${body.slice(place + 1)}`, seq)
				expect((await audit.verify()).fault).toEqual({ seq, fault: 'changed' })
				write.run(body, seq)
			}),
			{ numRuns: 50 },
		)
		expect((await audit.verify()).fault).toBeNull()
	})

	it('goes on while it is looked at', async () => {
		const audit = fill(1_500)
		const looking = audit.verify()
		audit.append(act)
		expect(await looking).toMatchObject({ entries: 1_501, fault: null })
	})
})

describe('A page of the audit', () => {
	it('has the oldest first, and the next one begins behind it', () => {
		const audit = fill(5)
		const first = audit.page({ limit: 2 })
		expect([first.entries.map(({ seq }) => seq), first.next]).toEqual([[1, 2], 2])
		expect(audit.page({ limit: 10, after: 2 })).toMatchObject({
			entries: [{ seq: 3 }, { seq: 4 }, { seq: 5 }],
			next: null,
		})
		expect(audit.page({ limit: 5 }).next).toBeNull()
	})

	it('has the newest first where those before another are asked for', () => {
		const audit = fill(5)
		const first = audit.page({ limit: 2, before: Number.MAX_SAFE_INTEGER })
		expect([first.entries.map(({ seq }) => seq), first.next]).toEqual([[5, 4], 4])
		expect(audit.page({ limit: 2, before: 4 }).entries.map(({ seq }) => seq)).toEqual([3, 2])
	})

	it('has one kind or one time alone, where that is asked for', () => {
		const audit = fill(6)
		expect(actions(audit.page({ limit: 10, kind: 'camera' }))).toEqual([
			'camera.home c2',
			'camera.home c4',
			'camera.home c6',
		])
		expect(actions(audit.page({ limit: 10, from: 2_000, to: 4_000, kind: 'camera' }))).toEqual(['camera.home c2'])
		expect(audit.page({ limit: 10, from: 7_000 })).toEqual({ entries: [], next: null })
		expect(audit.latest('microphone', 'room.mute')).toMatchObject({ seq: 5 })
		expect(audit.latest('update', '')).toBeNull()
	})
})

describe('A database of before there was a chain', () => {
	it('keeps its entries as the first of the chain, and goes on behind them', async () => {
		db.exec(`CREATE TABLE audit (
			id INTEGER PRIMARY KEY, at INTEGER NOT NULL, role TEXT NOT NULL, jti TEXT NOT NULL, action TEXT NOT NULL
		) STRICT;
		INSERT INTO audit (at, role, jti, action) VALUES
			(5, 'admin', 'j0', 'POST /api/v1/tokens'), (7, 'chair', 'j2', 'person.mute')`)
		expect(hasAudit(db)).toBe(false)
		for (let start = 0; start < 2; start++) openAudit(db, now)
		const audit = openAudit(db, now)
		audit.append(act)
		expect(hasAudit(db)).toBe(true)
		expect(audit.page({ limit: 10 }).entries).toMatchObject([
			{ seq: 1, at: 5, role: 'admin', jti: 'j0', kind: 'token', action: 'POST /api/v1/tokens', place: null },
			{ seq: 2, at: 7, role: 'chair', jti: 'j2', kind: 'microphone', action: 'person.mute' },
			{ seq: 3, at: 1_000, role: 'panel' },
		])
		expect(await audit.verify()).toMatchObject({ entries: 3, fault: null })
	})
})

it.each<[string, AuditKind]>([
	['camera.move front', 'camera'],
	['preset.recall front 1', 'camera'],
	['feed.move m1 f1', 'camera'],
	['POST /api/v1/cameras/front/move', 'camera'],
	['PUT /api/v1/cameras/front/presets/1', 'camera'],
	['camera.lease front take=true', 'camera'],
	['PUT /api/v1/cameras/front/presets', 'configuration'],
	['PUT /api/v1/facilities/cameras/dome', 'configuration'],
	['PUT /api/v1/seats/1 camera=front', 'configuration'],
	['configuration 1f2e', 'configuration'],
	['floor.grant m1 p1', 'microphone'],
	['person.ask m1 p1 for=microphone', 'microphone'],
	['POST /api/v1/meetings/m1/floor/grant person=p1', 'microphone'],
	['POST /api/v1/seats/1/mic state=on', 'microphone'],
	['room.mute muted=false', 'microphone'],
	['person.role m1 p1 role=chair', 'role'],
	['person.remove m1 p1', 'role'],
	['POST /api/v1/meetings/m1/roll', 'role'],
	['DELETE /api/v1/meetings/m1/people/p1', 'role'],
	['POST /api/v1/accounts', 'role'],
	['POST /api/v1/tokens role=panel', 'token'],
	['token.create role=panel', 'token'],
	['POST /api/v1/meetings/m1/roll/links', 'token'],
	['GET /api/v1/meetings/m1/links', 'token'],
	['roll.links m1', 'token'],
	['POST /api/v1/session', 'sign-in'],
	['DELETE /api/v1/session', 'sign-in'],
	['sign-in /ws/panel', 'sign-in'],
	['token.refused expired', 'sign-in'],
	['sign-in.delayed 30 s', 'sign-in'],
	['password.changed account a1', 'sign-in'],
	['panel.paired p1', 'sign-in'],
	['settings.wrong-pin', 'sign-in'],
	['PUT /api/v1/panels/p1', 'token'],
	['GET /api/v1/meetings/m1/minutes.pdf', 'export'],
	['GET /api/v1/meetings/m1/journal', 'export'],
	['backup maru-2026.backup', 'export'],
	['restore maru-2026.backup', 'export'],
	['GET /api/v1/audit', 'audit'],
	['GET /api/v1/audit.csv', 'audit'],
	['update 1.2.0', 'update'],
	['program 0123abcd', 'update'],
	['room.start', 'meeting'],
	['POST /api/v1/meetings/m1/close', 'meeting'],
	['POST /api/v1/counsel/calls', 'meeting'],
])('%s is of the kind %s', (action, kind) => {
	expect(kindOf(action)).toBe(kind)
})
