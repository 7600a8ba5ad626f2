import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClassView } from '../../appliance/protocol/lesson.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { classTexts } from '../../control-panel/lib/i18n-class.ts'
import { type Member, openMember } from '../scene/member.ts'
import { until } from '../scene/wait.ts'
import { openAttend, shows, stats } from './attend-page.ts'
import { accessibilityFaults, downloadsTo } from './built.ts'

/** A class (교육) in real pages, with sixty people more who only signal. */

const at = openAttend('class', 21_880)
const ko = classTexts('ko')
const { MARU_SHOTS: shots } = process.env
let downloads: string
const crowd: Member[] = []

beforeAll(() => {
	downloads = mkdtempSync(join(tmpdir(), 'maru-class-'))
	chmodSync(downloads, 0o777) // the browser runs as nobody
})
afterAll(() => {
	for (const one of crowd) one.close()
	if (downloads) rmSync(downloads, { recursive: true, force: true })
})

/** Asked again and again, each time for a moment: however slow the machine, no call to the page lasts. */
async function there(page: Page, selector: string): Promise<string> {
	await until(selector, () => page.$(selector))
	return selector
}
function press(page: Page, name: string) {
	return until(`a button “${name}”`, () =>
		page.evaluate((name) => {
			const named = (button: HTMLElement) => (button.ariaLabel ?? button.textContent ?? '').trim().startsWith(name)
			const button = [...document.querySelectorAll('button')].find((one) => !one.disabled && named(one))
			button?.click()
			return button !== undefined
		}, name),
	)
}
const shot = async (page: Page, name: string) => {
	if (shots) await page.screenshot({ path: `${shots}/class-${name}.png` })
}
/** Whose pictures come, by name. */
const seen = async (page: Page) => (await stats(page)).videos.map(({ person }) => person)
const mark = (page: Page) =>
	page.evaluate(() => {
		window.maruMark = true
	})

describe('A class', () => {
	it('asks, checks who is there, splits into groups that hear only themselves, and certifies', async () => {
		const plan = { title: '개인정보 보호 교육', kind: 'class' }
		const { id, links } = (await at.api('POST', '/meetings?origin=request', plan)) as { id: string; links: Links }
		await at.api('POST', `/meetings/${id}/open`)
		const trainer = await at.join(links.chair, '박강사')
		const kim = await at.join(links.member, '김철수')
		const lee = await at.join(links.member, '이영희')
		const { origin, hash } = new URL(links.member)
		const token = hash.slice(1)
		const names = Array.from({ length: 60 }, (_, i) => `수강생 ${i + 1}`)
		crowd.push(...(await Promise.all(names.map((name) => openMember({ origin, token, name })))))
		const [first] = crowd
		if (!first) throw new Error('nobody came')
		await until('the trainer to be seen', async () => (await seen(kim)).length > 0)
		for (const page of [trainer, kim, lee]) await mark(page)

		// A quiz, made by hand.
		await trainer.click('[data-side=desk]')
		await trainer.click(await there(trainer, '#desk-tab-class'))
		await press(trainer, '퀴즈')
		await trainer.type('[data-question=new] input', '개인정보를 개인 메일로 보내도 된다')
		// Without a limit: a slow machine needs longer than a minute.
		for (let i = 0; i < 3; i++) await press(trainer, '응답 시간 줄이기')
		await press(trainer, 'O·X')
		await press(trainer, 'X')
		await shot(trainer, 'question')
		await press(trainer, '묻기')
		await there(kim, '[data-choice=c2]')
		await kim.click('[data-choice=c2]')
		await there(lee, '[data-choice=c1]')
		await lee.click('[data-choice=c1]')
		// Each is told on a socket of its own: what one page shows another may hear a moment later.
		const vote = await until('the quiz', () => first.core.vote?.id)
		await Promise.all(crowd.map((one) => one.get({ type: 'vote.cast', vote, choice: 'c2' })))
		await shows(trainer, '62명 가운데 62명 응답')
		expect(first.core.vote?.poll).toEqual({ quiz: true, right: null })
		await shot(kim, 'quiz')
		await press(trainer, '마감')
		await shows(kim, '정답')
		await shot(kim, 'answers')
		await shot(trainer, 'answers')

		// Who is there.
		await press(trainer, '출석·수료')
		await press(trainer, '출석 확인')
		await there(kim, '[data-check=asked]')
		await shot(kim, 'check')
		await kim.click('[data-action=here]')
		await there(kim, '[data-check=answered]')
		for (const one of crowd) {
			const asked = () => one.messages.findLast((message) => message.type === 'check')?.check
			await one.get({ type: 'presence.answer', check: (await until('the question', asked)).id })
		}
		await shows(trainer, '62명 가운데 61명 응답')
		await shot(trainer, 'trainees')

		// Who is in the hall reads the code there with their own phone.
		await trainer.click('[data-action=hall-code]')
		const code = await trainer.$eval(await there(trainer, '[data-qr]'), (qr) => (qr as SVGElement).dataset.qr ?? '')
		await shot(trainer, 'hall-code')
		const phone = await at.open(`${origin}/check-in${new URL(code).hash}`)
		await phone.setViewport({ width: 390, height: 844 })
		await there(phone, '[name=name]')
		await shot(phone, 'check-in')
		expect(await accessibilityFaults(phone)).toEqual([])
		await phone.type('[name=name]', '최현장')
		await press(phone, '출석하기')
		await there(phone, '[data-state=here]')
		await shot(phone, 'checked-in')
		expect(await accessibilityFaults(phone)).toEqual([])
		await there(trainer, '[data-here="1"]')
		expect(await accessibilityFaults(trainer, ['light'])).toEqual([])
		await trainer.keyboard.press('Escape')
		const hall = (await at.api('GET', `/meetings/${id}/class`)) as ClassView
		expect(hall.trainees.find(({ name }) => name === '최현장')).toMatchObject({ way: 'hall' })
		await shows(trainer, '· 현장')

		// Groups, whose people hear and see nobody else.
		await press(trainer, '조별 활동')
		await press(trainer, '조 나누기')
		await there(kim, '[data-group=group]')
		await until('groups to be alone', async () => (await seen(kim)).length + (await seen(trainer)).length === 0)
		await press(trainer, '5분 남았습니다')
		await there(kim, '[data-told]')
		await shot(kim, 'group')
		await shot(trainer, 'groups')
		await kim.click('[data-action=back]')
		await until('the trainer to be seen again', async () => (await seen(kim)).includes('박강사'))
		await press(trainer, '모두 부르기')
		await until('all to be back', async () => (await seen(lee)).includes('김철수'))
		for (const page of [trainer, kim, lee]) expect(await page.evaluate(() => window.maruMark)).toBe(true)

		// Who meets the rule has a certificate, and fetches it.
		const chair = await openMember({ origin, token: new URL(links.clerk).hash.slice(1), name: '조교' })
		crowd.push(chair)
		await chair.get({ type: 'rules.set', certificate: { present: 1, quiz: 60 } })
		await press(trainer, '출석·수료')
		await press(trainer, '수료증 발급')
		await shows(trainer, '수료증 61장을 발급했습니다')
		await shot(trainer, 'certified')
		const { trainees } = (await at.api('GET', `/meetings/${id}/class`)) as ClassView
		const own = trainees.find(({ name }) => name === '김철수')
		expect(trainees.find(({ name }) => name === '이영희')).toMatchObject({ passes: false, certificate: null })
		const whole = await downloadsTo(downloads, kim)
		await press(kim, ko.certificateGet)
		const file = `certificate-${own?.certificate}.pdf`
		// It is printed by a browser of its own, for which a busy machine may take too long: then one presses again.
		const failed = () =>
			kim.$eval('[data-certificate] [role=status]', (said) => said.textContent?.trim() !== '').catch(() => false)
		await until(
			'the certificate',
			async () => {
				if (await failed()) await press(kim, ko.certificateGet)
				return whole().includes(file)
			},
			120_000,
			500,
		)
		const text = execFileSync('pdftotext', ['-layout', join(downloads, file), '-'], { encoding: 'utf8' })
		for (const part of ['김철수', '개인정보 보호 교육', own?.certificate ?? '-', '대회의실'])
			expect(text).toContain(part)
		expect(await at.api('GET', `/certificates/${own?.certificate}`)).toMatchObject({ name: '김철수' })
	})
})
