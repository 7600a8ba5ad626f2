import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { launchBrowser } from '../../appliance/browser/launch.ts'
import { startOnvifCamera } from '../../drivers/virtual/onvif-camera.ts'
import { startRtspEncoder } from '../drivers/virtual/rtsp-encoder.ts'
import { openSite } from '../scene/appliance.ts'
import { type Attendee, memberLink, openAttendee } from '../scene/attendee.ts'
import { openPanel } from '../scene/panel.ts'
import { percentile, until } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'

/**
 * How long somebody looks at nothing who begins to watch a camera, in a real Chromium and on a panel. The camera sends a key
 * frame every four seconds and refuses to do otherwise; it makes one when it is asked (ONVIF SetSynchronizationPoint).
 */
const trials = 24
const promiseMs = 700
/** Pictures from key frame to key frame, at fifteen a second. */
const gop = 60
const who = { username: 'maru', password: 'maru' }
const id = 'front'

/** The page believes that its tab was put behind another; the code that follows from that is its own. */
async function prepare({ page }: Attendee) {
	await page.evaluate(() => {
		Object.defineProperty(document, 'hidden', { get: () => document.documentElement.dataset.behind === 'yes' })
	})
}

const hide = (page: Page) =>
	page.evaluate(() => {
		document.documentElement.dataset.behind = 'yes'
		document.dispatchEvent(new Event('visibilitychange'))
	})

/** Milliseconds from the moment when the tab is in front to that when a new picture of the source is on the screen. */
const watch = (page: Page, source: string) =>
	page.evaluate((id) => {
		const begin = performance.now()
		document.documentElement.dataset.behind = 'no'
		document.dispatchEvent(new Event('visibilitychange'))
		const { promise, resolve } = Promise.withResolvers<number>()
		setTimeout(() => resolve(20_000), 20_000)
		let watched: HTMLVideoElement | null = null
		function look() {
			const video = document.querySelector<HTMLVideoElement>(`video[data-source="${id}"]`)
			if (video && video !== watched) video.requestVideoFrameCallback(() => resolve(performance.now() - begin))
			watched = video
			requestAnimationFrame(look)
		}
		look()
		return promise
	}, source)

/** Until the first JPEG is there whole. */
async function look(origin: string, token: string): Promise<number> {
	const begin = performance.now()
	const given = new AbortController()
	const headers = { authorization: `Bearer ${token}` }
	const response = await fetch(`${origin}/api/v1/cameras/${id}/live.mjpeg`, { headers, signal: given.signal })
	if (!response.ok || !response.body) throw new Error(`live.mjpeg: ${response.status}`)
	let seen = ''
	for await (const chunk of response.body) {
		// The end of a JPEG (ITU-T T.81, B.1.1.3).
		seen = seen.slice(-2) + Buffer.from(chunk).toString('hex')
		if (seen.includes('ffd9')) break
	}
	const ms = performance.now() - begin
	given.abort()
	return ms
}

export async function firstFrame(port: number): Promise<Figure[]> {
	const encoder = await startRtspEncoder({ gop, bFrames: 0 })
	const camera = await startOnvifCamera({
		...{ host: '127.0.0.1', port: 0, ...who, rtspUrls: encoder.urls, encoder: encoder.real },
		faults: { gop, refuseEncoder: true },
	})
	let asked = 0
	camera.onHeard((operation) => {
		if (operation === 'SetSynchronizationPoint') asked += 1
	})
	const configured = { id, name: '정면', driver: 'onvif', host: '127.0.0.1', port: camera.port, username: who.username }
	const site = await openSite({ addresses: [] }, port, {
		cameras: [{ ...configured, password: { file: 'password' } }],
	})
	writeFileSync(join(site.dir, 'password'), who.password)
	const browser = await launchBrowser({
		name: 'bench',
		headless: true,
		fakeDevices: true,
		log: pino({ level: 'silent' }),
	})
	try {
		const appliance = await site.start()
		const token = appliance.token('panel')
		const panel = await openPanel(appliance.origin, token)
		await panel.until('the GOP to be seen', ({ cameras }) => cameras[0]?.stream?.fault === 'long-gop', 60_000)
		await panel.command({ type: 'room.start' })
		await panel.until('the picture to be sent', ({ cameras }) => cameras[0]?.video === 'sending', 30_000)
		const attendee = await openAttendee(
			browser.puppeteer,
			await memberLink(appliance, panel.state()?.call.meeting?.id ?? ''),
			'측정',
		)
		const feed = () => attendee.stats().then(({ videos }) => videos.find(({ label }) => label === '정면'))
		await prepare(attendee)
		const attended: number[] = []
		const looked: number[] = []
		for (let i = 0; i < trials; i++) {
			// Another one after a break.
			const { source } = await until('a picture', async () => {
				const video = await feed()
				return video && video.framesDecoded > 0 ? video : null
			})
			await hide(attendee.page)
			await until('nothing to be sent', async () => (await feed()) === undefined)
			// Anywhere between two key frames, and longer than a decoder lingers.
			await sleep(2_300 + Math.random() * 4_000)
			attended.push(await watch(attendee.page, source))
			await sleep(1_100 + Math.random() * 4_000)
			looked.push(await look(appliance.origin, token))
		}
		if (asked < trials) throw new Error(`the camera was asked only ${asked} times`)
		panel.close()
		await attendee.close()
		return [
			...compareToPromise('begins to watch → first picture, attendee', attended),
			...compareToPromise('begins to watch → first picture, panel', looked),
		]
	} finally {
		await browser.close()
		await site.close()
		await camera.close()
		await encoder.close()
	}
}

function compareToPromise(name: string, figures: number[]): Figure[] {
	return [0.5, 0.95].map((p) => {
		const limit = p === 0.95 ? 1 : null
		return figure(`${name} p${p * 100}`, 'ms', percentile(figures, p), promiseMs, 'the promise; GOP 4 s', limit)
	})
}
