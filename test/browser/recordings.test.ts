import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readPages } from '../../appliance/http/pages.ts'
import { openJournal } from '../../appliance/hub/journal.ts'
import { Recordings } from '../../appliance/hub/recordings.ts'
import type { MeetingEvent } from '../../appliance/meeting/meeting.ts'
import { openSite, type Site } from '../http/site.ts'
import { accessibilityFaults, type Built, build, press, says, themes, until } from './built.ts'

/** The page of recordings in a real Chromium, at the real server: a real film, a real journal, real files. */

let built: Built
let dir: string
let film: Buffer
let site: Site
let recordings: Recordings
let page: Page

/** 2026-11-23 09:00 in Seoul. */
const nine = Date.UTC(2026, 10, 23)
const names: Record<string, { name: string; title: string; bureau: string }> = {
	park: { name: '박도시', title: '국장', bureau: '도시국' },
	choi: { name: '최환경', title: '국장', bureau: '환경국' },
}

beforeAll(async () => {
	built = await build()
	dir = mkdtempSync(join(tmpdir(), 'maru-recordings-page-'))
	const file = join(dir, 'film.mp4')
	execFileSync('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=10:duration=20'],
		...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=20', '-c:v', 'libx264', '-preset', 'ultrafast'],
		...['-pix_fmt', 'yuv420p', '-g', '10', '-c:a', 'aac', '-movflags', '+faststart', '-y', file],
	])
	film = readFileSync(file)
})
afterAll(async () => {
	await built?.close()
	rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
	site = await openSite({ pages: readPages(built.dist) })
	const journal = openJournal(site.db)
	recordings = new Recordings({
		...{ dir: join(site.dir, 'recordings'), keepDays: null, language: 'ko', journal, now: Date.now },
		...{ log: pino({ level: 'silent' }), live: () => undefined },
		stripOf: (_, who) => names[who] ?? { name: '—', title: '', bureau: '' },
	})
	site.hub.recordings = (id) => recordings.list(id)
	site.hub.recordingFile = (id, recording) => recordings.file(id, recording)
	site.hub.recordingIndex = (id, recording) => recordings.index(id, recording)
	site.hub.removeRecording = (id, recording, by) => recordings.remove(id, recording, by.jti)
})
afterEach(async () => {
	await page?.close()
	await site.close()
})

/** Two recordings: one whose disk was full, and one of 20 s with two items, two speeches, and one that nobody recorded. */
function recorded() {
	const journal = openJournal(site.db)
	const [first, second] = [nine - 3_600_000, nine]
	const item = (id: string, title: string) => ({
		...{ id, title, kind: 'report' as const, bureau: '기획국', presenters: [], seconds: null, documents: [] },
	})
	const speech = (who: string, from: number, to: number): MeetingEvent[] => [
		{ type: 'floor.granted', who, kind: 'speak', limitMs: null, asked: true, by: 'chair', at: second + from },
		{
			...{ type: 'floor.ended', who, cause: 'yielded', spokenMs: to - from, back: null, by: 'chair' },
			at: second + to,
		},
	]
	const sha256 = createHash('sha256').update(film).digest('hex')
	const kept = { type: 'recording.kept', bytes: film.length, durationMs: 20_000, by: 'system' } as const
	journal.append('m1', 0, [
		{ type: 'meeting.planned', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null, at: first },
		{ type: 'agenda.set', items: [item('a', '예산 편성'), item('b', '조직 개편')], by: 'clerk', at: first },
		{ type: 'recording.started', recording: 'r1', by: 'clerk', at: first },
		{ type: 'recording.stopped', recording: 'r1', cause: 'disk-full', by: 'system', at: first + 20_000 },
		{ ...kept, recording: 'r1', sha256, at: first + 21_000 },
		{ type: 'recording.started', recording: 'r2', by: 'clerk', at: second },
		{ type: 'item.started', item: 'a', by: 'clerk', at: second + 1_000 },
		...speech('park', 2_000, 6_000),
		// Between the two parts.
		...speech('kim', 11_000, 13_000),
		{ type: 'item.ended', item: 'a', usedMs: 0, by: 'clerk', at: second + 17_000 },
		{ type: 'item.started', item: 'b', by: 'clerk', at: second + 17_000 },
		...speech('choi', 18_000, 21_000),
		{ type: 'recording.stopped', recording: 'r2', cause: 'asked', by: 'clerk', at: second + 25_000 },
		{ ...kept, recording: 'r2', sha256, at: second + 26_000 },
	])
	const parts = [
		{ name: 'part-1.mp4', startsAtMs: second, durationMs: 10_000, fromMs: 0 },
		{ name: 'part-2.mp4', startsAtMs: second + 15_000, durationMs: 10_000, fromMs: 10_000 },
	]
	for (const id of ['r1', 'r2']) {
		const folder = join(site.dir, 'recordings', 'm1', id)
		mkdirSync(folder, { recursive: true })
		writeFileSync(join(folder, 'recording.mp4'), film)
		writeFileSync(join(folder, 'parts.json'), JSON.stringify(id === 'r2' ? parts : parts.slice(0, 0)))
	}
	return sha256
}

async function open(fragment: string, language: 'ko' | 'en' = 'ko') {
	page = await built.browser.newPage()
	await page.setViewport({ width: 1280, height: 800 })
	await page.evaluateOnNewDocument((language) => localStorage.setItem('maru.language', language), language)
	await page.goto(`${site.origin}/recordings#${fragment}`)
}

const video = <T>(read: (video: HTMLVideoElement) => T) => page.$eval('video', read)
const atS = () => video(({ currentTime }) => currentTime)

describe('The page of recordings', () => {
	it('plays, goes to a speech by search and keys, stops at its end, and shows who speaks', async () => {
		recorded()
		await open(await site.token('clerk'))
		await page.waitForSelector('[data-entry]')
		expect(await page.$$eval('[data-recording]', (all) => all.map((one) => one.getAttribute('aria-pressed')))).toEqual([
			...['true', 'false'],
		])
		expect(await page.$$eval('[data-entry] b', (all) => all.map((one) => one.textContent?.trim()))).toEqual([
			...['안건 예산 편성', '박도시 국장', '—', '안건 조직 개편', '최환경 국장'],
		])
		await says(page, '디스크가 가득 차서 멈췄습니다')
		await until('its length', () => video(({ duration }) => duration > 19))
		await page.focus('input[type=search]')
		await page.keyboard.type('환경국')
		await page.waitForFunction(() => document.querySelectorAll('[data-entry]').length === 1)
		await page.keyboard.press('ArrowDown')
		await page.keyboard.press('Enter')
		await until('the speech to play', async () => (await atS()) > 13.1 && !(await video(({ paused }) => paused)))
		await page.waitForSelector('.speech.on [aria-current=true]')
		// It was not loaded whole for that: the server was asked for the part that is played.
		expect(await video(({ buffered }) => buffered.length)).toBeGreaterThan(0)
		await page.$eval('input[type=search]', (input) => {
			;(input as HTMLInputElement).value = ''
			input.dispatchEvent(new Event('input', { bubbles: true }))
		})
		await page.waitForFunction(() => document.querySelectorAll('[data-entry]').length === 5)
		await press(page, '도시국 박도시 국장 발언만 듣기')
		await until('the speech alone to play', async () => (await atS()) < 6 && !(await video(({ paused }) => paused)))
		await until('its end', () => video(({ paused }) => paused))
		expect(await atS()).toBeGreaterThanOrEqual(6)
		expect(await atS()).toBeLessThan(9)
		// What lies in the gap plays from where the recording goes on.
		await page.evaluate(() => document.querySelector<HTMLElement>('li:has(.missing).speech .play')?.click())
		await until('the part behind the gap', async () => (await atS()) >= 10 && (await atS()) < 13)
		expect(await accessibilityFaults(page, themes)).toEqual([])
	})

	it('gives the file that the hash is of, and is the same in English and on a phone', async () => {
		const sha256 = recorded()
		await open(`${await site.token('panel')}&meeting=m1`, 'en')
		await page.setViewport({ width: 390, height: 844 })
		await page.waitForSelector('[data-entry]')
		await says(page, sha256)
		const href = await page.$eval('a[download]', ({ href }) => (href as unknown as string) ?? '')
		const response = await fetch(href)
		expect(response.headers.get('content-disposition')).toContain('attachment')
		const bytes = Buffer.from(await response.arrayBuffer())
		expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
		expect(await accessibilityFaults(page, ['dark'])).toEqual([])
		// A clerk or a panel removes nothing.
		expect(await page.$('.remove')).toBeNull()
	})

	it('removes a file in two steps, for the chair alone, and says that it is gone', async () => {
		const sha256 = recorded()
		await open(await site.token('chair'))
		await press(page, '파일 지우기')
		await says(page, '되살릴 수 없습니다')
		expect(recordings.list('m1').map(({ state }) => state)).toEqual(['ready', 'ready'])
		await press(page, '지우기')
		await until('the removal', () => recordings.list('m1')[1]?.state === 'removed')
		// What can be played still is shown instead; the other says why it is not there.
		await page.waitForFunction(() => document.querySelector('[data-recording=removed][aria-pressed=false]') !== null)
		await page.click('[data-recording=removed]')
		await says(page, '파일을 지웠습니다')
		await says(page, sha256)
		expect(await accessibilityFaults(page, ['dark'])).toEqual([])
	})

	it('says what it waits for, that there is nothing, and why it may not be seen', async () => {
		await open(await site.token('clerk'))
		await says(page, '아직 녹화가 없습니다')
		await page.close()

		const journal = openJournal(site.db)
		journal.append('m1', 0, [
			{ type: 'meeting.planned', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null, at: nine },
			{ type: 'recording.started', recording: 'r1', by: 'clerk', at: nine },
		])
		const token = await site.token('clerk')
		await open(token)
		await says(page, '지금 녹화하고 있습니다')
		expect(await accessibilityFaults(page, ['dark'])).toEqual([])
		site.identity.revoke((await site.identity.verify(token)).jti)
		await page.reload()
		await says(page, '사용이 취소된 링크입니다')
		await page.close()
		await open(await site.token('viewer'))
		await says(page, '그 권한이 없습니다')
		await page.close()
		await open('')
		await says(page, '의장·사무국 화면에서 열어 주세요')
	})

	it('says that a film cannot be played, and plays it when it can', async () => {
		recorded()
		const file = join(site.dir, 'recordings/m1/r2/recording.mp4')
		renameSync(file, `${file}.away`)
		await open(await site.token('clerk'))
		await page.waitForSelector('.failed')
		renameSync(`${file}.away`, file)
		await press(page, '다시 시도')
		await until('its length', () => video(({ duration }) => duration > 19))
		expect(await page.$('.failed')).toBeNull()
	})
})
