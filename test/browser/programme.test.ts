import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { Person } from '../../appliance/protocol/messages.ts'
import { offAir, type Programme, type ProgrammeCommand, type ProgrammeEvent } from '../../appliance/protocol/relay.ts'
import type { Scene } from '../../control-panel/programme/scene.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { until } from '../scene/wait.ts'
import { linkOf, members, speech } from './floor-scene.ts'
import { builtPages } from './pages.ts'
import { type ProgrammeHub, startProgrammeHub } from './programme-hub.ts'

/** The programme's page in a real Chromium, at a hub that follows a script, with pictures and sound that flow. */

const run = promisify(execFile)

type Colour = readonly [number, number, number]
/** What each sends: one colour, and a white spot that moves along its upper edge. */
const green: Colour = [40, 110, 60]
const red: Colour = [140, 40, 50]
const blue: Colour = [40, 70, 150]
const film = ([r, g, b]: Colour, size = '640x360') => {
	const hex = [r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')
	return `color=c=0x${hex}:s=${size}:r=25[a];color=c=white:s=40x24:r=25[b];[a][b]overlay=x='mod(t*160,W)':y=4`
}

let dir: string
let hub: ProgrammeHub
let browser: LaunchedBrowser
let page: Page
const events: ProgrammeEvent[] = []
const [, , kim, lee] = members(4)
const hall: Person = { ...members(1)[0], id: 'hall', name: '대회의실', title: '', bureau: '', role: 'room' } as Person
const cast = [hall, kim, lee].filter((person) => person !== undefined)

beforeAll(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-programme-'))
	hub = await startProgrammeHub(builtPages())
	browser = await launchPatiently({
		...{ name: 'programme-test', headless: true, fakeDevices: false, log: pino({ level: 'silent' }) },
	})
	await hub.film('hall', film(green, '1280x720'), { use: 'camera', label: '정면' })
	await hub.film('p2', film(red))
	await hub.film('p3', film(blue))
	await hub.voice('p2', 440)
	hub.cast(cast)
	page = await browser.puppeteer.newPage()
	await page.exposeFunction('maruProgramme', (json: string) => void events.push(JSON.parse(json)))
	await page.goto(`${hub.origin}/programme`)
})
afterAll(async () => {
	await browser?.close()
	await hub?.close()
	rmSync(dir, { recursive: true, force: true })
})

function command(command: ProgrammeCommand): Promise<void> {
	return page.evaluate(
		(json) => (window as unknown as { maru: { command(json: string): void } }).maru.command(json),
		JSON.stringify(command),
	)
}

type Stats = Pick<Scene, 'layout' | 'slate' | 'pictures' | 'strip'> & { fps: number; receiving: string[] }
const stats = () => page.evaluate(() => (window as unknown as { maruStats(): Stats | null }).maruStats())
const beats = () => events.filter((event) => event.type === 'beat')
const shows = (layout: string) => until(`the layout ${layout}`, async () => (await stats())?.layout === layout)

/** The mean colour of a part of the frame, in parts of it. */
function colourAt(x: number, y: number, width = 0.1, height = 0.1): Promise<Colour> {
	return page.evaluate(
		(x, y, width, height) => {
			const canvas = document.querySelector('canvas') as HTMLCanvasElement
			const small = new OffscreenCanvas(8, 8)
			const pen = small.getContext('2d') as OffscreenCanvasRenderingContext2D
			pen.imageSmoothingQuality = 'high'
			const part = [x * canvas.width, y * canvas.height, width * canvas.width, height * canvas.height] as const
			pen.drawImage(canvas, ...part, 0, 0, 8, 8)
			const { data } = pen.getImageData(0, 0, 8, 8)
			const mean = (channel: number) => {
				let sum = 0
				for (let i = channel; i < data.length; i += 4) sum += data[i] ?? 0
				return Math.round(sum / 64)
			}
			return [mean(0), mean(1), mean(2)] as const
		},
		...([x, y, width, height] as const),
	)
}

const near = (seen: Colour, wanted: Colour) => seen.every((part, i) => Math.abs(part - (wanted[i] ?? 0)) < 24)
const isAt = (wanted: Colour, ...at: Parameters<typeof colourAt>) => {
	return until(`${wanted} at ${at}`, async () => near(await colourAt(...at), wanted))
}

const quiet = {
	mode: 'chair',
	speaking: [],
	waiting: { speak: 0, respond: 0, order: 0 },
	next: null,
	nextSeat: null,
} as const
const floor = (...speaking: ReturnType<typeof speech>[]) => hub.core({ floor: { ...quiet, speaking } })
const arrange = (programme: Partial<Programme>) => {
	hub.core({ broadcast: { ...offAir, programme: { ...offAir.programme, ...programme } } })
}

it('is ready, and counts no more than its beats before it is told to draw', async () => {
	await until('ready', () => events.some(({ type }) => type === 'ready'))
	await until('three beats', () => beats().length >= 3)
	for (const [n, beat] of beats().entries()) {
		expect(beat).toEqual({ type: 'beat', frames: n + 1, fps: 0, joined: false })
	}
})

it('joins, sends a picture and a sound, and draws so many pictures a second as it says', async () => {
	const token = linkOf('programme', null)
	const hubAddress = `${hub.origin.replace('http', 'ws')}/ws/meeting`
	await command({ type: 'join', hub: hubAddress, token, language: 'ko', mark: '마루시', height: 720, fps: 25 })
	await until('the media', () => hub.sent().length === 2)
	expect(hub.sent().map(({ use, label, muted }) => [use, label, muted])).toEqual([
		['camera', 'programme', false],
		['microphone', 'programme', false],
	])
	await until('to be in', () => beats().at(-1)?.joined)
	const from = beats().at(-1)?.frames ?? 0
	const count = beats().length
	await until('six more beats', () => beats().length >= count + 6)
	await until('thirty pictures', () => (beats().at(-1)?.frames ?? 0) - from > 30)
	console.log(`${(beats().at(-1)?.frames ?? 0) - from} pictures in ${beats().length - count} beats`)
})

describe('it shows', () => {
	it('the hall while nobody speaks', async () => {
		await shows('wide')
		await isAt(green, 0.45, 0.4)
		await isAt(green, 0.3, 0.85)
	})

	it('whoever has the floor, with their name, the moment that they have it', async () => {
		floor(speech('p2', 180, 0))
		await isAt(red, 0.45, 0.4)
		const scene = await stats()
		expect([scene?.layout, scene?.strip?.name]).toEqual(['speaker', kim?.name])
		// The name strip is dark, where the picture was before.
		await until('the name strip', async () => !near(await colourAt(0.06, 0.82, 0.12, 0.08), red))
	})

	it('a page beside the speaker', async () => {
		hub.core({ slide: { document: 'd1', page: 3, pages: 24, by: 'p2' } })
		await shows('slides')
		await isAt([13, 99, 206], 0.4, 0.13, 0.2, 0.02)
		await isAt([255, 255, 255], 0.3, 0.7)
		await isAt(red, 0.8, 0.2)
		hub.core({ slide: null })
		await shows('speaker')
	})

	it('both while one answers the other', async () => {
		floor(speech('p3', 180, 0, { kind: 'respond' }))
		await shows('two')
		await isAt(red, 0.2, 0.4)
		await isAt(blue, 0.7, 0.4)
	})

	it('what was arranged by hand', async () => {
		arrange({ layout: 'wide' })
		await isAt(green, 0.45, 0.4)
		arrange({})
		await shows('two')
	})

	it('nothing of a break and of what is not public, and asks for no picture of that', async () => {
		arrange({ closed: true })
		await until('no picture to be received', async () => {
			const now = await stats()
			const asked = hub.received.findLast((one) => one.type === 'media.show')
			return now?.slate?.kind === 'closed' && asked?.wanted.video.length === 0
		})
		for (const at of [0.2, 0.7]) await until('no face', async () => !near(await colourAt(at, 0.3), red))
		arrange({})
		await shows('two')
		hub.core({ meeting: { ...hub.join.core.meeting, phase: 'suspended' } })
		await until('the slate', async () => (await stats())?.slate?.kind === 'suspended')
	})
})

/**
 * Of a file: each stream's size and pictures; how loud it is (dBFS); whether it stands still for longer than a busy machine
 * takes for its next picture.
 */
async function look(file: string) {
	const probe = [
		'-v',
		'error',
		'-count_packets',
		'-show_entries',
		'stream=codec_name,width,height,nb_read_packets',
		'-of',
		'json',
	]
	// Not by execFileSync: the hub runs in this process, and a page that hears nothing of it for seconds comes anew.
	const { streams } = JSON.parse((await run('ffprobe', [...probe, file])).stdout)
	const filters = ['-vf', 'freezedetect=n=-60dB:d=1.5', '-af', 'volumedetect']
	const { stderr: told } = await run('ffmpeg', ['-hide_banner', '-nostats', '-i', file, ...filters, '-f', 'null', '-'])
	return { streams, loud: Number(/max_volume: (-?[\d.]+)/.exec(told)?.[1] ?? -99), freezes: /freeze_start/.test(told) }
}

describe('what is sent', () => {
	it('moves and is heard, in H.264 of one size in both rungs, and in Opus', async () => {
		hub.core({ meeting: { ...hub.join.core.meeting, phase: 'open' } })
		floor(speech('p2', 180, 0))
		arrange({ layout: 'speaker' })
		await isAt(red, 0.45, 0.4)
		for (const [height, width] of [
			[720, 1280],
			[360, 640],
		] as const) {
			const file = join(dir, `${height}.mkv`)
			await hub.record(file, 3, height)
			const { streams, loud, freezes } = await look(file)
			console.log(`${streams[0]?.nb_read_packets} pictures in three seconds of ${height} lines`)
			expect(streams).toMatchObject([{ codec_name: 'h264', width, height }, { codec_name: 'opus' }])
			expect(Number(streams[0].nb_read_packets)).toBeGreaterThan(5)
			expect(freezes).toBe(false)
			expect(loud).toBeGreaterThan(-40)
		}
	})

	it('goes on through a break, in silence', async () => {
		hub.core({ meeting: { ...hub.join.core.meeting, phase: 'suspended' } })
		await shows('slate')
		const file = join(dir, 'break.mkv')
		await hub.record(file, 3, 720)
		const { streams, loud, freezes } = await look(file)
		expect(streams).toMatchObject([{ codec_name: 'h264', width: 1280, height: 720 }, { codec_name: 'opus' }])
		expect(Number(streams[0].nb_read_packets)).toBeGreaterThan(5)
		expect([freezes, loud < -70]).toEqual([true, true])
		hub.core({ meeting: { ...hub.join.core.meeting, phase: 'open' } })
	})

	it('comes again after a loss, of the same page', async () => {
		const before = hub.sent().map(({ id }) => id)
		hub.loseMedia()
		await until('new media', () => hub.sent().length === 2 && hub.sent().every(({ id }) => !before.includes(id)))
		await isAt(red, 0.45, 0.4)
		expect(events.filter(({ type }) => type === 'ready')).toHaveLength(1)
	})
})

it('leaves when it is told to, and says when it is of no more use', async () => {
	hub.say({ type: 'ended', code: 'meeting-closed' })
	await until('the end', () => events.some(({ type }) => type === 'failed'))
	expect(events.findLast(({ type }) => type === 'failed')).toEqual({ type: 'failed', detail: 'meeting-closed' })
	await until('no more pictures', () => beats().at(-1)?.fps === 0)
})
