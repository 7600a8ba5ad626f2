import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { launchBrowser } from '../../appliance/browser/launch.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { openSite } from '../scene/appliance.ts'
import { openAttendee } from '../scene/attendee.ts'
import { flashEveryMs, lampAndWhistle } from '../scene/lamp.ts'
import { call, openMember } from '../scene/member.ts'
import { percentile, until } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'

/**
 * How far behind the programme's capture a viewer is. A lamp flashes at the speaker's; an attendee's page sees it as the
 * programme's page does, by the same way, so that what a viewer sees later than they is what composing, encoding, the SFU and
 * the viewer's own page take together.
 */
const flashes = Number(process.env.MARU_TRIALS ?? 40)
const promisedMs = 330

declare global {
	interface Window {
		/** When the picture turned bright, milliseconds since 1970. */
		maruBright: number[]
	}
}

/** Notes when the largest picture of this page turns bright. */
function notice() {
	window.maruBright = []
	const pen = new OffscreenCanvas(16, 9).getContext('2d', { willReadFrequently: true })
	let bright = true
	function look() {
		const videos = [...document.querySelectorAll('video')].filter(({ videoWidth }) => videoWidth > 0)
		const [video] = videos.sort((a, b) => b.clientWidth - a.clientWidth)
		if (!video || !pen) return void setTimeout(look, 100)
		video.requestVideoFrameCallback((now) => {
			pen.drawImage(video, 0, 0, 16, 9)
			// Its middle: names and clocks stand at its edges.
			const { data } = pen.getImageData(5, 3, 6, 3)
			const isBright = (data[1] ?? 0) > 128
			if (isBright && !bright) window.maruBright.push(performance.timeOrigin + now)
			bright = isBright
			look()
		})
	}
	look()
}

export async function relayDelay(port: number): Promise<Figure[]> {
	const site = await openSite({ addresses: [] }, port, { cameras: [] })
	const browser = await launchBrowser({
		name: 'delay',
		headless: true,
		fakeDevices: true,
		log: pino({ level: 'silent' }),
	})
	try {
		const { origin, token } = await site.start()
		const admin = token('admin')
		const wanted = { title: '확대간부회의', kind: 'council' }
		const ask = <T>(path: string, body?: object) => call<T>(origin, admin, 'POST', path, body)
		const { id, links } = await ask<{ id: string; links: Links }>('/meetings?origin=request', wanted)
		await ask(`/meetings/${id}/open`)
		const lamp = (page: Page) => page.evaluateOnNewDocument(lampAndWhistle)
		const speaker = await openAttendee(browser.puppeteer, links.member, '김민수', lamp)
		const clerk = await openMember({ origin, token: links.clerk.split('#')[1] ?? '', name: '서기' })
		const who = await until('the speaker', () => clerk.people.find(({ name }) => name === '김민수')?.id)
		await clerk.get({ type: 'floor.grant', who, seconds: 3_600 })
		const attendee = await openAttendee(browser.puppeteer, links.observer, '이영희')
		await ask(`/meetings/${id}/relay/start`)
		const viewer = await browser.puppeteer.newPage({ type: 'window' })
		await viewer.setViewport({ width: 1280, height: 720 })
		await viewer.goto(links.viewer)
		await until('a picture', () => viewer.evaluate(() => (document.querySelector('video')?.videoWidth ?? 0) > 640))
		for (const page of [attendee.page, viewer]) await page.evaluate(notice)
		await sleep(flashes * flashEveryMs + 3_000)
		const [here, there] = await Promise.all(
			[attendee.page, viewer].map((page) => page.evaluate(() => window.maruBright)),
		)
		const later = (there ?? []).flatMap((at) => {
			const same = (here ?? []).findLast((other) => other <= at + 100)
			return same === undefined || at - same > flashEveryMs / 2 ? [] : [at - same]
		})
		if (later.length < flashes / 2) throw new Error(`of ${flashes} flashes only ${later.length} were seen by both`)
		clerk.close()
		await speaker.close()
		const [p50, p95] = [0.5, 0.95].map((p) => percentile(later, p))
		return [
			figure('relay over WebRTC, behind the programme’s capture p50', 'ms', p50 ?? 0, promisedMs, 'the promise', 1),
			figure(
				'relay over WebRTC, behind the programme’s capture p95',
				'ms',
				p95 ?? 0,
				promisedMs,
				'promised of p50',
				null,
			),
		]
	} finally {
		await browser.close()
		await site.close()
	}
}
