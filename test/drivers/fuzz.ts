import { threadCpuUsage } from 'node:process'
import { getHeapStatistics } from 'node:v8'
import fc from 'fast-check'

/** How many inputs each parser gets: ten thousand in `npm test`, a million in the long run (test/long/fuzz.test.ts). */
export const fuzzInputs = Number(process.env.MARU_FUZZ ?? 10_000)

/** Of this thread alone, so that a busy machine costs an input nothing. */
const longestMs = 100
const mostBytes = 64 * 1024 * 1024

/**
 * Gives `read` whatever the arbitrary makes: no input may be answered with an exception, cost more than 100 ms of
 * computing, or leave more than 64 MiB behind.
 */
export function survives<T>(inputs: fc.Arbitrary<T>, read: (input: T) => unknown, numRuns = fuzzInputs): void {
	fc.assert(
		fc.property(inputs, (input) => {
			const heldBefore = held()
			let tookMs = computing(() => read(input))
			// An input that is slow is slow again; what collects garbage in the midst of it, or compiles, is not its fault.
			if (tookMs > longestMs) tookMs = computing(() => read(input))
			if (tookMs > longestMs) throw new Error(`took ${tookMs} ms of computing`)
			const grown = held() - heldBefore
			if (grown > mostBytes) throw new Error(`took ${grown} bytes`)
		}),
		{ numRuns },
	)
}

/** Milliseconds that this thread computed. */
function computing(work: () => unknown): number {
	const before = threadCpuUsage()
	work()
	const { user, system } = threadCpuUsage(before)
	return (user + system) / 1_000
}

/** Not `process.memoryUsage`, which asks the system as well and takes longer than most parsers. */
function held(): number {
	const { used_heap_size, external_memory } = getHeapStatistics()
	return used_heap_size + external_memory
}

/** Bytes that were right once, with a few of them changed, left out or doubled. */
export function mutated(originals: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
	const change = fc.record({
		at: fc.nat(),
		byte: fc.integer({ min: 0, max: 255 }),
		kind: fc.constantFrom('set', 'cut', 'double'),
	})
	return fc
		.tuple(fc.constantFrom(...originals), fc.array(change, { minLength: 1, maxLength: 6 }))
		.map(([original, changes]) => {
			const bytes = [...original]
			for (const { at, byte, kind } of changes) {
				const place = bytes.length === 0 ? 0 : at % bytes.length
				if (kind === 'set') bytes[place] = byte
				else if (kind === 'cut') bytes.splice(place, 1 + (byte % 4))
				else bytes.splice(place, 0, ...bytes.slice(place, place + 1 + (byte % 8)))
			}
			return Uint8Array.from(bytes)
		})
}

/** Texts that were right once, with pieces of them changed, left out, doubled or put where they do not belong. */
export function mutatedText(originals: readonly string[]): fc.Arbitrary<string> {
	const change = fc.record({
		at: fc.nat(),
		to: fc.nat(),
		length: fc.integer({ min: 1, max: 40 }),
		piece: fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('<', '>', '&', '"', ']]>', '<!--', '&#0;', '\0', '﻿')),
		kind: fc.constantFrom('set', 'cut', 'double', 'move'),
	})
	return fc
		.tuple(fc.constantFrom(...originals), fc.array(change, { minLength: 1, maxLength: 6 }))
		.map(([original, changes]) => {
			let text = original
			for (const { at, to, length, piece, kind } of changes) {
				const place = at % (text.length + 1)
				const [before, middle, after] = [
					text.slice(0, place),
					text.slice(place, place + length),
					text.slice(place + length),
				]
				const other = to % (text.length + 1)
				if (kind === 'set') text = before + piece + after
				else if (kind === 'cut') text = before + after
				else if (kind === 'double') text = before + middle + middle + after
				else text = text.slice(0, other) + middle + text.slice(other)
			}
			return text
		})
}
