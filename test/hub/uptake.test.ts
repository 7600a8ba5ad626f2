import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Uptake } from '../../appliance/hub/uptake.ts'
import type { Tap } from '../../appliance/media/tap.ts'
import type { Init } from '../../appliance/relay/fmp4.ts'

/** What is asked of the page and of the station, and when, by a clock that is ours. */

class FakeTap implements Tap {
	readonly pictures = 2
	readonly #ended = Promise.withResolvers<'closed' | 'layer'>()
	readonly ended = this.#ended.promise
	readonly sdp: string
	open = true

	constructor(sdp: string) {
		this.sdp = sdp
	}

	async start() {
		happened(`${this.sdp} sends`)
	}
	askKeyFrames() {
		happened('key frames')
	}
	end() {
		this.#ended.resolve('closed')
	}
	close() {
		this.open = false
	}
}

/** As relay/station.ts: a run is over for whoever hears of it, and then another may begin. */
const station = {
	runs: false,
	init: null as Init | null,
	begin(sdp: string) {
		happened(`run of ${sdp}`)
		station.runs = true
	},
	halt() {
		station.over()
	},
	flows() {
		station.init = {} as Init
		uptake.flows()
	},
	over() {
		station.runs = false
		station.init = null
		uptake.over()
	},
}

let uptake: Uptake
let taps: FakeTap[]
/** What the page gives for the next tap. */
let tap: () => Promise<Tap | null>
let silent: boolean
let since: number
let log: [number, string][]

const happened = (what: string) => log.push([performance.now() - since, what])
const latest = () => taps.at(-1) as FakeTap
async function sendsBoth(): Promise<Tap> {
	taps.push(new FakeTap(`tap ${taps.length + 1}`))
	return latest()
}

/** What happens within so long, with the milliseconds from now. */
async function within(ms: number): Promise<[number, string][]> {
	log = []
	since = performance.now()
	await vi.advanceTimersByTimeAsync(ms)
	return log
}

beforeEach(() => {
	vi.useFakeTimers()
	Object.assign(station, { runs: false, init: null })
	taps = []
	log = []
	silent = false
	since = performance.now()
	tap = sendsBoth
	uptake = new Uptake({ station, tap: () => tap(), isSilent: () => silent, log: pino({ level: 'silent' }) })
	uptake.begin()
})
afterEach(() => {
	uptake.end()
	vi.useRealTimers()
})

it('A run begins when picture and sound are there, and has key frames often until it flows, then once a second', async () => {
	uptake.look()
	expect(await within(1_200)).toEqual([
		[0, 'run of tap 1'],
		[0, 'tap 1 sends'],
		[150, 'key frames'],
		[650, 'key frames'],
		[1_150, 'key frames'],
	])
	station.flows()
	expect(await within(2_600)).toEqual([
		[500, 'key frames'],
		[1_500, 'key frames'],
		[2_500, 'key frames'],
	])
})

it('What is not there yet is asked for again twice a second, and so is what cannot be taken up', async () => {
	const asked = vi.fn(async (): Promise<Tap | null> => null)
	tap = asked
	uptake.look()
	await within(1_100)
	expect(asked).toHaveBeenCalledTimes(3)
	asked.mockRejectedValueOnce(new Error('its worker is gone'))
	tap = () => (asked.mock.calls.length < 4 ? asked() : sendsBoth())
	expect(await within(1_000)).toContainEqual([900, 'run of tap 1'])
})

it('A run that had gone on for three seconds has its next one at once, a shorter one after half a second', async () => {
	uptake.look()
	await within(3_100)
	station.over()
	expect(taps[0]?.open).toBe(false)
	expect(await within(10)).toContainEqual([0, 'run of tap 2'])
	station.over()
	expect(await within(600)).toContainEqual([500, 'run of tap 3'])
})

it('A source that ends halts its run, and not the one after it', async () => {
	uptake.look()
	await within(10)
	latest().end()
	expect(await within(600)).toContainEqual([500, 'run of tap 2'])
	station.over()
	await within(600)
	taps[1]?.end()
	await within(600)
	expect(taps).toHaveLength(3)
	expect(latest().open).toBe(true)
})

it('What a page sent that is silent now is not taken up until it is heard again', async () => {
	silent = true
	uptake.look()
	await within(3_000)
	expect(taps).toHaveLength(0)
	silent = false
	await within(500)
	expect(taps).toHaveLength(1)
})

it('While a run goes on, or is about to, another look begins none', async () => {
	const opening = Promise.withResolvers<Tap | null>()
	tap = () => opening.promise
	uptake.look()
	tap = sendsBoth
	uptake.look()
	opening.resolve(await sendsBoth())
	await within(10)
	uptake.look()
	await within(10)
	expect(taps).toHaveLength(1)
	expect(station.runs).toBe(true)
})

it('What comes after the end is let go, and nothing is asked for any more', async () => {
	const opening = Promise.withResolvers<Tap | null>()
	tap = () => opening.promise
	uptake.look()
	uptake.end()
	opening.resolve(await sendsBoth())
	expect(await within(5_000)).toEqual([])
	expect(latest().open).toBe(false)
	expect(station.runs).toBe(false)
})
