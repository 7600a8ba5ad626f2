import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'puppeteer-core'
import { beforeAll, expect, it } from 'vitest'
import type { Links } from '../../appliance/protocol/messages.ts'
import { until } from '../scene/wait.ts'
import { commandsOf, label, openAttend, press, shows, stats, text, toggle } from './attend-page.ts'
import { settled } from './built.ts'

/** A meeting on the attendee page, where 김영희 sits all the while: what comes and goes is seen by another. */

const at = openAttend('attend', 19_380)
let links: Links
let kim: Page

beforeAll(async () => {
	links = (await at.meeting()).links
	kim = await at.stay(links.member, '김영희')
})

/** As 김영희 sees it. */
const muted = (name: string) =>
	kim.$$eval(
		'aside li',
		(rows, name) =>
			rows.some((row) => row.textContent.includes(name) && row.querySelector('[aria-label="마이크 꺼짐"]') !== null),
		name,
	)

it('two people see and hear each other, each by the name they typed', async () => {
	const lee = await at.join(links.member, '이철수')
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
	const page = await at.open(links.member)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	const commands = await commandsOf(page)
	await page.type('input[name=name]', '박민정')
	await page.click('[data-action=join]')
	await until('a picture', async () => (await stats(page)).videos.some(({ framesDecoded }) => framesDecoded > 0))

	// How the network and the microphone were found, and another size of a tile, may be told before and in between; nobody
	// waits for it.
	const begun = commands.findIndex(({ type }) => type === 'meeting.join')
	const joining = commands.slice(begun).filter(({ type }) => type !== 'readiness.report' && type !== 'media.show')
	expect(joining.slice(0, 3).map(({ type }) => type)).toEqual(['meeting.join', 'media.open', 'media.ready'])
	const producers = joining[1]?.producers as { rtpParameters: Record<string, object[]> }[]
	expect(producers[0]?.rtpParameters.codecs?.[0]).toMatchObject({ parameters: { usedtx: 1, useinbandfec: 1 } })
	expect(producers[1]?.rtpParameters.encodings).toHaveLength(3)
})

it('hides the link from the address bar, and a reload brings the same person back, muted', async () => {
	const page = await at.join(links.member, '최수진')
	expect(page.url()).not.toContain('#')
	expect(page.url()).not.toContain('ey')
	expect(await label(page, 'microphone')).toContain('마이크 켜짐')

	await page.reload()
	await page.waitForSelector('[data-screen=call]')
	await shows(page, '최수진 (나)')
	expect(await label(page, 'microphone')).toContain('마이크 꺼짐')
	const rows = () => kim.$$eval('aside li', (all) => all.filter((row) => row.textContent.includes('최수진')).length)
	await until('one of them', async () => (await rows()) === 1)
})

it('mutes at a press, and everyone sees it', async () => {
	const page = await at.join(links.member, '정하늘')
	await toggle(page, 'microphone')
	await until('the button to say so', async () => (await label(page, 'microphone')).includes('마이크 꺼짐'))
	await until('others to see it', () => muted('정하늘'))
	await toggle(page, 'microphone')
	await until('the button to say so', async () => (await label(page, 'microphone')).includes('마이크 켜짐'))
	await until('others to see it open', async () => !(await muted('정하늘')))
})

it('closes the camera for good when it is turned off, and opens it again', async () => {
	const page = await at.join(links.member, '강도윤')
	const theirs = async () => (await stats(kim)).videos.filter(({ person }) => person === '강도윤')
	const seen = async () => (await theirs()).filter(({ framesDecoded }) => framesDecoded > 0).length
	await until('the picture', async () => (await seen()) === 1)
	await toggle(page, 'camera')
	await until('no picture', async () => (await theirs()).length === 0)
	expect((await stats(page)).sending).toEqual(['microphone'])
	await toggle(page, 'camera')
	await until('the picture again', async () => (await seen()) === 1)
})

it('asks an observer for no device, and shows no switch that does nothing', async () => {
	const watched = `
		window.asked = 0
		const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
		navigator.mediaDevices.getUserMedia = (wish) => { window.asked++; return real(wish) }`
	const page = await at.join(links.observer, '방청객', watched)
	await until('a picture', async () => (await stats(page)).videos.some(({ framesDecoded }) => framesDecoded > 0))
	expect(await page.evaluate(() => (window as unknown as { asked: number }).asked)).toBe(0)
	expect((await stats(page)).sending).toEqual([])
	expect(await page.$('[data-action=microphone], [data-action=camera]')).toBeNull()
})

it('lets somebody who refuses devices watch, and says how to allow them', async () => {
	const refusing = `navigator.mediaDevices.getUserMedia = () =>
		Promise.reject(new DOMException('no', 'NotAllowedError'))`
	const page = await at.open(links.member, refusing)
	await shows(page, '브라우저가 카메라와 마이크 사용을 막았습니다')
	await shows(page, '보기만 하며 참가')
	await page.type('input[name=name]', '윤서연')
	await page.click('[data-action=join]')
	await page.waitForSelector('[data-screen=call]')
	await until('a picture', async () => (await stats(page)).videos.some(({ framesDecoded }) => framesDecoded > 0))
	expect((await stats(page)).sending).toEqual([])
})

it('leaves in two steps with every device closed, and comes in again, muted', async () => {
	const kept = `
		window.tracks = []
		const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
		navigator.mediaDevices.getUserMedia = async (wish) => {
			const stream = await real(wish)
			window.tracks.push(...stream.getTracks())
			return stream
		}`
	const page = await at.join(links.member, '홍길동', kept)
	await shows(kim, '홍길동')
	await toggle(page, 'leave')
	await shows(page, '회의에서 나갈까요?')
	await page.click('dialog .danger')
	await shows(page, '회의에서 나왔습니다')
	await until('every device to be closed', () =>
		page.evaluate(() =>
			(window as unknown as { tracks: MediaStreamTrack[] }).tracks.every(({ readyState }) => readyState === 'ended'),
		),
	)
	await until('the other to see it', async () => !(await text(kim)).includes('홍길동'))
	await press(page, '다시 참가')
	await page.waitForSelector('[data-screen=call]')
	await until('the devices to be sent again', async () => (await stats(page)).sending.length === 2)
	expect(await label(page, 'microphone')).toContain('마이크 꺼짐')
})

it('has no fault that axe-core finds, before and in the meeting', async () => {
	const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
	const page = await at.open(links.chair)
	await page.waitForSelector('[data-action=join]:not([disabled])')
	const faults = async () => {
		await settled(page)
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
