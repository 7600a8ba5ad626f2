import type { Page } from 'puppeteer-core'
import type { DeskResult } from '../../appliance/protocol/messages.ts'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import type { Language } from '../../control-panel/lib/i18n.svelte.ts'
import { panelTexts } from '../../control-panel/panel/i18n-panel.ts'
import { type Built, settled } from './built.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { type ScreenName, screens } from './panel-screens.ts'

/** The built panel in a real Chromium, at a room that follows a script. */

export const sizes = [
	{ width: 1280, height: 800 },
	{ width: 1920, height: 1080 },
] as const

export interface Panel {
	page: Page
	room: ScriptedRoom
	/** What the page asked of any other host. */
	foreign: string[]
	commands(type: string): ScriptedRoom['received']
	middleOf(selector: string): Promise<{ x: number; y: number }>
	close(): Promise<void>
}

async function openPanel(built: Built, state: RoomState, desk: DeskResult | null = null): Promise<Panel> {
	const room = await startRoom(built.dist, state, () => built.picture)
	room.desk = desk
	const page = await built.browser.newPage()
	const foreign: string[] = []
	await page.setViewport(sizes[0])
	page.on('request', (request) => {
		if (new URL(request.url()).host !== new URL(room.origin).host) foreign.push(request.url())
	})
	await page.goto(`${room.origin}/panel#aaa.bbb.ccc`)
	await page.waitForSelector('footer button')
	await page.waitForFunction((name) => document.querySelector('h1')?.textContent === name, {}, state.name)
	return {
		page,
		room,
		foreign,
		commands: (type) => room.received.filter(({ command }) => command.type === type),
		async middleOf(selector) {
			const handle = await page.waitForSelector(selector)
			const box = await handle?.boundingBox()
			if (!box) throw new Error(`${selector} has no place`)
			return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
		},
		async close() {
			if (!page.isClosed()) await page.close()
			await room.close()
		},
	}
}

/** The panel, gone to that screen; it speaks the language of the room, as one does where nobody has chosen another. */
export async function visit(built: Built, name: ScreenName, language: Language = 'ko'): Promise<Panel> {
	const screen = screens[name]
	const panel = await openPanel(built, { ...screen.state(), language }, screen.desk?.() ?? null)
	await screen.go?.(panel, panelTexts[language])
	await settled(panel.page)
	return panel
}
