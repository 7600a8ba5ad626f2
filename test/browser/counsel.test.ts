import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as under } from 'node:path'
import puppeteer, { type Browser, type Frame, type Page, type Target } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type {
	BoardView,
	BookingResult,
	DeskView,
	EntryResult,
	TicketResult,
	VisitView,
} from '../../appliance/protocol/counsel.ts'
import { VirtualPhone } from '../../drivers/virtual/phone.ts'
import { phoneModels } from '../../drivers/virtual/phone-models.ts'
import { type PhoneServer, servePhone } from '../../drivers/virtual/phone-server.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { call, openMember } from '../scene/member.ts'
import { openPanel } from '../scene/panel.ts'
import { until } from '../scene/wait.ts'
import { accessibilityFaults, settled } from './built.ts'

/**
 * 민원 상담 with everything real: the appliance as its user starts it, its kiosk, lobby, desk and visitors in Chromium with
 * a profile on the disk, sound and picture by the SFU.
 */

const visitorName = '홍길동민원'
const topics = (...list: [string, string, string][]) => list.map(([id, name, nameEn]) => ({ id, name, nameEn }))
const counsel = {
	departments: [
		{
			...{ id: 'civil', name: '민원여권과', nameEn: 'Civil affairs' },
			topics: topics(['passport', '여권', 'Passport'], ['certificates', '제증명', 'Certificates']),
		},
		{
			...{ id: 'urban', name: '도시건축과', nameEn: 'Urban planning' },
			topics: topics(['building', '건축 허가', 'Building permits']),
		},
	],
}

const phone = new VirtualPhone(phoneModels[1])
let cable: PhoneServer
let site: Site
let appliance: Appliance
let profile: string
let visitors: Browser
let officials: Browser
let tokens: { kiosk: string; official: string; panel: string }
const pages = new Set<Page>()

const launch = (userDataDir?: string) =>
	puppeteer.launch({
		executablePath: '/usr/bin/chromium',
		pipe: true,
		...(userDataDir === undefined ? {} : { userDataDir }),
		args: [
			...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
			...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
		],
	})

beforeAll(async () => {
	cable = await servePhone(phone)
	const speakerphone = { driver: 'virtual-phone', host: cable.host, port: cable.port }
	site = await openSite({ addresses: [] }, 29_300, { counsel, speakerphone })
	appliance = await site.start()
	tokens = { kiosk: appliance.token('kiosk'), official: appliance.token('official'), panel: appliance.token('panel') }
	profile = mkdtempSync(under(tmpdir(), 'maru-visitor-'))
	visitors = await launch(profile)
	officials = await launch()
})
afterEach(async () => {
	await Promise.all([...pages].map((page) => page.close().catch(() => {})))
	pages.clear()
	for (const { id } of (await desk()).visits) await api(`/visits/${id}/end`, {}, 'POST')
})
afterAll(async () => {
	await officials?.close()
	await visitors?.close()
	await site?.close()
	cable?.close()
	if (profile) rmSync(profile, { recursive: true, force: true })
})

async function api<T>(path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<T> {
	const response = await fetch(`${appliance.origin}/api/v1/counsel${path}`, {
		method,
		headers: {
			authorization: `Bearer ${tokens.official}`,
			...(body ? { 'content-type': 'application/json' } : {}),
		},
		...(body ? { body: JSON.stringify(body) } : {}),
	})
	if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
	return (await response.json()) as T
}
async function room(): Promise<{ ring: { from: string } | null }> {
	const headers = { authorization: `Bearer ${tokens.panel}` }
	return (await fetch(`${appliance.origin}/api/v1/room`, { headers })).json() as Promise<{
		ring: { from: string } | null
	}>
}
const desk = () => api<DeskView>('/desk')
const book = (name = visitorName) =>
	api<BookingResult>('/appointments', {
		...{ name, startsAt: Date.now(), topic: 'passport', official: '김주무관', interpreter: 'sign' },
	})

async function open(
	browser: Browser,
	path: string,
	size = { width: 1280, height: 800 },
	before?: (page: Page) => Promise<unknown>,
): Promise<Page> {
	// A window of its own: hidden ones draw nothing.
	const page = await browser.newPage({ type: 'window' })
	pages.add(page)
	await page.setViewport(size)
	await before?.(page)
	await page.goto(`${appliance.origin}${path}`)
	return page
}
const kioskSize = { width: 1080, height: 1920 }
const openKiosk = (before?: (page: Page) => Promise<unknown>) =>
	open(visitors, `/kiosk#${tokens.kiosk}`, kioskSize, before)
const openLobby = () => open(officials, `/lobby#${tokens.kiosk}`, { width: 1920, height: 1080 })

async function openDesk(name: string, department: string): Promise<Page> {
	const page = await open(officials, `/counsel#${tokens.official}`)
	await page.waitForSelector('select')
	await page.select('select', department)
	await page.type('.own input', name)
	return page
}

/** The seconds of this page pass when the test says so. */
const byHand = (page: Page) =>
	page.evaluateOnNewDocument(() => {
		if (top !== self) return
		const seconds = new Map<number, () => void>()
		const { setInterval, clearInterval } = globalThis
		let last = 1e6
		const every = (act: () => void, ms: number) => {
			if (ms !== 1_000) return setInterval(act, ms)
			seconds.set(++last, act)
			return last
		}
		const end = (id: number) => seconds.delete(id) || clearInterval(id)
		Object.assign(globalThis, { setInterval: every, clearInterval: end })
		Object.assign(globalThis, {
			passSecond() {
				for (const act of [...seconds.values()]) act()
			},
		})
	})
const pass = (page: Page, count: number) =>
	page.evaluate((count) => {
		const { passSecond } = globalThis as unknown as { passSecond(): void }
		for (let i = 0; i < count; i++) passSecond()
	}, count)

async function press(page: Page | Frame, selector: string) {
	await (await page.waitForSelector(selector, { timeout: 30_000 }))?.evaluate((button) =>
		(button as HTMLElement).click(),
	)
}
const text = (page: Page | Frame) => page.evaluate(() => document.body.textContent ?? '')
const attributeOf = (page: Page, selector: string, name: string) =>
	page
		.waitForSelector(selector)
		.then((found) => found?.evaluate((node, name) => node.getAttribute(name) ?? '', name) ?? '')

async function typeDigits(page: Page, digits: string) {
	for (const digit of digits) await press(page, `[data-digit="${digit}"]`)
}
/** At the kiosk: number, then code. */
async function enterAt(page: Page, number: string, code: string) {
	await press(page, '[data-action=entry]')
	await typeDigits(page, number)
	await press(page, '[data-field=code]')
	await typeDigits(page, code)
	await press(page, '[data-action=enter]')
}

async function sessionOf(page: Page): Promise<Frame> {
	const handle = await page.waitForSelector('[data-frame=session]', { timeout: 30_000 })
	const frame = await handle?.contentFrame()
	if (!frame) throw new Error('no frame')
	return frame
}
/** At the kiosk one is in without another press. */
async function arrived(session: Frame) {
	await session.waitForSelector('[data-screen=call]', { timeout: 30_000 })
}
const facesAt = (session: Frame) => session.$$eval('figure', (faces) => faces.length)
async function join(page: Page | Frame) {
	await press(page, '[data-action=join]:not([disabled])')
	await page.waitForSelector('[data-screen=call]', { timeout: 30_000 })
}
/** The official's page of the session, opened by the desk. */
async function joinFromDesk(desk: Page, number: string): Promise<Page> {
	const before = new Set(officials.targets())
	await press(desk, `[data-visit="${number}"] [data-act=join]`)
	const isNew = (target: Target) => !before.has(target) && target.url().includes('/attend')
	const page = await (await officials.waitForTarget(isNew)).page()
	if (!page) throw new Error('the desk opened no page')
	pages.add(page)
	await page.setViewport({ width: 1280, height: 800 })
	await join(page)
	return page
}
/** How many others this page sees. */
const people = async (page: Page | Frame) => (await text(page)).match(/(\d+)명/)?.[1]

/** Smallest text and smallest target in px of what is shown. */
const sizes = (page: Page | Frame) =>
	page.evaluate(() => {
		// What is only read out is a pixel wide.
		const shown = [...document.querySelectorAll<HTMLElement>('body *')].filter(
			(node) => node.checkVisibility() && !node.classList.contains('unseen'),
		)
		const texts = shown.filter((node) =>
			[...node.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim()),
		)
		const targets = shown.filter((node) => node.matches('button'))
		return {
			text: Math.min(...texts.map((node) => Number.parseFloat(getComputedStyle(node).fontSize))),
			target: Math.min(...targets.map((node) => Math.min(node.offsetHeight, node.offsetWidth))),
			wide: document.documentElement.scrollWidth > innerWidth,
		}
	})
/** A 27-inch screen on end has 3.2 px a millimetre. */
const millimetre = 1080 / 336

const stageOf = (page: Page | Frame, stage: string) =>
	page.waitForSelector(`[data-consent-stage=${stage}]`, { timeout: 30_000 })

/** The official asks, the visitor is told what that means and agrees; both see it for as long as it runs, and either ends it. */
async function recordedByConsent(official: Page, session: Frame, kiosk: Page) {
	await press(official, '[data-consent="consent.ask"]:not([disabled])')
	await stageOf(official, 'waiting')
	const question = await stageOf(session, 'question')
	expect(await question?.evaluate((node) => node.textContent)).toMatch(/무엇을.*어디에.*언제까지.*철회/s)
	await shot(kiosk, 'kiosk-consent')
	const { text, target } = await sizes(session)
	expect([text / millimetre >= 12, target / millimetre >= 20]).toEqual([true, true])
	await shot(official, 'official-consent-waiting')
	await press(session, '[data-consent="consent.give"]:not([disabled])')
	for (const page of [official, session]) {
		const row = await stageOf(page, 'recorded')
		expect(await row?.$eval('[role=status]', (node) => node.textContent?.trim())).toBe('녹화 중 – 동의함')
	}
	await shot(kiosk, 'kiosk-recorded')
	await shot(official, 'official-recorded')
	await press(session, '[data-consent="consent.withdraw"]:not([disabled])')
	for (const page of [official, session]) await stageOf(page, 'ended')
	await shot(official, 'official-withdrawn')
}

/** A paper is held up: the visitor is told that a still is taken, and it is on the official's screen alone. */
async function keptStill(official: Page, session: Frame) {
	await press(official, '[data-action=still]')
	await session.waitForSelector('[data-still-taken]', { timeout: 30_000 })
	await official.waitForSelector('[data-still=shown] canvas', { timeout: 30_000 })
	const stands = () =>
		official.$eval('[data-still=shown] canvas', (canvas) => {
			const { width, height } = canvas as HTMLCanvasElement
			return width > 0 && height > width
		})
	expect(await stands()).toBe(false)
	await press(official, '[data-action=turn-right]')
	await until('it to be turned', stands)
	await shot(official, 'still')
	expect(await accessibilityFaults(official, ['dark', 'light'])).toEqual([])
}

/** All that is kept under a folder, as one text, in the encodings that Chromium and SQLite use. */
function holds(dir: string, words: string): string[] {
	const needles = [Buffer.from(words), Buffer.from(words, 'utf16le'), Buffer.from(encodeURIComponent(words))]
	return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => {
		const path = under(dir, name)
		try {
			if (!statSync(path).isFile()) return false
			const bytes = readFileSync(path)
			return needles.some((needle) => bytes.includes(needle))
		} catch {
			return false // gone meanwhile
		}
	})
}

/** A field of the test's own on this page, by which something is copied, or pasted. */
async function clipboard(page: Page, copied?: string): Promise<string> {
	await page.evaluate((text) => {
		const field = document.createElement('textarea')
		document.body.append(field)
		field.value = text ?? ''
		field.select()
	}, copied)
	await page.keyboard.press('KeyC', { commands: [copied === undefined ? 'Paste' : 'Copy'] })
	return page.evaluate(() => {
		const field = document.querySelector<HTMLTextAreaElement>('body > textarea')
		field?.remove()
		return field?.value ?? ''
	})
}

async function shot(page: Page, name: string) {
	if (!process.env.MARU_SHOTS) return
	mkdirSync(process.env.MARU_SHOTS, { recursive: true })
	await settled(page)
	await page.screenshot({ path: under(process.env.MARU_SHOTS, `${name}.png`) })
}

describe('A visitor who walks in', () => {
	it('takes a number, is called, talks, is handed over, talks with an interpreter, and leaves a wiped kiosk', async () => {
		const kiosk = await openKiosk()
		await shot(kiosk, 'kiosk-home')
		await press(kiosk, '[data-topic=passport]')
		const number = await attributeOf(kiosk, '[data-number]', 'data-number')
		const code = await attributeOf(kiosk, '[data-code]', 'data-code')
		expect(code).toMatch(/^\d{9}$/)
		await shot(kiosk, 'kiosk-slip')
		await press(kiosk, '.wide')

		const lobby = await openLobby()
		const first = await openDesk('3번 창구', 'civil')
		await first.waitForSelector(`[data-list=queue] [data-visit="${number}"]`)
		// Too early: told the place, and the code stays good.
		await enterAt(kiosk, number, code)
		await until('the kiosk to say so', async () => (await text(kiosk)).includes('아직 부르지 않았습니다'))
		await shot(kiosk, 'kiosk-entry')

		await press(first, '[data-action=next]')
		await lobby.waitForSelector(`[data-called="${number}"]`)
		await shot(lobby, 'lobby')
		await typeDigits(kiosk, code)
		await press(kiosk, '[data-action=enter]')
		await kiosk.waitForSelector('[data-phase=called]')
		await shot(kiosk, 'kiosk-called')
		await press(kiosk, '[data-action=start]')
		const session = await sessionOf(kiosk)
		await arrived(session)
		await first.waitForSelector('[data-act=join]')
		await shot(first, 'desk')
		const official = await joinFromDesk(first, number)
		await until(
			'both to see each other',
			async () => (await people(official)) === '2' && (await facesAt(session)) === 1,
		)
		await official.waitForFunction(
			() => [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && !video.paused),
			{ timeout: 60_000 },
		)
		await shot(kiosk, 'kiosk-session')
		await recordedByConsent(official, session, kiosk)
		await press(session, '[data-action=text]')
		await press(session, '[data-reply="잘 안 들립니다"]')
		await press(session, '[data-action=close]')
		await keptStill(official, session)

		// Handed over: the visitor types nothing, and the first official's room is shut.
		await press(first, `[data-visit="${number}"] [data-act=hand-over]`)
		await press(first, `[data-visit="${number}"] [data-topic=building]`)
		await kiosk.waitForSelector('[data-phase=waiting]')
		await until('the first room to be shut', async () => (await text(official)).includes('끝났'))
		expect(await official.$('canvas')).toBeNull()
		const second = await openDesk('7번 창구', 'urban')
		await press(second, `[data-visit="${number}"] [data-act=call]:not([disabled])`)
		await press(kiosk, '[data-action=start]')
		const again = await sessionOf(kiosk)
		await arrived(again)
		await joinFromDesk(second, number)
		await press(second, `[data-visit="${number}"] [data-act=interpreter]`)
		const link = await second
			.waitForSelector('[data-link=interpreter]')
			.then((input) => input?.evaluate((input) => (input as HTMLInputElement).value))
		const interpreter = await open(officials, `/attend${new URL(link ?? '').hash}`)
		await join(interpreter)
		await until('three to be there', async () => (await facesAt(again)) === 2)

		await kiosk.bringToFront()
		await clipboard(kiosk, visitorName)
		expect(await clipboard(kiosk)).toBe(visitorName)
		const ended = performance.now()
		await press(second, `[data-visit="${number}"] [data-act=end]`)
		await kiosk.waitForSelector('[data-screen=over]')
		console.log(`the kiosk was wiped ${Math.round(performance.now() - ended)} ms after the end`)
		expect(await kiosk.$('[data-frame=session]')).toBeNull()
		expect(await kiosk.evaluate(() => sessionStorage.length)).toBe(0)
		await until('what the browser kept to be gone', () => kiosk.evaluate(() => localStorage.length === 0))
		await shot(kiosk, 'kiosk-over')
		// The next visitor's first touch at the latest.
		await kiosk.mouse.click(5, 5)
		await until('the clipboard to be empty', async () => (await clipboard(kiosk)) === '')
		await until('the interpreter to be out', async () => (await text(interpreter)).includes('끝났'))
	}, 300_000)

	it('who stops is sent home by a time limit in sight, longer by one press', async () => {
		const kiosk = await openKiosk()
		await press(kiosk, '[data-topic=building]')
		await kiosk.waitForSelector('[role=timer]')
		const leftS = async () =>
			Number((await kiosk.$eval('[role=timer]', (node) => node.textContent ?? '')).match(/\d+/)?.[0])
		await until('some seconds to pass', async () => (await leftS()) <= 58)
		await press(kiosk, '[data-action=extend]')
		await until('the whole time again', async () => (await leftS()) >= 59)
	})

	it('is not waited for without end where they are alone in their session, and stays by one press', async () => {
		const { number, code } = await book()
		const kiosk = await openKiosk(byHand)
		const first = await openDesk('3번 창구', 'civil')
		await enterAt(kiosk, String(number), code)
		await press(first, '[data-action=next]')
		await press(kiosk, '[data-action=start]')
		await arrived(await sessionOf(kiosk))
		const told = () => kiosk.$('[role=timer]')
		await until('it to be known that nobody else is there', async () => {
			await pass(kiosk, 60)
			return told()
		})
		await press(kiosk, '[data-action=extend]')
		await until('the whole time again', async () => !(await told()))
		await pass(kiosk, 239)
		expect(await told()).toBeNull()
		await pass(kiosk, 61)
		await kiosk.waitForSelector('[data-screen=over]')
	})
})

describe('A visitor by appointment', () => {
	it('enters at home by name and code, waits, talks, and leaves nothing in browser, disk or memory of the counter', async () => {
		const { number, code } = await book()
		const visit = await open(visitors, '/visit', { width: 390, height: 844 })
		await shot(visit, 'visit-entry')
		await visit.type('[name=who]', visitorName)
		await visit.type('[name=code]', code)
		await press(visit, 'form .go')
		await visit.waitForSelector('[data-phase=waiting]')
		await shot(visit, 'visit-waiting')
		const first = await openDesk('3번 창구', 'civil')
		await until('the name on the desk', async () => (await text(first)).includes(visitorName))
		await press(first, '[data-action=next]')
		await press(visit, '[data-action=start]')
		// Nobody is there for them yet: the room's panel and speakerphone ring.
		const ringsFor = () => room().then(({ ring }) => ring?.from ?? null)
		await until('the room to ring', async () => (await ringsFor()) === `${number}번 민원인`)
		await join(await sessionOf(visit))
		const official = await joinFromDesk(first, String(number))
		await until('the ring to end', async () => (await ringsFor()) === null)
		// The meeting knows a number.
		expect(await text(official)).toContain(`${number}번 민원인`)
		expect(await text(official)).not.toContain(visitorName)

		await press(visit, '[data-action=leave]')
		await press(visit, '[data-action=leave]')
		await visit.waitForSelector('[data-screen=over]')
		await until('the desk to forget', async () => !(await text(first)).includes(visitorName))
		await until('the official to be out', async () => (await text(official)).includes('끝났'))
		await until('the storage to be empty', () =>
			visit.evaluate(() => localStorage.length === 0 && sessionStorage.length === 0),
		)
		expect(await visit.$eval('[name=who]', (input) => (input as HTMLInputElement).value)).toBe('')
		await visitors.close()
		expect(holds(profile, visitorName)).toEqual([])
		expect(holds(under(site.dir, 'data'), visitorName)).toEqual([])
		visitors = await launch(profile)
	})

	it('is the only one whom the code lets in; a second page with it is told nothing of the first', async () => {
		const { number, code } = await book()
		const enter = async (who: string) => {
			const page = await open(visitors, '/visit')
			const heard: string[] = []
			page.on('response', async (response) => {
				if (response.url().includes('/api/') || response.url().includes('/ws/')) {
					heard.push(await response.text().catch(() => ''))
				}
			})
			await page.type('[name=who]', who)
			await page.type('[name=code]', code)
			await press(page, 'form .go')
			return { page, heard }
		}
		const first = await enter(visitorName)
		await first.page.waitForSelector('[data-phase=waiting]')
		const second = await enter(String(number))
		await until('the refusal', async () => (await text(second.page)).includes('맞지 않습니다'))
		await until('its answer to be read', () => second.heard.length > 0)
		for (const said of [...second.heard, await text(second.page)]) {
			expect(said).not.toContain(visitorName)
			expect(said).not.toMatch(/pass"|token"|민원여권과/)
		}
	})

	it('who gets hold of the official’s address, or of the kiosk’s token, sees no list of names', async () => {
		await book()
		const page = await open(visitors, `/counsel#${tokens.kiosk}`)
		await until('the refusal', async () => (await text(page)).includes('권한이 없습니다'))
		expect(await text(page)).not.toContain(visitorName)
		const bare = await open(visitors, '/counsel')
		await until('the refusal', async () => /링크/.test(await text(bare)))
		const board = await fetch(`${appliance.origin}/api/v1/counsel/board`, {
			headers: { authorization: `Bearer ${tokens.kiosk}` },
		}).then((response) => response.json() as Promise<BoardView>)
		expect(JSON.stringify(board)).not.toContain(visitorName)
	})
})

describe('A visitor for whom nobody is there yet', () => {
	it('rings the room’s phone and panel, and its hook puts the room into their session until they go', async () => {
		const panel = await openPanel(appliance.origin, tokens.panel)
		const { number, code } = await api<TicketResult>('/tickets', { topic: 'passport' })
		await api('/calls', { department: 'civil', desk: '대회의실' })
		// What the visitor's page does, without the page.
		const { pass } = await api<EntryResult>('/visits', { who: `${number}`, code })
		const own = <T>(method: string, path: string) => call<T>(appliance.origin, pass ?? '', method, `/counsel${path}`)
		await own('POST', '/visit/enter')
		const { token } = await own<VisitView>('GET', '/visit')
		const visitor = await openMember({ origin: appliance.origin, token: token ?? '' })
		await panel.until('the panel to ring', ({ ring }) => ring?.from === `${number}번 민원인`)
		await until('the phone to ring', () => phone.ringing)

		phone.press('hook')
		await panel.until('the room to be in the session', ({ call, ring }) => {
			return ring === null && call.phase === 'inCall' && call.meeting?.kind === 'counsel'
		})
		await until('the phone to be off hook, and silent', () => phone.hook && !phone.ringing)
		const heard = () =>
			visitor.people.some(({ role, here, sources }) => {
				return role === 'room' && here && sources.some(({ use, muted }) => use === 'microphone' && !muted)
			})
		await until('the visitor to hear the room', heard)
		// Their page goes: the desk is told that nobody sits there.
		visitor.close()
		const left = async () => (await desk()).visits.find((one) => one.number === number)?.endsAt
		await until('the desk to be warned', left)
		await own('POST', '/visit/leave')
		await panel.until('the room to be out of it', ({ call }) => call.phase === 'idle')
		await until('the phone to be on hook', () => !phone.hook)
		panel.close()
	}, 180_000)
})

/** In the quick run in Korean alone: test/long/screens.test.ts has both. */
const languages = process.env.MARU_ROUNDS === undefined ? (['ko'] as const) : (['ko', 'en'] as const)

describe('Every screen', () => {
	it('of the kiosk has text of 12 mm and large targets, at 200 % as well, and no serious fault for those who hear it', async () => {
		const kiosk = await openKiosk()
		const check = async (what: string, shown: Page | Frame = kiosk) => {
			await settled(shown)
			const { text, target, wide } = await sizes(shown)
			expect(text / millimetre, `text of ${what}`).toBeGreaterThanOrEqual(12)
			expect(target / millimetre, `target of ${what}`).toBeGreaterThanOrEqual(20)
			expect(wide, `${what} is wider than the screen`).toBe(false)
			expect(await accessibilityFaults(shown), what).toEqual([])
		}
		await kiosk.waitForSelector('[data-topic]')
		for (const language of languages) {
			await check(`${language} home`)
			await press(kiosk, '.tools button:nth-child(2)')
			await check(`${language} home at 200 %`)
			await shot(kiosk, `kiosk-home-200-${language}`)
			await press(kiosk, '.tools button:nth-child(2)')
			await press(kiosk, '[data-action=entry]')
			await kiosk.waitForSelector('[data-screen=entry]')
			await check(`${language} entry`)
			await press(kiosk, 'footer button:last-child')
			await kiosk.waitForSelector('[data-topic]')
			await press(kiosk, '[data-topic=passport]')
			await kiosk.waitForSelector('[data-screen=slip]')
			await check('slip')
			await press(kiosk, '.wide')
			await kiosk.waitForSelector('[data-topic]')
			if (languages.length > 1 && language === 'ko') await press(kiosk, '.tools button:nth-child(1)')
		}
		// The session itself, as far as a visitor comes while they are alone.
		const { number, code } = await book()
		await enterAt(kiosk, String(number), code)
		await press(await openDesk('3번 창구', 'civil'), '[data-action=next]')
		await press(kiosk, '[data-action=start]')
		const session = await sessionOf(kiosk)
		await arrived(session)
		await session.waitForSelector('.own video')
		for (const language of languages) {
			for (const zoom of ['', '-200']) {
				const name = `kiosk-session-${language}${zoom}`
				await check(name, session)
				await shot(kiosk, name)
				for (const sheet of ['text', 'help']) {
					await press(session, `[data-action=${sheet}]`)
					await session.waitForSelector('[data-action=close]')
					await check(`${name}-${sheet}`, session)
					await shot(kiosk, `${name}-${sheet}`)
					await press(session, '[data-action=close]')
				}
				await press(session, '[data-action=larger]')
			}
			await press(session, '[data-action=language]')
		}
		// What stands around it: the way out.
		expect((await sizes(kiosk)).target / millimetre).toBeGreaterThanOrEqual(20)
	}, 240_000)

	it.each(languages)('of lobby, desk and visitor has no serious fault in %s', async (language) => {
		await book()
		const before = (page: Page) =>
			page.evaluate((language) => localStorage.setItem('maru.language', language), language).then(() => page.reload())
		const lobby = await openLobby()
		const counter = await open(officials, `/counsel#${tokens.official}`)
		const visit = await open(visitors, '/visit', { width: 390, height: 844 })
		for (const page of [lobby, counter, visit]) await before(page)
		await counter.waitForSelector('[data-list=booked] [data-visit]')
		await lobby.waitForSelector('h3')
		for (const [name, page] of Object.entries({ lobby, counter, visit })) {
			await settled(page)
			expect(await accessibilityFaults(page), name).toEqual([])
		}
		await press(counter, '[data-action=book]')
		await counter.waitForSelector('dialog[open]')
		await settled(counter)
		expect(await accessibilityFaults(counter), 'booking').toEqual([])
		await shot(counter, `desk-booking-${language}`)
		// The page for the visitor has the way there as a QR code.
		await counter.type('[name=visitor]', visitorName)
		await counter.type('[name=official]', '김주무관')
		await press(counter, '[data-action=make]')
		const way = await attributeOf(counter, '.paper [data-qr]', 'data-qr')
		expect(new URL(way).pathname).toBe('/visit')
		expect(await text(counter)).toContain(way)
		await settled(counter)
		expect(await accessibilityFaults(counter), 'booked').toEqual([])
		await shot(counter, `desk-booked-${language}`)
		if (process.env.MARU_SHOTS) {
			await counter.pdf({ path: under(process.env.MARU_SHOTS, `desk-booked-${language}.pdf`), format: 'A4' })
		}
		await counter.evaluate(() => {
			localStorage.clear()
		})
	})
})
