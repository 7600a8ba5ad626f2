import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSite, type Site } from './appliance.ts'
import { memberLink, openAttendee } from './attendee.ts'
import { openPanel } from './panel.ts'
import { launchPatiently } from './patient-browser.ts'
import { until } from './wait.ts'

/** A network that lets nothing through but a TURN server over TCP: Debian's coturn, where this machine has it. */

declare global {
	interface Window {
		connections: RTCPeerConnection[]
	}
}

const port = 22_580
const turnPort = port + 400
const there = spawnSync('turnserver', ['--version']).error === undefined
/** Debian's package starts a server at once and for all to use, so set-up does not install it. */
const scene = there ? it : it.skip

let dir: string
let coturn: ChildProcess | null = null
let site: Site | null = null
let browser: Awaited<ReturnType<typeof launchPatiently>> | null = null

beforeAll(async () => {
	if (!there) return
	dir = mkdtempSync(join(tmpdir(), 'maru-turn-'))
	writeFileSync(join(dir, 'secret'), 'a city’s own\n')
	const options = {
		...{ 'listening-ip': '127.0.0.1', 'listening-port': turnPort, 'relay-ip': '127.0.0.1', realm: 'city.example' },
		...{ 'min-port': turnPort + 1, 'max-port': turnPort + 99 },
		...{ 'static-auth-secret': readFileSync(join(dir, 'secret'), 'utf8').trim(), pidfile: join(dir, 'pid') },
		...{ 'log-file': join(dir, 'log'), userdb: join(dir, 'users') },
	}
	const flags = [
		'-n',
		'--use-auth-secret',
		'--no-tls',
		'--no-dtls',
		'--no-cli',
		'--allow-loopback-peers',
		'--simple-log',
	]
	const given = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
	coturn = spawn('turnserver', [...flags, ...given], { stdio: 'ignore' })
	await until('coturn', () => listens(turnPort))
	const turn = {
		urls: [`turn:127.0.0.1:${turnPort}?transport=tcp`],
		secret: { file: join(dir, 'secret') },
		always: true,
	}
	site = await openSite({ addresses: [] }, port, { turn })
	browser = await launchPatiently({ name: 'turn', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
afterAll(async () => {
	await browser?.close()
	await site?.close()
	coturn?.kill()
	if (there) rmSync(dir, { recursive: true, force: true })
})

scene('who comes from it sees and hears the room, by TURN and by nothing else', async () => {
	if (!site || !browser) throw new Error('nothing was started')
	const appliance = await site.start()
	const panel = await openPanel(appliance.origin, appliance.token('panel'))
	await panel.command({ type: 'room.start' })
	const { call } = await panel.until('the call', ({ call }) => call.phase === 'inCall', 60_000)
	const link = await memberLink(appliance, call.meeting?.id ?? '')
	const kim = await openAttendee({ newPage: () => openPage(browser) }, link, '김철수')
	await until('a picture and sound', async () => {
		const { videos, audioEnergy } = await kim.stats()
		return videos.some(({ framesDecoded }) => framesDecoded > 5) && audioEnergy > 0
	})
	// To send and to receive; what comes may be there before what goes.
	await until('both ways', async () => (await waysOf(kim.page)).length === 2)
	expect(await waysOf(kim.page)).toEqual(['relay', 'relay'])
	panel.close()
	await kim.close()
})

/** A page whose connections can be asked how they go. */
async function openPage(browser: Awaited<ReturnType<typeof launchPatiently>> | null): Promise<Page> {
	const page = await browser?.puppeteer.newPage({ type: 'window' })
	if (!page) throw new Error('no browser')
	await page.evaluateOnNewDocument(() => {
		window.connections = []
		window.RTCPeerConnection = class extends RTCPeerConnection {
			constructor(configuration?: RTCConfiguration) {
				super(configuration)
				window.connections.push(this)
			}
		}
	})
	return page
}

/** The kind of our end of each connection that carries something: host, srflx, prflx or relay. */
function waysOf(page: Page): Promise<string[]> {
	return page.evaluate(async () => {
		const reports = await Promise.all(window.connections.map((connection) => connection.getStats()))
		return reports.flatMap((report) => {
			const entries = [...report.values()]
			const pair = entries.find(({ type, nominated }) => type === 'candidate-pair' && nominated)
			return pair ? [String(report.get(pair.localCandidateId)?.candidateType)] : []
		})
	})
}

function listens(at: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(at, '127.0.0.1')
		socket.once('connect', () => {
			socket.destroy()
			resolve(true)
		})
		socket.once('error', () => resolve(false))
	})
}
