import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fmp4Reader, type Output } from '../../appliance/relay/fmp4.ts'
import { mutated, survives } from '../drivers/fuzz.ts'
import { box, fragment, ftyp, hex, initBytes, moov, someInit, sound, u32, video } from './stream.ts'

const read = (
	bytes: Uint8Array,
	sizes: readonly number[] = [],
	limits = { initBytes: 4_096, fragmentBytes: 4_096 },
) => {
	const reader = new Fmp4Reader(limits)
	const outputs: Output[] = []
	for (let at = 0, i = 0; at < bytes.length; i++) {
		const size = sizes[i % Math.max(1, sizes.length)] ?? bytes.length
		outputs.push(...reader.push(bytes.subarray(at, at + size)))
		at += size
	}
	return [...outputs, ...reader.end()]
}
/** As text, so that outputs compare by what they say. */
const told = (outputs: readonly Output[]) =>
	outputs.map((output) => {
		if (output.type === 'failed') return `failed: ${output.reason}`
		if (output.type === 'init') return `init ${Buffer.from(output.init.bytes).toString('hex')}`
		const { bytes, startS, durationS, lastS, sync } = output.fragment
		return `${startS}+${durationS} (${lastS}) ${sync ? 'sync' : '-'} ${Buffer.from(bytes).toString('hex')}`
	})
const reasons = (outputs: readonly Output[]) =>
	outputs.map((output) => (output.type === 'failed' ? output.reason : output.type))

const first = fragment({ atMs: 0, durationsMs: [400, 400, 200], sync: true })
const second = fragment({ atMs: 1_000, durationsMs: [40, 60], sync: false })
const styp = box('styp', Buffer.from('msdh\0\0\0\0', 'latin1'))
const sidx = box('sidx', Buffer.alloc(24))
const stream = Buffer.concat([initBytes, styp, first, sidx, second, box('mfra', Buffer.alloc(20))])

describe('fragmented MP4', () => {
	it('is an init segment and then fragments with their times', () => {
		const outputs = read(stream)
		expect(outputs[0]).toEqual({ type: 'init', init: someInit })
		expect(told(outputs.slice(1))).toEqual([
			`0+1 (0.2) sync ${Buffer.concat([styp, first]).toString('hex')}`,
			`1+0.1 (0.06) - ${second.toString('hex')}`,
		])
	})

	it('is the same in whatever pieces it comes', () => {
		const whole = told(read(stream))
		const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 })
		survives(sizes, (pieces) => expect(told(read(stream, pieces))).toEqual(whole), 1_000)
		expect(told(read(stream, [1]))).toEqual(whole)
	})

	it('that is damaged ends in a word, without an exception or growing', () => {
		const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 5 })
		const bytes = fc.oneof({ weight: 9, arbitrary: mutated([stream]) }, fc.uint8Array({ maxLength: 200 }))
		const seen = new Set<string>()
		const read1 = ([damaged, pieces]: [Uint8Array, number[]]) => {
			const outputs = read(damaged, pieces)
			const failures = outputs.filter(({ type }) => type === 'failed')
			expect(failures.length).toBeLessThanOrEqual(1)
			if (failures.length === 1) expect(outputs.at(-1)).toBe(failures[0])
			for (const one of outputs) {
				seen.add(one.type === 'failed' ? one.reason : one.type)
				if (one.type === 'fragment') expect(one.fragment.bytes.length).toBeLessThanOrEqual(4_096)
			}
		}
		survives(fc.tuple(bytes, sizes), read1, 3_000)
		expect([...seen].sort()).toEqual(['cut', 'fragment', 'init', 'malformed', 'no-moov', 'too-large'])
	})

	it('that is cut says so, and gives what was whole', () => {
		const whole = initBytes.length + styp.length + first.length
		for (let end = 0; end < stream.length; end++) {
			const said = reasons(read(stream.subarray(0, end)))
			if (end < initBytes.length) expect(said).toEqual(['no-moov'])
			else expect(said.slice(0, 2)).toEqual(end < whole ? said.slice(0, 2) : ['init', 'fragment'])
			expect(said.filter((one) => one === 'cut').length).toBeLessThanOrEqual(1)
		}
		expect(reasons(read(stream.subarray(0, whole - 1)))).toEqual(['init', 'cut'])
	})

	it.each([
		['a box that is smaller than its header', [initBytes, hex('00000007 6d6f6f66')], ['init', 'malformed']],
		['a box to the end of the file', [initBytes, hex('00000000 6d646174')], ['init', 'malformed']],
		[
			'a size of 64 bits for a small box',
			[initBytes, hex('00000001 66726565 0000000000000010'), first],
			['init', 'fragment'],
		],
		[
			'a size that is no number any more',
			[initBytes, hex('00000001 6d646174 ffffffffffffffff')],
			['init', 'malformed'],
		],
		['a box larger than the limit', [initBytes, hex('00001001 6d6f6f66')], ['init', 'too-large']],
		['boxes that together are', [initBytes, ...Array(3).fill(box('emsg', Buffer.alloc(2_000)))], ['init', 'too-large']],
		['no moov within the limit', Array(9).fill(box('free', Buffer.alloc(500))), ['no-moov']],
		['no moov before a moof', [ftyp, first], ['no-moov']],
		['a moov without ftyp', [moov(video)], ['malformed']],
		['a moov without tracks', [ftyp, moov()], ['malformed']],
		['a track twice', [ftyp, moov(video, video)], ['malformed']],
		['a moov that no fragments follow', [ftyp, box('moov', video)], ['malformed']],
		['a second moov', [initBytes, moov(video)], ['init', 'malformed']],
		['an mdat without a moof', [initBytes, box('mdat')], ['init', 'malformed']],
		['a moof behind a moof', [initBytes, first.subarray(0, -20), first], ['init', 'malformed']],
		[
			'an mdat smaller than its samples',
			[initBytes, first.subarray(0, -20), box('mdat', Buffer.alloc(11))],
			['init', 'malformed'],
		],
		[
			'something between the two',
			[initBytes, first.subarray(0, -20), box('free'), box('mdat', Buffer.alloc(12))],
			['init', 'malformed'],
		],
	])('with %s', (_, parts, expected) => {
		expect(reasons(read(Buffer.concat(parts as Buffer[])))).toEqual(expected)
	})

	/** Data offsets are given from the beginning of the data, which is 64 bytes. */
	const traf = (...boxes: Uint8Array[]) => {
		const sizes = boxes.reduce((sum, { length }) => sum + length, 0)
		for (const bytes of boxes) {
			const one = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
			if (one.toString('latin1', 4, 8) !== 'trun' || (one[11] ?? 0) % 2 === 0) continue
			one.writeUInt32BE(one.readUInt32BE(16) + 16 + sizes + 8, 16)
		}
		return Buffer.concat([initBytes, box('moof', box('traf', ...boxes)), box('mdat', Buffer.alloc(64))])
	}
	const tfhd = box('tfhd', u32(0x020000, 1))
	const tfdt = box('tfdt', u32(0, 2_000))
	it.each([
		// What a track says of all its samples (trex): 40 ms, 4 bytes, no sync sample.
		['its defaults', traf(tfhd, tfdt, box('trun', u32(0x1, 3, 0))), '2+0.12 (0.04) -'],
		[
			'those of the fragment',
			traf(box('tfhd', u32(0x020038, 1, 20, 8, 0)), tfdt, box('trun', u32(0x1, 3, 0))),
			'2+0.06 (0.02) sync',
		],
		['flags for each', traf(tfhd, tfdt, box('trun', u32(0x401, 2, 0, 0, 0x10000))), '2+0.08 (0.04) sync'],
		['sizes for each', traf(tfhd, tfdt, box('trun', u32(0x201, 2, 0, 32, 32))), '2+0.08 (0.04) -'],
		[
			'two runs',
			traf(tfhd, tfdt, box('trun', u32(0x5, 1, 0, 0)), box('trun', u32(0x100, 1, 9))),
			'2+0.049 (0.009) sync',
		],
		[
			'a count behind which nothing stands',
			traf(box('tfhd', u32(0x020010, 1, 0)), tfdt, box('trun', u32(0x1, 0xffffffff, 0))),
			'2+171798691.8 (0.04) -',
		],
		['a sample outside', traf(tfhd, tfdt, box('trun', u32(0x201, 2, 0, 32, 33))), 'failed: malformed'],
		['a count larger than its box', traf(tfhd, tfdt, box('trun', u32(0x101, 0xffffffff, 0, 40))), 'failed: malformed'],
		['no decode time', traf(tfhd, box('trun', u32(0x1, 1, 0))), 'failed: malformed'],
		[
			'a decode time beyond counting',
			traf(tfhd, box('tfdt', u32(0x01000000, 0xffffffff, 0)), box('trun', u32(0x1, 1, 0))),
			'failed: malformed',
		],
		[
			'places counted from the beginning of the file',
			traf(box('tfhd', u32(0x020001, 1, 0, 0)), tfdt),
			'failed: malformed',
		],
		['a track nobody knows', traf(box('tfhd', u32(0x020000, 9)), tfdt), 'failed: malformed'],
	])('times samples by %s', (_, bytes, expected) => {
		expect(told(read(bytes)).at(-1)).toMatch(new RegExp(`^${expected.replace(/[+().]/g, '\\$&')}`))
	})

	it('begins where it is told to, in its bytes as well', () => {
		const reader = new Fmp4Reader(undefined, 3_600)
		const outputs = reader.push(stream)
		const times = told(outputs)
			.slice(1)
			.map((line) => line.split(' ')[0])
		expect(times).toEqual(['3600+1', '3601+0.1'])
		const again = outputs.flatMap((one) => (one.type === 'fragment' ? [one.fragment.bytes] : []))
		expect(told(read(Buffer.concat([initBytes, ...again])))).toEqual(told(outputs))
		// 32 bits have room for 49 days of these.
		const late = new Fmp4Reader(undefined, 4_294_966)
		expect(told(late.push(traf(tfhd, tfdt, box('trun', u32(0x1, 1, 0))))).at(-1)).toBe('failed: malformed')
	})

	it('of sound alone begins anywhere', () => {
		const bytes = Buffer.concat([ftyp, moov(sound)])
		const run = box(
			'moof',
			box('traf', box('tfhd', u32(0x020020, 2, 0)), box('tfdt', u32(0, 48_000)), box('trun', u32(0x101, 1, 84, 1_024))),
		)
		const said = told(read(Buffer.concat([bytes, run, box('mdat', Buffer.alloc(4))])))
		expect(said.at(-1)).toMatch(/^1\+0\.0213\d* \(0\.0213\d*\) sync/)
	})

	it('whose codecs are none of ours says so', () => {
		const bytes = Buffer.from(initBytes)
		bytes.write('hvc1', bytes.indexOf('avc1'), 'latin1')
		bytes[bytes.indexOf('esds') + 8] = 0x07
		const [output] = read(bytes)
		expect(output?.type === 'init' && output.init.tracks.map(({ codec }) => codec)).toEqual([null, null])
	})
})
