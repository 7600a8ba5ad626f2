import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { type Built, build, until } from './built.ts'
import { serveWorks, tokenOf, type Works, works } from './facilities-scene.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { chamber } from './panel-scene.ts'

/** The facilities page in a real Chromium, against a room that follows a script: one browser a file, one page a test. */

export const sizes = [
	{ width: 1280, height: 800 },
	{ width: 1920, height: 1080 },
	{ width: 390, height: 844 },
]

interface Setting {
	language?: 'ko' | 'en'
	role?: string
	state?: RoomState
	change?(kept: Works): void
	size?: { width: number; height: number }
}

interface Facilities {
	built: Built
	room: ScriptedRoom
	kept: Works
	page: Page
	open(setting?: Setting): Promise<void>
	asked(method: string, path: string): Works['asked']
	commands(type: string): ScriptedRoom['received']
	/** Into the field of that label, instead of what is there. */
	type(label: string, text: string): Promise<void>
}

/** What the tests of a file are at. Nothing is there before `open`, but for the browser. */
export function openFacilities(): Facilities {
	const at = {
		async open({ language = 'ko', role = 'facilities', state = chamber(), change, size }: Setting = {}) {
			at.room = await startRoom(at.built.dist, state, () => at.built.picture)
			at.kept = works()
			change?.(at.kept)
			serveWorks(at.room, at.kept)
			at.page = await at.built.browser.newPage()
			await at.page.setViewport(size ?? { width: 1280, height: 800 })
			await at.page.evaluateOnNewDocument((language) => localStorage.setItem('maru.language', language), language)
			await at.page.goto(`${at.room.origin}/console#${tokenOf(role)}`)
			await at.page.waitForSelector('.facilities nav button')
			await until('the set-ups were read', () => at.asked('GET', 'facilities/cameras').length > 0)
		},
		asked: (method, path) => at.kept.asked.filter((one) => one.method === method && one.path === `/api/v1/${path}`),
		commands: (type) => at.room.received.filter(({ command }) => command.type === type),
		async type(label, text) {
			const id = await at.page.waitForFunction(
				(label) => [...document.querySelectorAll('label')].find((one) => one.textContent?.trim() === label)?.htmlFor,
				{ timeout: 60_000 },
				label,
			)
			const field = `#${((await id.jsonValue()) ?? '').replace(/[^\w-]/g, (letter) => `\\${letter}`)}`
			await at.page.click(field, { count: 3 })
			await at.page.keyboard.press('Backspace')
			await at.page.type(field, text)
		},
	} as Facilities
	beforeAll(async () => {
		at.built = await build()
	})
	afterEach(async () => {
		await at.page?.close()
		await at.room?.close()
	})
	afterAll(() => at.built?.close())
	return at
}
