import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Caption, Captions, captionsFor, withCaptions, writeCaptions } from '../../appliance/relay/captions.ts'
import { writeMediaPlaylist } from '../../appliance/relay/playlist.ts'
import { readMediaPlaylist } from './rfc8216.ts'

const nine = Date.UTC(2027, 2, 1)
const caption = (more: Partial<Caption> = {}): Caption => ({
	...{
		id: 'a',
		revision: 1,
		fromMs: nine + 500,
		toMs: nine + 2_500,
		text: '안녕하십니까',
		speaker: null,
		partial: false,
		...more,
	},
})
/** The first second of the ninth is 3 700 s into its media. */
const segmentAt = (second: number) => ({ startS: 3_700 + second, durationS: 1, startsAtMs: nine + second * 1_000 })
const written = (second: number, ...all: Caption[]) => {
	const captions = new Captions(100)
	for (const one of all) captions.say(one)
	return writeCaptions(segmentAt(second), captions)
}
const header = 'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n'

interface Cue {
	id: string
	from: string
	to: string
	text: string
}

/** WebVTT §6.1, as a player reads it: null is a file that is none. */
function cuesOf(text: string): Cue[] | null {
	const [head = '', ...blocks] = text.replace(/\r\n?/g, '\n').split(/\n\n+/)
	if (!/^WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00\.000,MPEGTS:\d+\n?$/.test(head)) return null
	const cues = blocks.map((block) => {
		const [id = '', times = '', ...rows] = block.replace(/\n$/, '').split('\n')
		const [, from, to] = /^(\d{2,}:[0-5]\d:[0-5]\d\.\d{3}) --> (\d{2,}:[0-5]\d:[0-5]\d\.\d{3})$/.exec(times) ?? []
		return id.includes('-->') || !from || !to || rows.length === 0 ? null : { id, from, to, text: rows.join('\n') }
	})
	return cues.includes(null) ? null : cues.filter((cue) => cue !== null)
}
const plain = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

describe('captions', () => {
	it('are WebVTT on the time of the media', () => {
		expect(written(0, caption({ speaker: '김 국장' }))).toBe(
			`${header}\na\n01:01:40.500 --> 01:01:42.500\n<v 김 국장>안녕하십니까\n`,
		)
	})

	it('stand the same in each segment that they touch, and in no other', () => {
		const all = [0, 1, 2].map((second) => written(second, caption()))
		expect(new Set(all).size).toBe(1)
		expect(written(3, caption())).toBe(header)
		expect(written(2, caption({ toMs: nine + 2_000 }))).toBe(header)
	})

	it('that still grow end with each segment, so that no player shows two of them', () => {
		const growing = caption({ partial: true })
		const times = [0, 1, 2].map((second) => cuesOf(written(second, growing))?.map(({ from, to }) => `${from} ${to}`))
		expect(times).toEqual([['01:01:40.500 01:01:41.000'], ['01:01:41.000 01:01:42.000'], ['01:01:42.000 01:01:42.500']])
	})

	it('are listed two seconds after the pictures, until there are no more', () => {
		const segments = [0, 1, 2, 3].map(segmentAt)
		expect(withCaptions(segments, false)).toEqual(segments.slice(0, 2))
		expect(withCaptions(segments, true)).toEqual(segments)
		expect(withCaptions([], false)).toEqual([])
		// There is a list as soon as there is one of the pictures.
		expect(withCaptions(segments.slice(0, 2), false)).toEqual(segments.slice(0, 1))
	})

	it('that are corrected are what was said', () => {
		const corrected = [caption({ text: '예산 안' }), caption({ revision: 2, text: '예산안' })]
		expect(cuesOf(written(0, ...corrected))?.map(({ text }) => text)).toEqual(['예산안'])
		// An older word that comes late changes nothing, and what was not said at all is no caption.
		expect(written(0, ...corrected.toReversed())).toBe(written(0, ...corrected))
		expect(written(0, ...corrected, caption({ revision: 3, text: ' ' }))).toBe(header)
		// A correction may move it.
		expect(written(0, caption(), caption({ revision: 2, fromMs: nine + 1_200 }))).toBe(header)
	})

	it('are refused when they make no sense', () => {
		const captions = new Captions(100)
		expect(captions.say(caption())).toBe(true)
		expect(captions.say(caption())).toBe(false)
		const senseless = [
			{ toMs: nine },
			{ fromMs: Number.NaN },
			{ toMs: Number.POSITIVE_INFINITY },
			{ revision: Number.NaN },
		]
		for (const one of senseless) expect(captions.say(caption({ id: 'b', ...one }))).toBe(false)
	})

	it('are bounded in number, length and time; the oldest go', () => {
		const captions = new Captions(2)
		for (const [i, id] of ['a', 'b', 'c'].entries()) {
			captions.say(caption({ id, fromMs: nine + i * 1_000, toMs: nine + 9e9, text: 'x'.repeat(9_000) }))
		}
		const kept = captions.within(0, Number.POSITIVE_INFINITY)
		expect(kept.map(({ id, fromMs, toMs, text }) => [id, toMs - fromMs, text.length])).toEqual([
			['b', 20_000, 500],
			['c', 20_000, 500],
		])
	})

	it.each([
		['a < b && c > d', 'a &lt; b &amp;&amp; c &gt; d'],
		['00:00.000 --> 00:01.000', '00:00.000 --&gt; 00:01.000'],
		['</v><script>', '&lt;/v&gt;&lt;script&gt;'],
		['one\n\n\ntwo\r\n\r\nthree', 'one\ntwo\nthree'],
		['\0nul\ttab', 'nul tab'],
		['half \ud83d', 'half �'],
	])('escape %j', (text, expected) => {
		expect(cuesOf(written(0, caption({ text })))?.map((cue) => cue.text)).toEqual([expected])
	})

	it('are readable whatever is said by whomever', () => {
		const text = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc
				.array(
					fc.constantFrom(
						'-->',
						'\n',
						'\r',
						'<v ',
						'>',
						'&',
						'NOTE',
						'STYLE',
						'WEBVTT',
						'\n\n00:00:00.000 --> 00:01:00.000\n',
						'X',
					),
				)
				.map((all) => all.join('')),
		)
		const said = fc.record({
			...{ id: text, revision: fc.nat(3), fromMs: fc.integer({ min: nine - 9_000_000, max: nine + 3_000 }) },
			...{
				toMs: fc.integer({ min: nine - 9_000_000, max: nine + 9_000 }),
				text,
				speaker: fc.option(text),
				partial: fc.boolean(),
			},
		})
		fc.assert(
			fc.property(fc.array(said, { maxLength: 8 }), (all) => {
				const captions = new Captions(5)
				for (const one of all) captions.say(one)
				const expected = captions.within(nine, nine + 1_000)
				const cues = cuesOf(writeCaptions(segmentAt(0), captions))
				expect(cues).not.toBeNull()
				expect(cues?.length).toBeLessThanOrEqual(expected.length)
				for (const cue of cues ?? []) {
					expect(cue.from < cue.to).toBe(true)
					// The only markup is a voice, at the beginning.
					expect(plain(cue.text).length).toBeGreaterThan(0)
					expect(cue.text.replace(/^<v [^<>\n]*>/, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
				}
			}),
			{ numRuns: 1_000 },
		)
	})

	it('are listed beside the pictures, break by break', () => {
		const segments = [0, 1, 2, 3].map((second) => ({
			...{
				number: 40 + second,
				name: `720p-${40 + second}.m4s`,
				initName: 'x',
				timeline: second >> 1,
				bytes: Buffer.alloc(0),
			},
			...segmentAt(second),
		}))
		const text = writeMediaPlaylist({
			targetS: 1,
			segments: segments.map(captionsFor),
			start: 'live',
			ended: false,
			chapters: [],
		})
		const { faults, segments: read } = readMediaPlaylist(text)
		expect(faults).toEqual([])
		expect(read.map(({ uri, number, discontinuity, map }) => [uri, number, discontinuity, map])).toEqual([
			['captions-40.vtt', 40, 0, null],
			['captions-41.vtt', 41, 0, null],
			['captions-42.vtt', 42, 1, null],
			['captions-43.vtt', 43, 1, null],
		])
	})
})
