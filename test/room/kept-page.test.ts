import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type KeptBrowser, type KeptPage, keepPage } from '../../appliance/browser/kept-page.ts'

/** In the place of Chromium something that has its shape, and a clock that is turned by hand. */

interface Played {
	said: (event: object) => void
	took: string[]
	die: () => void
	closed: boolean
	/** Says that it is ready, and beats as long as it lives and does not hang. */
	load(): void
	hangs: boolean
}

let browsers: Played[]
let statuses: string[]
let events: string[]
let page: KeptPage<{ type: string }>
/** So long it takes to clear what a browser left on the disk. */
let clearing: Promise<void>
/** So long a browser waits for its turn to start. */
let turn: Promise<void>

beforeEach(() => {
	vi.useFakeTimers()
	browsers = []
	statuses = []
	events = []
	clearing = Promise.resolve()
	turn = Promise.resolve()
})
afterEach(async () => {
	await page.close()
	vi.useRealTimers()
})

const at = (place: number) => {
	const played = browsers[place]
	if (!played) throw new Error(`no browser ${place}`)
	return played
}

async function launch(): Promise<KeptBrowser> {
	const { promise: gone, resolve: die } = Promise.withResolvers<void>()
	let beating: NodeJS.Timeout | undefined
	let frames = 0
	const played: Played = {
		said: () => {},
		took: [],
		die() {
			clearInterval(beating)
			die()
		},
		closed: false,
		load() {
			played.said({ type: 'ready', build: `build of ${browsers.indexOf(played)}` })
			beating = setInterval(() => !played.hangs && played.said({ type: 'beat', frames: ++frames }), 500)
		},
		hangs: false,
	}
	browsers.push(played)
	await turn
	return {
		pid: 1_000 + browsers.length,
		gone,
		kill: () => played.die(),
		async close() {
			played.die()
			await clearing
			played.closed = true
		},
		async openPage({ bindings }) {
			const [binding] = Object.values(bindings ?? {})
			played.said = (event) => binding?.(JSON.stringify(event))
			return { call: async (_, text) => void played.took.push(text), gone: new Promise(() => {}) }
		},
	}
}

function keep(standBy: boolean) {
	page = keepPage<{ type: string }, { type: string; frames?: number; build?: string }>({
		...{ name: 'stage', launch, standBy, url: 'http://127.0.0.1/stage', grants: [], binding: 'maruStage' },
		read: (text) => JSON.parse(text),
		log: pino({ level: 'silent' }),
		onStatus: (status) => statuses.push(status),
		onEvent: ({ type, build }) => type !== 'beat' && events.push(`${type} ${build}`),
	})
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

async function withOneStandingBy() {
	keep(true)
	await pass(0)
	at(0).load()
	await pass(6_000)
	at(1).load()
	await pass(1_000)
}

describe('A kept page beside which another stands by', () => {
	it('starts the other only when it has been up for a while itself', async () => {
		keep(true)
		await pass(0)
		at(0).load()
		await pass(4_000)
		expect(browsers).toHaveLength(1)
		await pass(2_000)
		expect(browsers).toHaveLength(2)
	})

	it('is told nothing by the other, and tells it nothing', async () => {
		await withOneStandingBy()
		expect(statuses).toEqual(['starting', 'ready'])
		expect(events).toEqual(['ready build of 0'])
		page.send({ type: 'join' })
		expect(at(0).took).toEqual(['{"type":"join"}'])
		expect(at(1).took).toEqual([])
	})

	const losses: [string, () => void, number][] = [
		['is gone', () => at(0).die(), 0],
		[
			'hangs',
			() => {
				at(0).hangs = true
			},
			3_000,
		],
		['is to be another', () => page.restart('because'), 0],
	]
	it.each(losses)('gives its place to the other when it %s', async (_, happen, ms) => {
		await withOneStandingBy()
		const before = page.pid
		happen()
		await pass(ms)
		expect(at(0).closed).toBe(true)
		expect(statuses.slice(2)).toEqual(['failed', 'starting', 'ready'])
		expect(events).toEqual(['ready build of 0', 'ready build of 1'])
		expect(page.pid).not.toBe(before)
		expect(page.send({ type: 'join' })).toBe(true)
		expect(at(1).took).toEqual(['{"type":"join"}'])
		expect(browsers).toHaveLength(2)
		await pass(6_000)
		expect(browsers).toHaveLength(3)
	})

	it('goes on undisturbed when the other is lost, which is replaced later', async () => {
		await withOneStandingBy()
		at(1).die()
		await pass(9_000)
		expect(statuses).toEqual(['starting', 'ready'])
		expect(browsers).toHaveLength(2)
		await pass(2_000)
		expect(browsers).toHaveLength(3)
	})

	it('has patience with the other that is kept waiting, until it has hung for ten seconds', async () => {
		await withOneStandingBy()
		at(1).hangs = true
		await pass(9_000)
		expect(at(1).closed).toBe(false)
		at(1).hangs = false
		await pass(1_000)
		at(1).hangs = true
		await pass(9_000)
		expect(at(1).closed).toBe(false)
		await pass(2_000)
		expect(at(1).closed).toBe(true)
		expect(statuses).toEqual(['starting', 'ready'])
	})

	it('has no such patience with the other from when it took its place', async () => {
		await withOneStandingBy()
		at(0).die()
		await pass(0)
		at(1).hangs = true
		await pass(3_000)
		expect(at(1).closed).toBe(true)
	})

	it('waits for the other where that is still loading', async () => {
		await withOneStandingBy()
		at(0).die()
		await pass(6_000)
		at(1).die()
		await pass(1_000)
		expect(statuses.at(-1)).toBe('starting')
		at(2).load()
		await pass(0)
		expect(statuses.at(-1)).toBe('ready')
	})

	it('pauses between attempts where each that takes its place is lost at once', async () => {
		await withOneStandingBy()
		at(0).die()
		await pass(0)
		at(1).die()
		await pass(400)
		expect(browsers).toHaveLength(2)
		await pass(200)
		expect(browsers).toHaveLength(3)
		at(2).die()
		await pass(900)
		expect(browsers).toHaveLength(3)
		await pass(200)
		expect(browsers).toHaveLength(4)
	})

	it('does not wait until what the lost one left on the disk is cleared, but is closed only then', async () => {
		await withOneStandingBy()
		const { promise, resolve: clear } = Promise.withResolvers<void>()
		clearing = promise
		at(0).die()
		await pass(0)
		expect(statuses.slice(2)).toEqual(['failed', 'starting', 'ready'])
		const closed = vi.fn()
		void page.close().then(closed)
		await pass(1_000)
		expect(closed).not.toHaveBeenCalled()
		clear()
		await pass(0)
		expect(closed).toHaveBeenCalled()
		expect(browsers.map((one) => one.closed)).toEqual([true, true])
	})

	it('leaves nothing when it is closed', async () => {
		await withOneStandingBy()
		await page.close()
		expect(browsers.map(({ closed }) => closed)).toEqual([true, true])
		await pass(60_000)
		expect(browsers).toHaveLength(2)
	})
})

it('A kept page has its time to load from when its browser is there, however long that waited for its turn', async () => {
	const { promise, resolve } = Promise.withResolvers<void>()
	turn = promise
	keep(false)
	await pass(20_000)
	resolve()
	await pass(14_000)
	expect(statuses).toEqual(['starting'])
	await pass(2_000)
	expect(statuses.slice(0, 2)).toEqual(['starting', 'failed'])
	expect(at(0).closed).toBe(true)
})

it('A kept page beside which none shall stand by starts no other', async () => {
	keep(false)
	await pass(0)
	at(0).load()
	await pass(60_000)
	expect(browsers).toHaveLength(1)
})
