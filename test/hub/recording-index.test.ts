import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chaptersOf, recordingEntries } from '../../appliance/hub/recording-index.ts'
import type { MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { AgendaItem } from '../../appliance/protocol/floor.ts'
import { mediaTime, type Placed, recordedMs } from '../../appliance/relay/media-time.ts'

/** Two parts with a gap from 20 s to 30 s by the clock, which is not in the file. */
const parts: Placed[] = [
	{ startsAtMs: 10_000, durationMs: 10_000, fromMs: 0 },
	{ startsAtMs: 30_000, durationMs: 20_000, fromMs: 10_000 },
]
const strip = (who: string) => ({ name: who, title: '국장', bureau: '도시국' })
const entriesOf = (events: readonly MeetingEvent[], some: readonly Placed[] = parts) =>
	recordingEntries(events, some, (_, who) => strip(who))

const item = (id: string, title: string): AgendaItem => ({
	...{ id, title, kind: 'report', bureau: '기획국', presenters: [], seconds: null, documents: [] },
})
const beginning: MeetingEvent[] = [
	{ type: 'meeting.planned', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null, at: 0 },
	{ type: 'meeting.opened', by: 'chair', at: 1 },
	{ type: 'agenda.set', items: [item('a', '예산'), item('b', '인사')], by: 'clerk', at: 2 },
]
const begins = (item: string, at: number): MeetingEvent => ({ type: 'item.started', item, by: 'clerk', at })
const ends = (item: string, at: number): MeetingEvent => ({ type: 'item.ended', item, usedMs: 0, by: 'clerk', at })
const speaks = (who: string, at: number): MeetingEvent => ({
	...{ type: 'floor.granted', who, kind: 'speak', limitMs: null, asked: true, by: 'chair', at },
})
const done = (who: string, at: number): MeetingEvent => ({
	...{ type: 'floor.ended', who, cause: 'yielded', spokenMs: 0, back: null, by: 'chair', at },
})

describe('The index of a recording', () => {
	it('tells items and speeches by the clock and in the file, and leaves out what was not recorded', () => {
		const entries = entriesOf([
			...beginning,
			...[speaks('early', 3_000), done('early', 9_000)],
			begins('a', 5_000),
			...[speaks('kim', 12_000), done('kim', 18_000), ends('a', 32_000), begins('b', 33_000)],
			...[speaks('lee', 40_000), done('lee', 70_000), ends('b', 71_000), speaks('late', 60_000)],
		])
		const brief = entries.map(({ type, item, speaker, number, startsAt, endsAt, fromMs, toMs }) => [
			...[type, item, speaker?.name ?? null, number, startsAt, endsAt, fromMs, toMs],
		])
		expect(brief).toEqual([
			['item', '예산', null, null, 10_000, 32_000, 0, 12_000],
			['speech', '예산', 'kim', 1, 12_000, 18_000, 2_000, 8_000],
			['item', '인사', null, null, 33_000, 50_000, 13_000, 30_000],
			['speech', '인사', 'lee', 2, 40_000, 50_000, 20_000, 30_000],
		])
		expect(entries.map(({ recorded }) => recorded)).toEqual(['part', 'whole', 'whole', 'whole'])
		expect(entries[0]).toMatchObject({ bureau: '기획국' })
		expect(entries[1]).toMatchObject({ speaker: strip('kim') })
	})

	it('says of a speech within a gap that it was not recorded, and where the recording goes on', () => {
		const [speech] = entriesOf([...beginning, speaks('kim', 22_000), done('kim', 28_000)])
		expect(speech).toMatchObject({ recorded: 'none', startsAt: 22_000, endsAt: 28_000, fromMs: 10_000, toMs: 10_000 })
	})

	it('ends with the meeting what nobody ended', () => {
		const closed: MeetingEvent = { type: 'meeting.closed', by: 'chair', at: 35_000 }
		const [speech] = entriesOf([...beginning, speaks('kim', 12_000), closed])
		expect(speech).toMatchObject({ endsAt: 35_000, toMs: 15_000 })
	})

	it('goes by the slides of a class, which a council’s does not, and names no document', () => {
		const shows = (page: number, at: number): MeetingEvent => ({
			...{ type: 'slide.shown', document: 'd1', page, by: 'chair', at },
		})
		const slides = [shows(1, 12_000), shows(2, 16_000), { type: 'slide.hidden', by: 'chair', at: 34_000 } as const]
		const [planned, ...rest] = beginning
		const ofKind = (kind: 'class' | 'council') =>
			entriesOf([{ ...planned, kind } as MeetingEvent, ...rest, ...slides]).map(({ type, number, fromMs, toMs }) => [
				...[type, number, fromMs, toMs],
			])
		expect(ofKind('council')).toEqual([])
		expect(ofKind('class')).toEqual([
			['slide', 1, 2_000, 6_000],
			['slide', 2, 6_000, 14_000],
		])
		const titles = chaptersOf(
			entriesOf([{ ...planned, kind: 'class' } as MeetingEvent, ...rest, ...slides]),
			30_000,
			'ko',
		)
		expect(titles.map(({ title }) => title)).toEqual(['시작', '자료 1쪽', '자료 2쪽'])
	})

	it('is empty where nothing was recorded', () => {
		expect(entriesOf([...beginning, begins('a', 12_000)], [])).toEqual([])
	})

	const gap = fc.record({ pause: fc.integer({ min: -300, max: 9_000 }), length: fc.integer({ min: 1, max: 9_000 }) })
	const recorded = fc.array(gap, { minLength: 1, maxLength: 6 }).map((all) => {
		let [atMs, fromMs] = [5_000, 0]
		return all.map(({ pause, length }): Placed => {
			const part = { startsAtMs: Math.max(1, atMs + pause), durationMs: length, fromMs }
			atMs = part.startsAtMs + length
			fromMs += length
			return part
		})
	})
	const steps = fc.array(
		fc.record({
			after: fc.integer({ min: 0, max: 4_000 }),
			what: fc.constantFrom(
				(at: number) => begins('a', at),
				(at: number) => ends('a', at),
				(at: number) => begins('b', at),
				(at: number) => ends('b', at),
				...['kim', 'lee'].flatMap((who) => [(at: number) => speaks(who, at), (at: number) => done(who, at)]),
			),
		}),
		{ maxLength: 30 },
	)

	it('is in order and within the file, whatever happened and whatever is missing', () => {
		fc.assert(
			fc.property(recorded, steps, (parts, steps) => {
				let at = 10
				const happened = steps.map(({ after, what }) => {
					at += after
					return what(at)
				})
				const last = parts.at(-1) as Placed
				const end = last.fromMs + last.durationMs
				const entries = entriesOf([...beginning, ...happened], parts)
				let before = { startsAt: 0, fromMs: 0 }
				for (const entry of entries) {
					expect(entry.startsAt).toBeGreaterThanOrEqual(before.startsAt)
					expect(entry.fromMs).toBeGreaterThanOrEqual(before.fromMs)
					expect(entry.toMs).toBeGreaterThanOrEqual(entry.fromMs)
					expect(entry.toMs).toBeLessThanOrEqual(end)
					expect(entry.startsAt).toBeLessThan(entry.endsAt)
					expect(entry.recorded === 'none').toBe(recordedMs(parts, entry.startsAt, entry.endsAt) === 0)
					before = entry
				}
				const chapters = chaptersOf(entries, end, 'ko')
				expect(chapters[0]?.fromMs).toBe(0)
				expect(chapters.at(-1)?.toMs).toBe(end)
				for (const [i, { fromMs, toMs }] of chapters.entries()) {
					expect(toMs).toBeGreaterThan(fromMs)
					expect(chapters[i + 1]?.fromMs ?? end).toBe(toMs)
				}
			}),
			{ numRuns: 500 },
		)
	})

	it('finds the moment of the clock again that a place in the file was', () => {
		fc.assert(
			fc.property(recorded, fc.nat(), (parts, anywhere) => {
				const part = parts[anywhere % parts.length] as Placed
				const next = parts[(anywhere % parts.length) + 1]
				const lengthMs = Math.min(part.durationMs, (next?.startsAtMs ?? Infinity) - part.startsAtMs)
				fc.pre(lengthMs > 0)
				const within = anywhere % lengthMs
				expect(mediaTime(parts, part.startsAtMs + within)).toBe(part.fromMs + within)
			}),
		)
	})
})

describe('The chapters of a file', () => {
	it('are items by their titles and speeches by their numbers, with nobody named', () => {
		const entries = entriesOf([
			...beginning,
			...[begins('a', 12_000), speaks('kim', 12_000), done('kim', 18_000)],
			...[speaks('lee', 22_000), done('lee', 28_000), ends('a', 31_000), speaks('lee', 40_000), done('lee', 44_000)],
		])
		const chapters = chaptersOf(entries, 30_000, 'ko')
		expect(chapters.map(({ title, fromMs, toMs }) => [title, fromMs, toMs])).toEqual([
			['시작', 0, 2_000],
			['예산 · 발언 1', 2_000, 20_000],
			['발언 3', 20_000, 30_000],
		])
		expect(JSON.stringify(chaptersOf(entries, 30_000, 'en'))).not.toMatch(/kim|lee/)
	})
})
