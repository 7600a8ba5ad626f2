import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Frame, Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { addressList } from '../../appliance/config-relay.ts'
import { readPages } from '../../appliance/http/pages.ts'
import { personOf } from '../../appliance/http/portal.ts'
import { openCertificates } from '../../appliance/identity/certificates.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import type { WatchSession } from '../../control-panel/watch/session.svelte.ts'
import { openSite, type Site } from '../http/site.ts'
import { type Built, build, settled, until } from './built.ts'
import { ClipRelay, encodeClips } from './watch-relay.ts'

/**
 * The relay in pages of other sites, as Chromium holds them: the real server with TLS, real foreign origins, third-party cookies
 * shut out. The films are clips; everybody watches by HTTP.
 */

let built: Built
let site: Site
let relay: ClipRelay
let link: string
/** Pages of other sites, by their paths: /script and /plain hold the relay by either snippet, in Korean or with /en. */
const intra = { https: '', forbidden: '', http: '' }
/** What portal.test is: it lets people sign in, and leads through itself what belongs to the hub. */
let portal: string
const pages = new Set<Page>()
const closes: (() => unknown)[] = []

type Listening = ReturnType<typeof createHttp | typeof createHttps>
async function listen(server: Listening): Promise<number> {
	await once(server.listen(0, '127.0.0.1'), 'listening')
	closes.push(() => {
		server.closeAllConnections()
		server.close()
	})
	return (server.address() as AddressInfo).port
}

const hubPort = () => new URL(site.origin).port
const hub = () => `https://maru.test:${hubPort()}`

const foreign: RequestListener = ({ url = '' }, response) => {
	const [, how, language] = url.split('?')[0]?.split('/') ?? []
	const address = how === 'portal' ? `${portal}/watch?meeting=m1` : link
	const script = `<script src="${hub()}/watch/embed.js" defer></script><div data-maru-relay="${address}"></div>`
	const plain = `<iframe src="${address}" allow="autoplay; fullscreen; picture-in-picture" style="width: 100%; aspect-ratio: 16 / 9; border: 0"></iframe>`
	// As strict a page as there is: nothing inline, frames and scripts of the hub alone.
	response.setHeader(
		'content-security-policy',
		`default-src 'self'; script-src ${hub()}; frame-src ${hub()} ${portal}; style-src 'self'${how === 'plain' ? " 'unsafe-inline'" : ''}`,
	)
	response.setHeader('content-type', 'text/html; charset=utf-8')
	response.end(`<!doctype html><html lang="${language || 'ko'}"><body><h1>행정</h1>${how === 'plain' ? plain : script}`)
}

/** Puts a name to whoever asks for pages, and to nothing else; passes on the rest as it comes. */
const signedIn: RequestListener = (incoming, response) => {
	const headers = { ...incoming.headers }
	delete headers['x-remote-user']
	delete headers['x-remote-name']
	if (incoming.url?.startsWith('/watch?')) {
		headers['x-remote-user'] = 'kim.ms'
		headers['x-remote-name'] = encodeURIComponent('김민수')
	}
	const { method, url: path } = incoming
	const onward = request({ host: '127.0.0.1', port: hubPort(), method, path, headers, rejectUnauthorized: false })
	onward.on('response', (answer) => {
		response.writeHead(answer.statusCode ?? 502, answer.headers)
		answer.pipe(response)
	})
	onward.on('error', () => response.destroy())
	incoming.pipe(onward)
}

beforeAll(async () => {
	built = await build(
		...[
			'--ignore-certificate-errors',
			'--host-resolver-rules=MAP *.test 127.0.0.1',
			'--test-third-party-cookie-phaseout',
		],
	)
	relay = new ClipRelay(await encodeClips(12), 30)
	const { key, cert } = await selfSigned()
	const httpsPort = await listen(createHttps({ key, cert }, foreign))
	intra.https = `https://intra.test:${httpsPort}`
	intra.forbidden = `https://other.test:${httpsPort}`
	intra.http = `http://old.test:${await listen(createHttp(foreign))}`
	portal = `https://portal.test:${await listen(createHttps({ key, cert }, signedIn))}`
	site = await openSite({
		...{ tls: true, embed: [intra.https, intra.http], pages: readPages(built.dist), origins: () => [hub(), portal] },
		portal: { header: 'x-remote-user', name: 'x-remote-name', isPortal: addressList(['127.0.0.1']) },
	})
	link = `${hub()}/watch#${await site.token('viewer')}`
	site.hub.answer = async () => ({ ok: false, code: 'full', message: '' })
	site.hub.relayFile = (_, name, ask) => {
		site.hub.asked.push({ name, ...ask })
		const answer = relay.answer(name)
		if (answer.status !== 200) return answer
		const names = Buffer.from(answer.bytes).toString()
		return { ...answer, bytes: Buffer.from(names.replace(/(360p|180p|captions)-[a-z0-9-]+\.\w+/g, 'segments/$&')) }
	}
	site.hub.relaySegment = (_, name) => relay.answer(name)
	site.hub.relay = () => ({
		...{ title: '확대간부회의', phase: 'open', since: Date.now() - 30_000, playable: true, windowS: 30, closed: false },
		...{ recording: false, captions: false, item: null, speaker: null, chapters: [], at: Date.now() },
	})
})
afterEach(async () => {
	await Promise.all([...pages].map((page) => page.close()))
	pages.clear()
})
afterAll(async () => {
	relay?.close()
	await built?.browser.close()
	for (const close of closes) close()
	await site?.close()
})

/** For sites that are not ours; the browser asks for nothing better. */
async function selfSigned() {
	const dir = mkdtempSync(join(tmpdir(), 'maru-embed-'))
	const now = () => Date.now()
	const certificates = await openCertificates({ dir, names: ['intra.test'], addresses: ['127.0.0.1'], now })
	rmSync(dir, { recursive: true })
	return certificates
}

async function open(address: string, width = 640): Promise<Page> {
	const page = await built.browser.newPage()
	pages.add(page)
	await page.setViewport({ width, height: 480 })
	// The portal of these tests passes no sockets on: nobody waits for one.
	if (address.endsWith('/portal')) await page.evaluateOnNewDocument("localStorage.setItem('maru.relayWay', 'steady')")
	await page.goto(address)
	return page
}

/** What embed.js says in the place of the relay, or beneath it; null: nothing. */
const says = (page: Page, part: '.slate' | '.bar') =>
	page.evaluate((part) => {
		const { shadowRoot } = document.querySelector('[data-maru-relay]') as HTMLElement
		return shadowRoot?.querySelector<HTMLElement>(part)?.textContent ?? null
	}, part)

async function frameIn(page: Page): Promise<Frame> {
	const frame = await (await page.waitForSelector('>>> iframe'))?.contentFrame()
	if (!frame) throw new Error('there is no frame')
	return frame
}

type Stats = ReturnType<WatchSession['stats']>
const stats = (frame: Frame) => frame.evaluate(() => (window as unknown as { maruWatch?(): Stats }).maruWatch?.())
const plays = (frame: Frame) =>
	until('a picture in the frame', async () => ((await stats(frame).catch(() => undefined))?.frames ?? 0) > 5)

it('plays in a page of an allowed site, by one line of script or without, in the language of that page', async () => {
	const page = await open(`${intra.https}/script/en`)
	const frame = await frameIn(page)
	await until('nothing in its place', async () => (await says(page, '.slate')) === null)
	expect(await says(page, '.bar')).toBeNull()
	await plays(frame)
	expect(await frame.evaluate(() => document.documentElement.lang)).toBe('en')
	const shape = await page.evaluate(() => {
		const place = document.querySelector('[data-maru-relay]') as HTMLElement
		const inner = place.shadowRoot?.querySelector('iframe') as HTMLIFrameElement
		return { ratio: place.offsetWidth / place.offsetHeight, title: inner.title, allow: inner.allow }
	})
	expect(shape.ratio).toBeCloseTo(16 / 9, 1)
	expect(shape).toMatchObject({
		title: 'Meeting relay',
		allow: expect.stringContaining('fullscreen; picture-in-picture; camera'),
	})
	expect(await frame.evaluate(() => document.fullscreenEnabled && document.pictureInPictureEnabled)).toBe(true)

	await plays(await frameIn(await open(`${intra.https}/plain`)))
})

it('says in a page of any other site that it may not be there, and leads to a window', async () => {
	for (const [language, words] of [
		['ko', '이 페이지 안에는 중계가 나오지 않습니다'],
		['en', 'The relay does not show within this page'],
	] as const) {
		const page = await open(`${intra.forbidden}/script/${language}`)
		await until('why', async () => (await says(page, '.slate'))?.includes(words))
		expect(await says(page, '.slate')).toContain(intra.forbidden)
		const leads = await page.$eval('>>> .slate a', (anchor) => (anchor as HTMLAnchorElement).href)
		expect(leads.split('#')).toEqual([`${hub()}/watch?language=${language}`, link.split('#')[1]])
	}
	const plain = await frameIn(await open(`${intra.forbidden}/plain`))
	await until('the error of the browser', () => plain.url().startsWith('chrome-error://'))
})

it('plays in a page without https, and says there what takes a window of its own', async () => {
	const page = await open(`${intra.http}/script`, 360)
	expect(await page.evaluate(() => isSecureContext)).toBe(false)
	const frame = await frameIn(page)
	await plays(frame)
	await until('what it says', async () => (await says(page, '.bar'))?.includes('보안 연결(https)이 아닌 페이지입니다'))
	// What is really missing, as Chromium has it: to speak. To watch by either way, and on the whole screen, is there.
	expect(
		await frame.evaluate(() => ({
			...{ secure: isSecureContext, devices: 'mediaDevices' in navigator, full: document.fullscreenEnabled },
			...{ webrtc: 'RTCPeerConnection' in window, film: 'MediaSource' in window },
		})),
	).toEqual({ secure: false, devices: false, full: true, webrtc: true, film: true })
	const target = built.browser.waitForTarget((one) => one.type() === 'page' && one.url().startsWith(`${hub()}/watch`))
	await page.click('>>> .bar a')
	const own = await (await target).page()
	if (!own) throw new Error('there is no window')
	pages.add(own)
	await plays(own.mainFrame())
	expect(await own.evaluate(() => isSecureContext)).toBe(true)
	expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

it('knows whoever came through the portal, in a frame whose cookie no other site has', async () => {
	site.hub.asked.length = 0
	const page = await open(`${intra.https}/portal`)
	const frame = await frameIn(page)
	await plays(frame)
	expect(site.hub.asked.at(-1)?.who.principal).toMatchObject({
		person: personOf('kim.ms'),
		name: '김민수',
		role: 'viewer',
	})
	// Without a header and without a token in the address: the partitioned cookie alone.
	const byCookie = (where: Frame) =>
		where.evaluate(async () => (await fetch('/api/v1/meetings/m1/relay/master.m3u8', { cache: 'no-store' })).status)
	expect(await byCookie(frame)).toBe(200)
	expect(await frame.evaluate(() => document.cookie)).toBe('') // HttpOnly
	// The same host within another site, and by itself: it has another jar.
	const other = await open(`${intra.http}/portal`)
	const elsewhere = await open(`${portal}/trust`)
	expect(await byCookie(elsewhere.mainFrame())).toBe(401)
	await other.bringToFront() // a hidden page draws nothing
	await plays(await frameIn(other))
	// The portal has nobody's name any more: the session of the frame goes on.
	await page.bringToFront()
	await frame.evaluate(() => location.reload()).catch(() => {}) // it is gone before it has answered
	await plays(await frameIn(page))
})

it('says that it is for staff where a link says of nobody who they are', async () => {
	const { relay } = site.hub
	site.hub.relay = () => {
		throw new Refusal('staff-only', 'this relay is for staff')
	}
	site.hub.answer = async () => ({ ok: false, code: 'staff-only', message: '' })
	for (const [language, words] of [
		['ko', '직원만 볼 수 있는 중계입니다'],
		['en', 'This relay is for staff only'],
	] as const) {
		const frame = await frameIn(await open(`${intra.https}/script/${language}`, 360))
		await until('why', () =>
			frame.evaluate((words) => document.querySelector('h1')?.textContent === words, words).catch(() => false),
		)
	}
	const alone = await open(`${hub()}/watch?meeting=m1&language=en`)
	await until('to sign in', () => alone.evaluate(() => document.body.textContent?.includes('Please sign in')))
	await settled(alone)
	Object.assign(site.hub, { relay, answer: async () => ({ ok: false, code: 'full', message: '' }) })
})
