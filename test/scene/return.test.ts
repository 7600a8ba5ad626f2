import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { eventually } from '../eventually.ts'
import { type Appliance, listenFrom, openSite, type Site } from './appliance.ts'
import { type Attendee, chooseView, openAttendee, picturesAgain, smallCamera, timeToMedia } from './attendee.ts'
import { type Member, openMember } from './member.ts'
import { type Network, openNetwork } from './network.ts'
import { openPanel, type Panel } from './panel.ts'
import { launchPatiently } from './patient-browser.ts'
import { descendants } from './processes.ts'
import { judge, trials, until } from './wait.ts'

/**
 * Attendees who are cut off in every way that happens, and are back where they were: muted or not, in line at the same
 * place, in the same view, with all that was written. Times by the table of design.md §6, from the moment that the cause is over.
 * The long run cuts off three at a time: each return is one of its fifty. Three browsers' pages that come back at once are
 * more than two slow cores do in time: MARU_TOGETHER=1 has each of them alone, as at a person's own PC.
 */

const port = 22_180
const long = trials > 3
const together = Number(process.env.MARU_TOGETHER ?? (long ? 3 : 1))
const names = ['김철수', '이영희', '한복지'].slice(0, together)
/** The way there, seconds that it lasts, milliseconds until pictures come again; `quick`: played in every run. */
interface Cut {
	name: string
	promiseMs: number
	quick: boolean
	/** Resolves when whatever it was is over. */
	happens(): Promise<void>
	/** Their pages are new ones afterwards, and mute. */
	reloads?: boolean
}

const network: Network | null = openNetwork(77)
let site: Site
let appliance: Appliance
let browser: LaunchedBrowser
let panel: Panel
let clerk: Member
let clerkEntrance: Parameters<typeof openMember>[0]
let forwarder: ChildProcess
let speaker: Member
let first: Member
let attendees: { name: string; page: Attendee['page']; attendee: Attendee }[]

const lasting = (seconds: number) => async () => {
	network?.cut()
	await sleep(seconds * 1_000)
	network?.mend()
}
const workers = () => descendants(appliance.pid).filter(({ command }) => command.includes('mediasoup-worker'))
const signal = (name: NodeJS.Signals) => {
	for (const { pid } of workers()) process.kill(pid, name)
}

const cuts: Cut[] = [
	{ name: 'a second without network', promiseMs: 2_000, quick: true, happens: lasting(1) },
	{ name: 'ten seconds without network', promiseMs: 5_000, quick: false, happens: lasting(10) },
	{ name: 'a minute without network', promiseMs: 10_000, quick: false, happens: lasting(55) },
	{
		name: 'another network, with another address',
		promiseMs: 5_000,
		quick: true,
		happens: async () => network?.change(),
	},
	{
		name: 'a lid that was shut',
		promiseMs: 5_000,
		quick: true,
		async happens() {
			process.kill(-browser.pid, 'SIGSTOP')
			await sleep(long ? 20_000 : 6_000)
			process.kill(-browser.pid, 'SIGCONT')
		},
	},
	{
		name: 'a reload',
		promiseMs: 5_000,
		quick: true,
		reloads: true,
		happens: async () => {
			await Promise.all(attendees.map(({ page }) => page.reload()))
		},
	},
	{
		name: 'five in a hundred packets lost and 300 ms to and fro',
		promiseMs: 5_000,
		quick: false,
		async happens() {
			await network?.spoil(0.05, 150)
			// Bad as it is, they are in the meeting all along, and see it.
			for (let i = 0; i < 3; i++) {
				for (const { attendee } of attendees) await timeToMedia(attendee, 1, 10, 30_000)
				await sleep(5_000)
			}
			expect(names.every((name) => seen(name).here)).toBe(true)
			network?.unspoil()
		},
	},
	{ name: 'a worker that is killed', promiseMs: 5_000, quick: false, happens: async () => signal('SIGKILL') },
	{ name: 'a worker that hangs', promiseMs: 10_000, quick: false, happens: async () => signal('SIGSTOP') },
	{
		name: 'a service that is killed',
		promiseMs: 15_000,
		quick: false,
		async happens() {
			appliance.kill('SIGKILL')
			await appliance.ended
			appliance = await site.start()
			clerk = await openMember({ ...clerkEntrance, ...(clerk.resume === null ? {} : { resume: clerk.resume }) })
		},
	},
]

beforeAll(async () => {
	if (!network) return
	const usual = listenFrom(port)
	const listen = {
		http: { port },
		https: { host: '0.0.0.0', port: port + 1 },
		media: { ...usual.media, host: '0.0.0.0', announce: [network.address] },
		feeds: usual.feeds,
	}
	const publicUrl = `https://${network.address}:${port + 1}`
	site = await openSite({ addresses: [] }, port, { listen, publicUrl }, network.namespace)
	appliance = await site.start()
	// Plain HTTP is for its own machine only; the witnesses are led there.
	const { namespace, safeAddress } = network
	const lead = [`TCP-LISTEN:${port},bind=${safeAddress},fork,reuseaddr`, `TCP:127.0.0.1:${port}`]
	forwarder = spawn('ip', ['netns', 'exec', namespace, 'socat', ...lead], { stdio: 'ignore' })
	const safe = `http://${network.safeAddress}:${port}`
	await until('the way there', () =>
		fetch(`${safe}/api/v1/health`).then(
			({ ok }) => ok,
			() => false,
		),
	)
	panel = await openPanel(safe, appliance.token('panel'))
	await panel.command({ type: 'room.start' })
	const { call } = await panel.until('the call', ({ call }) => call.phase === 'inCall', 60_000)
	const response = await fetch(`${safe}/api/v1/meetings/${call.meeting?.id}/links`, {
		headers: { authorization: `Bearer ${appliance.token('admin')}` },
	})
	const { links } = (await response.json()) as { links: Links }
	const entrance = (link: string, name: string) => ({ origin: safe, token: new URL(link).hash.slice(1), name })
	clerkEntrance = entrance(links.clerk, '서기')
	clerk = await openMember(clerkEntrance)
	speaker = await openMember(entrance(links.member, '박발언'))
	first = await openMember(entrance(links.member, '최먼저'))
	await clerk.get({ type: 'floor.mode', mode: 'queue' })
	await speaker.get({ type: 'floor.request' })
	await first.get({ type: 'floor.request' })
	// What the rules do not keep ends with the service, by the rules.
	await clerk.get({ type: 'rules.set', chat: { kept: true } })
	await clerk.get({ type: 'chat.say', to: 'all', text: '자료는 3쪽입니다' })

	const trustedSpki = [await keyOf(network.address, port + 1)]
	const log = pino({ level: 'silent' })
	browser = await launchPatiently({ name: 'return', headless: true, fakeDevices: true, trustedSpki, log })
	attendees = []
	for (const name of names) {
		const attendee = await openAttendee(browser.puppeteer, links.member, name, (page) =>
			page.evaluateOnNewDocument(smallCamera),
		)
		const { page } = attendee
		await chooseView(page, 'gallery')
		await page.waitForSelector('[data-view=gallery]')
		await clerk.get({ type: 'floor.request', who: seen(name).id })
		attendees.push({ name, page, attendee })
	}
	for (const { attendee } of attendees) await timeToMedia(attendee, 1, 5, 60_000)
})
afterAll(async () => {
	panel?.close()
	for (const member of [clerk, speaker, first]) member?.close()
	await browser?.close()
	await site?.close()
	forwarder?.kill()
	network?.close()
})

/** One of them, as another sees them. */
const seen = (name: string) => clerk.people.find((one) => one.name === name) ?? { id: '', here: false, sources: [] }
const muted = (name: string) => seen(name).sources.find(({ use }) => use === 'microphone')?.muted

/** All that must be as it was. */
async function standing(name: string, page: Page) {
	await openChat(page)
	return {
		muted: muted(name),
		queue: clerk.list('asking').map(({ id }) => id),
		view: await page.$eval('[data-view]', (pictures) => pictures.getAttribute('data-view')),
		chat: await page.$$eval('aside', (all) => all.some((one) => one.textContent.includes('자료는 3쪽입니다'))),
		people: clerk.people.filter((one) => one.name === name).length,
	}
}

async function openChat(page: Page) {
	const shown = () => page.$$eval('aside', (all) => all.some((one) => one.textContent.includes('자료는')))
	if (await shown()) return
	await page.click('[data-side=chat]')
	await until('the chat', shown)
}

const scene = network ? describe : describe.skip

scene('An attendee comes back by themselves, as they were, after', () => {
	for (const { name, promiseMs, quick, happens, reloads = false } of cuts) {
		const play = quick || long ? it : it.skip
		play(
			name,
			async () => {
				const figures: number[] = []
				for (let round = 0; figures.length < trials; round++) {
					// By turns open and shut.
					const wish = round % 2 === 0
					const before = []
					for (const { name, page } of attendees) {
						await page.bringToFront()
						if (muted(name) !== wish) await page.click('[data-action=microphone]')
						await until('the microphone', () => muted(name) === wish)
						before.push(await standing(name, page))
					}
					await happens()
					const begun = performance.now()
					const back = attendees.map(async ({ name, page, attendee }) => {
						if (reloads) await page.waitForSelector('[data-screen=call]', { timeout: 60_000 })
						figures.push((await picturesAgain(attendee, 60_000)) - begun)
						await until('them to be here, with their microphone', () => seen(name).here && muted(name) !== undefined)
					})
					await Promise.all(back)
					for (const [i, { name, page }] of attendees.entries()) {
						await page.bringToFront()
						const wanted = { ...before[i], muted: reloads || before[i]?.muted }
						await eventually(async () => expect(await standing(name, page)).toEqual(wanted))
					}
				}
				judge(`${name} → pictures again`, figures, promiseMs)
			},
			long ? 7_200_000 : 240_000,
		)
	}
})

/** SHA-256 of the public key that is shown there, base64. */
function keyOf(host: string, port: number): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, rejectUnauthorized: false }, () => {
			const { publicKey } = socket.getPeerX509Certificate() ?? {}
			socket.destroy()
			if (!publicKey) return reject(new Error('no certificate'))
			resolve(
				createHash('sha256')
					.update(publicKey.export({ type: 'spki', format: 'der' }))
					.digest('base64'),
			)
		})
		socket.once('error', reject)
	})
}
