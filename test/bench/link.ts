import { pino } from 'pino'
import type { Browser, Page } from 'puppeteer-core'
import { launchBrowser } from '../../appliance/browser/launch.ts'
import { openSite } from '../scene/appliance.ts'
import { memberLink, modest, openAttendee } from '../scene/attendee.ts'
import { startCameras } from '../scene/cameras.ts'
import { openPanel } from '../scene/panel.ts'
import { until } from '../scene/wait.ts'
import { compare, type Figure } from './figures.ts'

const joins = 20

/**
 * The floor of "link opened → first decoded frame": the same browser opens a bare page of the same server and sends its
 * camera to itself over a loopback RTCPeerConnection, without any signalling. Milliseconds from the navigation.
 */
export async function bareLoopback(browser: Browser, origin: string): Promise<number> {
	const page = await browser.newPage({ type: 'window' })
	try {
		const begin = performance.now()
		await page.goto(`${origin}/`)
		await page.evaluate(async () => {
			const stream = await navigator.mediaDevices.getUserMedia({ video: true })
			const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()]
			a.onicecandidate = ({ candidate }) => void b.addIceCandidate(candidate ?? undefined)
			b.onicecandidate = ({ candidate }) => void a.addIceCandidate(candidate ?? undefined)
			const video = document.createElement('video')
			video.muted = true
			const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve))
			b.ontrack = ({ track }) => {
				video.srcObject = new MediaStream([track])
				void video.play()
			}
			for (const track of stream.getTracks()) a.addTrack(track, stream)
			await a.setLocalDescription()
			await b.setRemoteDescription(a.localDescription as RTCSessionDescription)
			await b.setLocalDescription()
			await a.setRemoteDescription(b.localDescription as RTCSessionDescription)
			await shown
			for (const track of stream.getTracks()) track.stop()
			a.close()
			b.close()
		})
		return performance.now() - begin
	} finally {
		await page.close()
	}
}

/** Link opened → first decoded frame of another person, the pressing of the join button included. Browser warm. */
export async function openToFrame(
	browser: Browser,
	link: string,
	prepare?: (page: Page) => Promise<unknown>,
): Promise<number> {
	const begin = performance.now()
	const attendee = await openAttendee(browser, link, '측정', prepare)
	try {
		await until(
			'a frame of somebody',
			async () => (await attendee.stats()).videos.some((video) => video.framesDecoded > 0),
			20_000,
			10,
		)
		return performance.now() - begin
	} finally {
		await attendee.page.evaluate(() => sessionStorage.clear())
		await attendee.close()
	}
}

/**
 * A person's own link, by who goes straight in: milliseconds from the navigation to the first picture of somebody else on the
 * screen. Beside it, in the same instant of the machine, those of a page that has no script at all.
 */
export async function straightToPicture(browser: Browser, own: string, plain: string) {
	const bare = await browser.newPage({ type: 'window' })
	const begin = performance.now()
	await bare.goto(plain)
	const pageMs = performance.now() - begin
	await bare.close()

	const page = await browser.newPage({ type: 'window' })
	try {
		await page.setViewport({ width: 1280, height: 720 })
		await modest(page)
		await page.evaluateOnNewDocument(() => localStorage.setItem('maru.straight', 'camera'))
		await page.evaluateOnNewDocument(noteFirst)
		await page.goto(own)
		const shownMs = await until('a picture', () => page.evaluate(() => window.firstPicture), 20_000, 200)
		await page.evaluate(() => localStorage.removeItem('maru.straight'))
		return { shownMs, pageMs }
	} finally {
		await page.close()
	}
}

/** In the page: when the first picture with a source was presented, on the page's own clock, which begins with the navigation. */
const noteFirst = () => {
	const known = new Set<HTMLVideoElement>()
	const look = () => {
		for (const video of document.querySelectorAll<HTMLVideoElement>('video[data-source]')) {
			if (known.has(video)) continue
			known.add(video)
			video.requestVideoFrameCallback((now) => {
				window.firstPicture ??= now
			})
		}
		if (window.firstPicture === undefined) requestAnimationFrame(look)
	}
	look()
}

declare global {
	interface Window {
		firstPicture?: number
	}
}

export async function linkToFrame(port: number): Promise<Figure[]> {
	const cameras = await startCameras(['front'])
	const site = await openSite(cameras, port)
	const browser = await launchBrowser({
		name: 'bench',
		headless: true,
		fakeDevices: true,
		log: pino({ level: 'silent' }),
	})
	try {
		const appliance = await site.start()
		const panel = await openPanel(appliance.origin, appliance.token('panel'))
		await panel.command({ type: 'room.start' })
		await panel.until('the call', (state) => state.call.phase === 'inCall', 30_000)
		const link = await memberLink(appliance, panel.state()?.call.meeting?.id ?? '')
		await openToFrame(browser.puppeteer, link) // the first one warms code and caches
		const ours: number[] = []
		const floor: number[] = []
		for (let i = 0; i < joins; i++) {
			floor.push(await bareLoopback(browser.puppeteer, appliance.origin))
			ours.push(await openToFrame(browser.puppeteer, link))
		}
		panel.close()
		return compare('link → first frame', ours, floor, 'loopback RTCPeerConnection in a bare page', {})
	} finally {
		await browser.close()
		await site.close()
		await cameras.close()
	}
}
