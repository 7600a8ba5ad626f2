import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
	createLineReader,
	createListener,
	createNumbering,
	encodeCommand,
} from '../../../drivers/microphones/text-lines.ts'
import { fuzzInputs } from '../fuzz.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')
const linesOf = (...chunks: string[]) => {
	const read = createLineReader()
	return chunks.flatMap((chunk) => read(bytes(chunk)))
}
const patterns = {
	on: '^MIC (?<seat>\\d+) ON$',
	off: '^MIC (?<seat>\\d+) OFF$',
	request: '^REQ (?<seat>\\d+)$',
	withdraw: '^REQ (?<seat>\\d+) CANCEL$',
	priority: '^PRIO (?<seat>\\d+)$',
}

describe('Lines', () => {
	it.each<[string, string[], string[]]>([
		['end with LF, CR or CRLF', ['a\nb\rc\r\nd'], ['a', 'b', 'c']],
		[
			'may come in pieces, also between CR and LF',
			['MI', 'C 1', ' ON\r', '\nMIC 2 ON', '\r\n'],
			['MIC 1 ON', 'MIC 2 ON'],
		],
		['that are empty say nothing', ['\n\n\r\r\n\r\n'], []],
		['may be as long as 512 bytes', [`${'x'.repeat(512)}\n`], ['x'.repeat(512)]],
		['that are longer are dropped whole', ['a\n', 'x'.repeat(400), 'y'.repeat(400), 'z\nb\n'], ['a', 'b']],
		['are UTF-8', ['의장\n'], ['의장']],
	])('%s', (_, chunks, lines) => {
		expect(linesOf(...chunks)).toEqual(lines)
	})

	it('survive bytes that are no text', () => {
		const read = createLineReader()
		expect(read(Buffer.of(0xff, 0xfe, 0x00, 0x0a, 0x41, 0x0a)).at(-1)).toBe('A')
	})

	it('are the same however they are cut', () => {
		const text = fc.string({ unit: fc.constantFrom('a', '가', '\r', '\n'), maxLength: 60 })
		fc.assert(
			fc.property(text, fc.array(fc.nat(80), { maxLength: 6 }), (text, cuts) => {
				const all = bytes(text)
				const places = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length]
				const read = createLineReader()
				const lines = places.slice(1).flatMap((to, i) => read(all.subarray(places[i], to)))
				expect(lines).toEqual(createLineReader()(all))
			}),
		)
	})
})

describe('What a line means', () => {
	it.each([
		['MIC 12 ON', { state: 'on', number: '12' }],
		['MIC 12 OFF', { state: 'off', number: '12' }],
		['REQ 7', { state: 'request', number: '7' }],
		['REQ 7 CANCEL', { state: 'withdraw', number: '7' }],
		['PRIO 1', { state: 'priority', number: '1' }],
		['MIC 12 on', null],
		['', null],
	])('%s', (line, meaning) => {
		expect(createListener(patterns)(line)).toEqual(meaning)
	})

	it('is nothing where no pattern is configured, and the first that matches where several do', () => {
		expect(createListener({})('MIC 1 ON')).toBeNull()
		expect(createListener({ request: '(?<seat>\\d)', on: '(?<seat>\\d)' })('1')?.state).toBe('on')
	})

	it('is found among 10,000 lines of anything, and nothing is thrown', () => {
		const understand = createListener(patterns)
		const read = createLineReader()
		const piece = fc.oneof(
			fc.uint8Array({ maxLength: 700 }),
			fc.constantFrom('MIC 1 ON\r\n', 'MIC ', '12 OFF\n', 'REQ 3\r').map(bytes),
			fc.string({ unit: 'binary' }).map(bytes),
		)
		fc.assert(
			fc.property(piece, (piece) => {
				for (const line of read(piece)) {
					expect(line.length).toBeLessThanOrEqual(512)
					const understood = understand(line)
					if (understood) expect(understood.number).toMatch(/^\d+$/)
				}
				read(bytes('\n'))
				expect(read(bytes('MIC 9 ON\n')).map(understand)).toEqual([{ state: 'on', number: '9' }])
			}),
			{ numRuns: fuzzInputs },
		)
	})
})

describe('A command', () => {
	it.each([
		['SET {seat} 1', '12', '\r\n', 'SET 12 1\r\n'],
		['{seat}/{seat}', '$&', '\r', '$&/$&\r'],
		['STATUS', '', '\n', 'STATUS\n'],
	])('%s for %s', (template, number, terminator, text) => {
		expect(Buffer.from(encodeCommand(template, number, terminator)).toString()).toBe(text)
	})
})

describe('Numbers and seats', () => {
	it('are the same unless the map says so, and never two for one', () => {
		const { seatOf, numberOf } = createNumbering({ 12: '1', '007': 'bond' })
		expect(['12', '1', '007', '3'].map(seatOf)).toEqual(['1', null, 'bond', '3'])
		expect(['1', '12', 'bond', '3'].map(numberOf)).toEqual(['12', null, '007', '3'])
	})

	it('lead back to where they came from', () => {
		const name = fc.constantFrom('1', '2', '3', '4')
		fc.assert(
			fc.property(fc.dictionary(name, name), name, (map, seat) => {
				fc.pre(new Set(Object.values(map)).size === Object.keys(map).length)
				const { seatOf, numberOf } = createNumbering(map)
				const number = numberOf(seat)
				if (number !== null) expect(seatOf(number)).toBe(seat)
			}),
		)
	})
})
