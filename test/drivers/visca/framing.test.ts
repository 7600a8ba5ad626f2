import { describe, expect, it } from 'vitest'
import { createSplitter, lineFraming, rawFraming, sonyFraming } from '../../../drivers/visca/framing.ts'
import { bytes, fixture, notation } from '../hex.ts'

describe("Sony's header", () => {
	const framing = sonyFraming()
	const wire = fixture('sony-visca-over-ip.hex')

	it('is written as on the wire', () => {
		const written = wire
			.filter(({ sent, what }) => sent && !what.startsWith('RESET'))
			.map((frame, i) => {
				const packet = frame.bytes.subarray(8)
				return notation(framing.wrap(packet[1] === 0x09 ? 'inquiry' : 'command', i + 2, packet))
			})
		expect(written).toEqual(
			wire
				.filter(({ sent }) => sent)
				.slice(1)
				.map((frame) => notation(frame.bytes)),
		)
		expect(written).toHaveLength(3)
	})

	it('begins to count with RESET', () => {
		expect(framing.reset && notation(framing.reset)).toBe('02 00 00 01 00 00 00 00 01')
	})

	it('is read as on the wire', () => {
		expect(wire.filter(({ sent }) => !sent).flatMap((frame) => framing.read(frame.bytes))).toEqual([
			{ kind: 'control', sequence: 1, meaning: 'reset-done' },
			{ kind: 'reply', sequence: 2, packet: bytes('90 50 FF') },
			{ kind: 'reply', sequence: 3, packet: bytes('90 41 FF') },
			{ kind: 'reply', sequence: 3, packet: bytes('90 51 FF') },
			{ kind: 'reply', sequence: 4, packet: bytes('90 50 00 01 02 03 0F 0E 0D 0C FF') },
			{ kind: 'control', sequence: 3, meaning: 'abnormal-sequence' },
			{ kind: 'control', sequence: 3, meaning: 'abnormal-message' },
		])
	})

	it('that lies about the length, is cut or is of another kind says nothing', () => {
		for (const strange of [
			'',
			'01 11',
			'01 11 00 03 00 00 00 02',
			'01 11 00 09 00 00 00 02 90 41 FF',
			'09 99 00 01 00 00 00 02 90',
		]) {
			expect(framing.read(bytes(strange))).toEqual([{ kind: 'unknown' }])
		}
	})

	it('counts up to its last number and on from 0', () => {
		expect(notation(framing.wrap('command', 0xffffffff, bytes('FF')))).toBe('01 00 00 01 FF FF FF FF FF')
	})

	it('says 1 always to a camera that cannot count', () => {
		const uncounted = sonyFraming(false)
		expect(notation(uncounted.wrap('command', 4711, bytes('81 01 06 04 FF')))).toBe(
			'01 00 00 05 00 00 00 01 81 01 06 04 FF',
		)
		expect(uncounted.reset).toBeNull()
	})
})

describe('a stream', () => {
	it('is cut at each terminator, wherever the pieces break', () => {
		const split = createSplitter()
		expect(split(bytes('90 41'))).toEqual([])
		expect(split(bytes('FF 90 51 FF 90')).map(notation)).toEqual(['90 41 FF', '90 51 FF'])
		expect(split(bytes('42 FF')).map(notation)).toEqual(['90 42 FF'])
	})

	it('finds its way after noise, and keeps no more of it than one packet', () => {
		const split = createSplitter()
		for (let i = 0; i < 1_000; i++) expect(split(new Uint8Array(1_000).fill(0x55))).toEqual([])
		expect(split(bytes('55 FF 90 41 FF')).map(notation)).toEqual(['90 41 FF'])
	})

	it('carries the longest packet there is', () => {
		const longest = bytes('90 50 00 00 00 00 00 00 00 00 00 00 00 00 00 FF')
		expect(createSplitter()(longest)).toEqual([longest])
	})

	it('is what a raw connection reads', () => {
		const framing = rawFraming()
		expect(framing.read(bytes('90 41 FF 90'))).toEqual([{ kind: 'reply', sequence: 0, packet: bytes('90 41 FF') }])
		expect(notation(framing.wrap('command', 7, bytes('81 01 06 04 FF')))).toBe('81 01 06 04 FF')
	})
})

/** EVI-D70 Technical Manual, "VISCA communication specifications": replies of address x begin with (x + 8) << 4. */
describe('a line with several cameras', () => {
	const reply = (packet: string) => ({ kind: 'reply', sequence: 0, packet: bytes(packet) })

	it('gives each the replies that carry its address, and no others', () => {
		const all = bytes('90 41 FF B0 42 FF B0 50 02 FF F0 51 FF')
		expect(lineFraming(3).read(all)).toEqual([reply('B0 42 FF'), reply('B0 50 02 FF')])
		expect(lineFraming(7).read(all)).toEqual([reply('F0 51 FF')])
	})

	it('does not take for an answer what comes back of our own', () => {
		const echo = bytes('83 01 06 04 FF 88 30 01 FF 88 01 00 01 FF 83 09 04 00 FF')
		expect(lineFraming(3).read(echo)).toEqual([])
	})

	it('finds its own in a stream of pieces', () => {
		const framing = lineFraming(2)
		expect(framing.read(bytes('A0'))).toEqual([])
		expect(framing.read(bytes('41 FF C0 41'))).toEqual([reply('A0 41 FF')])
		expect(framing.read(bytes('FF A0 51 FF'))).toEqual([reply('A0 51 FF')])
	})
})
