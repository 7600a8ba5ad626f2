import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { FeedOpened, Links } from '../../appliance/protocol/messages.ts'
import { type Ingest, startIngest } from '../../appliance/room/ingest.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { type Attendee, openAttendee } from '../scene/attendee.ts'
import { call, type Member, openMember } from '../scene/member.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { until } from '../scene/wait.ts'
import { h264, type Source, startSource } from './rtsp-source.ts'

/** A camera's two streams as the layers of one picture, at a real hub and in a real Chromium. */

const log = pino({ level: process.env.MARU_TEST_LOG ?? 'silent' })
let source: Source
let site: Site
let appliance: Appliance
let browser: LaunchedBrowser
let room: Member
let ingest: Ingest
let viewer: Attendee
const asked: boolean[] = []

beforeAll(async () => {
	source = await startSource({
		'/main': h264({ width: 1280, height: 720, rate: 25, gop: 100, kbits: 2500 }),
		'/sub': h264({ width: 640, height: 360, rate: 25, gop: 100, kbits: 500 }),
	})
	site = await openSite({ addresses: [] }, 20_680)
	appliance = await site.start()
	browser = await launchPatiently({ name: 'layers', headless: true, fakeDevices: true, log })
	const admin = appliance.token('admin')
	const made = await call<{ id: string; links: Links }>(appliance.origin, admin, 'POST', '/meetings?origin=request', {
		title: '층',
		kind: 'council',
	})
	await call(appliance.origin, admin, 'POST', `/meetings/${made.id}/open`)
	room = await openMember({
		origin: appliance.origin,
		token: new URL(made.links.room).hash.slice(1),
		name: '대회의실',
	})
	room.onMessage = (message) => {
		if (message.type !== 'feed.keyframe') return
		asked.push(message.low)
		source.keyFrame()
	}
	const streams = { rtsp: source.url('/main'), transcoded: false, low: { rtsp: source.url('/sub'), height: 360 } }
	ingest = startIngest({
		source: () => streams,
		open: ({ low, ...request }) =>
			room.get<FeedOpened>({
				type: 'feed.open',
				...request,
				...(low ? { low } : {}),
				srtp: null,
				codec: 'h264',
				name: '정면',
				camera: 'front',
			}),
		close: async (feed) => room.ask({ type: 'feed.close', feed }),
		onStatus: () => {},
		needKeyFrame: () => source.keyFrame(),
		log,
	})
	viewer = await openAttendee(browser.puppeteer, made.links.member, '홍길동')
})
afterAll(async () => {
	await viewer?.close()
	await ingest?.end()
	room?.close()
	await browser?.close()
	await site?.close()
	await source?.close()
})

const shown = async () => (await viewer.stats()).videos.find(({ source: id }) => id === ingest.feed)

/** Milliseconds until the picture has so many lines, and until it moves on after that. */
async function turnsTo(height: number): Promise<number> {
	const begun = performance.now()
	await until(`${height} lines`, async () => (await shown())?.height === height)
	const ms = performance.now() - begun
	const before = (await shown())?.framesDecoded ?? 0
	await until('it to move on', async () => ((await shown())?.framesDecoded ?? 0) > before + 20)
	return Math.round(ms)
}

test('a big tile is sent the main stream, a small one the other, and back', async () => {
	await viewer.page.setViewport({ width: 1280, height: 800 })
	console.log(`main stream after ${await turnsTo(720)} ms`)
	for (let i = 0; i < 2; i++) {
		await viewer.page.setViewport({ width: 480, height: 360 })
		console.log(`smaller stream after ${await turnsTo(360)} ms`)
		await viewer.page.setViewport({ width: 1280, height: 800 })
		console.log(`main stream after ${await turnsTo(720)} ms`)
	}
	expect(asked).toContain(true)
	expect(asked).toContain(false)
	const people = room.people.flatMap(({ sources }) => sources).filter(({ use }) => use === 'feed')
	expect(people).toHaveLength(1)
})
