import { setTimeout as sleep } from 'node:timers/promises'
import { type Appliance, openSite } from '../scene/appliance.ts'
import { descendants } from '../scene/processes.ts'
import { percentile } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'
import { openBare } from './load/bare.ts'
import { residentKb, type Span, span } from './load/cost.ts'
import { openPeople } from './load/crowd.ts'
import { openJanus } from './load/janus.ts'
import { hasJanus } from './load/janus-process.ts'
import { openMeeting } from './load/meeting.ts'
import { type Sends, usualSends } from './load/streams.ts'

/**
 * Eighty people through the whole product, beside the bare worker under the same load, by turns: each sends Opus fifty times
 * a second and two VP8 layers, hears three microphones and sees nine pictures ("W80"). They need a core and a half of a
 * quiet machine; on a slower one MARU_FPS=5 lowers what each sends, and MARU_PEOPLE=20 their number.
 */
const people = Number(process.env.MARU_PEOPLE ?? 80)
const fps = Number(process.env.MARU_FPS ?? 15)
const load = fps === 15 ? `W${people}` : `W${people} at ${fps} fps`
const sends: Sends = {
	...usualSends,
	camera: { layers: [100, 400].map((kbps) => Math.round((kbps * fps) / 15)), fps },
}
const sounds = 3
const pictures = 9
const perSecond = 20
const rounds = 3
const windowSeconds = 15
/** Until everybody is in and sends, and until the SFU has found out what each line carries. */
const settleMs = 5_000
const quietMs = 8_000

interface Round extends Span {
	consumers: number
	/** Of the worker's memory, for each consumer that was added to all that people send. */
	kbEach: number
}

/** The workers of the SFU, those that carry the meeting first. */
export function workersOf({ pid }: Pick<Appliance, 'pid'>): [number, ...number[]] {
	const workers = descendants(pid).filter(({ command }) => command.includes('mediasoup-worker'))
	const [largest, ...others] = workers.map((worker) => worker.pid).sort((a, b) => residentKb(b) - residentKb(a))
	if (largest === undefined) throw new Error('there is no SFU worker')
	return [largest, ...others]
}

async function product(port: number): Promise<Round> {
	const site = await openSite({ addresses: [] }, port, { cameras: [] })
	try {
		const appliance = await site.start()
		const { origin, token, clerk } = await openMeeting(appliance, { microphones: sounds })
		const crowd = await openPeople({
			origin,
			token: () => token('member'),
			count: people,
			perSecond,
			pictures: 0,
			sends: () => sends,
		})
		if (crowd.refused.length > 0) throw new Error(`not all came in: ${crowd.refused}`)
		await sleep(settleMs)
		const [worker] = workersOf(appliance)
		const before = residentKb(worker)
		for (const { person } of crowd.people.slice(0, sounds)) await clerk.get({ type: 'floor.grant', who: person })
		await crowd.show(pictures)
		await sleep(quietMs)
		const consumers = crowd.people.reduce((sum, { offers }) => sum + offers.length, 0)
		const kbEach = (residentKb(worker) - before) / consumers
		const counted = await span([worker, appliance.pid], crowd.generator, windowSeconds)
		await crowd.close()
		clerk.close()
		return { ...counted, consumers, kbEach }
	} finally {
		await site.close()
	}
}

async function floor(port: number): Promise<Round> {
	const bare = await openBare({ count: people, port, perSecond, sends })
	try {
		await sleep(settleMs)
		const before = residentKb(bare.workerPid)
		const consumers = await bare.watch(sounds, pictures)
		await sleep(quietMs)
		const kbEach = (residentKb(bare.workerPid) - before) / consumers
		return { ...(await span([bare.workerPid], bare.generator, windowSeconds)), consumers, kbEach }
	} finally {
		await bare.close()
	}
}

/** Janus under the same load, once, against the bare worker; nothing where it is not installed. */
async function janus(port: number, bare: readonly Round[]): Promise<Figure[]> {
	if (!hasJanus()) {
		console.error("Janus is not measured beside it: Debian's package janus is not installed")
		return []
	}
	const room = await openJanus({ count: people, port, sounds, pictures })
	try {
		await sleep(quietMs)
		const { cores, stat } = await span([room.pid], room.generator, windowSeconds)
		const [percent = 0] = cores
		const one = (name: string, unit: string, value: number, floor: number) =>
			figure(`Janus: ${name}, ${load}`, unit, value, floor, 'bare worker', null)
		return [
			one(
				'SFU',
				'% core',
				percent,
				middle(bare, (round) => round.cores[0] ?? 0),
			),
			one('each packet out', 'µs', (percent * 1e4 * stat.seconds) / stat.received, middle(bare, microseconds)),
			one(
				'transit p99',
				'ms',
				stat.p99Ms,
				middle(bare, (round) => round.stat.p99Ms),
			),
		]
	} finally {
		await room.close()
	}
}

const middle = (spans: readonly Round[], of: (one: Round) => number) => percentile(spans.map(of), 0.5)
const packets = ({ stat }: Round) => stat.received / stat.seconds
const microseconds = (one: Round) => ((one.cores[0] ?? 0) * 1e4) / packets(one)
const lost = ({ stat }: Round) => stat.lost

function compareRounds(ours: readonly Round[], bare: readonly Round[]): Figure[] {
	const line = (name: string, unit: string, of: (one: Round) => number, limit: number | null) =>
		figure(`${name}, ${load}`, unit, middle(ours, of), middle(bare, of), 'bare worker', limit)
	const losses = ours.reduce((sum, one) => sum + lost(one), 0)
	const bareLosses = bare.reduce((sum, one) => sum + lost(one), 0)
	return [
		line('SFU', '% core', ({ cores }) => cores[0] ?? 0, 1.05),
		// The same, where a machine that is not quiet lets one of the two send less than the other.
		line('SFU, each packet out', 'µs', microseconds, 1.05),
		line('packets out', '/s', packets, null),
		line('transit p50', 'ms', ({ stat }) => stat.p50Ms, null),
		line('transit p99', 'ms', ({ stat }) => stat.p99Ms, 2),
		figure(`lost, ${load}`, 'packets', losses, Math.max(0.5, bareLosses), bareLosses ? 'bare worker' : 'none', 1),
		line('worker memory, a consumer', 'kB', ({ kbEach }) => kbEach, null),
		figure(
			'worker memory, a consumer',
			'kB',
			middle(ours, ({ kbEach }) => kbEach),
			25,
			'the promise',
			1,
		),
		figure(
			`Node process, ${load}`,
			'% core',
			middle(ours, ({ cores }) => cores[1] ?? 0),
			10,
			'the promise',
			1,
		),
		line('machine busy', '%', ({ busyPercent }) => busyPercent, null),
	]
}

export async function eightyPeople(port: number): Promise<Figure[]> {
	const ours: Round[] = []
	const bare: Round[] = []
	for (let round = 0; round < rounds; round++) {
		bare.push(await floor(port + 900))
		ours.push(await product(port))
	}
	return [...compareRounds(ours, bare), ...(await janus(port + 500, bare))]
}
