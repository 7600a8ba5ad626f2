import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openJournal } from '../../appliance/hub/journal.ts'
import { Recordings } from '../../appliance/hub/recordings.ts'
import type { MeetingEvent } from '../../appliance/meeting/meeting.ts'

/** Recordings of meetings that are over: a real journal and real files, and a clock that the test turns. */

const day = 24 * 3_600_000
let dir: string
let db: DatabaseSync
let journal: ReturnType<typeof openJournal>
let recordings: Recordings

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: 100 * day })
	dir = mkdtempSync(join(tmpdir(), 'maru-recordings-'))
	db = new DatabaseSync(':memory:')
	journal = openJournal(db)
})
afterEach(() => {
	recordings.close()
	vi.useRealTimers()
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

function open(keepDays: number | null) {
	recordings = new Recordings({
		...{ dir, keepDays, language: 'ko', journal, now: Date.now, log: pino({ level: 'silent' }) },
		live: () => undefined,
		stripOf: (_, who) => ({ name: who, title: '', bureau: '' }),
	})
	recordings.resume()
}

/** One that ended then and is put together. */
function recorded(meeting: string, stoppedAt: number, ...more: MeetingEvent[]) {
	const at = stoppedAt - 10_000
	journal.append(meeting, 0, [
		{ type: 'meeting.planned', meeting, title: '확대간부회의', kind: 'council', startsAt: null, at },
		{ type: 'meeting.opened', by: 'chair', at },
		{ type: 'recording.started', recording: 'r1', by: 'chair', at },
		{ type: 'recording.stopped', recording: 'r1', cause: 'closed', by: 'chair', at: stoppedAt },
		{ type: 'meeting.closed', by: 'chair', at: stoppedAt },
		{
			type: 'recording.kept',
			recording: 'r1',
			bytes: 3,
			durationMs: 10_000,
			sha256: 'ab',
			by: 'system',
			at: stoppedAt,
		},
		...more,
	])
	const folder = join(dir, meeting, 'r1')
	mkdirSync(folder, { recursive: true })
	writeFileSync(join(folder, 'recording.mp4'), 'mp4')
	const part = { name: 'part-1.mp4', startsAtMs: at, durationMs: 10_000, fromMs: 0 }
	writeFileSync(join(folder, 'parts.json'), JSON.stringify([part]))
}
const isThere = (meeting: string) => existsSync(join(dir, meeting, 'r1'))

describe('A recording', () => {
	it('is kept as long as the configuration says, removed by the daily look, and known by its hash after', () => {
		recorded('old', 60 * day)
		recorded('young', 80 * day)
		open(30)
		expect([isThere('old'), isThere('young')]).toEqual([false, true])
		expect(recordings.list('old')).toMatchObject([
			{ state: 'removed', sha256: 'ab', removed: { at: 100 * day, cause: 'retention' } },
		])
		expect(recordings.list('young')).toMatchObject([{ state: 'ready', removed: null }])
		vi.advanceTimersByTime(10 * day)
		expect(isThere('young')).toBe(true)
		vi.advanceTimersByTime(day)
		expect(isThere('young')).toBe(false)
		expect(journal.read('young').at(-1)).toMatchObject({ type: 'recording.removed', cause: 'retention', by: 'system' })
		expect(journal.verify('young')).toBeNull()
		// Nothing is removed twice.
		vi.advanceTimersByTime(3 * day)
		expect(journal.read('young').filter(({ type }) => type === 'recording.removed')).toHaveLength(1)
	})

	it('is kept for ever where nothing is configured', () => {
		recorded('old', day)
		open(null)
		vi.advanceTimersByTime(1_000 * day)
		expect(isThere('old')).toBe(true)
	})

	it('is removed by hand once, by whom stands in the journal, and then it is none', () => {
		recorded('m1', 99 * day)
		open(null)
		expect(recordings.file('m1', 'r1')).toContain('recording.mp4')
		expect(recordings.remove('m1', 'r1', 'chair')).toMatchObject({ state: 'removed', removed: { cause: 'asked' } })
		expect(journal.read('m1').at(-1)).toMatchObject({ type: 'recording.removed', cause: 'asked', by: 'chair' })
		expect(isThere('m1')).toBe(false)
		expect(() => recordings.file('m1', 'r1')).toThrow('no such recording')
		expect(() => recordings.remove('m1', 'r1', 'chair')).toThrow('no such recording')
		expect(() => recordings.remove('m1', 'none', 'chair')).toThrow('no such recording')
		expect(recordings.index('m1', 'r1')).toMatchObject({ recording: { state: 'removed' }, entries: [] })
	})

	it('whose removal was cut off leaves no file after the next start', () => {
		recorded('m1', 99 * day, { type: 'recording.removed', recording: 'r1', cause: 'asked', by: 'chair', at: 99 * day })
		expect(isThere('m1')).toBe(true)
		open(null)
		expect(isThere('m1')).toBe(false)
	})

	it('of which nothing came is told to be none, and does not wait for ever to be put together', async () => {
		journal.append('m1', 0, [
			{ type: 'meeting.planned', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null, at: 1 },
			{ type: 'recording.started', recording: 'r1', by: 'chair', at: 2 },
			{ type: 'recording.stopped', recording: 'r1', cause: 'asked', by: 'chair', at: 3 },
		])
		open(null)
		expect(() => recordings.remove('m1', 'r1', 'chair')).toThrow('not put together yet')
		recordings.finish('m1', 'r1')
		await recordings.idle()
		expect(recordings.list('m1')).toMatchObject([{ state: 'removed', sha256: null, removed: { cause: 'empty' } }])
	})

	it('tells what is where in it, also when its parts were never told', () => {
		const at = 90 * day
		const granted = { who: 'kim', kind: 'speak', limitMs: null, asked: true, by: 'chair' } as const
		const ended = { who: 'kim', cause: 'yielded', spokenMs: 2_000, back: null, by: 'chair' } as const
		recorded('m1', at)
		open(null)
		expect(recordings.index('m1', 'r1')).toMatchObject({ title: '확대간부회의', entries: [] })
		journal.append('m2', 0, [
			{ type: 'meeting.planned', meeting: 'm2', title: '간부회의', kind: 'council', startsAt: null, at },
			{ type: 'recording.started', recording: 'r2', by: 'chair', at },
			{ type: 'floor.granted', ...granted, at: at + 3_000 },
			{ type: 'floor.ended', ...ended, at: at + 5_000 },
			{ type: 'recording.stopped', recording: 'r2', cause: 'asked', by: 'chair', at: at + 9_000 },
			{
				type: 'recording.kept',
				recording: 'r2',
				bytes: 3,
				durationMs: 9_000,
				sha256: 'cd',
				by: 'system',
				at: at + 9_000,
			},
		])
		expect(recordings.index('m2', 'r2').entries).toMatchObject([
			{ type: 'speech', speaker: { name: 'kim' }, fromMs: 3_000, toMs: 5_000 },
		])
		expect(() => recordings.index('m2', 'none')).toThrow('no such recording')
	})
})
