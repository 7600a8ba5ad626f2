import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { residentKb } from '../bench/load/cost.ts'
import { descriptorsOf } from '../bench/load/descriptors.ts'
import { Generator } from '../bench/load/generator.ts'
import { Inspector, inspectable } from '../bench/load/inspector.ts'
import { LivedTime } from '../bench/load/lived-time.ts'
import { bySignalling, Regulars, withMedia } from '../bench/load/regulars.ts'
import { randomOf } from '../chaos/plan.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { call } from '../scene/member.ts'
import { descendants } from '../scene/processes.ts'
import { relayPids } from '../scene/relay-parts.ts'
import { until } from '../scene/wait.ts'
import { Ledger, tableOf, type Unit } from './soak-ledger.ts'

/**
 * A long meeting: eighty people by signalling alone and ten with media, two hours (MARU_SOAK_MINUTES). What happens in an
 * hour of a meeting happens here every five minutes, over and over: each of the eighty goes and comes, each of the ten
 * comes anew, the floor goes round, people write and ask. So a minute here is twelve of a meeting; an hour of a meeting has
 * passed when everybody has come anew once, however slow the machine is.
 *
 * Memory is what is in use right after a collection, which the service is made to do each minute by its own inspector, and
 * what is resident then. Everything else is looked at when everybody is in and nobody on their way, so that one moment is
 * like another: of the descriptors those that belong to people are set apart. How growth is told from noise: growth.ts.
 *
 * Whoever falls out comes back by themselves, as pages do. Nobody may, but where this process stood still itself (stopped
 * from outside, starved by others): then its people could not answer the hub, which cuts them rightly.
 *
 * The SFU's workers have no collector: of them, only what is resident is known. On a machine that starves them it grows to
 * where bursts have driven it, and stays there (5 MB in use of 22, seen in the heap itself): they count on a quiet machine.
 *
 * MARU_SOAK_LEAK=2 makes the service keep two megabytes and two descriptors more in each hour of a meeting, to see that it
 * is found.
 */

const minutes = Number(process.env.MARU_SOAK_MINUTES ?? 120)
const seed = Number(process.env.MARU_SEED ?? 1)
const leak = Number(process.env.MARU_SOAK_LEAK ?? 0)
const port = Number(process.env.MARU_SOAK_PORT ?? 29_280)
const clerk = 0
const signalling = { first: 1, count: 80 }
const media = { first: 81, count: 10 }
const people = 1 + signalling.count + media.count
/** An hour of a meeting, here. */
const hourMs = 300_000
/** Caches fill, code is compiled: the first ten minutes, or a quarter of a short run. */
const warmUpMs = Math.min(10, minutes / 4) * 60_000
const sampleMs = 5_000
const collectMs = 60_000
const tellMs = Math.min(5, minutes / 3) * 60_000
/** So long without an answer, and the hub cuts a socket, or gives up a process; so late after that everybody has found out. */
const stand = { socketMs: 4_000, processMs: 1_000, withinMs: 20_000 }
const sends = { microphone: { level: 127, kbps: 24, muted: false }, camera: { layers: [40, 120], fps: 5 } }

let site: Site
let room: Appliance
let generator: Generator
let regulars: Regulars
let time: LivedTime
const inspected = new Map<string, { pid: number; inspector: Inspector }>()
const random = randomOf(seed)
const ledger = new Ledger({ warmUpMs })
/** What went wrong beside people who fell out. */
const troubles: { what: string; atMs: number; process?: boolean }[] = []
let workersLost = 0

beforeAll(async () => {
	const options = process.env.NODE_OPTIONS
	process.env.NODE_OPTIONS = `${options ?? ''} ${inspectable}`
	site = await openSite({ addresses: [] }, port, { cameras: [] })
	if (options === undefined) delete process.env.NODE_OPTIONS
	else process.env.NODE_OPTIONS = options
	room = await site.start()
	const admin = room.token('admin')
	const roll = Array.from({ length: people }, (_, i) => ({
		...{ name: `${i}번 국장`, title: '국장', bureau: `${i % 9}국`, email: null, order: i },
		role: i === clerk ? 'clerk' : 'member',
	}))
	const ask = <T>(method: string, path: string, body?: object) => call<T>(room.origin, admin, method, path, body)
	const { id: meeting } = await ask<{ id: string }>('POST', '/meetings', {
		...{ title: '확대간부회의', kind: 'council', roll },
	})
	await ask('POST', `/meetings/${meeting}/open`)
	const { links } = await ask<{ links: { link: string }[] }>('POST', `/meetings/${meeting}/roll/links`)
	generator = await Generator.start()
	const entrances = links.map(({ link }, i) => entranceOf(new URL(link).hash.slice(1), i))
	regulars = await Regulars.open(entrances)
	const ruled = await regulars.at(clerk)?.ask({ type: 'rules.set', floor: { mode: 'chair', maxOpen: 2 } })
	expect(ruled).toMatchObject({ ok: true })
	const service = await inspect('service', room.pid)
	if (leak > 0) await service.evaluate(leaking(leak))
	time = new LivedTime()
})
afterAll(async () => {
	time?.close()
	regulars?.close()
	for (const { inspector } of inspected.values()) inspector.close()
	await generator?.close()
	await site?.close()
})

function entranceOf(token: string, i: number) {
	const { origin } = room
	if (i < media.first) return bySignalling(origin, token)
	return withMedia({
		...{ generator, origin, token, sends, ssrc: 10_000 + i * 4, hears: true },
		pictures: (people, me) =>
			people
				.filter(({ id }) => id !== me)
				.flatMap(({ sources }) => sources.filter(({ kind }) => kind === 'video'))
				.slice(0, 9)
				.map(({ id: source }, place) => ({ source, height: place === 0 ? 360 : 180 })),
	})
}

const devicesPid = () =>
	descendants(room.pid).find(({ command }) => command.includes('devices/process.ts'))?.pid ?? null

/** What the service is made to run, so that it leaks: so many megabytes and descriptors in an hour of a meeting. */
const leaking = (each: number) => `(() => {
	const kept = []
	const { openSync } = process.getBuiltinModule('node:fs')
	let seconds = 0
	setInterval(() => {
		kept.push(Array.from({ length: ${Math.round((each * 2 ** 20) / 8 / (hourMs / 1_000))} }, Math.random))
		if (++seconds % ${Math.round(hourMs / 1_000 / each)} === 0) kept.push(openSync('/dev/null'))
	}, 1_000)
})()`

/** What happens in an hour of a meeting, spread over so long. Goes on until it is told to end. */
function bustle() {
	let ended = false
	const every = (times: number, act: (turn: number) => Promise<unknown> | undefined) =>
		(async () => {
			for (let turn = Math.floor(random() * 1_000); !ended; turn++) {
				await act(turn)?.catch((error) => troubles.push({ what: String(error), atMs: performance.now() }))
				await sleep(hourMs / times)
			}
		})()
	const member = (turn: number) => regulars.at(signalling.first + (turn % signalling.count))
	const runs = () => regulars.at(clerk)
	/** Every second one says good-bye, the others are cut off. */
	const saysSo = () => random() < 0.5
	const running = [
		every(signalling.count, (turn) => regulars.goAndCome(signalling.first + (turn % signalling.count), saysSo())),
		every(media.count, (turn) => regulars.goAndCome(media.first + (turn % media.count), saysSo())),
		every(60, async (turn) => {
			const one = regulars.at(media.first + (turn % media.count))?.media
			if (!one) return
			await runs()?.ask({ type: 'floor.revokeAll' })
			await runs()?.ask({ type: 'floor.grant', who: one.person, seconds: 60 })
			one.speak(40)
			await sleep(1_000)
			one.speak(127)
		}),
		every(120, (turn) => member(turn)?.ask({ type: 'floor.request' })),
		every(120, (turn) => member(turn)?.ask({ type: 'floor.withdraw' })),
		every(60, (turn) => member(turn)?.ask({ type: 'reaction.show', kind: 'clap' })),
		every(30, () => runs()?.ask({ type: 'minutes.note', text: '쪽지' })),
		every(600, () => fetch(`${room.origin}/api/v1/health`)),
	]
	return {
		async end() {
			ended = true
			await Promise.all(running)
		},
	}
}

/** What every moment has, and, where everybody is in, what is alike from one such moment to the next. */
async function sample() {
	const headers = { authorization: `Bearer ${room.token('admin')}` }
	const text = await (await fetch(`${room.origin}/metrics`, { headers })).text()
	const timers = Number(/^nodejs_active_resources\{type="Timeout"\} (\S+)$/m.exec(text)?.[1] ?? Number.NaN)
	const { connections, others, all } = descriptorsOf(room.pid, port)
	const workers = relayPids(room, 'worker').map((pid, i) => ({ name: `SFU worker ${i + 1}`, pid }))
	const devices = devicesPid()
	const note = ledger.at(time.ms, regulars.comings / people)
	if (regulars.complete) {
		note('service, connections beside people', 'count', connections - people)
		note('service, other descriptors', 'count', all - connections)
		note('service, timers', 'count', timers)
		ledger.kinds = others
	}
	for (const { name, pid } of workers) note(`${name}, resident`, 'MB', residentKb(pid) / 1_024)
	for (const { name, pid } of [...workers, ...(devices === null ? [] : [{ name: 'devices process', pid: devices }])]) {
		note(`${name}, descriptors`, 'count', descriptorsOf(pid, 0).all)
	}
	// A new one is found out at once, and not with the next collection.
	if (devices !== null) await inspect('devices process', devices)
	const gone = room.output().split('SFU worker is gone').length - 1
	if (gone > workersLost) troubles.push({ what: 'an SFU worker is gone', atMs: performance.now(), process: true })
	workersLost = gone
}

/** Of a process that took the place of an earlier one, figures are told from there. */
async function inspect(name: string, pid: number): Promise<Inspector> {
	const known = inspected.get(name)
	if (known?.pid === pid) return known.inspector
	if (known) {
		known.inspector.close()
		ledger.forget(name)
		troubles.push({ what: `the ${name} is another one`, atMs: performance.now(), process: true })
	}
	const inspector = await Inspector.open(pid, () => room.output())
	inspected.set(name, { pid, inspector })
	return inspector
}

async function collect() {
	const devices = devicesPid()
	// Nobody comes to the devices process: with it, what grows grows by time.
	await collectOf('service', room.pid, 'MB')
	if (devices !== null) await collectOf('devices process', devices, 'MB by time')
}

async function collectOf(name: string, pid: number, unit: Unit) {
	const inspector = await inspect(name, pid)
	const { heap, beside, resident } = await inspector.inUse()
	const note = ledger.at(time.ms, regulars.comings / people)
	note(`${name}, heap in use`, unit, heap)
	note(`${name}, in use beside it`, unit, beside)
	note(`${name}, resident`, unit, resident)
}

/** What went wrong, and what of that was because this process stood still. */
function blame() {
	const all = [
		...troubles,
		...regulars.losses.map(({ who, reason, atMs }) => ({ what: `${who}: ${reason}`, atMs })),
	].sort((a, b) => a.atMs - b.atMs)
	const isOurs = ({ atMs, process = false }: (typeof troubles)[number]) =>
		time.stood(process ? stand.processMs : stand.socketMs, stand.withinMs, atMs)
	return { hubs: all.filter((one) => !isOurs(one)).map(({ what }) => what), ours: all.filter(isOurs).length }
}

function report() {
	const rows = ledger.rows()
	const { hubs, ours } = blame()
	const stood = time.stands.reduce((sum, { ms }) => sum + ms, 0)
	const text = [
		`# Soak, ${process.env.MARU_COMMIT ?? 'commit unknown'}`,
		`${(time.ms / 60_000).toFixed(0)} minutes, ${(regulars.comings / people).toFixed(1)} hours of a meeting of ${people}; ${cpus().length} cores, seed ${seed}, ${new Date().toISOString()}.${leak > 0 ? ` With a leak of ${leak} MB and descriptors.` : ''}`,
		`${hubs.length} fell out or failed; ${ours} more after this process had stood still (${time.stands.length} times, ${(stood / 1_000).toFixed(0)} s in all, ${Math.round(Math.max(0, ...time.stands.map(({ ms }) => ms)))} ms at the longest).`,
		tableOf(rows),
		`Other descriptors of the service: ${[...ledger.kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}.`,
		...hubs.map((what) => `- ${what}`),
	].join('\n\n')
	console.log(text)
	const base = process.env.MARU_RESULT
	if (base) {
		mkdirSync(dirname(base), { recursive: true })
		writeFileSync(`${base}-soak.md`, `${text}\n`)
	}
	return { rows, hubs }
}

it('A meeting of ninety goes on for hours, and nothing of the service grows by it', async () => {
	await until('everybody to be in', () => regulars.complete)
	const bustling = bustle()
	let collectAt = 0
	let tellAt = tellMs
	while (time.ms < minutes * 60_000) {
		try {
			await sample()
			if (time.ms >= collectAt) {
				collectAt = time.ms + collectMs
				await collect()
			}
		} catch (error) {
			troubles.push({ what: `no figures: ${error}`, atMs: performance.now() })
		}
		if (time.ms >= tellAt) {
			tellAt += tellMs
			report()
		}
		await sleep(sampleMs)
	}
	await bustling.end()
	const { rows, hubs } = report()
	expect(rows.length).toBeGreaterThan(0)
	expect(rows.filter(({ verdict }) => verdict === 'GROWS').map(({ what }) => what)).toEqual([])
	expect(hubs).toEqual([])
})
