import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LaunchedBrowser, launchBrowser } from '../../appliance/browser/launch.ts'
import type { FeedOpened, Links } from '../../appliance/protocol/messages.ts'
import type { StageCommand } from '../../appliance/protocol/stage.ts'
import { type Ingest, startIngest } from '../../appliance/room/ingest.ts'
import { h264, type Source, startSource } from '../room/rtsp-source.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { type Attendee, openAttendee } from '../scene/attendee.ts'
import { call, type Member, openMember } from '../scene/member.ts'
import { percentile, until } from '../scene/wait.ts'

/**
 * A hall where a lamp flashes and a whistle blows at once, its camera's picture a third of a second late, and an attendee in a
 * real Chromium who sees and hears it.
 */

declare global {
	interface Window {
		whistle(): void
		/** When it was last bright, and last loud, for the first time after being neither: milliseconds of the page. */
		noticed: { light: number; sound: number }
	}
}

const lateMs = 300
const log = pino({ level: 'silent' })
let source: Source
let site: Site
let appliance: Appliance
let hall: LaunchedBrowser
let home: LaunchedBrowser
let room: Member
let stage: Page
let ingest: Ingest
let attendee: Attendee
let delayMs = 0

/** The room's microphone: a hall that is never quite silent, as halls are, and a whistle when it is told to blow. */
const microphone = `
	const context = new AudioContext()
	const destination = new MediaStreamAudioDestinationNode(context)
	const gain = new GainNode(context, { gain: 0 })
	const whistle = new OscillatorNode(context, { frequency: 1000 })
	whistle.connect(gain).connect(destination)
	whistle.start()
	const hum = new AudioBuffer({ length: 48_000, sampleRate: 48_000 })
	hum.getChannelData(0).forEach((_, i, samples) => (samples[i] = (Math.random() - 0.5) / 50))
	const hall = new AudioBufferSourceNode(context, { buffer: hum, loop: true })
	hall.connect(destination)
	hall.start()
	navigator.mediaDevices.getUserMedia = async () => destination.stream.clone()
	window.whistle = () => {
		gain.gain.setValueAtTime(0.8, context.currentTime)
		gain.gain.setValueAtTime(0, context.currentTime + 0.3)
	}`

/** Notices the moments when the picture turns bright and the sound loud. */
function notice(feed: string) {
	window.noticed = { light: 0, sound: 0 }
	const canvas = new OffscreenCanvas(8, 8)
	const pen = canvas.getContext('2d', { willReadFrequently: true })
	let bright = false
	function look() {
		const video = document.querySelector<HTMLVideoElement>(
			`main video[data-source="${feed}"], video[data-source="${feed}"]`,
		)
		if (!video || !pen) return void setTimeout(look, 50)
		video.requestVideoFrameCallback((now) => {
			pen.drawImage(video, 0, 0, 8, 8)
			const { data } = pen.getImageData(0, 0, 8, 8)
			const isBright = (data[4 * 36 + 1] ?? 0) > 128
			if (isBright && !bright) window.noticed.light = now
			bright = isBright
			look()
		})
	}
	look()
	const context = new AudioContext()
	const samples = new Float32Array(256)
	let lastLoud = 0
	const heard = [...document.querySelectorAll('audio')].map(({ srcObject }) => {
		const analyser = new AnalyserNode(context, { fftSize: 256 })
		context.createMediaStreamSource(srcObject as MediaStream).connect(analyser)
		return analyser
	})
	setInterval(() => {
		const now = performance.now()
		for (const analyser of heard) {
			analyser.getFloatTimeDomainData(samples)
			if (!samples.some((sample) => Math.abs(sample) > 0.1)) continue
			if (now - lastLoud > 200) window.noticed.sound = now
			lastLoud = now
		}
	}, 4)
}

beforeAll(async () => {
	const picture = { width: 640, height: 360, rate: 25, gop: 25 }
	source = await startSource({ '/late': h264({ ...picture, pattern: 'lamp', lateMs }) })
	site = await openSite({ addresses: [] }, 19_800)
	appliance = await site.start()
	hall = await launchBrowser({ name: 'hall', headless: true, fakeDevices: true, log })
	home = await launchBrowser({ name: 'home', headless: true, fakeDevices: true, log })
	const admin = appliance.token('admin')
	const meeting = { title: '입과 소리', kind: 'council' }
	const made = await call<{ id: string; links: Links }>(
		...[appliance.origin, admin, 'POST', '/meetings?origin=request', meeting],
	)
	await call(appliance.origin, admin, 'POST', `/meetings/${made.id}/open`)
	const token = new URL(made.links.room).hash.slice(1)
	room = await openMember({ origin: appliance.origin, token, name: '대회의실' })
	await openStage(token)
	ingest = openIngest()
	attendee = await openAttendee(home.puppeteer, made.links.member, '홍길동')
})
afterAll(async () => {
	await attendee?.close()
	await ingest?.end()
	room?.close()
	for (const one of [hall, home]) await one?.close()
	await site?.close()
	await source?.close()
})

/** The room's page, as the room would command it, with the room's own person. */
async function openStage(token: string) {
	stage = await hall.puppeteer.newPage({ type: 'window' })
	await stage.exposeFunction('maruStage', () => {})
	await stage.evaluateOnNewDocument(microphone)
	await stage.goto(`${appliance.origin}/stage`)
	const command: StageCommand = {
		...{ type: 'join', hub: `${appliance.origin.replace('http', 'ws')}/ws/meeting`, token, resume: room.resume },
		...{ language: 'ko', roomName: '대회의실', muted: false, microphone: null, cameras: [], processing: false },
		...{ output: null, volume: 80 },
	}
	await stage.evaluate(
		(json) => (window as unknown as { maru: { command(json: string): void } }).maru.command(json),
		JSON.stringify(command),
	)
	await until('the room’s sound', () =>
		room.people.some(({ sources }) => sources.some(({ use }) => use === 'microphone')),
	)
}

function openIngest() {
	return startIngest({
		source: () => ({ rtsp: source.url('/late'), transcoded: false, low: null }),
		open: ({ low: _, ...request }) =>
			room.get<FeedOpened>({
				...{ type: 'feed.open', ...request, srtp: null, codec: 'h264', name: '정면', camera: 'front', delayMs },
			}),
		close: async (feed) => room.ask({ type: 'feed.close', feed }),
		onStatus: () => {},
		log,
	})
}

/** How much later than the whistle the flash is seen, in milliseconds, of the middle of fifteen. */
async function offset(): Promise<number> {
	const shown = async () => (await attendee.stats()).videos.find(({ source: id }) => id === ingest.feed)
	await until('the picture', async () => ((await shown())?.framesDecoded ?? 0) > 10)
	await attendee.page.evaluate(notice, ingest.feed ?? '')
	// What is asked of the sound holds after a look, and the sound is stretched to it little by little.
	await sleep(12_000)
	const figures: number[] = []
	for (let i = 0; i < 15; i++) {
		await attendee.page.evaluate(() => {
			window.noticed = { light: 0, sound: 0 }
		})
		source.flash()
		await stage.evaluate(() => window.whistle())
		const { light, sound } = await until('flash and whistle', async () => {
			const noticed = await attendee.page.evaluate(() => window.noticed)
			return noticed.light > 0 && noticed.sound > 0 ? noticed : null
		})
		figures.push(light - sound)
		await sleep(700 + Math.random() * 100)
	}
	console.log(`picture after sound: ${figures.map((ms) => Math.round(ms)).join(' ')} ms`)
	return percentile(figures, 0.5)
}

test('sound waits for a camera whose picture is late, and is in step with it', { timeout: 120_000 }, async () => {
	expect(await offset()).toBeGreaterThan(lateMs / 2)
	// Not what was seen just now: in that is how long this browser waits for sound and picture, and each waits differently.
	delayMs = lateMs
	const before = ingest.feed
	ingest.lost()
	await until('another feed', () => ingest.feed !== null && ingest.feed !== before)
	expect(Math.abs(await offset())).toBeLessThanOrEqual(60)
})
