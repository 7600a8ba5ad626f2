import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { MeetingEvent } from '../../appliance/meeting/meeting.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { RecordingView, RelayView } from '../../appliance/protocol/relay.ts'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { call } from './member.ts'
import { launchPatiently } from './patient-browser.ts'
import { relayPids } from './relay-parts.ts'
import { judge, trials, until } from './wait.ts'

/**
 * A meeting is relayed and recorded while what makes the programme is killed, part after part. Who watches goes on by
 * themselves, and the recording plays from its start to its end.
 */

declare global {
	interface Window {
		maruWatch(): { way: string; scene: string; frames: number; width: number; height: number }
	}
}

const run = promisify(execFile)
const log = pino({ level: 'silent' })
let site: Site
let room: Appliance
let browser: LaunchedBrowser
let admin: string
let meeting: string
let links: Links

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 20_640)
	room = await site.start()
	admin = room.token('admin')
	const created = await ask<{ id: string; links: Links }>('POST', '/meetings?origin=request', {
		title: '확대간부회의',
		kind: 'council',
	})
	meeting = created.id
	links = created.links
	await ask('POST', path('open'))
	await ask('POST', '/room/join', { link: links.room })
	browser = await launchPatiently({ name: 'viewer', headless: true, fakeDevices: false, log })
})
afterAll(async () => {
	await browser?.close()
	await site?.close()
})

const ask = <T>(method: string, path: string, body?: object) => call<T>(room.origin, admin, method, path, body)
const path = (rest: string) => `/meetings/${meeting}/${rest}`
const relay = () => ask<RelayView>('GET', path('relay'))
const watching = (page: Page) => page.evaluate(() => window.maruWatch())
const frames = async (page: Page) => (await watching(page)).frames

const pidOf = (what: 'programme' | 'ffmpeg') => relayPids(room, what)[0] ?? null

/**
 * Sees the relay by WebRTC. A page gives it five seconds, which may be too few for two busy cores: whoever opens it anew has
 * another five. The long run, on a quiet machine, asks for it at once.
 */
async function watchesByWebrtc(page: Page) {
	for (let more = trials >= 20 ? 0 : 5; ; more--) {
		await page.waitForFunction(() => (window.maruWatch?.().width ?? 0) > 0)
		const now = await watching(page)
		if (now.way === 'webrtc' || more === 0) {
			expect(now).toMatchObject({ scene: 'on-air', way: 'webrtc' })
			return
		}
		await page.reload()
	}
}

/** How long until the viewer's pictures go on after this part was killed. */
async function killed(what: 'programme' | 'ffmpeg', page: Page): Promise<number> {
	const pid = await until(`${what} to run`, () => pidOf(what))
	const begin = performance.now()
	process.kill(pid, 'SIGKILL')
	await until(`another ${what}`, () => {
		const now = pidOf(what)
		return now !== null && now !== pid
	})
	const then = await frames(page)
	await until('pictures', async () => (await frames(page)) > then + 3)
	return performance.now() - begin
}

describe('A relayed and recorded meeting', () => {
	it('is watched by WebRTC and by HTTP, goes on after each part was killed, and its recording plays', async () => {
		await ask('POST', path('relay/start'))
		await ask('POST', path('recording/start'))
		const page = await browser.puppeteer.newPage()
		await page.goto(links.viewer)
		await watchesByWebrtc(page)
		await until('playlists', async () => (await relay()).windowS >= 4)

		const times: Record<string, number[]> = { programme: [], ffmpeg: [] }
		for (let i = 0; i < (trials >= 20 ? 5 : 1); i++) {
			for (const what of ['programme', 'ffmpeg'] as const) {
				times[what]?.push(await killed(what, page))
				const before = (await relay()).windowS
				await until('segments again', async () => (await relay()).windowS > before + 2)
			}
		}
		judge('the programme’s browser is killed → pictures at the viewer again', times.programme ?? [], 5_000)

		// An independent player, from the playlist of playlists on.
		const viewer = links.viewer.split('#')[1]
		const master = `${room.origin}/api/v1${path('relay/master.m3u8')}?token=${viewer}`
		const { stdout: played } = await run('ffprobe', [
			...['-v', 'error', '-select_streams', 'v', '-read_intervals', '%+2', '-count_packets'],
			...['-show_entries', 'stream=codec_name,width,nb_read_packets', '-of', 'json', master],
		])
		const { streams } = JSON.parse(played) as {
			streams: { codec_name: string; width: number; nb_read_packets: string }[]
		}
		console.log('ffprobe plays', streams)
		expect(streams.map(({ codec_name }) => codec_name)).toContain('h264')
		expect(streams.some(({ nb_read_packets }) => Number(nb_read_packets) > 0)).toBe(true)

		// The viewer goes over to HTTP where WebRTC is no way.
		const other = await browser.puppeteer.newPage()
		await other.evaluateOnNewDocument('delete window.RTCPeerConnection')
		await other.goto(links.viewer)
		await until('a picture over HTTP', async () => {
			const { way, frames } = await watching(other)
			return way === 'http' && frames > 5
		})

		await other.close()
		await page.bringToFront()

		const began = performance.now()
		await ask('POST', path('recording/stop'))
		const recording = await until('the recording', async () => {
			const { recordings } = await ask<{ recordings: RecordingView[] }>('GET', path('recordings'))
			return recordings.find(({ state }) => state === 'ready')
		})
		console.log(`put together in ${Math.round(performance.now() - began)} ms:`, recording)
		const file = join(site.dir, 'data/recordings', meeting, recording.id, 'recording.mp4')
		const { stderr } = await run('ffmpeg', [
			...['-v', 'error', '-i', file, '-fps_mode', 'passthrough', '-enc_time_base', '1:90000', '-f', 'null', '-'],
		])
		expect(stderr).toBe('')
		const seconds = ((recording.stoppedAt ?? 0) - recording.startedAt) / 1_000
		const kept = (recording.durationMs ?? 0) / 1_000
		console.log(`kept ${kept.toFixed(1)} of ${seconds.toFixed(1)} s, through ${trials >= 20 ? 10 : 2} kills`)
		expect(kept).toBeGreaterThan(seconds / 3)
		// What the journal says of it is true.
		expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(recording.sha256)
		const { events } = await ask<{ events: MeetingEvent[] }>('GET', path('journal'))
		expect(events.map(({ type }) => type).filter((type) => /^(relay|recording)\./.test(type))).toEqual([
			'relay.started',
			'recording.started',
			'recording.stopped',
			'recording.kept',
		])

		// The end of the relay is told to whoever watches.
		await ask('POST', path('relay/stop'))
		await until('the end to be shown', async () => (await watching(page)).scene !== 'on-air')
		await until('nothing of it to run', () => pidOf('programme') === null && pidOf('ffmpeg') === null)
	}, 300_000)
})
