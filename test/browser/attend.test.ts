import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type LaunchedBrowser, launchBrowser } from '../../appliance/browser/launch.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { PageStats } from '../../control-panel/lib/meeting/stats.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { until } from '../scene/wait.ts'

/** The attendee page in a real Chromium, at a real appliance: what a person meets from the link to the last word. */

let site: Site
let appliance: Appliance
let browser: LaunchedBrowser
let admin: string
const pages: Page[] = []

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 19_380)
	appliance = await site.start()
	admin = appliance.token('admin')
	browser = await launchBrowser({ name: 'attend', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
afterEach(async () => {
	await Promise.all(pages.splice(0).map((page) => page.close()))
})
afterAll(async () => {
	await browser?.close()
	await site?.close()
})

async function api(method: string, path: string, body?: object): Promise<unknown> {
	const response = await fetch(`${appliance.origin}/api/v1${path}`, {
		method,
		headers: { authorization: `Bearer ${admin}`, ...(body ? { 'content-type': 'application/json' } : {}) },
		...(body ? { body: JSON.stringify(body) } : {}),
	})
	if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
	return response.json()
}

/** A meeting of its own for each test, with links that lead here. */
async function meeting(open = true): Promise<{ id: string; links: Links }> {
	const made = (await api('POST', '/meetings?origin=request', { title: '확대간부회의', kind: 'council' })) as {
		id: string
		links: Links
	}
	if (open) await api('POST', `/meetings/${made.id}/open`)
	return made
}

/** A page in a window of its own: hidden ones draw nothing. `before` runs in the page ahead of its own scripts. */
async function open(link: string, before?: string): Promise<Page> {
	const page = await browser.puppeteer.newPage({ type: 'window' })
	pages.push(page)
	await page.setViewport({ width: 1440, height: 810 })
	if (before) await page.evaluateOnNewDocument(before)
	await page.goto(link)
	return page
}

async function join(link: string, name: string, before?: string): Promise<Page> {
	const page = await open(link, before)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.type('input[name=name]', name)
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
	return page
}

const text = (page: Page) => page.evaluate(() => document.body.textContent ?? '')
const shows = (page: Page, words: string) =>
	until(`the page to show “${words}”`, async () => (await text(page)).includes(words))
const stats = (page: Page) =>
	page.evaluate(() => (window as unknown as { maruStats(): Promise<PageStats> }).maruStats())
/** Each page is told for itself: what one shows already may come to the other a moment later. */
async function press(page: Page, name: string) {
	const button = await page.waitForSelector(`aria/${name}[role="button"]`, { timeout: 10_000 })
	await button?.click()
}
const toggle = (page: Page, action: 'microphone' | 'camera' | 'leave' | 'language') =>
	page.click(`[data-screen=call] [data-action=${action}]`)
/** What a button says; its hidden part tells a screen reader what a press does. */
const label = (page: Page, action: 'microphone' | 'camera') =>
	page.$eval(`footer [data-action=${action}]`, (button) => button.textContent)

/** What the page sends to the hub, from now on. */
async function commandsOf(page: Page): Promise<{ type: string; [key: string]: unknown }[]> {
	const commands: { type: string }[] = []
	const session = await page.createCDPSession()
	await session.send('Network.enable')
	session.on('Network.webSocketFrameSent', ({ response }) => {
		const message = JSON.parse(response.payloadData)
		if (message.type === 'command') commands.push(message.command)
	})
	return commands
}

it('two people see and hear each other, each by the name they typed', async () => {
	const { links } = await meeting()
	const [kim, lee] = [await join(links.member, '김영희'), await join(links.member, '이철수')]
	for (const [page, other] of [
		[kim, '이철수'],
		[lee, '김영희'],
	] as const) {
		await until('a picture and sound of the other', async () => {
			const { videos, audioEnergy } = await stats(page)
			return videos.some(({ person, framesDecoded }) => person === other && framesDecoded > 5) && audioEnergy > 0
		})
		await shows(page, other)
	}
	expect((await stats(kim)).sending).toEqual(['microphone', 'camera'])
})

it('joins in two round trips, Opus with DTX and FEC, the camera in three sizes', async () => {
	const { links } = await meeting()
	await join(links.member, '김영희')
	const page = await open(links.member)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	const commands = await commandsOf(page)
	await page.type('input[name=name]', '이철수')
	await page.click('[data-action=join]')
	await until('a picture', async () => (await stats(page)).videos.some(({ framesDecoded }) => framesDecoded > 0))

	expect(commands.slice(0, 3).map(({ type }) => type)).toEqual(['meeting.join', 'media.open', 'media.ready'])
	const producers = commands[1]?.producers as { rtpParameters: Record<string, object[]> }[]
	expect(producers[0]?.rtpParameters.codecs?.[0]).toMatchObject({ parameters: { usedtx: 1, useinbandfec: 1 } })
	expect(producers[1]?.rtpParameters.encodings).toHaveLength(3)
})

it('hides the link from the address bar, and a reload brings the same person back, muted', async () => {
	const { links } = await meeting()
	const other = await join(links.member, '김영희')
	const page = await join(links.member, '이철수')
	expect(page.url()).not.toContain('#')
	expect(page.url()).not.toContain('ey')
	expect(await label(page, 'microphone')).toContain('마이크 켜짐')

	await page.reload()
	await page.waitForSelector('[data-screen=call]')
	await shows(page, '이철수 (나)')
	expect(await label(page, 'microphone')).toContain('마이크 꺼짐')
	expect(
		await other.$$eval('aside li', (rows) => rows.filter((row) => row.textContent.includes('이철수')).length),
	).toBe(1)
})

it('mutes at a press, and everyone sees it', async () => {
	const { links } = await meeting()
	const other = await join(links.member, '김영희')
	const page = await join(links.member, '이철수')
	await toggle(page, 'microphone')
	await until('the button to say so', async () => (await label(page, 'microphone')).includes('마이크 꺼짐'))
	await other.waitForSelector('aside [aria-label="마이크 꺼짐"]')
	await toggle(page, 'microphone')
	await until('the button to say so', async () => (await label(page, 'microphone')).includes('마이크 켜짐'))
	await until('others to see it open', async () => (await other.$('aside [aria-label="마이크 꺼짐"]')) === null)
})

it('closes the camera for good when it is turned off, and opens it again', async () => {
	const { links } = await meeting()
	const other = await join(links.member, '김영희')
	const page = await join(links.member, '이철수')
	const seen = async () => (await stats(other)).videos.filter(({ framesDecoded }) => framesDecoded > 0).length
	await until('the picture', async () => (await seen()) === 1)
	await toggle(page, 'camera')
	await until('no picture', async () => (await stats(other)).videos.length === 0)
	expect((await stats(page)).sending).toEqual(['microphone'])
	await toggle(page, 'camera')
	await until('the picture again', async () => (await seen()) === 1)
})

it('asks a viewer for no device, and shows no switch that does nothing', async () => {
	const { links } = await meeting()
	await join(links.member, '김영희')
	const watched = `
		window.asked = 0
		const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
		navigator.mediaDevices.getUserMedia = (wish) => { window.asked++; return real(wish) }`
	const page = await join(links.viewer, '시청자', watched)
	await until('a picture', async () => (await stats(page)).videos.some(({ framesDecoded }) => framesDecoded > 0))
	expect(await page.evaluate(() => (window as unknown as { asked: number }).asked)).toBe(0)
	expect((await stats(page)).sending).toEqual([])
	expect(await page.$('[data-action=microphone], [data-action=camera]')).toBeNull()
})

it('lets somebody who refuses devices watch, and says how to allow them', async () => {
	const { links } = await meeting()
	const refusing = `navigator.mediaDevices.getUserMedia = () =>
		Promise.reject(new DOMException('no', 'NotAllowedError'))`
	await join(links.member, '김영희')
	const page = await open(links.member, refusing)
	await shows(page, '브라우저가 카메라와 마이크 사용을 막았습니다')
	await shows(page, '보기만 하며 참가')
	await page.type('input[name=name]', '이철수')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
	await until('a picture', async () => (await stats(page)).videos.some(({ framesDecoded }) => framesDecoded > 0))
	expect((await stats(page)).sending).toEqual([])
})

it('joins nobody without a name', async () => {
	const { links } = await meeting()
	const page = await open(links.member)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
	await shows(page, '이름을 입력하세요')
	expect(await page.$('[data-screen=call]')).toBeNull()
})

it('waits for a meeting that is not open, and goes in by itself', async () => {
	const { id, links } = await meeting(false)
	const page = await open(links.member)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.type('input[name=name]', '이철수')
	await page.click('[data-action=join]')
	await shows(page, '개의하면 저절로 들어갑니다')
	await api('POST', `/meetings/${id}/open`)
	await page.waitForSelector('[data-screen=call]')
})

it('lets the chair suspend, resume, and close in two steps that name how many it ends it for', async () => {
	const { links } = await meeting()
	const page = await join(links.member, '이철수')
	const chair = await join(links.chair, '의장')
	await shows(chair, '2명')
	await press(chair, '정회')
	await shows(page, '정회 중입니다')
	await press(chair, '속개')
	await until('the banner to go', async () => !(await text(page)).includes('정회 중입니다'))

	await press(chair, '산회')
	await shows(chair, '2명의 회의를 끝낼까요?')
	expect(await page.$('[data-screen=call]')).not.toBeNull()
	await press(chair, '산회 · 2명 모두 끝내기')
	await shows(page, '회의가 끝났습니다')
	await shows(chair, '회의가 끝났습니다')
	const late = await open(links.member)
	await shows(late, '회의가 끝났습니다')
})

it('leaves in two steps with every device closed, and comes in again, muted', async () => {
	const { links } = await meeting()
	const other = await join(links.member, '김영희')
	const kept = `
		window.tracks = []
		const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
		navigator.mediaDevices.getUserMedia = async (wish) => {
			const stream = await real(wish)
			window.tracks.push(...stream.getTracks())
			return stream
		}`
	const page = await join(links.member, '이철수', kept)
	await shows(other, '이철수')
	await toggle(page, 'leave')
	await shows(page, '회의에서 나갈까요?')
	await page.click('dialog .danger')
	await shows(page, '회의에서 나왔습니다')
	expect(
		await page.evaluate(() =>
			(window as unknown as { tracks: MediaStreamTrack[] }).tracks.map((one) => one.readyState),
		),
	).not.toContain('live')
	await until('the other to see it', async () => !(await text(other)).includes('이철수'))
	await press(page, '다시 참가')
	await page.waitForSelector('[data-screen=call]')
	await until('the devices to be sent again', async () => (await stats(page)).sending.length === 2)
	expect(await label(page, 'microphone')).toContain('마이크 꺼짐')
})

it('says what is wrong with a link', async () => {
	const { links } = await meeting()
	const [address = '', token = ''] = links.member.split('#')
	await shows(await open(address), '초대 링크로 열어 주세요')
	const forged = `${token.slice(0, -8)}AAAAAAAA`
	await shows(await open(`${address}#${forged}`), '올바르지 않은 링크입니다')
	await api('POST', '/tokens/revoke', { token })
	await shows(await open(links.member), '이 링크는 더 이상 쓸 수 없습니다')
})

it('speaks English without a reload, and remembers it', async () => {
	const { links } = await meeting()
	const page = await join(links.member, '이철수')
	await toggle(page, 'language')
	await shows(page, 'Participants')
	expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
	await shows(await open(links.member), 'Your name')
	await page.evaluate(() => localStorage.clear())
})

it('has no fault that axe-core finds, before and in the meeting', async () => {
	const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
	const { links } = await meeting()
	await join(links.member, '김영희')
	const page = await open(links.chair)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	const faults = async () => {
		await page.evaluate(axe)
		return page.evaluate(async () => {
			const { axe } = window as unknown as {
				axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
			}
			return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
		})
	}
	expect(await faults()).toEqual([])
	await page.type('input[name=name]', '의장')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
	await shows(page, '김영희')
	expect(await faults()).toEqual([])
})
