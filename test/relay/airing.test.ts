import { beforeEach, expect, it } from 'vitest'
import { Airing, type PlaylistAsk } from '../../appliance/relay/airing.ts'
import { Captions } from '../../appliance/relay/captions.ts'
import { SealedNames } from '../../appliance/relay/sealed-names.ts'
import type { MeetingFiles } from '../../appliance/relay/segment-files.ts'
import { readMediaPlaylist } from './rfc8216.ts'
import { someInit } from './stream.ts'

const nine = Date.UTC(2027, 2, 1)
let now: number
let names: SealedNames
let captions: Captions
let expected: boolean
/** What lies there as files, by names. */
let files: Set<string>
let airing: Airing

beforeEach(() => {
	now = nine
	names = new SealedNames()
	captions = new Captions(10)
	expected = false
	files = new Set()
	airing = begin(null)
})

const folder: MeetingFiles = {
	put: (name) => void files.add(name),
	drop: (gone) => {
		for (const name of gone) files.delete(name)
	},
	clear: () => files.clear(),
}

function begin(files: MeetingFiles | null): Airing {
	const begun = new Airing({
		...{ sinceMs: now, window: { dvrS: 60, maxBytes: 1_000_000 }, captions, captioned: () => expected, names },
		...{ files, now: () => now },
	})
	for (const rung of ['high', 'low']) begun.addInit(rung, names.seal(`${rung}-init-0.mp4`), someInit)
	return begun
}

/** A second's segment of both rungs, there 400 ms after its last picture. */
function comes(number: number, startsAtMs = now) {
	now = startsAtMs + 1_400
	for (const rung of ['high', 'low']) {
		const [name, initName] = [names.seal(`${rung}-${number}.m4s`), names.seal(`${rung}-init-0.mp4`)]
		const bytes = Buffer.alloc(rung === 'high' ? 2_000 : 1_000)
		airing.add(rung, { number, name, initName, timeline: 0, startS: number, durationS: 1, startsAtMs, bytes })
	}
}

function text(name: string, ask: Partial<PlaylistAsk> = {}): string | number {
	const answer = airing.playlist(name, { chapters: [], query: '', fromStart: false, ...ask })
	return answer.status === 200 ? Buffer.from(answer.bytes).toString() : answer.status
}
const listed = (name: string) => readMediaPlaylist(String(text(name)))
const inFolder = /^segments\/(high|captions)-(\d+)-[0-9a-f]{32}\.(m4s|vtt)$/

it('There is no list before there is something to play, and what began before it was on air is in none', () => {
	comes(1, nine - 1)
	expect(['master.m3u8', 'high.m3u8', 'captions.m3u8', 'other.m3u8'].map((name) => text(name))).toEqual(
		Array(4).fill(404),
	)
	expect([airing.seconds, airing.delayMs]).toEqual([0, null])
})

it('Each rung has a list, whose segments are there by the names in it, and nobody guesses another', () => {
	for (const number of [1, 2, 3]) comes(number)
	const { faults, segments } = listed('high.m3u8')
	expect(faults).toEqual([])
	expect(segments.map(({ uri }) => inFolder.exec(uri)?.[2])).toEqual(['1', '2', '3'])
	const uri = segments[0]?.uri.slice('segments/'.length) ?? ''
	expect(airing.segment(uri)).toMatchObject({ status: 200, bytes: { length: 2_000 } })
	expect(airing.segment('high-1.m4s').status).toBe(404)
	expect(airing.segment(names.seal('high-9.m4s')).status).toBe(404)
	expect([airing.seconds, airing.delayMs]).toEqual([3, 400])
})

it('The list of both tells of captions where there are any or some are to come, and hands on whose way it is', () => {
	comes(1)
	expect(text('master.m3u8', { query: '?pass=1' })).toMatch(/^high\.m3u8\?pass=1\n(.*\n)*low\.m3u8\?pass=1$/m)
	expect(text('master.m3u8')).not.toContain('captions.m3u8')
	expected = true
	expect(text('master.m3u8')).toContain('captions.m3u8')
})

it('Captions are listed like pictures, and written when they are asked for', () => {
	for (const number of [1, 2, 3, 4, 5]) comes(number, nine + number * 1_000)
	const [first] = listed('captions.m3u8').segments
	captions.say({
		...{ id: 'a', revision: 1, text: '안녕하십니까', speaker: null, partial: false },
		...{ fromMs: nine + 1_100, toMs: nine + 1_900 },
	})
	const answer = airing.segment(first?.uri.slice('segments/'.length) ?? '')
	expect(answer.status === 200 && Buffer.from(answer.bytes).toString()).toContain('안녕하십니까')
})

it('A list is written once until the next segment comes, for each place to begin at', () => {
	comes(1)
	const ask = { chapters: [], query: '', fromStart: false }
	const [first, again] = [airing.playlist('high.m3u8', ask), airing.playlist('high.m3u8', ask)]
	expect(again).toBe(first)
	expect(airing.playlist('high.m3u8', { ...ask, fromStart: true })).not.toBe(first)
	comes(2)
	expect(airing.playlist('high.m3u8', ask)).not.toBe(first)
})

it('What was listed stays to be played after the end, and nothing is added', () => {
	comes(1)
	airing.end()
	comes(2)
	expect(listed('high.m3u8')).toMatchObject({ ended: true, segments: [{ number: 1 }] })
	expect(airing.ended).toBe(true)
})

it('Segments are files as well, where they are to be, until another time on air begins', () => {
	airing = begin(folder)
	comes(1)
	expect(listed('high.m3u8').segments).toHaveLength(1)
	expect([...files].map((name) => name.replace(/-[0-9a-f]{32}\./, '.')).sort()).toEqual(
		['high-1.m4s', 'high-init-0.mp4', 'low-1.m4s', 'low-init-0.mp4'].sort(),
	)
	airing.end()
	expect(files.size).toBe(4)
	airing.drop()
	expect(files.size).toBe(0)
})
