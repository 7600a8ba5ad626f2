import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginsPicture, isB, kindOf, nalUnits, readSps } from '../../appliance/room/h264.ts'
import { chooseStreams, faultOf, H264Look, needsTranscoding } from '../../appliance/room/stream.ts'
import type { CameraStream } from '../../drivers/camera.ts'

const numRuns = Number(process.env.MARU_FUZZ ?? 10_000)
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** Writes bits as H.264 does. */
class BitWriter {
	#bits = ''
	u(count: number, value: number) {
		this.#bits += value.toString(2).padStart(count, '0')
		return this
	}
	ue(value: number) {
		const code = (value + 1).toString(2)
		this.#bits += '0'.repeat(code.length - 1) + code
		return this
	}
	/** With the stop bit, and emulation prevention (§7.4.1). */
	unit(header: number): Uint8Array {
		const bits = `${this.#bits}1`
		const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? []
		const out = [header]
		let zeros = 0
		for (const byte of bytes.map((text) => Number.parseInt(text, 2))) {
			if (zeros >= 2 && byte <= 3) out.push(3)
			if (zeros >= 2 && byte <= 3) zeros = 0
			out.push(byte)
			zeros = byte === 0 ? zeros + 1 : 0
		}
		return Uint8Array.from(out)
	}
}

const slice = (type: number, { header = 0x41, first = 0 } = {}) =>
	new BitWriter().ue(first).ue(type).u(24, 0xabcdef).unit(header)
const annexB = (...units: Uint8Array[]) => Buffer.concat(units.flatMap((unit) => [Buffer.of(0, 0, 0, 1), unit]))

describe('the NAL units of a stream', () => {
	it('are told apart, whatever the length of their start codes', () => {
		const stream = hex('000001 09 10 00000001 67 42 000001 68 ce 00 0000 01 65 88 00000003 01')
		expect(nalUnits(stream).map((unit) => Buffer.from(unit).toString('hex'))).toEqual([
			'0910',
			'6742',
			'68ce',
			'658800000003' + '01',
		])
	})

	it.each([
		['41', 'slice'],
		['01', 'slice'],
		['65', 'idr'],
		['67', 'sps'],
		['68', 'pps'],
		['06', 'other'],
		['', 'other'],
	])('that begin with %s are a %s', (header, kind) => {
		expect(kindOf(hex(header))).toBe(kind)
	})

	it('are found as they were written', () => {
		const unit = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => {
			const writer = new BitWriter()
			for (const byte of bytes) writer.u(8, byte)
			return writer.unit(0x41)
		})
		fc.assert(
			fc.property(fc.array(unit, { maxLength: 5 }), (units) => {
				expect(nalUnits(annexB(...units)).map((found) => Buffer.from(found))).toEqual(
					units.map((one) => Buffer.from(one)),
				)
			}),
			{ numRuns: Math.min(numRuns, 20_000) },
		)
	})
})

describe('a slice', () => {
	it.each([
		[0, false],
		[1, true],
		[2, false],
		[5, false],
		[6, true],
		[7, false],
	])('of type %i is B: %s', (type, expected) => {
		expect(isB(slice(type))).toBe(expected)
		expect(isB(slice(type, { first: 120 }))).toBe(expected)
	})

	it('begins a picture with its first macroblock', () => {
		expect(beginsPicture(slice(0))).toBe(true)
		expect(beginsPicture(slice(0, { first: 120 }))).toBe(false)
	})
})

describe('a sequence parameter set', () => {
	it.each([
		// x264 by way of GStreamer, constrained baseline: it tells that nothing is reordered.
		[
			'67 42c01f da 01 4016 ec05 a808 080a 0000 0300 0200 0003 003d 1e30 6540',
			{ profile: 66, width: 1280, height: 720, orderType: 2 },
		],
		[
			'67 42c016 da02 80bf e5c0 5a83 0303 5280 0000 0300 8000 000f 478b 1750',
			{ profile: 66, width: 640, height: 360, orderType: 2 },
		],
		// x264, high, 1080 lines: cropped, with a VUI that tells of two pictures reordered.
		[
			'67 640028 acd9 4078 0227 e5c0 4400 0003 0004 0000 0300 c83c 60c6 58',
			{ profile: 100, width: 1920, height: 1080, orderType: 0, reorder: 2 },
		],
	])('%s', (text, expected) => {
		expect(readSps(hex(text))).toMatchObject(expected)
	})

	it('that ends too early, or tells a size that no picture has, is none', () => {
		const whole = hex('67 42c01f da 01 4016 ec05 a8')
		for (let length = 0; length < 9; length++) expect(readSps(whole.subarray(0, length))).toBeNull()
		const huge = new BitWriter().u(24, 0x42c01f).ue(0).ue(0).ue(2).ue(1).u(1, 0).ue(100_000).ue(10).u(3, 0b100)
		expect(readSps(huge.unit(0x67))).toBeNull()
	})

	it('is read as it was written, whatever its size', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 500 }),
				fc.integer({ min: 1, max: 500 }),
				fc.integer({ min: 0, max: 7 }),
				fc.constantFrom(66, 77),
				fc.constantFrom(0, 2),
				fc.option(fc.integer({ min: 0, max: 16 }), { nil: null }),
				(columns, rows, crop, profile, orderType, reorder) => {
					const writer = new BitWriter().u(8, profile).u(16, 0x1f).ue(0).ue(4).ue(orderType)
					if (orderType === 0) writer.ue(4)
					writer
						.ue(3)
						.u(1, 0)
						.ue(columns - 1)
						.ue(rows - 1)
						.u(1, 1)
						.u(1, 0)
					writer.u(1, 1).ue(0).ue(crop).ue(0).ue(crop)
					// Aspect ratio, overscan, signal, chroma, timing, both HRDs, structure: none of them.
					if (reorder === null) writer.u(1, 0)
					else writer.u(1, 1).u(8, 0).u(1, 1).u(1, 1).ue(2).ue(1).ue(16).ue(16).ue(reorder).ue(16)
					expect(readSps(writer.unit(0x67))).toEqual({
						profile,
						width: columns * 16 - crop * 2,
						height: rows * 16 - crop * 2,
						orderType,
						reorder,
					})
				},
			),
			{ numRuns },
		)
	})
})

describe('bytes that mean nothing', () => {
	const good = annexB(
		hex('67 640028 acd9 4078 0227 e5c0 4400 0003 0004 0000 0300 c83c 60c6 58'),
		slice(7, { header: 0x65 }),
	)

	it('are read without harm', () => {
		const noise = fc.oneof(
			fc.uint8Array({ maxLength: 200 }),
			fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from([0, 0, 1, 0x67, ...bytes])),
			// A good stream with a few bytes changed.
			fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
				const bytes = Uint8Array.from(good)
				for (const [at, byte] of changes) bytes[at] = byte
				return bytes
			}),
		)
		fc.assert(
			fc.property(noise, (bytes) => {
				const look = new H264Look()
				look.add(bytes, 0)
				look.add(bytes, 40)
				const { probe } = look
				if (probe) expect(probe.width * probe.height).toBeGreaterThan(0)
				for (const unit of nalUnits(bytes)) expect(unit.length).toBeGreaterThan(0)
			}),
			{ numRuns },
		)
	})
})

describe('a look at a stream', () => {
	const sps = hex('67 640028 acd9 4078 0227 e5c0 4400 0003 0004 0000 0300 c83c 60c6 58')
	const key = annexB(sps, slice(7, { header: 0x65 }))
	const plain = annexB(slice(5))

	function see(pictures: readonly (readonly [Uint8Array, number])[]) {
		const look = new H264Look()
		for (const [picture, at] of pictures) look.add(picture, at)
		return look.probe
	}
	const every40 = (count: number, gop: number) =>
		Array.from({ length: count }, (_, i) => [i % gop === 0 ? key : plain, i * 40] as const)

	it('tells size, rate and GOP', () => {
		const expected = { codec: 'h264', profile: 'high', width: 1920, height: 1080, rate: 25, gop: 1000, bFrames: false }
		expect(see(every40(76, 25))).toEqual(expected)
	})

	it('counts a GOP that has not ended, and one whose beginning was not seen', () => {
		expect(see(every40(150, 1000))?.gop).toBe(149 * 40)
		const late = [...every40(100, 1000).map(([, at]) => [plain, at] as const), [key, 4000] as const]
		expect(see(late)?.gop).toBe(4000)
	})

	it('is steady once the last key frame is no longer ago than any was from the next', () => {
		const steady = (pictures: readonly (readonly [Uint8Array, number])[]) => {
			const look = new H264Look()
			return pictures.flatMap(([picture, at]) => {
				look.add(picture, at)
				return look.isSteady ? [at] : []
			})
		}
		expect(steady(every40(60, 25))[0]).toBe(1000)
		// One more key frame because somebody came: of the GOP nothing is known yet.
		const greeted = every40(120, 100).map(([picture, at]) => [at === 40 ? key : picture, at] as const)
		expect(steady(greeted).filter((at) => at > 80 && at < 4000)).toEqual([])
		expect(steady(greeted)).toContain(4040)
	})

	it('sees B-frames by their slices, and by their order', () => {
		expect(see([...every40(20, 10), [annexB(slice(6)), 800]])?.bFrames).toBe(true)
		expect(
			see([0, 120, 40, 80, 240, 160, 200, 360, 280].map((at) => [at === 0 ? key : plain, at] as const))?.bFrames,
		).toBe(true)
	})

	it('takes one jump of the clock for no reordering', () => {
		expect(see([0, 40, 80, 60, 100, 140].map((at) => [at === 0 ? key : plain, at] as const))?.bFrames).toBe(false)
	})

	it('counts pictures, not slices', () => {
		const halves = annexB(slice(5), slice(5, { first: 1800 }))
		expect(see(every40(51, 25).map(([picture, at]) => [picture === plain ? halves : picture, at]))?.rate).toBe(25)
	})
})

describe('what is wrong with a stream', () => {
	const good = {
		codec: 'h264',
		profile: 'high',
		width: 1920,
		height: 1080,
		rate: 25,
		gop: 1000,
		bFrames: false,
	} as const
	it.each([
		[good, null, false],
		[{ ...good, gop: 2500 }, null, false],
		[{ ...good, gop: 2501 }, 'long-gop', false],
		[{ ...good, gop: 4000, bFrames: true }, 'b-frames', true],
		[{ ...good, codec: 'h265' }, 'codec', true],
		[null, 'unreadable', false],
	] as const)('%o: %s', (probe, fault, transcoded) => {
		expect(faultOf(probe)).toBe(fault)
		expect(needsTranscoding(fault)).toBe(transcoded)
	})
})

describe('of several streams', () => {
	const stream = (codec: CameraStream['codec'], height: number): CameraStream => ({
		token: `${codec}${height}`,
		url: `rtsp://camera/${codec}${height}`,
		codec,
		width: (height * 16) / 9,
		height,
		rate: 25,
		gop: null,
		profile: null,
	})
	it.each([
		[[], null, null],
		[[['h264', 1080]], 'h2641080', null],
		[
			[
				['h264', 1080],
				['h264', 360],
			],
			'h2641080',
			'h264360',
		],
		[
			[
				['h264', 360],
				['h264', 1080],
				['h264', 480],
			],
			'h2641080',
			'h264360',
		],
		// Too small for any tile, or hardly smaller.
		[
			[
				['h264', 1080],
				['h264', 120],
			],
			'h2641080',
			null,
		],
		[
			[
				['h264', 720],
				['h264', 576],
			],
			'h264720',
			null,
		],
		// Another codec costs transcoding: an H.264 stream that is big enough goes before it, a small one doesn't.
		[
			[
				['h265', 2160],
				['h264', 720],
			],
			'h264720',
			null,
		],
		[
			[
				['h265', 1080],
				['h264', 360],
			],
			'h2651080',
			'h264360',
		],
		[
			[
				['h265', 1080],
				['h265', 360],
			],
			'h2651080',
			null,
		],
	] as const)('%o: %s goes into the meeting, %s for small tiles', (streams, main, sub) => {
		const chosen = chooseStreams(streams.map(([codec, height]) => stream(codec, height)))
		expect(chosen?.main.token ?? null).toBe(main)
		expect(chosen?.sub?.token ?? null).toBe(sub)
	})
})
