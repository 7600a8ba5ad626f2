import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { type LaunchedBrowser, launchBrowser } from '../../appliance/browser/launch.ts'
import { openSite } from '../scene/appliance.ts'
import { chooseView, modest, openAttendee, progress } from '../scene/attendee.ts'
import { call } from '../scene/member.ts'
import { descendants } from '../scene/processes.ts'
import { percentile, until } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'
import { bareLoopback, openToFrame, straightToPicture } from './link.ts'
import { span } from './load/cost.ts'
import { type Crowd, openPeople } from './load/crowd.ts'
import { filmOf } from './load/film.ts'
import { openMeeting } from './load/meeting.ts'

/**
 * The attendee page with eighty in the meeting: how soon the one who speaks is seen after a link was opened, and what the
 * join of the eighty costs a page that is there; and what a gallery of 25 of them costs. All are generated, with pictures that
 * can be decoded; one of them has the floor, and a picture as often as a face needs.
 */
const people = 80
const joins = 20
const fps = 5
const speakersFps = 15
const voice = 40
const layers = [
	{ lines: 180, kbps: 40 },
	{ lines: 360, kbps: 120 },
]
const gallerySeconds = 15

/** The longest that this page's thread was kept busy at a time since `watchTasks`, in milliseconds. */
const longestTask = (page: Page) => page.evaluate(() => Math.max(0, ...window.tasks))

const watchTasks = (page: Page) =>
	page.evaluate(() => {
		window.tasks = []
		new PerformanceObserver((list) => {
			window.tasks.push(...list.getEntries().map(({ duration }) => duration))
		}).observe({ type: 'longtask' })
	})

/** One page of the gallery: what the whole browser takes for its pictures, and how many of each it shows in a second. */
async function galleryCost(browser: LaunchedBrowser, link: string, crowd: Crowd): Promise<Figure[]> {
	const { page, stats, close } = await openAttendee(browser.puppeteer, link, '최바둑', modest)
	await page.setViewport({ width: 1920, height: 1080 })
	await page.click('[data-side=people]') // the list makes room for pictures
	await chooseView(page, 'gallery')
	await until(
		'the pictures',
		async () => (await stats()).videos.filter((video) => video.framesDecoded > 0).length >= 24,
	)
	const pids = [browser.pid, ...descendants(browser.pid).map(({ pid }) => pid)]
	const before = await stats()
	const { cores, busyPercent } = await span(pids, crowd.generator, gallerySeconds)
	const moved = [...progress(before, await stats()).values()]
	await close()
	const percent = cores.reduce((sum, one) => sum + one, 0)
	return [
		figure('gallery, pictures that move', 'pictures', moved.filter((frames) => frames > 0).length, 25, 'a page', null),
		figure('gallery, each picture', 'fps', percentile(moved, 0.5) / gallerySeconds, fps, 'what is sent', null),
		figure('gallery, the whole browser', '% core', percent, 100, 'a core', null),
		figure('gallery, machine busy', '%', busyPercent, 100, 'all cores', null),
	]
}

declare global {
	interface Window {
		tasks: number[]
	}
}

export async function pageAmongEighty(port: number): Promise<Figure[]> {
	const fpsOf = (i: number) => (i === 0 ? speakersFps : fps)
	for (let i = 0; i < people; i++) filmOf(i, layers, fpsOf(i))
	const site = await openSite({ addresses: [] }, port)
	const log = pino({ level: 'silent' })
	const watching = await launchBrowser({ name: 'bench-page', headless: true, fakeDevices: true, log })
	try {
		const appliance = await site.start()
		const { id, origin, token, clerk } = await openMeeting(appliance, { microphones: 1 })
		const named = { role: 'member', name: '박민정 복지국장' }
		const invited = await call<{ link: string }>(
			origin,
			appliance.token('admin'),
			'POST',
			`/meetings/${id}/links`,
			named,
		)
		const own = `${origin}/attend${new URL(invited.link).hash}`
		const link = `${origin}/attend#${token('member')}`

		const witness = await openAttendee(watching.puppeteer, link, '이참관', modest)
		await sleep(2_000)
		await watchTasks(witness.page)
		const crowd = await openPeople({
			origin,
			token: () => token('member'),
			count: people,
			pictures: 1,
			sends: (i) => ({
				microphone: { level: 127, kbps: 24, muted: i > 0 },
				camera: { layers: layers.map(({ kbps }) => kbps), fps: fpsOf(i), films: filmOf(i, layers, fpsOf(i)) },
			}),
		})
		await sleep(2_000)
		const longest = await longestTask(witness.page)
		const [speaker] = crowd.people
		if (!speaker) throw new Error('nobody came')
		await clerk.get({ type: 'floor.grant', who: speaker.person })
		speaker.speak(voice)
		await witness.close()
		await sleep(1_000)
		const { busyPercent } = await span([], crowd.generator, 5)

		const times: number[] = []
		const straight: number[] = []
		const floor: number[] = []
		const bare: number[] = []
		const warmUp = 2
		for (let i = 0; i < warmUp + joins; i++) {
			const ms = await openToFrame(watching.puppeteer, link, modest)
			const { shownMs, pageMs } = await straightToPicture(watching.puppeteer, own, `${origin}/trust`)
			if (i < warmUp) continue
			times.push(ms)
			straight.push(shownMs)
			bare.push(pageMs)
			floor.push(await bareLoopback(watching.puppeteer, origin))
		}
		const gallery = await galleryCost(watching, link, crowd)
		const lost = [...crowd.refused, ...crowd.dropped()]
		if (lost.length > 0) throw new Error(`people fell out: ${lost.join('; ')}`)
		await crowd.close()
		clerk.close()
		const against = 'the promise'
		const least = percentile(floor, 0.5)
		const through = 'link, preview, press → a frame of the speaker among 80'
		const soon = 'own link, straight in → the speaker shown, among 80'
		return [
			...[0.5, 0.95].flatMap((p) => [
				figure(`${soon}, p${p * 100}`, 'ms', percentile(straight, p), 1_000, against, 1),
				figure(
					`${soon}, p${p * 100}`,
					'ms',
					percentile(straight, p),
					percentile(bare, p),
					'a page without script',
					null,
				),
			]),
			figure('80 in, machine busy before', '%', busyPercent, 100, 'all cores', null),
			figure(`${through}, p50`, 'ms', percentile(times, 0.5), least, 'loopback RTCPeerConnection in a bare page', null),
			figure(`${through}, p95`, 'ms', percentile(times, 0.95), 1_000, against, null),
			figure('longest task while 80 join', 'ms', longest, 200, against, 1),
			...gallery,
		]
	} finally {
		await watching.close()
		await site.close()
	}
}
