import type { SeatState } from '../microphones.ts'
import type { TextLinesConfig } from './config.ts'
import { compilePattern } from './pattern.ts'

/** Lines of text as values, by the patterns of the configuration. Bytes in, bytes out: no sockets, no clock. */

/** Longer lines are dropped whole. */
const longestLine = 512
const lf = 0x0a
const cr = 0x0d

/** Cuts bytes into lines, however they arrive. CR, LF and CRLF end one; empty lines and lines past 512 bytes are left out. */
export function createLineReader(): (bytes: Uint8Array) => string[] {
	const decoder = new TextDecoder()
	const line = new Uint8Array(longestLine)
	let length = 0

	return function read(bytes) {
		const lines: string[] = []
		for (const byte of bytes) {
			if (byte !== lf && byte !== cr) {
				if (length < longestLine) line[length] = byte
				length += 1
				continue
			}
			if (length > 0 && length <= longestLine) lines.push(decoder.decode(line.subarray(0, length)))
			length = 0
		}
		return lines
	}
}

export interface Understood {
	state: SeatState
	/** As the system calls the seat. */
	number: string
}

/** What a line means; null: nothing to us. Throws a PatternError for a pattern that the configuration should have refused. */
export function createListener(patterns: TextLinesConfig['patterns']): (line: string) => Understood | null {
	const states = ['on', 'off', 'request', 'withdraw', 'priority'] as const
	const compiled = states.flatMap((state) => {
		const source = patterns[state]
		return source === undefined ? [] : [{ state, pattern: compilePattern(source) }]
	})
	return function understand(line) {
		for (const { state, pattern } of compiled) {
			const number = pattern.match(line)
			if (number !== null) return { state, number }
		}
		return null
	}
}

/** One command as it goes out. */
export function encodeCommand(template: string, number: string, terminator: string): Uint8Array {
	return new TextEncoder().encode(template.replaceAll('{seat}', () => number) + terminator)
}

/**
 * The system's numbers and our seats, each of one for one of the other. A number that the map does not name is the seat
 * itself, unless the map gives that seat to another number.
 */
export function createNumbering(map: Readonly<Record<string, string>>) {
	const seats = new Map(Object.entries(map))
	const numbers = new Map([...seats].map(([number, seat]) => [seat, number]))
	return {
		seatOf: (number: string) => seats.get(number) ?? (numbers.has(number) ? null : number),
		numberOf: (seat: string) => numbers.get(seat) ?? (seats.has(seat) ? null : seat),
	}
}
