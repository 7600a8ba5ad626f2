import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cutter, type CutterOptions, type Output } from '../../appliance/relay/segments.ts'
import { someInit } from './stream.ts'

/** `0+1k`: from 0 s on for 1 s, beginning with a key frame; `2+9k(8)`: its last picture is held for 8 s. */
const fragmentOf = (text: string) => {
	const [, start, duration, key, last] = /^(-?[\d.]+)\+([\d.]+)(k?)(?:\(([\d.]+)\))?$/.exec(text) ?? []
	const lastS = last === undefined ? 0.04 : Number(last)
	return {
		bytes: Buffer.from(`<${text}>`),
		...{ startS: Number(start), durationS: Number(duration), lastS, sync: key === 'k' },
	}
}
const told = (outputs: readonly Output[]) =>
	outputs.map((output) => {
		if (output.type === 'lost') return `lost ${output.reason}`
		if (output.type === 'init') return output.name
		const { name, initName, timeline, durationS, bytes } = output.segment
		return `${name} ${initName} t${timeline} ${Number(durationS.toFixed(3))} ${Buffer.from(bytes).toString()}`
	})
const cutterOf = (options: Partial<CutterOptions> = {}) =>
	new Cutter(['720p', '360p'], { targetS: 1, closes: 'at-once', first: 0, ...options })
/** What becomes of these at 720p; 'restart' stands for one with a new init segment. */
const cut = (texts: string, options: Partial<CutterOptions> = {}) => {
	const cutter = cutterOf(options)
	const outputs = cutter.init('720p', someInit)
	for (const text of texts.split(' ')) {
		if (text === 'restart') outputs.push(...cutter.restart(), ...cutter.init('720p', someInit))
		else outputs.push(...cutter.push('720p', fragmentOf(text), 0))
	}
	return told([...outputs, ...cutter.end()]).map((line) => line.replaceAll('720p-', ''))
}
const later = { closes: 'at-next-key' } as const

describe('segments', () => {
	it.each<[string, string, Partial<CutterOptions>, string[]]>([
		['each group of pictures', '0+1k 1+1k', {}, ['0.m4s init-0.mp4 t0 1 <0+1k>', '1.m4s init-0.mp4 t0 1 <1+1k>']],
		['short groups together', '0+.5k .5+.5k', {}, ['0.m4s init-0.mp4 t0 1 <0+.5k><.5+.5k>']],
		['no more than fits', '0+.8k .8+1k', {}, ['0.m4s init-0.mp4 t0 0.8 <0+.8k>', '1.m4s init-0.mp4 t0 1 <.8+1k>']],
		[
			'parts of a group, at the next key',
			'0+.5k .5+.5 1+.5k',
			later,
			['0.m4s init-0.mp4 t0 1 <0+.5k><.5+.5>', '1.m4s init-0.mp4 t0 0.5 <1+.5k>'],
		],
		[
			'longer, where a key is late',
			'0+.9k .9+.2 1.1+1k',
			later,
			['0.m4s init-0.mp4 t0 1.1 <0+.9k><.9+.2>', '1.m4s init-0.mp4 t0 1 <1.1+1k>'],
		],
		[
			'the first by itself where a key comes soon',
			'0+.5k .5+.5k 1+.5 1.5+.5k',
			later,
			['0.m4s init-0.mp4 t0 0.5 <0+.5k>', '1.m4s init-0.mp4 t0 1 <.5+.5k><1+.5>', '2.m4s init-0.mp4 t0 0.5 <1.5+.5k>'],
		],
		['no mere moment', '0+.2k .2+.8k', later, ['0.m4s init-0.mp4 t0 1 <0+.2k><.2+.8k>']],
		['nothing before the first key', '0+.5 .5+1k', {}, ['lost no-key', '0.m4s init-0.mp4 t0 1 <.5+1k>']],
		[
			'what fits where no key comes',
			'0+1k 1+1 2+1k',
			later,
			['0.m4s init-0.mp4 t0 1 <0+1k>', 'lost no-key', '1.m4s init-0.mp4 t1 1 <2+1k>'],
		],
		[
			'nothing that is too long',
			'0+1k 1+3k 4+1k',
			{},
			['0.m4s init-0.mp4 t0 1 <0+1k>', 'lost too-long', '1.m4s init-0.mp4 t1 1 <4+1k>'],
		],
		[
			'what was shown before the source was away',
			'0+9k(8) 9+1k',
			{},
			['0.m4s init-0.mp4 t0 1 <0+9k(8)>', '1.m4s init-0.mp4 t1 1 <9+1k>'],
		],
		['nothing that takes no time', '0+0k 0+1k', {}, ['lost empty', '0.m4s init-0.mp4 t0 1 <0+1k>']],
		[
			'a new timeline at a jump ahead',
			'0+1k 3+1k',
			{},
			['0.m4s init-0.mp4 t0 1 <0+1k>', '1.m4s init-0.mp4 t1 1 <3+1k>'],
		],
		['and back', '5+1k 0+1k', {}, ['0.m4s init-0.mp4 t0 1 <5+1k>', '1.m4s init-0.mp4 t1 1 <0+1k>']],
		['none at a lost picture', '0+1k 1.08+1k', {}, ['0.m4s init-0.mp4 t0 1 <0+1k>', '1.m4s init-0.mp4 t0 1 <1.08+1k>']],
		[
			'a new init and timeline at a restart',
			'0+.5k restart 0+1k',
			{},
			['0.m4s init-0.mp4 t0 0.5 <0+.5k>', 'init-1.mp4', '1.m4s init-1.mp4 t1 1 <0+1k>'],
		],
		[
			'no timeline for a run without pictures',
			'0+1k restart restart 0+1k',
			{},
			['0.m4s init-0.mp4 t0 1 <0+1k>', 'init-1.mp4', 'init-2.mp4', '1.m4s init-2.mp4 t1 1 <0+1k>'],
		],
		['numbers above those of before', '0+1k', { first: 70, firstTimeline: 70 }, ['70.m4s init-70.mp4 t70 1 <0+1k>']],
	])('are %s', (_, texts, options, expected) => {
		expect(cut(texts, options).slice(1)).toEqual(expected)
	})

	const both = (cutter: Cutter, texts: string) =>
		texts.split(' ').flatMap((text) => {
			const [rung = '', fragment = ''] = text.split(':')
			return told(cutter.push(rung, fragmentOf(fragment), 0)).map((line) => line.replace(/ .* (t\d+) .*/, ' $1'))
		})
	it('of all rungs break at the same places', () => {
		const cutter = cutterOf()
		cutter.init('720p', someInit)
		cutter.init('360p', someInit)
		expect(both(cutter, '720p:0+1k 360p:0+1k 720p:4+1k 360p:4.1+1k 360p:5.1+1k 720p:5+1k')).toEqual([
			'720p-0.m4s t0',
			'360p-0.m4s t0',
			'720p-1.m4s t1',
			'360p-1.m4s t1',
			'360p-2.m4s t1',
			'720p-2.m4s t1',
		])
		// One rung lost something that the other has.
		expect(both(cutter, '720p:6+1k 720p:7+3k 720p:10+1k 360p:6.1+1k 360p:9.9+1k')).toEqual([
			'720p-3.m4s t1',
			'lost too-long',
			'720p-4.m4s t2',
			'360p-3.m4s t1',
			'360p-4.m4s t2',
		])
		// A run that brought only one rung pictures is counted for the other, too.
		cutter.restart()
		cutter.init('720p', someInit)
		expect(both(cutter, '720p:0+1k')).toEqual(['720p-5.m4s t3'])
		cutter.restart()
		cutter.init('720p', someInit)
		cutter.init('360p', someInit)
		expect(both(cutter, '360p:0+1k 720p:0+1k')).toEqual(['360p-5.m4s t4', '720p-6.m4s t4'])
	})

	it('of one rung follow a break that lay within the last of them', () => {
		const cutter = cutterOf({ targetS: 3 })
		cutter.init('720p', someInit)
		cutter.init('360p', someInit)
		expect(both(cutter, '720p:0+3k 360p:0+3k 720p:3+.5k 720p:4.2+3k 360p:3+3k 360p:6+3k 720p:7.2+3k')).toEqual([
			'720p-0.m4s t0',
			'360p-0.m4s t0',
			'720p-1.m4s t0',
			'720p-2.m4s t1',
			'360p-1.m4s t0',
			'360p-2.m4s t1',
			'720p-3.m4s t1',
		])
	})

	it('tell where the next run of ffmpeg should begin', () => {
		const cutter = cutterOf()
		cutter.init('720p', someInit)
		cutter.init('360p', someInit)
		expect(cutter.nextRunS).toBe(0)
		both(cutter, '720p:0+1k 360p:0+1k 720p:1+1.02k')
		cutter.restart()
		expect(cutter.nextRunS).toBe(3)
	})

	it('tell the time of day by when their first came', () => {
		const cutter = cutterOf()
		cutter.init('720p', someInit)
		const times = [
			['5+1k', 101_000],
			['6+1k', 102_300],
			['12+1k', 109_000],
		].flatMap(([text, atMs]) => {
			return cutter.push('720p', fragmentOf(String(text)), Number(atMs))
		})
		// The second was late on its way; before the third the source was away.
		expect(times.map((output) => output.type === 'segment' && output.segment.startsAtMs)).toEqual([
			100_000, 101_000, 108_000,
		])
	})

	it('keep their promises whatever comes', () => {
		const step = fc.oneof(
			{
				weight: 8,
				arbitrary: fc.record({
					gapS: fc.constantFrom(0, 0, 0, 0.1, 3, -2),
					durationS: fc.double({ min: 0, max: 2, noNaN: true }),
					lastS: fc.double({ min: 0, max: 2, noNaN: true }),
					sync: fc.boolean(),
				}),
			},
			{ weight: 1, arbitrary: fc.constant('restart' as const) },
		)
		const run = fc.tuple(
			fc.constantFrom('at-once' as const, 'at-next-key' as const),
			fc.integer({ min: 1, max: 4 }),
			fc.array(fc.tuple(fc.constantFrom('720p', '360p'), step), { maxLength: 60 }),
		)
		fc.assert(
			fc.property(run, ([closes, targetS, steps]) => {
				const cutter = cutterOf({ closes, targetS })
				const ends = new Map([
					['720p', 0],
					['360p', 0],
				])
				const outputs = [...ends.keys()].flatMap((rung) => cutter.init(rung, someInit))
				let runs = 0
				for (const [rung, one] of steps) {
					if (one === 'restart') {
						outputs.push(...cutter.restart(), ...[...ends.keys()].flatMap((name) => cutter.init(name, someInit)))
						runs += 1
						continue
					}
					const startS = Math.max(0, (ends.get(rung) ?? 0) + one.gapS)
					ends.set(rung, startS + one.durationS)
					const bytes = Buffer.of(one.sync ? 1 : 0, runs)
					outputs.push(...cutter.push(rung, { ...one, lastS: Math.min(one.lastS, one.durationS), bytes, startS }, 0))
				}
				outputs.push(...cutter.end())
				const names = outputs.flatMap((output) =>
					output.type === 'init' ? [output.name] : output.type === 'segment' ? [output.segment.name] : [],
				)
				expect(new Set(names).size).toBe(names.length)
				for (const rung of ends.keys()) {
					const segments = outputs.flatMap((output) =>
						output.type === 'segment' && output.rung === rung ? [output.segment] : [],
					)
					for (const [i, segment] of segments.entries()) {
						const before = segments[i - 1]
						expect(segment.number).toBe(i)
						expect(segment.bytes[0]).toBe(1) // begins with a key frame
						expect(new Set(segment.bytes.filter((_, at) => at % 2 === 1)).size).toBe(1) // of one run
						expect(segment.durationS).toBeGreaterThan(0)
						expect(Math.round(Number(segment.durationS.toFixed(6)))).toBeLessThanOrEqual(targetS)
						if (!before) continue
						expect(segment.timeline).toBeGreaterThanOrEqual(before.timeline)
						if (segment.initName !== before.initName) expect(segment.timeline).toBeGreaterThan(before.timeline)
						const hole = Math.abs(segment.startS - before.startS - before.durationS)
						if (hole > 0.26) expect(segment.timeline).toBeGreaterThan(before.timeline)
					}
				}
			}),
			{ numRuns: 500 },
		)
	})
})
