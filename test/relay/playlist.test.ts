import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bandwidth } from '../../appliance/relay/bandwidth.ts'
import { writeMultivariantPlaylist } from '../../appliance/relay/multivariant.ts'
import { type Chapter, type Listed, writeMediaPlaylist } from '../../appliance/relay/playlist.ts'
import { Cutter } from '../../appliance/relay/segments.ts'
import { LiveWindow } from '../../appliance/relay/window.ts'
import { attributes, changes, type ReadPlaylist, readMediaPlaylist, readMultivariantPlaylist } from './rfc8216.ts'
import { someInit } from './stream.ts'

const nine = Date.UTC(2027, 2, 1, 0, 0, 0)
const listed = (number: number, more: Partial<Listed> = {}): Listed => ({
	...{ number, name: `720p-${number}.m4s`, initName: '720p-init-0.mp4', timeline: 2, durationS: 1 },
	...{ startsAtMs: nine + number * 1_000, ...more },
})

describe('a media playlist', () => {
	it('tells its segments in the notation of RFC 8216', () => {
		const segments = [
			listed(7),
			listed(8, { durationS: 1.04 }),
			listed(9, { timeline: 4, initName: '720p-init-1.mp4', startsAtMs: nine + 60_500 }),
		]
		const chapters = [
			{ id: 'item-1', title: '개회'.normalize('NFD'), startsAtMs: nine },
			{ id: 'item-2', title: '예산안 "심사"\n1차', startsAtMs: nine + 8_400 },
		]
		expect(writeMediaPlaylist({ targetS: 1, segments, start: 'live', ended: true, chapters })).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:2
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=-3
#EXT-X-MAP:URI="720p-init-0.mp4"
#EXT-X-DATERANGE:ID="item-1",CLASS="maru.agenda",START-DATE="2027-03-01T00:00:00.000Z",END-ON-NEXT=YES,X-MARU-TITLE="개회"
#EXT-X-PROGRAM-DATE-TIME:2027-03-01T00:00:07.000Z
#EXTINF:1.000000,
720p-7.m4s
#EXT-X-DATERANGE:ID="item-2",CLASS="maru.agenda",START-DATE="2027-03-01T00:00:08.400Z",END-ON-NEXT=YES,X-MARU-TITLE="예산안 ”심사” 1차"
#EXT-X-PROGRAM-DATE-TIME:2027-03-01T00:00:08.000Z
#EXTINF:1.040000,
720p-8.m4s
#EXT-X-DISCONTINUITY
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="720p-init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2027-03-01T00:01:00.500Z
#EXTINF:1.000000,
720p-9.m4s
#EXT-X-ENDLIST
`)
	})

	it.each<[string, number[], string[]]>([
		['none that is over', [3, 5], ['b']],
		['all that begin within', [5, 10.2, 10.4], ['a', 'b', 'c']],
		['none that is to come', [5, 13], ['a']],
		['one between two segments', [11.5], ['a']],
	])('tells of chapters %s', (_, startsS, expected) => {
		const chapters = startsS.map((s, i) => ({ id: 'abc'[i] ?? '', title: null, startsAtMs: nine + s * 1_000 }))
		const segments = [listed(10), listed(12)]
		const read = readMediaPlaylist(
			writeMediaPlaylist({ targetS: 1, segments, start: 'beginning', ended: false, chapters }),
		)
		expect(read.dateRanges.map((one) => one.get('ID'))).toEqual(expected.map((id) => `"${id}"`))
	})

	it('keeps the rules whatever is relayed', () => {
		const durationS = fc.double({ min: 0.02, max: 2.5, noNaN: true })
		const step = fc.oneof(
			{ weight: 9, arbitrary: fc.record({ durationS, gapS: fc.constantFrom(0, 0, 0, 0, 4, -1), bytes: fc.nat(400) }) },
			{ weight: 1, arbitrary: fc.constant('restart' as const) },
		)
		const run = fc.record({
			steps: fc.array(step, { minLength: 1, maxLength: 80 }),
			targetS: fc.integer({ min: 1, max: 3 }),
			dvrS: fc.integer({ min: 0, max: 30 }),
			shortS: fc.integer({ min: 0, max: 10 }),
			maxBytes: fc.integer({ min: 0, max: 20_000 }),
			title: fc.string({ unit: 'binary', maxLength: 8 }),
		})
		fc.assert(
			fc.property(run, ({ steps, targetS, dvrS, shortS, maxBytes, title }) => {
				const cutter = new Cutter(['720p'], { targetS, closes: 'at-once', first: 0 })
				const window = new LiveWindow({ dvrS, maxBytes, targetS })
				const chapters: Chapter[] = []
				const before = new Map<string, ReadPlaylist>()
				const look = () => {
					for (const [kind, seconds] of Object.entries({ short: Math.min(shortS, dvrS), whole: dvrS })) {
						const segments = window.list(seconds)
						if (segments.length === 0) continue
						const text = writeMediaPlaylist({ targetS, segments, start: 'live', ended: window.ended, chapters })
						const read = readMediaPlaylist(text)
						expect(read.faults).toEqual([])
						expect(read.segments.every(({ dateMs, map }) => dateMs !== null && map !== null)).toBe(true)
						const last = before.get(kind)
						if (last) expect(changes(last, read)).toEqual([])
						before.set(kind, read)
						for (const { uri, map } of read.segments) {
							expect(window.answer(uri).status).toBe(200)
							expect(window.answer(map ?? '').status).toBe(200)
						}
					}
				}
				const hear = (outputs: ReturnType<Cutter['end']>) => {
					for (const output of outputs) {
						if (output.type === 'init') window.addInit(output.name, output.init)
						else if (output.type === 'segment') window.add(output.segment)
						look()
					}
				}
				hear(cutter.init('720p', someInit))
				let endS = 0
				let nowMs = nine
				for (const [i, one] of steps.entries()) {
					if (one === 'restart') {
						hear([...cutter.restart(), ...cutter.init('720p', someInit)])
						endS = 0
						continue
					}
					const startS = Math.max(0, endS + one.gapS)
					endS = startS + one.durationS
					nowMs += one.durationS * 1_000
					if (i % 5 === 0) chapters.push({ id: `${title}${i}`, title, startsAtMs: nowMs - 300 })
					const fragment = {
						...{ startS, durationS: one.durationS, lastS: 0.04, sync: true },
						bytes: Buffer.alloc(one.bytes),
					}
					hear(cutter.push('720p', fragment, nowMs))
				}
				hear(cutter.end())
				window.end()
				look()
			}),
			{ numRuns: 100 },
		)
	})
})

describe('the checker of playlists', () => {
	const good = writeMediaPlaylist({
		targetS: 1,
		segments: [1, 2, 3, 4, 5].map((n) => listed(n)),
		start: 'beginning',
		ended: false,
		chapters: [],
	})
	const later = writeMediaPlaylist({
		targetS: 1,
		segments: [2, 3, 4, 5, 6].map((n) => listed(n)),
		start: 'beginning',
		ended: false,
		chapters: [],
	})

	it('finds no fault in a good one', () => {
		expect(readMediaPlaylist(good).faults).toEqual([])
		expect(changes(readMediaPlaylist(good), readMediaPlaylist(later))).toEqual([])
	})

	it.each([
		['4.3.3.1', 'EXTINF:1.000000', 'EXTINF:1.500000'],
		['4.3.1.1', '#EXTM3U\n', ''],
		['7', 'VERSION:6', 'VERSION:5'],
		['4.3.2.1', '#EXTINF:1.000000,\n', ''],
		['4.3.3.1', '#EXT-X-TARGETDURATION:1\n', ''],
		['4.3.2.6', '2027-03-01T', '2027-03-01 '],
		['4.3', '#EXT-X-MEDIA-SEQUENCE:1', '#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-MEDIA-SEQUENCE:1'],
		['4.1', '#EXT-X-VERSION:6', '#EXT-X-VERSION:6\n'],
	])('knows %s', (section, from, to) => {
		expect(readMediaPlaylist(good.replace(from, to)).faults.join()).toContain(`${section}:`)
	})

	it.each([
		['6.2.1: the target duration changed', 'TARGETDURATION:1', 'TARGETDURATION:2'],
		['6.2.2: the media sequence went back', 'MEDIA-SEQUENCE:2', 'MEDIA-SEQUENCE:0'],
		['6.2.1: 720p-3.m4s changed', '720p-3.m4s', '720p-33.m4s'],
		['6.2.1: 720p-2.m4s changed', 'init-0', 'init-1'],
		['6.2.2: breaks are miscounted', 'DISCONTINUITY-SEQUENCE:2', 'DISCONTINUITY-SEQUENCE:3'],
	])('knows %s', (fault, from, to) => {
		expect(changes(readMediaPlaylist(good), readMediaPlaylist(later.replace(from, to)))).toContain(fault)
	})

	it('knows a list that became too short', () => {
		const short = writeMediaPlaylist({
			targetS: 1,
			segments: [listed(4), listed(5)],
			start: 'beginning',
			ended: false,
			chapters: [],
		})
		expect(changes(readMediaPlaylist(good), readMediaPlaylist(short)).join()).toContain('less than three targets')
	})
})

describe('the playlist of playlists', () => {
	const tracks = someInit.tracks
	const low = { uri: '360p.m3u8', peakBandwidth: 480_000.2, averageBandwidth: 400_000, tracks }
	const high = { uri: '720p.m3u8', peakBandwidth: 1_700_000, averageBandwidth: 1_500_000, tracks }

	it('tells what each rung costs and needs', () => {
		const captions = { uri: 'captions.m3u8', language: 'ko', name: '한국어' }
		const text = writeMultivariantPlaylist({ variants: [high, low], captions })
		const { faults, variants, media } = readMultivariantPlaylist(text)
		expect(faults).toEqual([])
		expect(media.map((one) => [one.get('TYPE'), one.get('LANGUAGE'), one.get('URI')])).toEqual([
			['SUBTITLES', '"ko"', '"captions.m3u8"'],
		])
		expect(variants.map(({ uri, attributes }) => [uri, Object.fromEntries(attributes)])).toEqual([
			[
				'720p.m3u8',
				{
					BANDWIDTH: '1700000',
					'AVERAGE-BANDWIDTH': '1500000',
					CODECS: '"avc1.64001f,mp4a.40.2"',
					RESOLUTION: '1280x720',
					SUBTITLES: '"captions"',
				},
			],
			[
				'360p.m3u8',
				{
					BANDWIDTH: '480001',
					'AVERAGE-BANDWIDTH': '400000',
					CODECS: '"avc1.64001f,mp4a.40.2"',
					RESOLUTION: '1280x720',
					SUBTITLES: '"captions"',
				},
			],
		])
	})

	it('claims no codecs when it does not know one', () => {
		const unknown = { ...low, tracks: tracks.map((track) => ({ ...track, codec: null, width: 0 })) }
		const text = writeMultivariantPlaylist({ variants: [unknown], captions: null })
		expect(text).not.toMatch(/CODECS|RESOLUTION|SUBTITLES/)
		expect(readMultivariantPlaylist(text)).toMatchObject({ faults: [] })
	})
})

describe('bandwidth', () => {
	it.each<[string, [number, number][], number, number]>([
		['of one segment', [[1_000, 1]], 8_000, 8_000],
		[
			'at its most',
			[
				[1_000, 1],
				[3_000, 1],
				[500, 1],
			],
			24_000,
			12_000,
		],
		[
			'not of a segment that is too short',
			[
				[1_000, 1],
				[3_000, 0.2],
				[1_000, 1],
			],
			26_666,
			18_181,
		],
		[
			'of short ones together',
			[
				[1_000, 0.4],
				[1_000, 0.4],
			],
			20_000,
			20_000,
		],
		[
			'not of more than fits',
			[
				[100, 1.2],
				[5_000, 0.4],
				[100, 1.2],
			],
			14_857,
			14_857,
		],
		['of nothing', [], 0, 0],
	])('is measured %s', (_, segments, peak, average) => {
		const bandwidth = new Bandwidth(1)
		for (const [bytes, durationS] of segments) bandwidth.add(bytes, durationS)
		expect([Math.floor(bandwidth.peak), Math.floor(bandwidth.average)]).toEqual([peak, average])
	})
})

it('attribute lists are read as they are written', () => {
	expect(attributes('A=1,B="x,y=z",C-D=YES')).toEqual(
		new Map([
			['A', '1'],
			['B', '"x,y=z"'],
			['C-D', 'YES'],
		]),
	)
	for (const text of ['A', 'a=1', 'A=1,', 'A="x', 'A=1,A=2', ',A=1']) expect(attributes(text)).toBeNull()
})
