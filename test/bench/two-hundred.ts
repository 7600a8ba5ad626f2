import { setTimeout as sleep } from 'node:timers/promises'
import { type Appliance, openSite } from '../scene/appliance.ts'
import type { Member } from '../scene/member.ts'
import { percentile, until } from '../scene/wait.ts'
import { compare, type Figure, figure } from './figures.ts'
import { openBare } from './load/bare.ts'
import { residentKb, span } from './load/cost.ts'
import { openPeople } from './load/crowd.ts'
import { openMeeting } from './load/meeting.ts'
import type { Sends } from './load/streams.ts'
import { workersOf } from './people.ts'

/**
 * Two hundred people on this machine, who send less than usual so that the generator and the SFU fit it together: small
 * and slow pictures, and silence (DTX) from all but the one who speaks. They come within ten seconds and stay, and nobody falls out.
 * MARU_MINUTES=10 keeps them for as long as the promise says; MARU_PEOPLE=60 is for a machine that is not quiet.
 */
const people = Number(process.env.MARU_PEOPLE ?? 200)
const sounds = 1
const pictures = 9
const perSecond = 20
const minutes = Number(process.env.MARU_MINUTES ?? 1)
/** So slow that the generator leaves the SFU a core: what is held back there fills its memory, and is none of a consumer's. */
const camera = { layers: [15, 30], fps: 2 }
const sends: Sends = { microphone: { level: 127, kbps: 24, muted: false }, camera }
const voice = 40

/** Gives the floor to the first who comes, as soon as they are there; answers who that is. */
async function grantFirst(clerk: Member): Promise<string> {
	const first = () => clerk.people.find(({ role }) => role === 'member')
	const { id } = await until('the first to come', first)
	await clerk.get({ type: 'floor.grant', who: id })
	return id
}

async function bareJoins(port: number): Promise<number[]> {
	const bare = await openBare({ count: people, port, perSecond, sends, sounds, pictures })
	await bare.close()
	return bare.joins
}

/**
 * The p99 of these commands from their coming to their answer, as the service's own histogram tells it; together, in
 * milliseconds. Who was told to try again was answered at once, and does not count among the people: their slowest do.
 */
async function answeredIn({ origin, token }: Appliance, commands: string[]): Promise<number> {
	const response = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${token('admin')}` } })
	const text = await response.text()
	const p99 = (command: string) => {
		const line = new RegExp(`^maru_command_seconds_bucket\\{le="([^"]+)",command="${command}"\\} (\\d+)$`, 'gm')
		const buckets = [...text.matchAll(line)].map(([, le, count]) => ({ most: Number(le), count: Number(count) }))
		const rank = (buckets.at(-1)?.count ?? Number.NaN) - 0.01 * people
		const i = buckets.findIndex(({ count }) => count >= rank)
		const { most = 0, count = 0 } = buckets[i - 1] ?? {}
		const bucket = buckets[i]
		if (!bucket) throw new Error(`nothing is told of ${command}`)
		return most + ((bucket.most - most) * (rank - count)) / (bucket.count - count)
	}
	return 1_000 * commands.reduce((sum, command) => sum + p99(command), 0)
}

export async function twoHundredPeople(port: number): Promise<Figure[]> {
	const floor = await bareJoins(port + 900)
	const site = await openSite({ addresses: [] }, port, { cameras: [] })
	try {
		const appliance = await site.start()
		const { origin, token, clerk } = await openMeeting(appliance, { microphones: sounds })
		const begun = performance.now()
		const granted = grantFirst(clerk)
		const crowd = await openPeople({
			origin,
			token: () => token('member'),
			count: people,
			perSecond,
			pictures,
			sends: () => sends,
		})
		const speaker = await granted
		crowd.people.find(({ person }) => person === speaker)?.speak(voice)
		await until('everybody to hear or see something', () =>
			crowd.people.every(({ arrival }) => arrival.firstMs !== null),
		)
		const inSeconds = (performance.now() - begun) / 1_000
		const served = await answeredIn(appliance, ['meeting.join', 'media.open'])
		const joins = crowd.people.map(({ arrival }) => arrival.joinMs + arrival.openMs)
		await sleep(5_000)
		// So many are spread over several.
		const workers = workersOf(appliance)
		const memoryKb = () => workers.reduce((sum, pid) => sum + residentKb(pid), 0)
		const counted = await span([appliance.pid, ...workers], crowd.generator, minutes * 60)
		const away = [...crowd.refused, ...crowd.dropped()]

		// As many pictures again: what each consumer more takes.
		const consumers = () => crowd.people.reduce((sum, { offers }) => sum + offers.length, 0)
		const [before, fewer] = [memoryKb(), consumers()]
		await crowd.show(2 * pictures)
		await sleep(10_000)
		const kbEach = (memoryKb() - before) / (consumers() - fewer)
		await crowd.close()
		clerk.close()

		const bare = [...floor, ...(await bareJoins(port + 900))]
		const { stat, busyPercent } = counted
		const [node = 0, ...media] = counted.cores
		for (const reason of new Set(away)) console.error(`fell out or was refused: ${reason}`)
		return [
			...compare(`${people} come: hub’s answers as they are read`, joins, bare, 'bare worker', { p99: 2 }),
			figure(
				`${people} come: p99 of both answers, in the service`,
				'ms',
				served,
				2 * percentile(bare, 0.99),
				'2 × bare',
				1,
			),
			figure(`${people} people, all in`, 's', inSeconds, 30, 'the promise', 1),
			figure(`${people} people, ${minutes} min, fell out`, 'people', away.length, 0.5, 'none', 1),
			figure(`${people} people, worker memory, a consumer`, 'kB', kbEach, 25, 'the promise', 1),
			figure(`${people} people, lost`, 'of a million', (stat.lost / stat.received) * 1e6, 0.5, 'none', null),
			figure(`${people} people, transit p99`, 'ms', stat.p99Ms, 50, '50 ms', null),
			...media.map((cores, i) => figure(`${people} people, SFU worker ${i + 1}`, '% core', cores, 100, 'a core', null)),
			figure(`${people} people, Node process`, '% core', node, 100, 'a core', null),
			figure(`${people} people, machine busy`, '%', busyPercent, 100, 'all cores', null),
		]
	} finally {
		await site.close()
	}
}
