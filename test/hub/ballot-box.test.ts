import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BallotBox, openBallotBox } from '../../appliance/hub/ballot-box.ts'
import { type Journal, openJournal } from '../../appliance/hub/journal.ts'
import { decide } from '../../appliance/meeting/decide.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting } from '../../appliance/meeting/meeting.ts'
import type { MeetingRequest } from '../../appliance/meeting/requests.ts'
import { recountFromEvents } from '../../appliance/meeting/tally.ts'
import { openDatabase } from '../../appliance/ops/database.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'

/** Choices that occur in a file nowhere by chance. */
const choices = ['choice-yes-7f3a', 'choice-no-91cc'].map((id) => ({ id, label: '선택' }))
const voters = Array.from({ length: 150 }, (_, i) => `voter-${(i * 7919) % 1000}-${i}`)
const by = { id: 'chair', runs: true, chair: true }

let dir: string
let path: string
let db: DatabaseSync
let journal: Journal
let box: BallotBox

function open() {
	db = openDatabase(path)
	journal = openJournal(db)
	box = openBallotBox(db)
}

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-box-'))
	path = join(dir, 'maru.db')
	open()
})

afterEach(() => {
	if (db.isOpen) db.close()
	rmSync(dir, { recursive: true, force: true })
})

/** A meeting over the real journal. */
function live() {
	let meeting: Meeting | null = null
	let seq = 0
	function ask(request: MeetingRequest, also?: () => void) {
		const events = decide(meeting, request, 1_000 + seq)
		if (events instanceof Refusal) throw events
		journal.append('m1', seq, events, also)
		seq += events.length
		meeting = events.reduce(evolve, meeting)
	}
	ask({ type: 'plan', meeting: 'm1', title: '회의', kind: 'council', startsAt: null })
	ask({ type: 'open', by: 'chair' })
	const entry = { role: 'member' as const, bureau: '', order: 1, priority: 3, weight: 1, card: '' }
	ask({ type: 'roll.enter', entries: voters.map((id) => ({ id, ...entry })), seats: {}, by })
	const plan = { title: '인사', kind: 'secret', majority: 'more', quorum: null, eligible: null } as const
	ask({ type: 'vote.open', vote: 'v1', ...plan, choices, weighted: false, proxies: {}, seconds: null, by })
	return {
		cast(who: string, choice: string) {
			const own = { id: who, runs: false, chair: false }
			ask({ type: 'vote.cast', vote: 'v1', who, of: who, choice, by: own }, () => box.put('v1', choice))
		},
		close() {
			ask({ type: 'vote.close', vote: 'v1', box: box.take('v1'), by }, () => box.empty('v1'))
		},
		cancel() {
			ask({ type: 'vote.cancel', vote: 'v1', by }, () => box.empty('v1'))
		},
	}
}

/** All vote; answers with the keys in the order in which their ballots came. */
function all(meeting: ReturnType<typeof live>): string[] {
	const known = new Set<string>()
	return voters.map((who, i) => {
		meeting.cast(who, choices[i % 2]?.id ?? '')
		const [key = ''] = box.take('v1').flatMap(({ key }) => (known.has(key) ? [] : [key]))
		known.add(key)
		return key
	})
}

/** How often these bytes stand in this file. */
function times(file: string, what: string | Buffer): number {
	if (!existsSync(file)) return 0
	const bytes = readFileSync(file)
	let found = 0
	for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + 1)) found += 1
	return found
}

/** The order in which SQLite laid them down: within a page from its end. Each must be there once. */
function laidDown(file: string, keys: readonly string[]): string[] {
	const bytes = readFileSync(file)
	const page = (at: number) => Math.floor(at / 4096)
	const placed = keys.map((key) => ({ key, at: bytes.indexOf(Buffer.from(key, 'hex')) }))
	for (const { key } of placed) expect(times(file, Buffer.from(key, 'hex'))).toBe(1)
	return placed.sort((a, b) => page(a.at) - page(b.at) || b.at - a.at).map(({ key }) => key)
}

/** How many stand before their neighbour as `order` has it: half, where the two have nothing to do with each other. */
function agreement(some: readonly string[], order: readonly string[]): number {
	const place = new Map(order.map((key, i) => [key, i]))
	const ascending = some.slice(1).filter((key, i) => (place.get(key) ?? 0) > (place.get(some[i] ?? '') ?? 0))
	return ascending.length / (some.length - 1)
}

function backup(): string {
	const file = join(dir, `backup-${Math.random()}.db`)
	db.prepare('VACUUM INTO ?').run(file)
	return file
}

describe('While a secret vote is open', () => {
	it('the ballots lie in the file by their random keys, and not as they came', () => {
		const keys = all(live())
		box.seal()
		const copy = backup()
		for (const file of [path, copy]) {
			const order = laidDown(file, keys)
			// Pages may lie in any order; what is in them is sorted, whatever the order of casting.
			expect(agreement(order, [...keys].sort())).toBeGreaterThan(0.9)
			expect(agreement(order, keys)).toBeGreaterThan(0.3)
			expect(agreement(order, keys)).toBeLessThan(0.7)
		}
	})

	it('a ballot is the journal’s or nobody’s: what is rolled back was never put', () => {
		const meeting = live()
		meeting.cast(voters[0] ?? '', 'choice-yes-7f3a')
		expect(() =>
			journal.append('m1', journal.read('m1').length, [{ type: 'vote.cancelled', vote: 'v1', by: 'x', at: 1 }], () => {
				box.put('v1', 'choice-no-91cc')
				throw new Error('the disk is full')
			}),
		).toThrow('the disk is full')
		expect(box.take('v1')).toEqual([{ key: expect.stringMatching(/^[0-9a-f]{32}$/), choice: 'choice-yes-7f3a' }])
	})

	it('nothing is put or taken out apart from the journal', () => {
		expect(() => box.put('v1', 'x')).toThrow(/journal/)
		expect(() => box.empty('v1')).toThrow(/journal/)
	})

	it('a vote of another meeting keeps its ballots when this one’s box is emptied', () => {
		db.exec('BEGIN')
		for (let i = 0; i < 90; i++) box.put(`v${i % 2}`, `c${i % 2}`)
		box.empty('v0')
		db.exec('COMMIT')
		expect(box.take('v0')).toEqual([])
		expect(box.take('v1').length).toBe(45)
		expect(box.take('v1').map(({ key }) => key)).toEqual(
			box
				.take('v1')
				.map(({ key }) => key)
				.sort(),
		)
	})

	it('kill -9 loses no ballot that was acknowledged, and counts none twice', { timeout: 60_000 }, async () => {
		const here = (file: string) => JSON.stringify(join(import.meta.dirname, '../../appliance', file))
		const child = `
			import { openDatabase } from ${here('ops/database.ts')}
			import { openJournal } from ${here('hub/journal.ts')}
			import { openBallotBox } from ${here('hub/ballot-box.ts')}
			const db = openDatabase(process.argv[1])
			const journal = openJournal(db)
			const box = openBallotBox(db)
			for (let seq = journal.read('m1').length; ; seq++) {
				const event = { type: 'ballot.cast', vote: 'v1', who: 'p' + seq, choice: null, by: 'p' + seq, at: seq }
				journal.append('m1', seq, [event], () => box.put('v1', 'c' + seq))
				process.stdout.write((seq + 1) + '\\n')
			}`
		for (let round = 0; round < 4; round++) {
			db.close()
			const writer = spawn(process.execPath, ['--input-type=module', '-e', child, path])
			let said = ''
			const enough = new Promise<void>((resolve, reject) => {
				writer.stdout.on('data', (data) => {
					said += data
					if (said.split('\n').length > 20 + round * 7) resolve()
				})
				writer.on('exit', () => reject(new Error('the writer ended by itself')))
			})
			await enough
			const gone = once(writer, 'close')
			writer.kill('SIGKILL')
			await gone
			open()
			const acknowledged = Number(said.trimEnd().split('\n').at(-1))
			const journaled = journal.read('m1').length
			expect(journaled).toBeGreaterThanOrEqual(acknowledged)
			const put = box.take('v1').map(({ choice }) => choice)
			expect(new Set(put)).toEqual(new Set(Array.from({ length: journaled }, (_, i) => `c${i}`)))
			expect(put.length).toBe(journaled)
		}
	})
})

describe('After a secret vote', () => {
	/** Each choice and key as often as the two events say it (where no page ends within one), and no copy elsewhere. */
	function expectOnlyTheResult(file: string, keys: readonly string[]) {
		for (const { id } of choices) {
			expect(times(file, id)).toBeLessThanOrEqual(2 + voters.length / 2)
			expect(times(file, id)).toBeGreaterThan(voters.length / 2 - 5)
		}
		for (const key of keys) {
			expect(times(file, Buffer.from(key, 'hex'))).toBe(0)
			expect(times(file, key)).toBeLessThanOrEqual(1)
		}
		expect(keys.filter((key) => times(file, key) === 1).length).toBeGreaterThan(voters.length - 10)
	}

	it('neither database, log nor backup has anything of the ballots but the result', () => {
		const meeting = live()
		const keys = all(meeting)
		// What is to be gone was there: the log can tell, as long as the vote is open.
		expect(times(`${path}-wal`, Buffer.from(keys[0] ?? '', 'hex'))).toBeGreaterThan(0)
		meeting.close()
		expect(box.seal()).toBe(true)
		expect(statSync(`${path}-wal`).size).toBe(0)
		for (const { id } of choices) expect(times(`${path}-shm`, id)).toBe(0)
		expectOnlyTheResult(path, keys)
		expectOnlyTheResult(backup(), keys)
	})

	it('the result has no name beside a choice, is in the order of the keys, and can be counted again', () => {
		const meeting = live()
		const cast = all(meeting)
		meeting.close()
		const events = journal.read('m1')
		const closed = events.find((event) => event.type === 'vote.closed')
		const text = JSON.stringify(closed)
		for (const who of voters) expect(text).not.toContain(who)
		const keys = closed?.type === 'vote.closed' ? (closed.keys ?? []).map(({ key }) => key) : []
		expect(keys).toEqual([...cast].sort())
		expect(agreement(keys, cast)).toBeLessThan(0.7)
		expect(recountFromEvents(events, 'v1')).toMatchObject({ cast: 150, counts: { [choices[0]?.id ?? '']: 75 } })
		expect(journal.verify('m1')).toBeNull()
	})

	it('that was cancelled nothing remains at all', () => {
		const meeting = live()
		const keys = all(meeting)
		meeting.cancel()
		box.seal()
		for (const file of [path, `${path}-wal`, backup()]) {
			for (const key of keys) expect(times(file, key) + times(file, Buffer.from(key, 'hex'))).toBe(0)
		}
		for (const { id } of choices) expect(times(path, id)).toBe(1)
	})

	it('a service that was killed before it could seal does so when it starts again', () => {
		const meeting = live()
		const keys = all(meeting)
		// Somebody who reads keeps the log from being cut, as a kill would.
		const reader = new DatabaseSync(path)
		reader.exec('BEGIN; SELECT count(*) FROM journal')
		reader.prepare('SELECT count(*) FROM journal').get()
		meeting.close()
		expect(box.seal()).toBe(false)
		expect(times(`${path}-wal`, Buffer.from(keys[0] ?? '', 'hex'))).toBeGreaterThan(0)
		reader.exec('COMMIT')
		reader.close()
		open()
		expect(statSync(`${path}-wal`).size).toBe(0)
		expectOnlyTheResult(path, keys)
	})

	it('a database that keeps what is deleted is refused', () => {
		const other = new DatabaseSync(':memory:')
		other.exec('PRAGMA secure_delete = OFF')
		expect(() => openBallotBox(other)).toThrow(/secure_delete/)
		other.close()
	})
})
