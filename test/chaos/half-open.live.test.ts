import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { residentKb } from '../bench/load/cost.ts'
import { type Crowd, openPeople } from '../bench/load/crowd.ts'
import { type OpenMeeting, openMeeting } from '../bench/load/meeting.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { limitOf, percentile, until } from '../scene/wait.ts'

/** Ten thousand clients that begin to speak and never go on, while thirty people are in a meeting. */

const port = 27_380
const count = 10_000
const people = 30
const promiseMs = 250
const sends = { microphone: { level: 60, kbps: 24, muted: false }, camera: null }

let site: Site
let room: Appliance
let meeting: OpenMeeting
let crowd: Crowd

beforeAll(async () => {
	site = await openSite({ addresses: [] }, port, { cameras: [] })
	room = await site.start()
	meeting = await openMeeting(room, { microphones: 2 })
	crowd = await openPeople({
		...{ origin: room.origin, token: () => meeting.token('member'), count: people, sends: () => sends },
	})
	expect(crowd.refused).toEqual([])
})
afterAll(async () => {
	await crowd?.close()
	meeting?.clerk.close()
	await site?.close()
})

/** How long others wait for an answer, by socket and by a connection of their own. */
async function answers(goesOn: () => boolean): Promise<number[]> {
	const took: number[] = []
	for (let i = 0; goesOn(); i++) {
		const begun = performance.now()
		if (i % 4 === 0) await fetch(`${room.origin}/api/v1/health`, { headers: { connection: 'close' } })
		else await meeting.clerk.ask({ type: 'meetings.list' })
		took.push(performance.now() - begun)
		await sleep(20)
	}
	return took
}

it('Ten thousand half-open sockets take nothing from those who speak, and are shut in the end', async () => {
	const begun = performance.now()
	const before = await answers(() => performance.now() < begun + 5_000)
	const [program, ports] = [join(import.meta.dirname, 'half-open.ts'), [port, port + 1]]
	const child = spawn(process.execPath, [program, ...ports.map(String), String(count)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	try {
		let told = { all: false, open: 0, refused: 0 }
		createInterface({ input: child.stdout }).on('line', (line) => {
			told = JSON.parse(line) as typeof told
		})
		const kb = residentKb(room.pid)
		const opening = await answers(() => !told.all)
		const { open, refused } = told
		const grownMb = (residentKb(room.pid) - kb) / 1_024
		const end = performance.now() + 10_000
		const during = [...opening, ...(await answers(() => performance.now() < end))]
		const [was, now] = [before, during].map((took) => percentile(took, 0.99))
		console.log(
			`${open} half-open, ${refused} refused; answers p99 ${was?.toFixed(1)} → ${now?.toFixed(1)} ms of ${during.length}; the service is ${grownMb.toFixed(0)} MB larger`,
		)
		expect(open).toBeGreaterThan(count * 0.99)
		expect(now).toBeLessThanOrEqual(limitOf(promiseMs))
		expect(crowd.dropped()).toEqual([])
		const since = performance.now()
		await until('them to be shut', () => told.open === 0, 240_000, 500)
		console.log(`shut after ${Math.round((performance.now() - since) / 1_000)} s`)
	} finally {
		child.kill()
	}
}, 480_000)
