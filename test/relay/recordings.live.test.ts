import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openJournal } from '../../appliance/hub/journal.ts'
import { Recordings } from '../../appliance/hub/recordings.ts'

/** What a crash left, put together by the next start: real ffmpeg, real files, a real journal. */

let dir: string
let db: DatabaseSync

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-left-'))
	db = new DatabaseSync(':memory:')
})
afterEach(() => {
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

it('a recording that a crash cut off gets its file, its hash and its chapters at the next start', async () => {
	const at = 1_700_000_000_000
	const folder = join(dir, 'm1', 'r1')
	mkdirSync(folder, { recursive: true })
	for (const [i, startsAt] of [at, at + 10_000].entries()) {
		execFileSync('ffmpeg', [
			...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=4'],
			...['-f', 'lavfi', '-i', `sine=frequency=${440 + i}:duration=4`, '-c:v', 'libx264', '-preset', 'ultrafast'],
			...['-pix_fmt', 'yuv420p', '-g', '10', '-c:a', 'aac', '-frag_duration', '500000'],
			...['-movflags', '+empty_moov+default_base_moof+frag_keyframe', join(folder, `part-${startsAt}.mp4`)],
		])
	}
	// What an earlier try left behind.
	writeFileSync(join(folder, 'making.mp4'), 'half')
	const journal = openJournal(db)
	const item = {
		id: 'a',
		title: '예산',
		kind: 'report',
		bureau: '',
		presenters: [],
		seconds: null,
		documents: [],
	} as const
	journal.append('m1', 0, [
		{ type: 'meeting.planned', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null, at },
		{ type: 'agenda.set', items: [{ ...item, presenters: [], documents: [] }], by: 'clerk', at },
		{ type: 'recording.started', recording: 'r1', by: 'clerk', at },
		{ type: 'item.started', item: 'a', by: 'clerk', at: at + 1_000 },
		{ type: 'floor.granted', who: '박도시', kind: 'speak', limitMs: null, asked: true, by: 'chair', at: at + 11_000 },
		{ type: 'recording.stopped', recording: 'r1', cause: 'asked', by: 'clerk', at: at + 14_000 },
	])
	const recordings = new Recordings({
		...{ dir, keepDays: null, language: 'ko', journal, now: () => at + 20_000, log: pino({ level: 'silent' }) },
		live: () => undefined,
		stripOf: (_, who) => ({ name: who, title: '', bureau: '' }),
	})
	recordings.resume()
	await recordings.idle()
	recordings.close()
	const file = recordings.file('m1', 'r1')
	expect(readdirSync(folder).sort()).toEqual(['parts.json', 'recording.mp4'])
	const [recording] = recordings.list('m1')
	expect(recording?.sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'))
	const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', file])
	const chapters = JSON.parse(stdout).chapters as { start_time: string; tags: { title: string } }[]
	expect(chapters.map(({ tags }) => tags.title)).toEqual(['시작', '예산', '예산 · 발언 1'])
	expect(Number(chapters[1]?.start_time)).toBeCloseTo(1, 1)
	// Its second part begins in the file where the first ends.
	expect(Math.abs(Number(chapters[2]?.start_time) - 5)).toBeLessThan(0.3)
	expect(readFileSync(file).includes(Buffer.from('박도시'))).toBe(false)
	const { entries } = recordings.index('m1', 'r1')
	expect(entries.map(({ type, speaker }) => [type, speaker?.name ?? null])).toEqual([
		['item', null],
		['speech', '박도시'],
	])
})
