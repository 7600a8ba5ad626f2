import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import { type Crowd, openPeople } from '../bench/load/crowd.ts'
import { type OpenMeeting, openMeeting } from '../bench/load/meeting.ts'
import { openSignalling } from '../bench/load/signalling.ts'
import { openSite, type Site } from '../scene/appliance.ts'
import { percentile, until } from '../scene/wait.ts'

/** Three clients that mean harm, for half a minute, in a meeting of thirty; what the others notice of it. */

const people = 30
const harmMs = 30_000
const promiseMs = 250
const sends = { microphone: { level: 60, kbps: 32, muted: false }, camera: { layers: [50, 100], fps: 10 } }

let site: Site
let meeting: OpenMeeting
let crowd: Crowd

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 29_080, { cameras: [] })
	meeting = await openMeeting(await site.start(), { microphones: 3 })
	const { origin, token, clerk } = meeting
	crowd = await openPeople({ origin, token: () => token('member'), count: people, sends: () => sends })
	expect(crowd.refused).toEqual([])
	for (const { person } of crowd.people.slice(0, 3)) await clerk.get({ type: 'floor.grant', who: person })
	await sleep(5_000)
})

afterAll(async () => {
	await crowd?.close()
	meeting?.clerk.close()
	await site?.close()
})

/** Until the hub has answered somebody who behaves, again and again; and how long sound and pictures took. */
async function fares(ms: number): Promise<{ answers: number[]; transitMs: number }> {
	crowd.reset()
	const answers: number[] = []
	const end = performance.now() + ms
	for (let i = 0; performance.now() < end; i++) {
		const begun = performance.now()
		const show: MeetingCommand = { type: 'media.show', wanted: { audio: true, video: [] } }
		// The clerk, who has no media, and people in turn, with something that changes nothing for them.
		if (i % 2) await meeting.clerk.ask({ type: 'meetings.list' })
		else await crowd.people[i % people]?.ask({ ...show, wanted: wantedOf(i % people) })
		answers.push(performance.now() - begun)
		await sleep(20)
	}
	return { answers, transitMs: (await crowd.stat()).p99Ms }
}

const wantedOf = (i: number) => {
	const video = (crowd.people[i]?.offers ?? []).filter(({ kind }) => kind === 'video')
	return { audio: true, video: video.map(({ source }, place) => ({ source, height: place === 0 ? 360 : 180 })) }
}

/** Comes, does harm until it is shown out, and comes again; answers what it was told each time. */
async function again(end: number, harm: (line: Awaited<ReturnType<typeof openSignalling>>) => void): Promise<string[]> {
	const told: string[] = []
	while (performance.now() < end) {
		const closed = Promise.withResolvers<void>()
		const line = await openSignalling(meeting.origin, meeting.token('member'), {
			onMessage: (message) => message.type === 'error' && told.push(message.code),
			onClosed: closed.resolve,
		})
		await line.ask({ type: 'meeting.join', device: { media: false }, name: '장난' })
		const timer = setInterval(() => harm(line), 10)
		await Promise.race([closed.promise, sleep(end - performance.now())])
		clearInterval(timer)
		line.close()
	}
	return told
}

/** A thousand messages a second. */
const shouts = (end: number) =>
	again(end, (line) => {
		for (let i = 0; i < 10; i++) void line.ask({ type: 'media.show', wanted: { audio: true, video: [] } })
	})

/** Five hundred pictures at once. */
async function grasps(end: number): Promise<string[]> {
	const refused: string[] = []
	const video = Array.from({ length: 500 }, (_, i) => ({ source: `${i}`, height: 180 }))
	const told = await again(end, (line) => {
		void line.ask({ type: 'media.show', wanted: { audio: true, video } }).then((result) => {
			if (!result.ok && result.code !== 'lost') refused.push(result.code)
		})
	})
	return [...told, ...refused]
}

/** Takes its place and reads nothing more. Answers when it was cut off. */
async function sleeps(): Promise<number> {
	const socket = new WebSocket(`${meeting.origin.replace('http', 'ws')}/ws/meeting`)
	await new Promise((resolve) => socket.once('open', resolve))
	socket.send(JSON.stringify({ type: 'auth', token: meeting.token('member') }))
	const command = { type: 'meeting.join', device: { media: false }, name: '잠' }
	socket.send(JSON.stringify({ type: 'command', id: 1, command }))
	await until('the sleeper to be in', () => meeting.clerk.people.some(({ name }) => name === '잠'))
	socket.pause()
	const begun = performance.now()
	await until('the sleeper to be away', () => meeting.clerk.people.some(({ name, here }) => name === '잠' && !here))
	socket.terminate()
	return performance.now() - begun
}

describe('While one shouts, one sleeps and one grasps', () => {
	it('the others are answered within 250 ms, hear and see as before, and nobody falls out', async () => {
		const before = await fares(10_000)
		const end = performance.now() + harmMs
		const [during, shouted, grasped, sleptMs] = await Promise.all([fares(harmMs), shouts(end), grasps(end), sleeps()])
		const p99 = [before, during].map(({ answers }) => percentile(answers, 0.99).toFixed(1))
		const transit = [before, during].map(({ transitMs }) => transitMs.toFixed(1))
		console.log(
			`answers p99 ${p99.join(' → ')} ms, transit p99 ${transit.join(' → ')} ms; shown out ${shouted.length} times`,
		)

		expect(percentile(during.answers, 0.99)).toBeLessThan(promiseMs)
		expect(during.transitMs).toBeLessThan(promiseMs)
		expect(crowd.dropped()).toEqual([])
		expect(new Set(shouted)).toEqual(new Set(['too-many']))
		expect(new Set(grasped)).toEqual(new Set(['bad-message']))
		// A ping that is not answered until the next one.
		expect(sleptMs).toBeLessThan(12_000)
	})
})
