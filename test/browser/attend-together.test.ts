import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Links } from '../../appliance/protocol/messages.ts'
import { hostTexts } from '../../control-panel/lib/i18n-host.ts'
import { qualityTexts } from '../../control-panel/lib/i18n-quality.ts'
import { type Member, openMember } from '../scene/member.ts'
import { until } from '../scene/wait.ts'
import { openAttend, press, shows, text } from './attend-page.ts'
import { accessibilityFaults } from './built.ts'

/** What people do about each other, and what is told to one about oneself, at a real hub. */

const ko = hostTexts('ko')
const quality = qualityTexts('ko')
const at = openAttend('together', 21_580)
let links: Links
let chair: Page
let kim: Page
/** Somebody without a browser. */
let lee: Member

const enter = (name: string) =>
	openMember({ origin: new URL(links.member).origin, token: links.member.split('#')[1] ?? '', name })

beforeAll(async () => {
	const made = await at.meeting()
	links = made.links
	chair = await at.stay(links.chair, '의장')
	kim = await at.stay(links.member, '김영희')
	lee = await enter('이철수')
})
afterAll(() => lee?.close())

/** What the chair does about somebody, by their menu in the list. */
async function act(person: string, what: string) {
	const menu = await chair.waitForSelector(`[data-host="${person}"] button`)
	await menu?.evaluate((button) => (button as HTMLElement).click())
	await chair.waitForSelector(`[data-host="${person}"] [popover]:popover-open`)
	await chair.$eval(`[data-host="${person}"] [data-act=${what}]`, (button) => (button as HTMLElement).click())
}

const large = (page: Page) => page.$$eval('[data-pane] h2', (all) => all.map((one) => one.textContent))

describe('Those who run the meeting', () => {
	it('show somebody large to everybody who has pinned nobody, and end it', async () => {
		await act(lee.person, 'light')
		await until('it to be large', async () => (await large(kim)).includes('이철수'))
		await shows(kim, ko.lit)
		await kim.$eval('[data-tile] .pick', (button) => (button as HTMLElement).click())
		await until('the pinned one', async () => !(await large(kim)).includes('이철수'))
		await kim.$eval('.unpin', (button) => (button as HTMLElement).click())
		await until('it to be large again', async () => (await large(kim)).includes('이철수'))
		await act(lee.person, 'unlight')
		await until('its end', async () => !(await text(kim)).includes(ko.lit))
	})

	it('rename a guest', async () => {
		await act(lee.person, 'rename')
		const field = await chair.waitForSelector('input[name=rename]')
		await field?.click({ count: 3 })
		await field?.type('이철수 과장')
		await chair.click('[data-action=rename]')
		await shows(kim, '이철수 과장')
	})

	it('choose what is shown to those who wait', async () => {
		await press(chair, '자료')
		await chair.waitForSelector('input[type=file]')
		await chair.$eval('input[type=file]', async (input) => {
			const canvas = new OffscreenCanvas(320, 180)
			canvas.getContext('2d')?.fillRect(0, 0, 320, 180)
			const given = new DataTransfer()
			given.items.add(new File([await canvas.convertToBlob()], '안내.png'))
			;(input as HTMLInputElement).files = given.files
			input.dispatchEvent(new Event('change', { bubbles: true }))
		})
		const mark = await chair.waitForSelector('[data-action=waiting]')
		await mark?.evaluate((button) => (button as HTMLElement).click())
		await chair.waitForSelector('[data-action=waiting][aria-pressed=true]')
		await chair.$eval('[data-side=people]', (button) => (button as HTMLElement).click())
	})

	it('lock the meeting: whoever comes waits, until it is open again', async () => {
		await chair.$eval('[role=switch]', (button) => (button as HTMLElement).click())
		await chair.waitForSelector('[role=switch][aria-checked=true]')
		const late = await at.open(links.member)
		await late.waitForSelector('[data-action=join]:not([disabled])')
		await late.type('input[name=name]', '최수진')
		await late.click('[data-action=join]')
		await late.waitForSelector('[data-screen=lobby]')
		await late.waitForSelector('[data-screen=waiting-slides] img', { timeout: 60_000 })
		await chair.$eval('[role=switch]', (button) => (button as HTMLElement).click())
		await chair.waitForSelector('[role=switch][aria-checked=false]')
	})

	it('remove somebody in two steps, who is told so and may only knock', async () => {
		const page = await at.join(links.member, '홍길동')
		const person = await until('the person', async () => lee.people.find(({ name, here }) => name === '홍길동' && here))
		await act(person.id, 'remove')
		await shows(chair, ko.removeTitle('홍길동'))
		expect(await page.$('[data-screen=call]')).not.toBeNull()
		await chair.click('dialog [data-action=remove]')
		await shows(page, '진행자가 회의에서 내보냈습니다')
		await press(page, '다시 들어가기 요청')
		await page.waitForSelector('[data-screen=lobby]')
	})
})

describe('A reaction', () => {
	it('is shown at its person and counted for all, and read out once', async () => {
		// It passes: all of it is waited for from before it begins.
		const shown = Promise.all([
			kim.waitForSelector('[data-reacted=clap]'),
			kim.waitForSelector(`[data-tile="${lee.person}"] .reaction`),
			until('it to be read', () =>
				kim.$$eval('[role=status]', (all) => all.some((one) => one.textContent.trim() === '박수 1명')),
			),
		])
		await lee.get({ type: 'reaction.show', kind: 'clap' })
		await shown
		await kim.waitForSelector('[data-reacted]', { hidden: true })

		await kim.$eval('[data-action=react]', (button) => (button as HTMLElement).click())
		await kim.$eval('[data-reaction=thanks]', (button) => (button as HTMLElement).click())
		await until('others to be told', () =>
			lee.messages.some(
				(message) => message.type === 'reactions' && message.list.some(({ kind }) => kind === 'thanks'),
			),
		)
	})
})

describe('One’s own connection', () => {
	it('says in words how it is, and shows every stream with its figures', async () => {
		await until('a grade', async () => (await kim.$('header [data-network=ok]')) !== null)
		await kim.$eval('header [data-network]', (button) => (button as HTMLElement).click())
		await shows(kim, quality.reasons.good)
		await kim.$eval('[data-action=statistics]', (button) => (button as HTMLElement).click())
		await kim.waitForSelector('[data-screen=statistics]')
		const rows = (way: string) =>
			kim.$$eval(`[data-way=${way}] [data-kind]`, (all) =>
				all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
			)
		await until('what is sent and received', async () => {
			const sent = await rows('sent')
			const received = await rows('received')
			const camera = sent.find(([what, size]) => what === quality.camera && size !== '–')
			const other = received.find(([what, size]) => what === '의장' && size !== '–')
			return Boolean(camera && Number(camera[3]) > 0 && camera[6] === 'VP8' && camera[7] && other && other[7] !== '–')
		})
		expect(await accessibilityFaults(kim)).toEqual([])
		await kim.keyboard.press('Escape')
		await kim.waitForSelector('[data-screen=statistics]', { hidden: true })
	})

	it('is offered to be spared when it is weak, and nothing changes before a press', async () => {
		const lossy = `
			window.real = RTCPeerConnection.prototype.getStats
			window.lost = 0
			RTCPeerConnection.prototype.getStats = async function () {
				const report = new Map(await window.real.call(this))
				const lost = (window.lost += 1000)
				report.set('lossy', { id: 'lossy', type: 'inbound-rtp', mid: 'x', packetsReceived: lost * 4, packetsLost: lost })
				return report
			}`
		await kim.evaluate(lossy)
		const offer = await kim.waitForSelector('[data-offer=saving]', { timeout: 60_000 })
		expect(await offer?.evaluate((one) => one.getAttribute('role'))).toBe('alert')
		await shows(kim, quality.grades.bad)
		expect(await kim.evaluate(() => localStorage.getItem('maru.saving'))).toBeNull()
		await press(kim, '데이터 절약')
		await kim.waitForSelector('[data-saving=data]')
		await kim.evaluate(() => localStorage.clear())
	})
})

describe('Before the join', () => {
	it('the way to the hub is measured, and devices are those of the last time', async () => {
		const second = `
			window.wishes = []
			const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
			navigator.mediaDevices.getUserMedia = (wish) => { window.wishes.push(wish); return real(wish) }`
		const page = await at.open(links.member, second)
		await page.waitForSelector('[data-reach=good]')
		await page.waitForSelector('[data-action=join]:not([disabled])')
		const [, other = ''] = await page.$$eval('select', ([, microphones]) =>
			[...(microphones?.options ?? [])].map(({ value }) => value),
		)
		const selects = await page.$$('select')
		await selects[1]?.select(other)
		await until(
			'it to be kept',
			async () => (await page.evaluate(() => localStorage.getItem('maru.microphone'))) === other,
		)
		await page.reload()
		await page.waitForSelector('[data-action=join]:not([disabled])')
		const wishes = await page.evaluate(() => (window as unknown as { wishes: MediaStreamConstraints[] }).wishes)
		expect(wishes[0]?.audio).toMatchObject({ deviceId: { exact: other } })
		await until('it to be chosen', () => page.$$eval('select', ([, all], other) => all?.value === other, other))
		await page.evaluate(() => localStorage.clear())
	})

	it('tells how to allow devices in this browser, before and in the meeting', async () => {
		const refusing = `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`
		const page = await at.open(links.member, refusing)
		await page.waitForSelector('[data-browser] ol li')
		expect(await accessibilityFaults(page)).toEqual([])
		await page.type('input[name=name]', '강도윤')
		await page.click('[data-action=join]')
		await page.waitForSelector('[data-screen=call]')
		await page.click('[data-action=camera]')
		await page.waitForSelector('dialog [data-browser] ol li')
	})
})
