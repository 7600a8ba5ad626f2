import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { h264, type Source, startSource } from '../room/rtsp-source.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { type Attendee, modest, openAttendee, timeToMedia } from '../scene/attendee.ts'
import { type Cameras, startCameras } from '../scene/cameras.ts'
import { call, type Member, openMember } from '../scene/member.ts'
import { openPanel, type Panel } from '../scene/panel.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { until } from '../scene/wait.ts'
import { Returning } from './people.ts'

/**
 * A council meeting with everything that can fail in it: the room with its stage and a camera whose stream ffmpeg has to
 * decode, its touch panel, the relay, somebody who speaks from a real page, and generated people who listen and whose
 * microphones send against a shut gate. The service is kept running as its unit keeps it.
 */
export interface Hall {
	readonly service: Appliance
	readonly panel: Panel
	readonly clerk: Member
	readonly attendee: Attendee
	readonly people: Returning
	readonly meeting: string
	/** The database of the service. */
	readonly file: string
	/** The one who has the floor, in the page. */
	readonly speaker: string
	/** Told whenever somebody else is the clerk's client. */
	onClerk: (clerk: Member) => void
	/** What the log has said since `from`, a length of it; with the moment of each line. */
	said(from: number): { time: number; msg: string }[]
	readonly logLength: number
	/** Where the newest segment of the relay stands. Null: there is none. */
	segment(): Promise<{ run: string; name: string } | null>
	/** As systemd does: `Restart=always`, `RestartSec=300ms`. Resolves when it answers again. */
	comesBack(): Promise<void>
	/** Resolves when panel and clerk are connected again; both try all the time. Milliseconds by the clock for each. */
	reconnect(): Promise<{ panelAt: number; clerkAt: number }>
	/** Everything is as at the beginning, with nobody's help. */
	whole(ms?: number): Promise<void>
	/** Until every picture of the meeting moves on the attendee's page. */
	picturesMove(ms?: number): Promise<number>
	close(): Promise<void>
}

const restartMs = 300
/** Only what never comes back takes so long, however busy the machine. */
const patienceMs = 120_000
/** The room's two cameras. */
const pictures = 2

const tokenOf = (link: string) => new URL(link).hash.slice(1)

export interface HallOptions {
	port: number
	/** Generated people. */
	listeners: number
	/** Whether it is relayed, which takes another browser, and others stand by for both. */
	relayed: boolean
}

export async function openHall(options: HallOptions): Promise<Hall> {
	const ends: (() => unknown)[] = []
	try {
		return await build(options, ends)
	} catch (error) {
		await endAll(ends)
		throw error
	}
}

async function build({ port, listeners, relayed }: HallOptions, ends: (() => unknown)[]): Promise<Hall> {
	const cameras: Cameras = await startCameras(['front'])
	ends.push(() => cameras.close())
	// With B-frames, which browsers mind: it is ffmpeg that sends it, not the service itself.
	const picture = { width: 640, height: 360, rate: 10, gop: 10, bFrames: 2, kbits: 400 }
	const source: Source = await startSource({ '/front': h264(picture) })
	ends.push(() => source.close())
	const addresses = cameras.addresses.map((one) => ({ ...one, rtsp: source.url('/front') }))
	const stage = { display: 'headless', devices: 'virtual', standBy: relayed }
	const site: Site = await openSite({ addresses }, port, { stage })
	ends.push(() => site.close())
	let service = await site.start()
	const { origin } = service
	const admin = service.token('admin')
	const ask = <T>(method: string, path: string, body?: object) => call<T>(origin, admin, method, path, body)

	const roll = Array.from({ length: 2 + listeners }, (_, i) => ({
		...{ name: `${i}번 국장`, title: '국장', bureau: `${i}국`, email: null, order: i },
		role: i === 0 ? 'clerk' : 'member',
	}))
	const plan = { title: '확대간부회의', kind: 'council', roll }
	const { id: meeting, links } = await ask<{ id: string; links: Links }>('POST', '/meetings?origin=request', plan)
	await ask('POST', `/meetings/${meeting}/open`)
	const personal = await ask<{ links: { id: string; link: string }[] }>('POST', `/meetings/${meeting}/roll/links`)
	const [ofClerk, ofSpeaker, ...ofListeners] = personal.links
	if (!ofClerk || !ofSpeaker) throw new Error('the roll has no links')

	const clerkBy = { origin, token: tokenOf(ofClerk.link) }
	let clerk = await openMember(clerkBy)
	ends.push(() => clerk.close())
	await clerk.get({ type: 'rules.set', floor: { mode: 'chair', maxOpen: 2, speechSeconds: null } })
	let panel = await openPanel(origin, service.token('panel'))
	ends.push(() => panel.close())
	await ask('POST', '/room/join', { link: links.room })
	await panel.until('the room to be in', ({ call }) => call.phase === 'inCall')
	await panel.command({ type: 'room.mute', muted: true })
	if (relayed) await ask('POST', `/meetings/${meeting}/relay/start`)

	const browser: LaunchedBrowser = await launchPatiently({
		...{ name: 'chaos', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) },
	})
	ends.push(() => browser.close())
	const page = `${origin}/attend#${tokenOf(ofSpeaker.link)}`
	const attendee = await openAttendee(browser.puppeteer, page, '', modest)
	// Asking is consent to be opened with the grant.
	await attendee.page.waitForSelector('[data-action=floor]')
	await attendee.page.click('[data-action=floor]')
	const speaker = await until('a raised hand', () => clerk.list('asking')[0]?.id)
	await clerk.get({ type: 'floor.grant', who: speaker, seconds: 86_400 })
	await until('an open microphone', () =>
		clerk.people.some(({ sources }) => sources.some(({ use, muted }) => use === 'microphone' && !muted)),
	)
	const people = await Returning.open(
		origin,
		ofListeners.map(({ link }) => tokenOf(link)),
	)
	ends.push(() => people.close())

	const viewer = tokenOf(links.viewer)
	const playlist = `${origin}/api/v1/meetings/${meeting}/relay/high.m3u8?token=${viewer}`
	async function segment() {
		const response = await fetch(playlist).catch(() => null)
		if (!response?.ok) return null
		const lines = (await response.text()).split('\n')
		const run = lines.findLast((line) => line.startsWith('#EXT-X-MAP'))
		const name = lines.findLast((line) => line !== '' && !line.startsWith('#'))
		return run && name ? { run, name } : null
	}
	async function relayMoves(ms: number) {
		const first = await until('a segment of the relay', segment, ms)
		await until('another one', async () => (await segment().then((now) => now && now.name !== first.name)) || null, ms)
	}

	/** By the log: another stands by since the last was lost. */
	const standing = () => {
		const said = service.output()
		return ['stage', 'programme'].every((name) => {
			const lost = [`the ${name} is gone`, `the ${name} that stood by is gone`]
			return lost.every((words) => said.lastIndexOf(`another ${name} stands by`) > said.lastIndexOf(words))
		})
	}

	const hall: Hall = {
		get service() {
			return service
		},
		get panel() {
			return panel
		},
		get clerk() {
			return clerk
		},
		attendee,
		people,
		meeting,
		speaker,
		file: join(site.dir, 'data/maru.db'),
		onClerk: () => {},
		get logLength() {
			return service.output().length
		},
		said: (from) => service.output().slice(from).split('\n').flatMap(lineOf),
		segment,
		async comesBack() {
			await service.ended
			await sleep(restartMs)
			service = await site.start()
		},
		async reconnect() {
			panel.close()
			const [panelAt, clerkAt] = await Promise.all([
				until('the panel', () => openPanel(origin, service.token('panel')).catch(() => null), patienceMs, 100).then(
					(again) => {
						panel = again
						return Date.now()
					},
				),
				openMember({ ...clerkBy, ...(clerk.resume === null ? {} : { resume: clerk.resume }) }).then((again) => {
					clerk = again
					hall.onClerk(again)
					return Date.now()
				}),
			])
			return { panelAt, clerkAt }
		},
		picturesMove: (ms = patienceMs) => timeToMedia(attendee, pictures, 4, ms),
		async whole(ms = patienceMs) {
			await panel.until(
				'the room to be whole',
				({ call, stage, devices, cameras }) =>
					call.phase === 'inCall' &&
					!call.recovering &&
					stage.status === 'ready' &&
					devices.status === 'ready' &&
					cameras.some(({ id, status, video }) => id === 'front' && status === 'ready' && video !== 'failed'),
				ms,
			)
			await until('all who listen', () => people.areIn, ms)
			await hall.picturesMove(ms)
			if (!relayed) return
			await relayMoves(ms)
			await until('browsers to stand by', standing, ms)
		},
		close: () => endAll(ends),
	}
	await hall.whole().catch((error: Error) => {
		throw new Error(`${error.message}; the last that the service said:\n${service.output().slice(-4_000)}`)
	})
	return hall
}

/** A line of the service's log; what it prints besides is none. */
function lineOf(text: string): { time: number; msg: string }[] {
	if (!text.startsWith('{')) return []
	try {
		const { time, msg = '' } = JSON.parse(text) as { time: number; msg?: string }
		return [{ time, msg }]
	} catch {
		return [] // half of it is still to come
	}
}

/** The last that was opened ends first, and one that fails keeps none. */
async function endAll(ends: (() => unknown)[]) {
	for (let end = ends.pop(); end; end = ends.pop()) {
		try {
			await end()
		} catch (error) {
			console.error(error)
		}
	}
}
