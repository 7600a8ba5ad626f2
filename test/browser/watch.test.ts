import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RelayView } from '../../appliance/protocol/relay.ts'
import type { WatchSession } from '../../control-panel/watch/session.svelte.ts'
import { accessibilityFaults, type Built, build, press, settled, until } from './built.ts'
import { vote } from './floor-scene.ts'
import { WatchHub } from './watch-hub.ts'
import { openWatchMedia } from './watch-media.ts'
import { ClipRelay, type Clips, encodeClips } from './watch-relay.ts'

/** The watch page as it is shipped in a real Chromium, with a relay over HTTP as the appliance makes it. */

const { MARU_SHOTS: shots } = process.env
type Stats = ReturnType<WatchSession['stats']>

const view = (): RelayView => ({
	...{
		title: '확대간부회의',
		phase: 'open',
		since: null,
		playable: true,
		windowS: 600,
		closed: false,
		recording: false,
		captions: false,
	},
	item: { title: '2027년도 예산안', bureau: '기획조정국' },
	speaker: { name: '김민수', title: '국장', bureau: '기획조정국' },
	...{ chapters: [], at: 0 },
})

let clips: Clips
let built: Built
let hub: WatchHub
const pages = new Set<Page>()
/** What the policy forbade and what was thrown. */
let faults: string[] = []

beforeAll(async () => {
	clips = await encodeClips(20)
	built = await build('--autoplay-policy=document-user-activation-required')
})
beforeEach(async () => {
	faults = []
	hub = await WatchHub.open(built.dist, view())
})
afterEach(async () => {
	await Promise.all([...pages].map((page) => page.close()))
	pages.clear()
	hub.relay?.close()
	await hub.close()
	await hub.media?.close()
})
afterAll(() => built?.browser.close())

/** On air for `pastS` seconds, with three items. */
function begin(pastS: number) {
	const since = Date.now() - pastS * 1000
	hub.relay = new ClipRelay(clips, pastS)
	const chapters = ['개의 및 보고', '2027년도 예산안', '토론'].map((title, i) => {
		return { id: `c${i}`, title, startsAt: since + (i * pastS * 1000) / 3 }
	})
	hub.relay.chapters = chapters.map(({ id, title, startsAt }) => ({ id, title, startsAtMs: startsAt }))
	hub.view = { ...hub.view, since, chapters }
	return { since, chapters }
}

async function open(link = hub.link, before = '') {
	const page = await built.browser.newPage()
	pages.add(page)
	page.on('pageerror', (error) => faults.push(String(error)))
	page.on('console', (message) => message.text().includes('Content Security Policy') && faults.push(message.text()))
	await page.setViewport({ width: 1280, height: 720 })
	if (before) await page.evaluateOnNewDocument(before)
	await page.goto(link)
	return page
}

const stats = (page: Page | Frame) => page.evaluate(() => (window as unknown as { maruWatch(): Stats }).maruWatch())
const scene = (page: Page, at: string) => until(`the scene ${at}`, async () => (await stats(page)).scene === at)
/** On a busy machine the present is further off; an item that is gone back to begins a minute ago. */
const presentS = 20
const behindS = ({ nowMs, atMs }: Stats) => (nowMs - atMs) / 1000

/** Pictures go on, and it is so. */
async function plays(page: Page | Frame, what: string, hold: (stats: Stats) => boolean) {
	const before = await stats(page)
	await until(what, async () => {
		const now = await stats(page)
		return hold(now) && now.frames > before.frames + 5 && !now.still
	})
}

it('plays over HTTP where the hub has no other place, goes back to an item, is live again, over a restart of ffmpeg, readable in any theme', async () => {
	const { chapters } = begin(90)
	hub.view = { ...hub.view, captions: true }
	const page = await open()
	await plays(page, 'a picture over HTTP, seconds behind', (now) => now.way === 'http' && behindS(now) < presentS)
	// Once more where the hub refused before the page had read that it is on air; and nothing else.
	expect([['relay.join'], ['relay.join', 'relay.join']]).toContainEqual(hub.commands)
	const delay = () => page.$eval('[data-delay]', (element) => element.textContent ?? '')
	await until('how late it is', async () => /약 \d+초 지연/.test(await delay()))

	await press(page, '안건 목록')
	await press(page, `${chapters[1]?.title}`)
	const item = chapters[1]?.startsAt ?? 0
	await plays(page, 'the item from its beginning', ({ atMs }) => atMs >= item - 1500 && atMs < item + 25_000)
	expect(await page.$eval('[data-action=live]', (button) => button.textContent)).toContain('실시간으로')

	await page.keyboard.press('k')
	const [first, second] = [await stats(page), await stats(page)]
	expect(second.frames - first.frames).toBeLessThan(3)
	await page.keyboard.press('k')
	await plays(page, 'on from where it was paused', ({ atMs }) => atMs < item + 30_000)

	await page.keyboard.press('l')
	await plays(page, 'the present', (now) => behindS(now) < presentS)
	hub.relay?.restart()
	const broke = Date.now()
	hub.relay?.captions.say({
		id: 'w',
		revision: 1,
		fromMs: broke,
		toMs: broke + 120_000, // however long a busy machine takes to come there
		text: '다음 안건입니다.',
		speaker: '의장',
		partial: false,
	})
	await page.keyboard.press('c')
	await plays(page, 'what came after the break', ({ atMs }) => atMs > broke + 2000)
	await until('what is said', () =>
		page.evaluate(() => /의장\s+다음 안건입니다\./.test(document.querySelector('[data-captions]')?.textContent ?? '')),
	)
	for (const tab of ['agenda', 'settings']) {
		await page.click(`[data-tab=${tab}]`)
		await settled(page)
		expect(await accessibilityFaults(page), tab).toEqual([])
	}
	expect(faults).toEqual([])
})

it('begins by itself by WebRTC, goes back over HTTP, is live again, changes over when the picture stops, and ends', async () => {
	hub.door = 'in'
	hub.media = await openWatchMedia()
	hub.view = { ...hub.view, phase: 'planned' }
	const page = await open()
	await scene(page, 'planned')
	expect(await page.$eval('main', (main) => main.textContent)).toContain('중계가 시작되면 자동으로 나옵니다.')
	hub.view = { ...hub.view, phase: 'open' }
	hub.tell()
	await scene(page, 'not-on-air')
	begin(90)
	hub.tell()
	await plays(page, 'a picture by WebRTC', ({ way, ice }) => way === 'webrtc' && ice === 'connected')
	const delay = () => page.$eval('[data-delay]', (element) => element.textContent)
	await until('how late it is', async () => (await delay()) === '1초 이내')
	expect(hub.read).toEqual([]) // nothing was asked of the playlists

	await page.keyboard.press('ArrowLeft')
	await plays(page, 'what was, over HTTP', (now) => now.way === 'http' && !now.wanted.webrtc && behindS(now) > 8)
	await page.keyboard.press('l')
	await plays(page, 'the present by WebRTC', ({ way, wanted }) => way === 'webrtc' && !wanted.http)

	hub.media.stop()
	await until('the stop to be noticed', async () => (await stats(page)).still)
	await plays(page, 'HTTP in its place', ({ way }) => way === 'http')
	expect(hub.commands.filter((type) => type === 'relay.join')).toHaveLength(1)
	hub.relay?.end()
	hub.view = { ...hub.view, phase: 'closed', since: null }
	await scene(page, 'ended')
	expect(faults).toEqual([])
})

it('is silent as long as the browser wants a press first, which it offers; and keeps its picture while the network is away', async () => {
	begin(30)
	const page = await open()
	// What puppeteer evaluates counts as a press; what is asked this way does not.
	const session = await page.createCDPSession()
	const found = async (expression: string) =>
		(await session.send('Runtime.evaluate', { expression, returnByValue: true })).result.value
	await until('the offer', () => found(`document.querySelector('[data-action=sound-on]') !== null`))
	expect(await found(`document.querySelector('video.shown').muted`)).toBe(true)
	const muted = () => page.evaluate(() => document.querySelector<HTMLVideoElement>('video.shown')?.muted)
	await page.click('[data-action=sound-on]')
	await until('sound', async () => !(await muted()))
	await page.keyboard.press('m')
	await until('silence', muted)
	await plays(page, 'the picture all the same', ({ way }) => way === 'http')
	hub.away = true
	hub.cut()
	await page.waitForSelector('[data-notice=still].warn')
	expect(
		await page.evaluate(() => document.querySelector<HTMLVideoElement>('video.shown')?.readyState),
	).toBeGreaterThan(1)
	hub.away = false
	await plays(page, 'a picture again', (now) => behindS(now) < presentS)
	await until('no notice', async () => (await page.$('[data-notice=still]')) === null)
})

it('hands a question on, and says in words why it could not', async () => {
	hub.door = 'in'
	hub.view = { ...hub.view, since: Date.now() - 5000 }
	// Without another way it stays with the socket, whether a picture comes or not.
	const page = await open(hub.link, 'delete window.MediaSource; delete window.ManagedMediaSource')
	await scene(page, 'on-air')
	await press(page, '질문 보내기')
	hub.answer = 'too-many'
	await page.type('textarea', '예산안 자료는 어디서 볼 수 있나요?')
	await press(page, '보내기')
	await until('why', () => page.$eval('[role=alert]', (alert) => alert.textContent?.includes('너무 자주')))
	expect(await page.$eval('textarea', (area) => area.value)).toContain('예산안')
	hub.answer = 'ok'
	await press(page, '보내기')
	await until('that it waits', () =>
		page.evaluate(() => document.body.textContent?.includes('답변을 기다리고 있습니다')),
	)
	expect(hub.asked).toEqual(['예산안 자료는 어디서 볼 수 있나요?'])
})

it('asks what a class asks, of whom is known; whoever is not is told that no answer of theirs counts', async () => {
	hub.door = 'in'
	hub.view = { ...hub.view, since: Date.now() - 5000 }
	hub.poll = vote({ kind: 'recorded', poll: { quiz: true, right: null }, title: '개인정보를 메일로 보내도 된다' })
	const page = await open(hub.link, 'delete window.MediaSource; delete window.ManagedMediaSource')
	await scene(page, 'on-air')
	await page.waitForSelector('[data-poll=open]')
	expect(await page.$eval('.asks', (card) => card.textContent)).toContain('응답할 수 없고')
	hub.ask({ type: 'check', check: { id: 'c1', until: Date.now() + 600_000, answered: false } })
	hub.ask({ type: 'ballots', ballots: { vote: 'v1', may: ['v'], cast: [] } })
	await page.waitForSelector('[data-choice=for]')
	await page.waitForSelector('[data-check=asked]')
	await settled(page)
	if (shots) await page.screenshot({ path: `${shots}/watch-class.png` })
	expect(await accessibilityFaults(page)).toEqual([])
	await page.setViewport({ width: 390, height: 700 })
	await settled(page)
	if (shots) await page.screenshot({ path: `${shots}/watch-class-phone.png` })
	await page.click('[data-action=here]')
	await page.click('[data-choice=for]')
	await until('the answers', () => hub.answers.length === 2)
	expect(hub.answers).toMatchObject([
		{ type: 'presence.answer', check: 'c1' },
		{ type: 'vote.cast', vote: 'v1', choice: 'for' },
	])
	expect(faults).toEqual([])
})

it('hears what became of a question although its picture comes over HTTP, and lets the socket go then', async () => {
	// In by the socket, and no packet ever comes.
	hub.door = 'in'
	begin(60)
	const page = await open()
	await plays(page, 'HTTP, when WebRTC was given up', ({ way, wanted }) => way === 'http' && !wanted.connected)
	await until('the socket to be let go', async () => (await stats(page)).ice === 'new' && hub.sockets === 0)
	await press(page, '질문 보내기')
	await page.type('textarea', '예산안 자료는 어디서 볼 수 있나요?')
	await page.waitForSelector('[data-action=send-question]:not([disabled])')
	await press(page, '보내기')
	await page.waitForSelector('[data-question=waiting]')
	await page.keyboard.press('Escape')
	hub.settle({ id: hub.questions[0] ?? '', answer: '누리집 자료실에 있습니다.' })
	await press(page, '질문 보내기')
	await until('the answer', () => page.evaluate(() => document.body.textContent?.includes('누리집 자료실에 있습니다.')))
	await until('the socket to be let go again', () => hub.sockets === 0)
	expect((await stats(page)).way).toBe('http')
	expect(faults).toEqual([])
})

it('says what is wrong with a link', async () => {
	hub.refuses = 'revoked'
	const page = await open()
	await scene(page, 'refused')
	expect(await page.$eval('h1', (title) => title.textContent)).toBe('사용이 취소된 링크입니다')
	expect(await accessibilityFaults(page)).toEqual([])
	await page.goto(`${hub.origin}/watch`)
	await page.evaluate(() => sessionStorage.clear())
	await page.reload()
	await until('the hint', () => page.evaluate(() => document.body.textContent?.includes('중계 링크가 필요합니다')))
})

it('plays in a page of another site that lets it remember nothing, without scrolling', async () => {
	begin(20)
	const site = createServer((_request, response) => {
		const script = `<script src="${hub.origin}/watch/embed.js"></script><div data-maru-relay="${hub.link}"></div>`
		response.setHeader('content-type', 'text/html')
		response.end(`<!doctype html><div style="width: 320px">${script}</div>`)
	})
	await once(site.listen(0, 'localhost'), 'listening')
	const page = await open('about:blank')
	await page.evaluateOnNewDocument(`for (const name of ['localStorage', 'sessionStorage'])
		Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })`)
	await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`)
	const handle = await page.waitForSelector('[data-maru-relay] >>> iframe')
	const frame = await handle?.contentFrame()
	if (!frame) throw new Error('there is no frame')
	await plays(frame, 'a picture in the frame', ({ way }) => way === 'http')
	const size = await frame.evaluate(() => {
		const { scrollWidth, scrollHeight } = document.documentElement
		return { width: innerWidth, height: innerHeight, scrollWidth, scrollHeight }
	})
	expect(size).toEqual({ width: 320, height: 180, scrollWidth: 320, scrollHeight: 180 })
	expect(await frame.evaluate(() => location.hash)).not.toBe('')
	expect(faults).toEqual([])
	site.closeAllConnections()
	site.close()
})
