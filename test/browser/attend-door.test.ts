import { expect, it } from 'vitest'
import { until } from '../scene/wait.ts'
import { openAttend, press, shows, text, toggle } from './attend-page.ts'

/** The attendee page from the link to the meeting, and what the chair does to all who are there. */

const at = openAttend('door', 20_780)

it('joins nobody without a name', async () => {
	const { links } = await at.meeting()
	const page = await at.open(links.member)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.click('[data-action=join]')
	await shows(page, '이름을 입력하세요')
	expect(await page.$('[data-screen=call]')).toBeNull()
})

it('waits for a meeting that is not open, and goes in by itself', async () => {
	const { id, links } = await at.meeting(false)
	const page = await at.open(links.member)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	await page.type('input[name=name]', '이철수')
	await page.click('[data-action=join]')
	await shows(page, '개의하면 저절로 들어갑니다')
	await at.api('POST', `/meetings/${id}/open`)
	await page.waitForSelector('[data-screen=call]')
})

it('lets the chair suspend, resume, and close in two steps that name how many it ends it for', async () => {
	const { links } = await at.meeting()
	const page = await at.join(links.member, '이철수')
	const chair = await at.join(links.chair, '의장')
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
	const late = await at.open(links.member)
	await shows(late, '회의가 끝났습니다')
})

it('says what is wrong with a link', async () => {
	const { links } = await at.meeting()
	const [address = '', token = ''] = links.member.split('#')
	await shows(await at.open(address), '초대 링크로 열어 주세요')
	const forged = `${token.slice(0, -8)}AAAAAAAA`
	await shows(await at.open(`${address}#${forged}`), '올바르지 않은 링크입니다')
	await at.api('POST', '/tokens/revoke', { token })
	await shows(await at.open(links.member), '이 링크는 더 이상 쓸 수 없습니다')
})

it('speaks English without a reload, and remembers it', async () => {
	const { links } = await at.meeting()
	const page = await at.join(links.member, '이철수')
	await toggle(page, 'language')
	await shows(page, 'Participants')
	expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
	await shows(await at.open(links.member), 'Your name')
	await page.evaluate(() => localStorage.clear())
})

it('leaves a first page of the same person in peace, and takes over when asked to', async () => {
	const { id } = await at.meeting()
	const guest = { role: 'member', name: '이철수' }
	const { link } = (await at.api('POST', `/meetings/${id}/links?origin=request`, guest)) as { link: string }
	const enter = async () => {
		const page = await at.open(link)
		await page.waitForSelector('[data-action=join]:not([disabled])')
		await page.click('[data-action=join]')
		return page
	}
	const first = await enter()
	await first.waitForSelector('[data-screen=call]')
	const second = await enter()
	await shows(second, '이미 다른 곳에서 참가하고 있습니다')
	expect(await first.$('[data-screen=call]')).not.toBeNull()
	await second.click('[data-action=move-here]')
	await second.waitForSelector('[data-screen=call]')
	await shows(first, '다른 곳에서 같은 링크로 참가했습니다')
})
