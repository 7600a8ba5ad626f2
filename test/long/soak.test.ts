import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { residentKb } from '../bench/load/cost.ts'
import { Generator } from '../bench/load/generator.ts'
import { GeneratedPerson } from '../bench/load/person.ts'
import { openSignalling, type Signalling } from '../bench/load/signalling.ts'
import { randomOf } from '../chaos/plan.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { call, type Member, openMember } from '../scene/member.ts'
import { descendants } from '../scene/processes.ts'
import { relayPids } from '../scene/relay-parts.ts'
import { until } from '../scene/wait.ts'

/**
 * A long meeting: eighty people by signalling alone and ten with media, two hours (MARU_SOAK_MINUTES). What happens in an
 * hour of a meeting happens here every five minutes, over and over: each of the eighty goes and comes, each of the ten
 * comes anew, the floor goes round, people write and ask. So a minute here is twelve of a meeting, and what grows with
 * what happens is told by the meeting's hour: the promise is less than 1 MB in it, after warm-up, for the service and each
 * process below it. What grows by time alone would be told twelve times too small; so the table has both.
 *
 * Memory is what was least in each minute: between two collections it goes up and down. A slope is held against the
 * promise where twice its standard error leaves no doubt. Descriptors and timers are flat when there are at most a
 * tenth more at a time in the last third than in the first.
 */

const minutes = Number(process.env.MARU_SOAK_MINUTES ?? 120)
const seed = Number(process.env.MARU_SEED ?? 1)
const signalling = 80
const withMedia = 10
const compressed = 12
const promisedMb = 1
/** Caches fill, code is compiled: the first ten minutes, or a quarter of a short run. */
const warmUpMs = Math.min(10, minutes / 4) * 60_000
const sampleMs = 5_000
const tableMs = Math.min(5, minutes / 3) * 60_000
/** An hour of a meeting, here. */
const hourMs = 3_600_000 / compressed
const sends = { microphone: { level: 127, kbps: 24, muted: false }, camera: { layers: [40, 120], fps: 5 } }

interface Series {
	what: string
	unit: 'MB' | ''
	points: { atMs: number; value: number }[]
}

let site: Site
let room: Appliance
let clerk: Member
let generator: Generator
let tokens: string[]
let meeting: string
let begun: number
const series = new Map<string, Series>()
const random = randomOf(seed)
/** Everybody by their place on the roll; the last ones have media. */
const places: (Signalling | GeneratedPerson | null)[] = []
const dropped: string[] = []

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 29_280, { cameras: [] })
	room = await site.start()
	const admin = room.token('admin')
	const roll = Array.from({ length: 1 + signalling + withMedia }, (_, i) => ({
		...{ name: `${i}번 국장`, title: '국장', bureau: `${i % 9}국`, email: null, order: i },
		role: i === 0 ? 'clerk' : 'member',
	}))
	const ask = <T>(method: string, path: string, body?: object) => call<T>(room.origin, admin, method, path, body)
	const made = await ask<{ id: string }>('POST', '/meetings', { title: '확대간부회의', kind: 'council', roll })
	meeting = made.id
	await ask('POST', `/meetings/${meeting}/open`)
	const { links } = await ask<{ links: { link: string }[] }>('POST', `/meetings/${meeting}/roll/links`)
	tokens = links.map(({ link }) => new URL(link).hash.slice(1))
	clerk = await openMember({ origin: room.origin, token: tokens.shift() ?? '' })
	await clerk.get({ type: 'rules.set', floor: { mode: 'chair', maxOpen: 2 } })
	generator = await Generator.start()
	for (let i = 0; i < tokens.length; i++) {
		places.push(null)
		await come(i)
	}
	begun = performance.now()
})
afterAll(async () => {
	for (const one of places) one instanceof GeneratedPerson ? one.vanish() : one?.close()
	await generator?.close()
	clerk?.close()
	await site?.close()
})

async function come(i: number) {
	const token = tokens[i] ?? ''
	if (i >= signalling) {
		const others = { large: 360, small: 180 }
		places[i] = await GeneratedPerson.join({
			...{ generator, origin: room.origin, token, sends, ssrc: 10_000 + i * 4, hears: true },
			pictures: (people, me) =>
				people
					.filter(({ id }) => id !== me)
					.flatMap(({ sources }) => sources.filter(({ kind }) => kind === 'video'))
					.slice(0, 9)
					.map(({ id: source }, place) => ({ source, height: place === 0 ? others.large : others.small })),
		})
		return
	}
	const line = await openSignalling(room.origin, token, { onMessage() {}, onClosed() {} })
	await line.get({ type: 'meeting.join', device: { media: false } })
	places[i] = line
}

/** Every second one says good-bye, the others are cut off. */
async function goAndCome(i: number) {
	const one = places[i]
	if (!one) return
	if (one instanceof GeneratedPerson) {
		if (one.dropped) dropped.push(one.dropped)
		if (random() < 0.5) await one.leave()
		else one.vanish()
	} else {
		if (random() < 0.5) await one.ask({ type: 'meeting.leave' })
		one.close()
	}
	await come(i)
}

/** What happens in an hour of a meeting, spread over so long. Goes on until it is told to end. */
function bustle() {
	let ended = false
	const every = (times: number, act: (turn: number) => Promise<unknown>) =>
		(async () => {
			for (let turn = Math.floor(random() * 1_000); !ended; turn++) {
				await act(turn)
				await sleep(hourMs / times)
			}
		})()
	const member = (turn: number) => places[turn % signalling] as Signalling
	const media = () => places.slice(signalling).filter((one) => one instanceof GeneratedPerson)
	const running = [
		every(signalling, (turn) => goAndCome(turn % signalling)),
		every(withMedia, (turn) => goAndCome(signalling + (turn % withMedia))),
		every(60, async (turn) => {
			const one = media()[turn % withMedia]
			if (!one) return
			await clerk.ask({ type: 'floor.revokeAll' })
			await clerk.ask({ type: 'floor.grant', who: one.person, seconds: 60 })
			one.speak(40)
			await sleep(1_000)
			one.speak(127)
		}),
		every(120, (turn) => member(turn).ask({ type: 'floor.request' })),
		every(120, (turn) => member(turn).ask({ type: 'floor.withdraw' })),
		every(60, (turn) => member(turn).ask({ type: 'reaction.show', kind: 'clap' })),
		every(30, () => clerk.ask({ type: 'minutes.note', text: '쪽지' })),
		every(600, () => fetch(`${room.origin}/api/v1/health`)),
	]
	return {
		async end() {
			ended = true
			await Promise.all(running)
		},
	}
}

function point(what: string, unit: Series['unit'], value: number) {
	const one = series.get(what) ?? { what, unit, points: [] }
	series.set(what, one)
	if (Number.isFinite(value)) one.points.push({ atMs: performance.now() - begun, value })
}

const descriptors = (pid: number) => readdirSync(`/proc/${pid}/fd`).length

async function sample() {
	const headers = { authorization: `Bearer ${room.token('admin')}` }
	const text = await (await fetch(`${room.origin}/metrics`, { headers })).text()
	const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
	point('service, resident', 'MB', residentKb(room.pid) / 1_024)
	point('service, heap', 'MB', metric('nodejs_heap_size_used_bytes') / 2 ** 20)
	point('service, beside the heap', 'MB', metric('nodejs_external_memory_bytes') / 2 ** 20)
	point('service, descriptors', '', descriptors(room.pid))
	point('service, timers', '', metric('nodejs_active_resources\\{type="Timeout"\\}'))
	const devices = descendants(room.pid).find(({ command }) => command.includes('devices/process.ts'))
	const workers = relayPids(room, 'worker').map((pid, i) => ({ name: `SFU worker ${i + 1}`, pid }))
	for (const { name, pid } of [...workers, ...(devices ? [{ name: 'devices process', pid: devices.pid }] : [])]) {
		point(`${name}, resident`, 'MB', residentKb(pid) / 1_024)
		point(`${name}, descriptors`, '', descriptors(pid))
	}
}

/** The least of each minute, after warm-up. */
function floors({ points }: Series): { x: number; y: number }[] {
	const least = new Map<number, number>()
	for (const { atMs, value } of points) {
		if (atMs < warmUpMs) continue
		const minute = Math.floor(atMs / 60_000)
		least.set(minute, Math.min(value, least.get(minute) ?? value))
	}
	return [...least].map(([minute, y]) => ({ x: minute / 60, y }))
}

/** Least squares: by how much y grows where x grows by one, and the standard error of that. */
function slopeOf(points: readonly { x: number; y: number }[]): { slope: number; error: number } {
	const n = points.length
	const mean = (of: (one: { x: number; y: number }) => number) => points.reduce((sum, one) => sum + of(one), 0) / n
	const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)]
	const sxx = points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0)
	const slope = points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) / sxx
	const rest = points.reduce((sum, { x, y }) => sum + (y - my - slope * (x - mx)) ** 2, 0)
	return { slope, error: Math.sqrt(rest / Math.max(1, n - 2) / sxx) }
}

interface Verdict {
	line: string
	/** Beyond doubt. */
	grows: boolean
}

function judge(one: Series): Verdict | null {
	if (one.unit === 'MB') {
		const points = floors(one)
		if (points.length < 3) return null
		const { slope, error } = slopeOf(points)
		const [perHour, doubt] = [slope / compressed, (2 * error) / compressed]
		const grows = perHour - doubt > promisedMb
		const word = grows ? 'GROWS' : perHour + doubt <= promisedMb ? 'flat' : 'in doubt'
		const last = points.at(-1)?.y ?? Number.NaN
		const cells = [
			one.what,
			`${last.toFixed(1)} MB`,
			`${slope.toFixed(1)}`,
			`${perHour.toFixed(2)} ± ${doubt.toFixed(2)}`,
		]
		return { line: `| ${[...cells, word].join(' | ')} |`, grows }
	}
	const points = one.points.filter(({ atMs }) => atMs >= warmUpMs)
	const third = Math.floor(points.length / 3)
	if (third === 0) return null
	// At the most: with everybody in. Those who are just coming anew hold none.
	const most = (some: Series['points']) => Math.max(...some.map(({ value }) => value))
	const [first, last] = [most(points.slice(0, third)), most(points.slice(-third))]
	const grows = last > first * 1.1 + 3
	return { line: `| ${one.what} | ${last} | was ${first} | | ${grows ? 'GROWS' : 'flat'} |`, grows }
}

function table(): Verdict[] {
	const verdicts = [...series.values()].flatMap((one) => judge(one) ?? [])
	const passed = Math.round((performance.now() - begun) / 60_000)
	if (verdicts.length === 0) {
		console.log(`${passed} min: warming up`)
		return verdicts
	}
	const head = '| | now | MB an hour here | MB an hour of a meeting | |\n|---|---|---|---|---|'
	const lines = verdicts.map(({ line }) => line).join('\n')
	console.log(`${passed} min, ${dropped.length} fell out\n${head}\n${lines}`)
	return verdicts
}

it('A meeting of ninety goes on for hours, and nothing of the service grows by it', async () => {
	await until('everybody to be in', () => clerk.people.filter(({ here }) => here).length > signalling + withMedia)
	const bustling = bustle()
	const end = begun + minutes * 60_000
	let tableAt = begun + tableMs
	while (performance.now() < end) {
		await sample()
		// What it was told is of no use here, and would be this process's own growth.
		clerk.messages.length = 0
		if (performance.now() >= tableAt) {
			table()
			tableAt += tableMs
		}
		await sleep(sampleMs)
	}
	await bustling.end()
	const verdicts = table()
	console.log(verdicts.some(({ grows }) => grows) ? 'verdict: something grows' : 'verdict: nothing grows beyond doubt')
	expect(verdicts.length).toBeGreaterThan(0)
	expect(verdicts.filter(({ grows }) => grows).map(({ line }) => line)).toEqual([])
	expect(dropped).toEqual([])
	expect(room.output()).not.toContain('SFU worker is gone')
})
