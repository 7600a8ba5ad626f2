import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LaunchedBrowser } from '../../appliance/browser/launch.ts'
import { classTexts } from '../../control-panel/lib/i18n-class.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { accessibilityFaults, press, says, until } from './built.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, linkOf, slidePage, vote } from './floor-scene.ts'
import { builtPages } from './pages.ts'

/** The screens of a class (교육) at a hub that follows a script, in both languages and all themes. */

const ko = classTexts('ko')
const { MARU_SHOTS: shots } = process.env
let browser: LaunchedBrowser
let hub: ScriptedHub
let page: Page

beforeAll(async () => {
	browser = await launchPatiently({ name: 'class', headless: true, fakeDevices: true, log: pino({ level: 'silent' }) })
})
beforeEach(async () => {
	hub = await startHub(builtPages(), council(), slidePage)
	const { core } = hub.join
	const lesson = { check: null, groups: null, certificates: 0 }
	hub.join.core = { ...core, meeting: { ...core.meeting, title: '개인정보 보호 교육', kind: 'class' }, lesson }
	page = await browser.puppeteer.newPage({ type: 'window' })
})
afterEach(async () => {
	await page?.close()
	await hub?.close()
})
afterAll(() => browser?.close())

async function enter(width: number, height: number) {
	await page.setViewport({ width, height })
	await page.goto(`${hub.origin}/attend#${linkOf('member', '박민정')}`)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-action=microphone]')
}

/** In Korean in every theme, in English in one: words change their lengths, not their colours. */
async function looksWell(name: string) {
	if (shots) await page.screenshot({ path: `${shots}/class-${name}.png` })
	const faults = await accessibilityFaults(page, ['dark', 'light'], true)
	const toggle = () => page.$eval('[data-action=language]', (button) => (button as HTMLElement).click())
	await toggle()
	if (shots) await page.screenshot({ path: `${shots}/class-${name}-en.png` })
	faults.push(...(await accessibilityFaults(page, ['light'], true)))
	await toggle()
	expect(faults).toEqual([])
}
const asked = (type: string) => hub.received.filter((command) => command.type === type)

describe('A trainee on a phone', () => {
	it('is asked whether they are there, in their group, beside a question', async () => {
		await enter(390, 844)
		hub.core({
			lesson: {
				check: null,
				groups: { list: [{ id: 'g1', name: '1조' }], endsAt: Date.now() + 270_000 },
				certificates: 0,
			},
		})
		const own = hub.join.people.set.find(({ id }) => id === hub.join.person)
		if (!own) throw new Error('nobody')
		hub.people([{ ...own, group: 'g1' }])
		hub.say({ type: 'groups.told', text: '5분 남았습니다' })
		hub.say({ type: 'check', check: { id: 'c1', until: Date.now() + 600_000, answered: false } })
		await says(page, ko.inGroup('1조'))
		await page.waitForSelector('[data-check=asked]')
		await looksWell('phone')
		await page.click('[data-action=here]')
		await until('the answer', () => asked('presence.answer').length === 1)
		expect(asked('presence.answer')[0]).toMatchObject({ check: 'c1' })
		await page.click('[data-action=back]')
		await until('the way back', () => asked('groups.move').length === 1)
		expect(asked('groups.move')[0]).toMatchObject({ group: null })
	})

	it('asks in writing, and votes for what others ask', async () => {
		await enter(390, 844)
		await page.click('[data-side=questions]')
		await says(page, ko.noQuestions)
		const at = Date.now() - 60_000
		const set = [
			{ id: 'q1', text: '민원 서류의 주민등록번호 뒷자리는 가려서 보관해야 합니까?', at, votes: 3, answer: null },
			{ id: 'q2', text: '보관 기간은 언제부터 셉니까?', at: at + 1, votes: 7, answer: null },
			{
				id: 'q3',
				text: 'CCTV 영상은 누구에게 요청합니까?',
				at: at + 2,
				votes: 2,
				answer: '정보통신과에 신청서를 냅니다.',
			},
			{ id: 'q4', text: '오늘 교재도 받을 수 있습니까?', at: at + 3, votes: 1, answer: '' },
		]
		hub.say({ type: 'asked', whole: true, set, gone: [] })
		hub.say({ type: 'asked.own', own: ['q1'], voted: ['q2'] })
		await page.waitForSelector('[data-action=vote][aria-pressed=true]')
		await looksWell('questions')
		await page.click('[data-action=vote]')
		await until('the vote', () => asked('question.vote').length === 1)
		expect(asked('question.vote')[0]).toMatchObject({ question: 'q2', on: false })
		await page.type('aside textarea', '언제까지 보관합니까?')
		await page.click('aside [type=submit]')
		await until('the question', () => asked('question.ask').length === 1)
		expect(asked('question.ask')[0]).toMatchObject({ text: '언제까지 보관합니까?' })
	})
})

describe('A trainer', () => {
	it('sees answers, groups and attendance', async () => {
		hub.join.role = 'chair'
		const times = { firstAt: Date.now() - 3_600_000, lastAt: Date.now(), bureau: '복지국', title: '주무관' }
		hub.lesson.trainees = ['김철수', '이영희', '박민정'].map((name, i) => ({
			...{ id: `p${i}`, name, ...times, way: 'class', presentS: 3_000 - i * 400, presentPercent: 98 - i * 12 },
			...{ checks: { asked: 3, answered: 3 - i }, quizzes: { asked: 4, right: 4 - i, percent: 100 - i * 25 } },
			...{ passes: i < 2, certificate: i === 0 ? '7K4M-PQ2X-93TC' : null },
		}))
		hub.core({ vote: vote({ kind: 'recorded', poll: { quiz: true, right: null }, title: '맞는 것은 무엇입니까?' }) })
		await enter(1440, 900)
		await page.click('[data-side=desk]')
		await (await page.waitForSelector('#desk-tab-class'))?.evaluate((tab) => (tab as HTMLElement).click())
		await page.waitForSelector('[data-question=open]')
		await looksWell('trainer-question')
		await press(page, '출석·수료')
		await page.waitForSelector('[data-trainees]')
		await press(page, '출석 확인')
		await until('the check', () => asked('presence.ask').length === 1)
		await looksWell('trainer-trainees')
		await press(page, '조별 활동')
		await press(page, '조 나누기')
		await until('the groups', () => asked('groups.open').length === 1)
		await looksWell('trainer-groups')
	})
})
