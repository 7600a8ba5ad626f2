import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Ffmpeg } from '../../appliance/ffmpeg/process.ts'
import { NextRun } from '../../appliance/relay/next-run.ts'

interface Waiting {
	rungs: number
	killed: boolean
	ffmpeg: Ffmpeg
	die(): void
}

let started: Waiting[]
let next: NextRun

function start(rungs: number): Ffmpeg {
	const { promise: ended, resolve } = Promise.withResolvers<number | null>()
	const kill = () => {
		waiting.killed = true
	}
	const waiting: Waiting = { rungs, killed: false, ffmpeg: { ended, kill } as Ffmpeg, die: () => resolve(1) }
	started.push(waiting)
	return waiting.ffmpeg
}

beforeEach(() => {
	vi.useFakeTimers()
	started = []
	next = new NextRun(start)
})
afterEach(() => {
	vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

it('It is prepared once, three seconds after every rung of the present run flows', async () => {
	next.prepare(2)
	await pass(100)
	next.prepare(2)
	await pass(2_999)
	expect(started).toHaveLength(0)
	await pass(1)
	next.prepare(2)
	await pass(3_000)
	expect(started.map(({ rungs }) => rungs)).toEqual([2])
})

it('It is taken once, by a run of as many rungs', async () => {
	next.prepare(2)
	await pass(3_000)
	expect(next.take(2)).toBe(started[0]?.ffmpeg)
	expect(next.take(2)).toBeNull()
	expect(started[0]?.killed).toBe(false)
})

it('For a run of another number of rungs it is of no use, and ended', async () => {
	next.prepare(2)
	await pass(3_000)
	expect(next.take(1)).toBeNull()
	expect(started[0]?.killed).toBe(true)
})

it('One that died while it waited is not given, and another takes its place with the next run', async () => {
	next.prepare(2)
	await pass(3_000)
	started[0]?.die()
	await pass(0)
	expect(next.take(2)).toBeNull()
	next.prepare(2)
	await pass(3_000)
	expect(next.take(2)).toBe(started[1]?.ffmpeg)
})

it('A run that ends sooner has none prepared, and after the end there is none', async () => {
	next.prepare(2)
	await pass(2_000)
	expect(next.take(2)).toBeNull()
	next.prepare(2)
	next.drop()
	await pass(5_000)
	expect(started).toHaveLength(0)
})
