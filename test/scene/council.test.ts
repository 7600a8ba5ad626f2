import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { type Attendee, openAttendee } from './attendee.ts'
import { call, type Member, openMember } from './member.ts'
import { openPanel, type Panel } from './panel.ts'
import { launchPatiently } from './patient-browser.ts'
import { press } from './press.ts'
import { until } from './wait.ts'

/**
 * 확대간부회의 from the seats of those who hold it: the chair at home with a page of the meeting, the clerk at a desk on a
 * PC, a head of bureau in the hall with a button, two more on their PCs. Roll call, three bureaus, a point of order, a
 * vote, adjournment; the minutes are what they should be, word for word.
 */

let site: Site
let room: Appliance
let panel: Panel
let browser: LaunchedBrowser
let chair: Attendee
let clerk: Page
let park: Attendee
let choi: Member
let han: Member
let meeting: string
let admin: string

const roll = [
	{ name: '김시장', title: '시장', bureau: '', role: 'chair', email: null, order: 1 },
	{ name: '이서기', title: '총무과장', bureau: '행정국', role: 'clerk', email: null, order: 2 },
	{ name: '박도시', title: '국장', bureau: '도시국', role: 'member', email: null, order: 3 },
	{ name: '최환경', title: '국장', bureau: '환경국', role: 'member', email: null, order: 4, seat: '7' },
	{ name: '한복지', title: '국장', bureau: '복지국', role: 'member', email: null, order: 5 },
	{ name: '오결석', title: '국장', bureau: '문화국', role: 'member', email: null, order: 6 },
]
const agenda = ['도시국', '환경국', '복지국'].map((bureau) => ({
	title: `${bureau} 주요 업무 보고`,
	kind: 'report',
	bureau,
	presenters: [],
	seconds: 300,
	documents: [],
}))

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 23_080, { cameras: [], seats: [{ id: '7', name: '7번석' }] })
	room = await site.start()
	admin = room.token('admin')
	panel = await openPanel(room.origin, room.token('panel'))
	const plan = { title: '11월 확대간부회의', kind: 'council', roll, agenda }
	meeting = (await call<{ id: string }>(room.origin, admin, 'POST', '/meetings?origin=request', plan)).id
	browser = await launchPatiently({
		name: 'council',
		headless: true,
		fakeDevices: true,
		log: pino({ level: 'silent' }),
	})
})

afterAll(async () => {
	choi?.close()
	han?.close()
	panel?.close()
	await browser?.close()
	await site?.close()
})

/** Presses the button that says so, as whoever reads the screen would. */
async function say(page: Page, text: string) {
	await until(`a button '${text}'`, async () => {
		const buttons = await page.$$('button:not([disabled])')
		for (const button of buttons) {
			const found = await button
				.evaluate((element, wanted) => {
					const shown = element.getClientRects().length > 0
					const words = `${element.textContent} ${element.getAttribute('aria-label') ?? ''}`.replace(/\s+/g, ' ')
					return shown && words.includes(wanted)
				}, text)
				.catch(() => false)
			if (!found) continue
			return button.click().then(
				() => true,
				() => false,
			)
		}
		return false
	})
}

interface Core {
	phase: string
	speaking: string[]
	item: string | null
	vote: { phase: string; cast: number } | null
}

/** The meeting as everybody is told it. */
function core(): Core {
	const { meeting: view, floor, item, vote } = han.core
	return { phase: view.phase, speaking: floor.speaking.map(({ name }) => name), item: item?.id ?? null, vote }
}

/** The clerk sees who is next, and gives them the floor with one key. */
async function next(name: string) {
	await clerk.waitForFunction(
		(line) => document.body.textContent.replace(/\s+/g, ' ').includes(line),
		{},
		`다음: ${name}`,
	)
	await clerk.keyboard.press('n')
	await speaks(name)
}

const speaks = (name: string | null) => until(`${name} to speak`, () => core().speaking.join() === (name ?? ''))

describe('A council meeting', () => {
	it('is held from four seats, and its minutes say what happened', async () => {
		const { links } = await call<{ links: { name: string; link: string }[] }>(
			room.origin,
			admin,
			'POST',
			`/meetings/${meeting}/roll/links`,
		)
		const tokenOf = (name: string) => new URL(links.find((one) => one.name === name)?.link ?? '').hash.slice(1)
		const page = (name: string, path = 'attend') => `${room.origin}/${path}#${tokenOf(name)}`

		// 개의: the clerk opens the meeting from the desk, the hall joins, people come.
		clerk = await browser.puppeteer.newPage()
		await clerk.setViewport({ width: 1440, height: 900 })
		await clerk.goto(page('이서기', 'console'))
		await say(clerk, '개의')
		expect(await panel.command({ type: 'room.join', meeting })).toMatchObject({ ok: true })
		await panel.until('the room to be in the call', (state) => state.call.phase === 'inCall', 60_000)
		han = await openMember({ origin: room.origin, token: tokenOf('한복지') })
		choi = await openMember({ origin: room.origin, token: tokenOf('최환경') })
		chair = await openAttendee(browser.puppeteer, page('김시장'), '')
		park = await openAttendee(browser.puppeteer, page('박도시'), '')

		// 점호.
		await say(clerk, '참석자·대기실')
		await say(clerk, '점호')
		await until('the roll to be called', async () => (await journal()).some(({ type }) => type === 'roll.called'))

		// 도시국, from home: asks on the page, the clerk gives the floor with one key, and it is yielded.
		await say(clerk, '국별 보고')
		await say(clerk, '상정')
		await until('the first item', () => core().item !== null)
		await press(park.page, '[data-action=floor]')
		await until('the line', () => han.core.floor.next !== null)
		await say(clerk, '발언 관리')
		await next('박도시')
		await park.page.waitForSelector('[data-action=yield]', { timeout: 60_000 })

		// They show their screen, and the chair sees it large.
		const screen = () => han.people.flatMap(({ sources }) => sources).find(({ use }) => use === 'screen')
		await press(park.page, '[data-action=screen]')
		await until('the screen to arrive', () => screen()?.live)
		await until('the chair to see it', async () => {
			const { videos } = await chair.stats()
			return videos.some(({ source, framesDecoded }) => source === screen()?.id && framesDecoded > 5)
		})
		await press(park.page, '[data-action=screen]')
		await until('the screen to be gone', () => !screen())

		// 의사진행발언: heard before anybody else, and then 박도시 goes on.
		await han.get({ type: 'floor.request', kind: 'order' })
		await next('한복지')
		await sleep(700)
		await han.get({ type: 'floor.yield' })
		await next('박도시')
		await sleep(700)
		await press(park.page, '[data-action=yield]')
		await speaks(null)

		// 환경국, in the hall: the button at the seat asks, the chair at home taps the name.
		const first = core().item
		await say(clerk, '국별 보고')
		await say(clerk, '다음 상정')
		await until('the second item', () => core().item !== first && core().item !== null)
		await call(room.origin, admin, 'POST', '/seats/7/mic', { state: 'request' })
		await say(chair.page, '발언 관리')
		await say(chair.page, '최환경')
		await speaks('최환경')
		expect(han.core.floor.speaking[0]).toMatchObject({ seat: '7', title: '국장', bureau: '환경국' })
		await sleep(700)
		await call(room.origin, admin, 'POST', '/seats/7/mic', { state: 'off' })
		await speaks(null)

		// 복지국.
		const second = core().item
		await say(clerk, '다음 상정')
		await until('the third item', () => core().item !== second && core().item !== null)
		await han.get({ type: 'floor.request' })
		await say(clerk, '발언 관리')
		await next('한복지')
		// Longer than the hall's one speech by more than any delay here: the minutes list the longest first.
		await sleep(2_500)
		await clerk.keyboard.press('r')
		await speaks(null)

		// 표결: the clerk opens it, four vote, each in their own way.
		await say(clerk, '표결')
		await clerk.waitForSelector('input[name=title], form input[type=text], .vote input', { timeout: 60_000 })
		// It is filled in with the item that is on.
		await clerk.click('input[name=title], form input[type=text], .vote input', { count: 3 })
		await clerk.keyboard.type('조례 개정안')
		await say(clerk, '기명')
		await say(clerk, '표결 시작')
		await until('the vote', () => core().vote?.phase === 'open')
		const vote = han.core.vote?.id ?? ''
		await press(park.page, '[data-choice=for]')
		await press(chair.page, '[data-choice=for]')
		await choi.get({ type: 'vote.cast', vote, choice: 'for' })
		await han.get({ type: 'vote.cast', vote, choice: 'against' })
		await until('four ballots', () => core().vote?.cast === 4)
		await say(clerk, '표결 종료')
		await until('the result', () => core().vote?.phase === 'closed')
		expect(han.core.vote).toMatchObject({ counts: { for: 3, against: 1, abstain: 0 }, passed: true })

		// 산회, in two presses.
		await say(clerk, '산회')
		await say(clerk, '모두 산회')
		await han.closed
		await chair.page.waitForFunction(() => document.querySelector('[data-screen=call]') === null, { timeout: 60_000 })

		const minutes = await fetch(`${room.origin}/api/v1/meetings/${meeting}/minutes.md`, {
			headers: { authorization: `Bearer ${admin}` },
		})
		await expect(lasting(await minutes.text())).toMatchFileSnapshot('golden/council.md')
	}, 240_000)
})

async function journal(): Promise<{ type: string }[]> {
	const path = `/meetings/${meeting}/journal`
	return (await call<{ events: { type: string }[] }>(room.origin, admin, 'GET', path)).events
}

/** What is the same each time: without clocks, lengths, numbers of events and the hash. Who spoke longest is by the clock, too. */
function lasting(text: string): string {
	const [before = '', after = ''] = text.split('## 발언 시간')
	const plain = (part: string) =>
		part
			.replace(/\d+년 \d+월 \d+일 \S+ \d\d:\d\d/g, '(일시)')
			.replace(/\d\d:\d\d:\d\d/g, '00:00:00')
			.replace(/\d+분 \d\d초/g, '0분 00초')
			.replace(/^\| \d+ \| 00:00:00/gm, '| # | 00:00:00')
			.replace(/기록 \d+건, 마지막 해시 [0-9a-f]{64}/, '기록 #건, 마지막 해시 (해시)')
	const sorted = plain(after)
		.split('\n\n')
		.map((block) => {
			const [head = '', rule = '', ...rows] = block.split('\n')
			return rows.length > 0 ? [head, rule, ...rows.sort()].join('\n') : block
		})
	return [plain(before).trim(), '## 발언 시간', ...sorted.filter((block) => block !== '')].join('\n\n')
}
