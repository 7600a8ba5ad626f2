import type { Browser, Page } from 'puppeteer-core'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { Appliance } from './appliance.ts'
import { until } from './wait.ts'

/** An attendee in a real Chromium page, driven by what is on the screen. */

export interface PageStats {
	videos: { source: string; person: string; label: string; width: number; height: number; framesDecoded: number }[]
	/** Sum of WebRTC's totalAudioEnergy over everything that this page plays. */
	audioEnergy: number
	/** Samples of sound that were decoded. */
	audioSamples: number
}

export interface Attendee {
	readonly page: Page
	stats(): Promise<PageStats>
	/** Luma of 64 × 36 points of one source's picture as it is shown now, without the edge where clocks are drawn. */
	luma(source: string): Promise<number[]>
	/** True while the page is the one that was opened: a reload would lose the mark. */
	unbroken(): Promise<boolean>
	close(): Promise<void>
}

declare global {
	interface Window {
		maruStats(): Promise<PageStats>
		maruMark?: boolean
	}
}

/**
 * Opens the link, passes the join screen with camera and microphone, waits until the meeting is on screen. `prepare`: what is
 * to be so before the page begins.
 */
export async function openAttendee(
	browser: Pick<Browser, 'newPage'>,
	link: string,
	name: string,
	prepare?: (page: Page) => Promise<unknown>,
): Promise<Attendee> {
	const page = await browser.newPage({ type: 'window' })
	await page.setViewport({ width: 1280, height: 720 })
	await prepare?.(page)
	await page.goto(link)
	await page.waitForSelector('[data-action=join]:not([disabled])', { timeout: 60_000 })
	const field = await page.$('input[name=name]')
	if (field) await field.type(name)
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]', { timeout: 60_000 })
	await page.evaluate(() => {
		window.maruMark = true
	})
	return {
		page,
		stats: () => page.evaluate(() => window.maruStats()),
		luma: (source) =>
			page.evaluate((id) => {
				const video = document.querySelector<HTMLVideoElement>(`video[data-source="${id}"]`)
				if (!video) return []
				const canvas = new OffscreenCanvas(64, 36)
				const context = canvas.getContext('2d')
				if (!context) return []
				const { videoWidth: w, videoHeight: h } = video
				context.drawImage(video, w * 0.1, h * 0.2, w * 0.8, h * 0.6, 0, 0, 64, 36)
				const { data } = context.getImageData(0, 0, 64, 36)
				return Array.from({ length: 64 * 36 }, (_, i) => data[i * 4 + 1] ?? 0)
			}, source),
		unbroken: () => page.evaluate(() => window.maruMark === true),
		close: () => page.close(),
	}
}

/** To be evaluated before a page begins: its camera sends 320 × 180 at 5 fps, whatever the page would like. */
export const smallCamera = () => {
	const { getUserMedia } = MediaDevices.prototype
	MediaDevices.prototype.getUserMedia = function (wish) {
		const { video: asked = false } = wish ?? {}
		const video = asked && { ...(asked === true ? {} : asked), width: 320, height: 180, frameRate: 5 }
		return getUserMedia.call(this, { ...wish, video })
	}
}

/** For `openAttendee`, where it matters that there is a picture and not which: to encode large ones is most of what a page costs. */
export const modest = (page: Page) => page.evaluateOnNewDocument(smallCamera)

/** Chooses a view as one does by hand. */
export async function chooseView(page: Page, view: 'gallery' | 'large' | 'beside') {
	await page.click('[data-action=view]')
	await page.waitForSelector('input[value=gallery]')
	await page.$eval(`input[value=${view}]`, (choice) => (choice as HTMLInputElement).click())
	await page.keyboard.press('Escape')
}

/** The member's link of a meeting, on the loopback listener that was asked. */
export async function memberLink(appliance: Appliance, meeting: string): Promise<string> {
	const response = await fetch(`${appliance.origin}/api/v1/meetings/${meeting}/links?origin=request`, {
		headers: { authorization: `Bearer ${appliance.token('admin')}` },
	})
	if (!response.ok) throw new Error(`links: ${response.status} ${await response.text()}`)
	const { links } = (await response.json()) as { links: Links }
	return links.member
}

/** Frames decoded of each source between two looks. */
export function progress(before: PageStats, after: PageStats): Map<string, number> {
	const start = new Map(before.videos.map((video) => [video.source, video.framesDecoded]))
	return new Map(after.videos.map((video) => [video.source, video.framesDecoded - (start.get(video.source) ?? 0)]))
}

/** Resolves with the milliseconds until this page decodes at least `frames` new frames of every picture wanted. */
export async function timeToMedia(attendee: Attendee, wanted: number, frames: number, ms: number): Promise<number> {
	const begin = performance.now()
	let base: PageStats | null = null
	await until(
		`${wanted} pictures to be decoded again`,
		async () => {
			const now = await attendee.stats()
			// After a return sources are new; count from the first look at which all are there.
			const complete = now.videos.length >= wanted
			if (!base || !complete || base.videos.length < wanted) {
				base = complete ? now : null
				return false
			}
			const moved = progress(base, now)
			return [...moved.values()].filter((count) => count >= frames || count < 0).length >= wanted
		},
		ms,
		100,
	)
	return performance.now() - begin
}

/**
 * Resolves with the moment (performance.now) at which pictures came again: that of the first after the last pause. That
 * twelve came, and none later than 600 ms after the one before, is proof that it was not what still lay in a buffer.
 */
export async function picturesAgain({ stats }: Attendee, ms: number): Promise<number> {
	let last = await stats()
	let [first, latest, frames] = [0, 0, 0]
	await until(
		'pictures to come again',
		async () => {
			const seen = await stats()
			const moved = Math.max(0, ...progress(last, seen).values())
			last = seen
			if (moved === 0) return false
			const now = performance.now()
			if (now - latest > 600) [first, frames] = [now, 0]
			latest = now
			frames += moved
			return frames >= 12
		},
		ms,
		50,
	)
	return first
}

/** Mean absolute difference of two pictures, 0..255. */
export function difference(a: number[], b: number[]): number {
	if (a.length === 0 || a.length !== b.length) return Number.NaN
	return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length
}
