import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { StageCommand, StageEvent } from '../../appliance/protocol/stage.ts'
import type { PageStats } from '../../control-panel/lib/meeting/stats.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { openAttendee } from '../scene/attendee.ts'
import { openMember } from '../scene/member.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { writeTone } from '../scene/tone.ts'
import { until } from '../scene/wait.ts'
import { openFace } from './face.ts'

/** The hall display's page, commanded as the room commands it, beside an attendee in the same meeting. */

let dir: string
let site: Site
let appliance: Appliance
let hall: LaunchedBrowser
let home: LaunchedBrowser
let links: Links
let stage: Page
let events: StageEvent[]

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 19_480)
	appliance = await site.start()
	const log = pino({ level: 'silent' })
	// The fake microphone's own beeps stop, sometimes for a minute, once a fake camera has run beside it.
	dir = mkdtempSync(join(tmpdir(), 'maru-tone-'))
	chmodSync(dir, 0o755)
	const audio = join(dir, 'tone.wav')
	writeTone(audio)
	hall = await launchPatiently({ name: 'hall', headless: true, fakeDevices: { audio }, log })
	home = await launchPatiently({ name: 'home', headless: true, fakeDevices: true, log })
})
afterAll(async () => {
	await hall?.close()
	await home?.close()
	await site?.close()
	rmSync(dir, { recursive: true, force: true })
})

beforeEach(async () => {
	const headers = { authorization: `Bearer ${appliance.token('admin')}`, 'content-type': 'application/json' }
	const post = async (path: string, body: object) => {
		const response = await fetch(`${appliance.origin}/api/v1${path}`, {
			method: 'POST',
			headers,
			body: JSON.stringify(body),
		})
		if (!response.ok) throw new Error(`${path}: ${response.status}`)
		return response.json()
	}
	const made = await post('/meetings?origin=request', { title: '확대간부회의', kind: 'council' })
	await post(`/meetings/${made.id}/open`, {})
	links = made.links

	events = []
	const heard = events
	stage = await hall.puppeteer.newPage({ type: 'window' })
	await stage.exposeFunction('maruStage', (json: string) => void heard.push(JSON.parse(json)))
	await stage.evaluateOnNewDocument(`
		window.tracks = []
		const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
		navigator.mediaDevices.getUserMedia = async (wish) => {
			const stream = await real(wish)
			window.tracks.push(...stream.getTracks())
			return stream
		}`)
	await stage.goto(`${appliance.origin}/stage`)
	return () => stage.close()
})

function command(command: StageCommand): Promise<void> {
	return stage.evaluate(
		(json) => (window as unknown as { maru: { command(json: string): void } }).maru.command(json),
		JSON.stringify(command),
	)
}

function joining(difference: Partial<Extract<StageCommand, { type: 'join' }>> = {}): StageCommand {
	return {
		type: 'join',
		hub: `${appliance.origin.replace('http', 'ws')}/ws/meeting`,
		token: links.room.split('#')[1] ?? '',
		resume: null,
		language: 'ko',
		roomName: '대회의실',
		muted: true,
		microphone: null,
		cameras: [{ label: null, name: '탁상' }],
		output: null,
		processing: false,
		volume: 80,
		...difference,
	}
}

const happened = (type: StageEvent['type']) => until(`'${type}'`, () => events.find((event) => event.type === type))
const beats = () => events.filter((event) => event.type === 'beat')
const tracks = () =>
	stage.evaluate(() =>
		(window as unknown as { tracks: MediaStreamTrack[] }).tracks.map(({ kind, enabled, readyState }) => ({
			kind,
			enabled,
			readyState,
		})),
	)

it('says that it is ready, and beats with frames before any meeting', async () => {
	await happened('ready')
	await until('three beats', () => beats().length >= 3)
	const [first, , third] = beats()
	expect(third?.frames).toBeGreaterThan(first?.frames ?? 0)
	expect(third).toMatchObject({ expected: 0, decoded: 0, ice: 'new' })
	expect(await tracks()).toEqual([])
})

it('sends its camera under its name, its microphone only when told, and shows others but never itself', async () => {
	await command(joining())
	await happened('joined')
	const attendee = await openAttendee(home.puppeteer, links.member, '김영희')
	await until('the room’s picture', async () =>
		(await attendee.stats()).videos.some(({ label, framesDecoded }) => label === '탁상' && framesDecoded > 5),
	)
	expect((await attendee.stats()).audioEnergy).toBe(0)
	expect(await tracks()).toContainEqual({ kind: 'audio', enabled: false, readyState: 'live' })

	await command({ type: 'mute', muted: false })
	await until('sound of the room', async () => (await attendee.stats()).audioEnergy > 0)
	await command({ type: 'mute', muted: true })
	await until('the track to be shut', async () =>
		(await tracks()).every(({ kind, enabled }) => kind === 'video' || !enabled),
	)
	await until('it to be told', () => stage.$eval('body', (body) => body.textContent.includes('회의실 마이크 꺼짐')))

	await until('a beat with pictures and sound of the attendee', () => {
		const last = beats().at(-1)
		return last && last.expected === 1 && last.decoded > 5 && last.energy > 0 && last.ice === 'connected'
	})
	const { videos } = await stage.evaluate(() => (window as unknown as { maruStats(): Promise<PageStats> }).maruStats())
	expect(videos.map(({ person }) => person)).toEqual(['김영희'])
	await attendee.close()
})

it('shows whoever is put before all alone, and all again after', async () => {
	const kim = await openFace(links.member, '김영희')
	const lee = await openFace(links.member, '이철수')
	const clerk = await openMember({
		origin: appliance.origin,
		token: links.clerk.split('#')[1] ?? '',
		name: '서기',
	})
	await command(joining({ cameras: [] }))
	await happened('joined')
	const tiles = (count: number) =>
		until(`${count} tiles`, async () => (await stage.$$eval('figure', (all) => all.length)) === count)
	await tiles(3)
	await clerk.get({ type: 'spotlight.set', who: lee.person })
	await tiles(1)
	expect(await stage.$eval('figure', (tile) => tile.textContent)).toContain('이철수')
	await clerk.get({ type: 'spotlight.set', who: null })
	await tiles(3)
	for (const member of [kim, lee, clerk]) member.close()
})

it('plays by the device that it is told, as loud as it is told, and takes another microphone in the midst of a meeting', async () => {
	const attendee = await openAttendee(home.puppeteer, links.member, '김영희')
	await command(joining({ output: 'Fake Audio Output 2', muted: false, cameras: [] }))
	await happened('joined')
	const playing = () =>
		stage.evaluate(async () => {
			const outputs = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'audiooutput')
			return [...document.querySelectorAll('audio')].map(({ sinkId, volume }) => ({
				device: outputs.find(({ deviceId }) => deviceId === sinkId)?.label ?? sinkId,
				volume: Math.round(volume * 100),
			}))
		})
	await until('sound of the attendee', async () => (await playing()).length === 1)
	// It is handed to its device after it is there.
	await until('the device', async () => (await playing())[0]?.device !== '')
	expect(await playing()).toEqual([{ device: 'Fake Audio Output 2', volume: 64 }])
	const sound = () => events.findLast((event) => event.type === 'sound')
	await until('the word of it', () => sound()?.output === 'good')
	expect(sound()).toEqual({ type: 'sound', microphone: 'open', output: 'good' })
	await command({ type: 'volume', volume: 50 })
	await until('half as loud', async () => (await playing())[0]?.volume === 25)

	await command({ type: 'devices', microphone: 'Fake Audio Input 2', output: 'Jabra SPEAK 510 USB', processing: false })
	const microphones = async () => (await tracks()).map(({ readyState }) => readyState).join()
	await until('the other microphone instead of the first', async () => (await microphones()) === 'ended,live')
	await until('the default device', async () => (await playing())[0]?.device === '')
	await until('the loss to be told', () => sound()?.output === 'missing')
	expect(sound()).toEqual({ type: 'sound', microphone: 'open', output: 'missing' })
	await until('sound of the room', async () => (await attendee.stats()).audioEnergy > 0)
	await attendee.close()
})

it('measures a microphone and plays a tone before any meeting, and closes what it opened for that', async () => {
	const devices = { microphone: null, output: 'Fake Audio Output 1', processing: false }
	await command({ type: 'listen', on: true, ...devices })
	await until('a level', () => events.some((event) => event.type === 'level' && (event.level ?? 0) > 0.1))
	await command({ type: 'listen', on: false, ...devices })
	await until('a closed microphone', async () => (await tracks()).every(({ readyState }) => readyState === 'ended'))
	await command({ type: 'tone', volume: 60, ...devices })
	expect(await happened('tone')).toEqual({ type: 'tone', played: 'there' })
	await command({ type: 'tone', volume: 60, ...devices, output: 'no such card' })
	await until('the second tone', () => events.filter(({ type }) => type === 'tone').length === 2)
	expect(events.findLast(({ type }) => type === 'tone')).toEqual({ type: 'tone', played: 'elsewhere' })
	await command({ type: 'listen', on: true, ...devices, microphone: 'no such card' })
	await until('no level', () => events.some((event) => event.type === 'level' && event.level === null))
})

it('leaves an attendee who sits in the hall without sound: nothing is sent, nothing comes, until they move out', async () => {
	const context = await home.puppeteer.createBrowserContext()
	const attendee = await openAttendee(context, `${links.member}&companion`, '김영희')
	await command(joining({ muted: false, cameras: [] }))
	await happened('joined')
	const sounding = () => attendee.page.$$eval('audio', (all) => all.length)
	const place = () => attendee.page.evaluate(() => localStorage.getItem('maru.inHall'))
	await until('the room among the people', async () =>
		(await attendee.page.$eval('body', (body) => body.textContent)).includes('대회의실'),
	)
	expect([await sounding(), (await attendee.stats()).audioSamples, beats().at(-1)?.energy]).toEqual([0, 0, 0])
	expect(await attendee.page.$('[data-action=microphone]')).toBeNull()
	await attendee.page.click('[data-action=hall]')
	await (await attendee.page.waitForSelector('[data-action=leave-hall]'))?.click()
	await until('sound of the room', async () => (await attendee.stats()).audioEnergy > 0)
	expect([await sounding(), await place()]).toEqual([1, 'no'])
	await context.close()
})

it('closes microphone and camera when it leaves', async () => {
	await command(joining({ muted: false }))
	await happened('joined')
	await command({ type: 'leave' })
	await happened('left')
	const states = async () => (await tracks()).map(({ readyState }) => readyState).join()
	await until('both to be shut', async () => (await states()) === 'ended,ended')
	await until('the idle screen', async () =>
		(await stage.$eval('body', (body) => body.textContent)).includes('대기 중'),
	)
})

it('joins without a device that is not there', async () => {
	await command(joining({ cameras: [{ label: 'no such camera', name: '없음' }] }))
	await happened('joined')
	expect((await tracks()).map(({ kind }) => kind)).toEqual(['audio'])
})

it('opens nothing of the room where it is told to send nothing', async () => {
	await command(joining({ microphone: 'none', cameras: [] }))
	await happened('joined')
	expect(await tracks()).toEqual([])
})

it('says why it cannot join', async () => {
	await command(joining({ token: 'forged' }))
	expect(await happened('failed')).toMatchObject({ reason: 'link-refused', detail: 'forged' })
	expect((await tracks()).every(({ readyState }) => readyState === 'ended')).toBe(true)
})
