import { describe, expect, it } from 'vitest'
import { EchoEar, echoOf } from '../../../control-panel/attend/echo.ts'
import { loudnessOf } from '../../../control-panel/lib/meeting/level.ts'

/** Speech as its loudness alone, each hundredth of a second, and rooms that give it back. */

/** Random and the same each time (mulberry32). */
function dice(seed: number): () => number {
	let state = seed
	return () => {
		state = (state + 0x6d2b79f5) | 0
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
	}
}

const decibel = (db: number) => 10 ** (db / 20)

/** Phrases of one to three seconds at about -20 dBFS, of five syllables a second, with pauses between them. */
function speech(seconds: number, seed: number): number[] {
	const random = dice(seed)
	const out: number[] = []
	while (out.length < seconds * 100) {
		const phrase = 100 + random() * 200
		let syllable = 0
		for (let at = 0; at < phrase; at++) {
			if (at % 20 === 0) syllable = decibel(-26 + random() * 12)
			out.push(syllable * Math.sin((Math.PI * ((at % 20) + 1)) / 21))
		}
		for (let at = 0; at < 50 + random() * 100; at++) out.push(0)
	}
	return out.slice(0, seconds * 100)
}

/** What a microphone gives of this, `delayMs` later and quieter by `db`, over the hum of the room. */
function echo(far: readonly number[], delayMs: number, db: number, seed = 9): number[] {
	const random = dice(seed)
	return far.map((_, at) => (far[at - delayMs / 10] ?? 0) * decibel(-db) + decibel(-58 + random() * 6))
}

const mixed = (...all: number[][]) => (all[0] ?? []).map((_, at) => all.reduce((sum, one) => sum + (one[at] ?? 0), 0))
/** Ten looks a second. */
const levels = (rms: readonly number[]) => rms.filter((_, at) => at % 10 === 0).map(loudnessOf)
const likeness = (own: number[], far: number[]) => echoOf(levels(own).slice(-200), levels(far).slice(-200))
const quiet = (seconds: number) => echo(Array(seconds * 100).fill(0), 0, 0)

/** In which seconds the hint was shown. */
function hintsOf(own: number[], far: number[], ear = new EchoEar(), from = 0): number[] {
	const [heard, played] = [levels(own), levels(far)]
	const shown = heard.flatMap((level, tick) => {
		return ear.hear(level, played[tick] ?? 0, from + tick * 100) ? [Math.floor(tick / 10)] : []
	})
	return [...new Set(shown)]
}

const seeds = Array.from({ length: 20 }, (_, index) => index + 1)

describe('An echo', () => {
	it.each([50, 150, 250, 400, 600])('that comes after %i ms is known, also a quiet one', (delayMs) => {
		for (const seed of seeds.slice(0, 6)) {
			const far = speech(40, seed)
			for (const db of [0, 10, 20])
				expect(hintsOf(echo(far, delayMs, db), far).length, `${seed} ${db}`).toBeGreaterThan(0)
		}
	})

	it('is not what one says oneself: in turn, over others, or while nobody else speaks', () => {
		for (const seed of seeds) {
			const far = speech(40, seed)
			const own = speech(40, seed + 100)
			const inTurn = own.map((level, at) =>
				far.slice(Math.max(0, at - 30), at + 1).some((one) => one > 0) ? 0 : level,
			)
			expect(hintsOf(mixed(inTurn, quiet(40)), far), `in turn ${seed}`).toEqual([])
			expect(hintsOf(mixed(own, quiet(40)), far), `over others ${seed}`).toEqual([])
			expect(hintsOf(mixed(own, quiet(40)), quiet(40)), `alone ${seed}`).toEqual([])
		}
	})

	it('is neither silence, nor hum, nor what the canceller has left of it below the hum', () => {
		const far = speech(40, 3)
		expect(hintsOf(Array(4000).fill(0), far)).toEqual([])
		expect(hintsOf(quiet(40), far)).toEqual([])
		expect(hintsOf(echo(far, 200, 45), far)).toEqual([])
	})

	it('is told only where others pause as well as speak', () => {
		const far = speech(40, 3).map((level) => level + decibel(-30))
		expect(likeness(echo(far, 200, 10), far)).toBe(0)
	})
})

describe('The hint', () => {
	const far = speech(400, 5)
	const own = echo(far, 200, 10)

	it('comes after some seconds, goes by itself, and comes again only minutes later', () => {
		const shown = hintsOf(own, far)
		expect(shown[0]).toBeGreaterThanOrEqual(23)
		expect(shown.filter((second) => second < 300).length).toBeLessThanOrEqual(22)
		expect(shown.some((second) => second > 300)).toBe(true)
	})

	it('goes when the echo has gone, and forgets what was before a mute', () => {
		const mended = [...own.slice(0, 2600), ...quiet(20)]
		const shown = hintsOf(mended, far)
		expect(shown[0]).toBeLessThan(26)
		expect(Math.max(...shown)).toBeLessThan(40)
		const ear = new EchoEar()
		expect(hintsOf(own.slice(0, 2300), far.slice(0, 2300), ear)).toEqual([])
		ear.rest()
		expect(hintsOf(own.slice(2300, 4500), far.slice(2300, 4500), ear, 23_000)).toEqual([])
	})
})
