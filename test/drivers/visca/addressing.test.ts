import { describe, expect, it } from 'vitest'
import { type AddressingOutput, createAddressing, readBroadcast } from '../../../drivers/visca/addressing.ts'
import { bytes, notation } from '../hex.ts'

/** EVI-D70 Technical Manual, "VISCA network administration" and "Initialization": AddressSet, IF_Clear, Network Change. */

function converse() {
	const addressing = createAddressing()
	const told = (outputs: AddressingOutput[]) =>
		outputs.flatMap((output) => {
			if (output.type === 'write') return notation(output.bytes)
			if (output.type === 'settled') return `settled: ${output.cameras}`
			return output.type === 'changed' ? 'changed' : []
		})
	return {
		begin: (now: number, clear = true) => told(addressing.begin(now, clear)),
		hear: (now: number, packet: string) => told(addressing.receive(bytes(packet), now)),
		tick: (now: number) => told(addressing.tick(now)),
		wakeAt: (now: number) => addressing.tick(now).find((output) => output.type === 'wake')?.at,
	}
}

const addressSet = '88 30 01 FF'
const clearAll = '88 01 00 01 FF'

describe('A line', () => {
	it('is addressed, then cleared, and tells how many cameras it has', () => {
		const line = converse()
		expect(line.begin(0)).toEqual([addressSet])
		expect(line.hear(150, '88 30 08 FF')).toEqual([clearAll, 'settled: 7'])
		expect(line.hear(200, clearAll)).toEqual([])
		expect(line.wakeAt(10_000)).toBeUndefined()
	})

	it('is asked three times, and waited for only once', () => {
		const line = converse()
		line.begin(0)
		expect(line.wakeAt(0)).toBe(500)
		expect(line.tick(499)).toEqual([])
		expect(line.tick(500)).toEqual(['settled: null', addressSet])
		expect(line.tick(1_000)).toEqual(['settled: null', addressSet])
		expect(line.tick(1_500)).toEqual(['settled: null'])
		expect(line.tick(9_000)).toEqual([])
	})

	it('that answers late is addressed all the same', () => {
		const line = converse()
		line.begin(0)
		line.tick(500)
		expect(line.hear(700, '88 30 02 FF')).toEqual([clearAll, 'settled: 1'])
	})

	it('is not taken for addressed where it only echoes', () => {
		const line = converse()
		line.begin(0)
		expect(line.hear(5, addressSet)).toEqual([])
		expect(line.hear(20, '88 30 03 FF')).toEqual([clearAll, 'settled: 2'])
	})

	it.each([
		['a camera with an address', '90 38 FF'],
		['the last of seven', 'F0 38 FF'],
		['a camera that has none yet', '88 38 FF'],
	])('begins anew when %s tells a change', (_, change) => {
		const line = converse()
		line.begin(0)
		line.hear(100, '88 30 02 FF')
		expect(line.hear(5_000, change)).toEqual(['changed', addressSet])
		expect(line.hear(5_100, '88 30 03 FF')).toEqual([clearAll, 'changed', 'settled: 2'])
	})

	it('is not asked for ever where each question is answered with a change', () => {
		const line = converse()
		line.begin(0)
		expect(line.hear(10, '88 38 FF')).toEqual([])
		expect(line.hear(100, '88 30 02 FF')).toEqual([clearAll, 'settled: 1'])
		expect(line.hear(150, '88 38 FF')).toEqual([])
	})

	it('that is in doubt is asked without a word to those who work', () => {
		const line = converse()
		line.begin(0)
		line.hear(100, '88 30 03 FF')
		expect(line.begin(60_000, false)).toEqual([addressSet])
		expect(line.hear(60_100, '88 30 03 FF')).toEqual(['settled: 2'])
	})

	it('that is in doubt and has become another begins anew', () => {
		const line = converse()
		line.begin(0)
		line.hear(100, '88 30 03 FF')
		line.begin(60_000, false)
		expect(line.hear(60_100, '88 30 02 FF')).toEqual(['changed', 'settled: 1'])
	})

	it('is understood in whatever pieces, and between whatever else', () => {
		const line = converse()
		line.begin(0)
		expect(line.hear(10, '90 41 FF 55 55 FF 88 30')).toEqual([])
		expect(line.hear(11, '02 FF 90 51 FF')).toEqual([clearAll, 'settled: 1'])
	})
})

describe('What concerns the whole line', () => {
	it.each([
		['one camera', '88 30 02 FF', { kind: 'addressed', cameras: 1 }],
		['seven cameras', '88 30 08 FF', { kind: 'addressed', cameras: 7 }],
		['our own question', '88 30 01 FF', null],
		['more cameras than there can be', '88 30 09 FF', null],
		['a change', 'A0 38 FF', { kind: 'changed' }],
		['a change that no camera tells', '81 38 FF', null],
		['an ACK', '90 41 FF', null],
		['an answer', '90 50 38 FF', null],
		['no end', '88 30 02', null],
		['nothing', '', null],
	])('%s', (_, packet, meaning) => {
		expect(readBroadcast(bytes(packet))).toEqual(meaning)
	})
})
