import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { panelTexts } from '../../control-panel/panel/i18n-panel.ts'
import { soundCheckTexts } from '../../control-panel/panel/i18n-sound-check.ts'
import { accessibilityFaults, type Built, build, press, says, settled, themes, until } from './built.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { chamber, inCall, speakerphone } from './panel-scene.ts'

/** Sound and speakerphone on the built panel, against a room that follows a script. */

const sizes = [
	{ width: 1280, height: 800 },
	{ width: 1920, height: 1080 },
]
const t = { ...panelTexts.ko, ...soundCheckTexts.ko }
const command = 'sudo usermod -aG maru-hid maru && sudo systemctl restart maru'

let built: Built
let room: ScriptedRoom
let page: Page

beforeAll(async () => {
	built = await build()
})
afterEach(async () => {
	await page?.close()
	await room?.close()
})
afterAll(() => built?.close())

interface Setting {
	language?: 'ko' | 'en'
	theme?: (typeof themes)[number]
	size?: { width: number; height: number } | undefined
}

async function open(state: RoomState, { language = 'ko', theme = 'dark', size = sizes[0] }: Setting = {}) {
	room = await startRoom(built.dist, state, () => built.picture)
	page = await built.browser.newPage()
	if (size) await page.setViewport(size)
	await page.evaluateOnNewDocument(
		(language, theme) => {
			localStorage.setItem('maru.language', language)
			localStorage.setItem('maru.theme', theme)
		},
		language,
		theme,
	)
	await page.goto(`${room.origin}/panel#aaa.bbb.ccc`)
	await page.waitForSelector('footer button')
	await page.waitForFunction((name) => document.querySelector('h1')?.textContent === name, {}, state.name)
}

const asked = (type: string) =>
	room.received.filter(({ command }) => command.type === type).map(({ command }) => command)
const told = (difference: Parameters<typeof speakerphone>[0]) =>
	room.change({ speakerphone: { ...room.state.speakerphone, ...difference } })
const fault = (reason: string, detail: string | null = null, model: 'model' | 'none' = 'none') =>
	speakerphone({
		status: reason === 'none-found' ? 'none' : 'failed',
		...{ reason, detail, since: Date.now() - 60_000, own: false },
		...(model === 'none' ? { model: null, capabilities: null } : {}),
	})

/** Every state of these screens, and how to get there. */
const scenes: Record<string, { state: () => RoomState; go: () => Promise<unknown> }> = {
	check: {
		state: () => chamber(),
		async go() {
			await press(page, t.sound)
			await says(page, t.levelStarting)
			room.level(0.62)
			await says(page, t.heardYou)
		},
	},
	'check-muted-in-call': {
		state: () =>
			inCall({ muted: true, speakerphone: speakerphone({ offHook: true, muted: true, pressedAt: Date.now() }) }),
		go: () => press(page, t.speakerphone),
	},
	'check-no-microphone': {
		state: () => chamber({ speakerphone: fault('none-found') }),
		async go() {
			room.answer = (command) => (command.type === 'sound.tone' ? { ok: true, data: 'elsewhere' } : { ok: true })
			await press(page, t.sound)
			await says(page, t.speaker)
			room.level(null)
			await press(page, t.tone)
			await says(page, t.toneElsewhere)
		},
	},
	'check-waiting': {
		state: () => chamber({ speakerphone: speakerphone({ check: 'waiting', offHook: true }) }),
		go: () => press(page, t.sound),
	},
	'check-seen': {
		state: () => chamber({ speakerphone: speakerphone({ check: 'seen', pressedAt: Date.now() }) }),
		go: () => press(page, t.sound),
	},
	device: { state: () => chamber(), go: () => toDevice() },
	'device-permission': {
		state: () => chamber({ speakerphone: fault('no-permission', command) }),
		go: () => toDevice(),
	},
	'device-firmware': {
		state: () => chamber({ speakerphone: fault('old-firmware', '2.14') }),
		go: () => toDevice(),
	},
	'device-descriptor': {
		state: () =>
			chamber({ speakerphone: fault('malformed-descriptor', 'a collection is not closed at byte 41', 'model') }),
		go: () => toDevice(),
	},
	'device-unused': {
		state: () => chamber({ speakerphone: { ...fault('none-found'), reason: null } }),
		go: () => toDevice(),
	},
	settings: { state: () => chamber(), go: () => press(page, t.settings) },
	call: { state: () => inCall(), go: async () => {} },
	'call-lost': {
		state: () =>
			inCall({ speakerphone: fault('lost', null, 'model'), sound: { microphone: 'missing', output: 'good' } }),
		go: async () => {},
	},
	'call-waiting': {
		state: () => inCall({ speakerphone: speakerphone({ offHook: true, waiting: true, unconfirmed: true }) }),
		go: async () => {},
	},
	ring: {
		state: () => chamber({ ring: { id: 'r1', from: '민원실 3번 창구', since: Date.now() } }),
		go: () => says(page, t.answer),
	},
	volume: {
		state: () => inCall(),
		async go() {
			await says(page, t.speakerphone)
			room.change({ volume: 45 })
			await says(page, t.volumeIs(45))
		},
	},
	hungup: {
		state: () => inCall(),
		async go() {
			await says(page, t.speakerphone)
			told({ hungUpAt: Date.now() })
			await says(page, t.hungUp)
		},
	},
	status: {
		state: () => inCall({ speakerphone: fault('no-permission', command) }),
		async go() {
			await says(page, t.speakerphone)
			await page.click('button.health')
		},
	},
}

async function toDevice() {
	await press(page, t.settings)
	await press(page, t.speakerphone)
}

describe('Every state of sound and speakerphone', () => {
	/** Where each kind of part is on the screen once; the others are made of the same. */
	const looked = ['check', 'check-no-microphone', 'check-waiting', 'device', 'device-permission', 'call-lost', 'ring']
	/** The long run goes to every state; see test/long/screens.test.ts. */
	const played = Object.entries(scenes).filter(
		([name]) => looked.includes(name) || process.env.MARU_ROUNDS !== undefined,
	)
	test.each(played)('%s can be read, reached and pressed', async (name, { state, go }) => {
		await open(state())
		await go()
		const theme = themes[looked.indexOf(name) % themes.length]
		if (theme) expect(await accessibilityFaults(page, [theme])).toEqual([])
		for (const size of sizes) {
			await page.setViewport(size)
			await settled(page)
			expect(await page.evaluate(misplaced)).toEqual([])
		}
	})
})

/** Controls that are too small, out of the screen, or cut. */
function misplaced(): string[] {
	const faults: string[] = []
	for (const button of document.querySelectorAll<HTMLElement>('[role=dialog] button, .ring button, aside button')) {
		if (!button.checkVisibility() || button.tabIndex < 0) continue
		const { left, top, right, bottom, width, height } = button.getBoundingClientRect()
		const name = button.getAttribute('aria-label') ?? button.textContent ?? ''
		if (width < 63.9 || height < 63.9) faults.push(`${name}: ${width} × ${height}`)
		if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) faults.push(`${name} is out of the screen`)
	}
	for (const box of document.querySelectorAll<HTMLElement>('[role=dialog], [role=dialog] .card, [role=dialog] .page')) {
		if (box.scrollHeight > box.clientHeight + 1)
			faults.push(`${box.className} is cut: ${box.scrollHeight} > ${box.clientHeight}`)
	}
	return faults
}

describe('The sound check', () => {
	test('listens while it is open, asks again before the room stops, and ends with the sheet', async () => {
		await open(chamber())
		await press(page, t.sound)
		await until('listening', () => asked('sound.listen').length === 1)
		room.level(0.2)
		await page.waitForFunction(() => document.querySelector('[role=meter]')?.getAttribute('aria-valuenow') === '20')
		await press(page, t.close)
		await until('the end', () => asked('sound.listen').length === 2)
		expect(asked('sound.listen')).toMatchObject([{ on: true }, { on: false }])
	})

	test('opens no microphone while the room is muted', async () => {
		await open(chamber({ muted: true }))
		await press(page, t.sound)
		await says(page, t.levelMuted)
		expect(asked('sound.listen')).toEqual([])
		room.change({ muted: false })
		await until('listening', () => asked('sound.listen').length === 1)
	})

	test('turns the volume a step for each press, however quickly they come', async () => {
		await open(chamber())
		await press(page, t.sound)
		for (let i = 0; i < 3; i++) await press(page, t.quieter)
		await until('three', () => asked('room.volume').length === 3)
		expect(asked('room.volume')).toMatchObject([{ volume: 75 }, { volume: 70 }, { volume: 65 }])
	})

	test('waits for the key, says that it was seen, and gives up when it is closed', async () => {
		await open(chamber())
		await press(page, t.sound)
		await press(page, t.keyStart)
		await until('the question', () => asked('sound.key').length === 1)
		told({ check: 'waiting', offHook: true })
		await says(page, t.keyPress)
		told({ check: 'seen', offHook: false, pressedAt: Date.now() })
		await says(page, t.keySeen)
		expect(asked('room.mute')).toEqual([])
		told({ check: 'waiting' })
		await says(page, t.keyPress)
		await press(page, t.close)
		await until('the end', () => asked('sound.key').at(-1)?.type === 'sound.key' && asked('sound.key').length === 2)
		expect(asked('sound.key').at(-1)).toMatchObject({ on: false })
	})

	test('tries no key in a meeting, where a press mutes, and tells of the last one', async () => {
		await open(inCall())
		await press(page, t.speakerphone)
		await says(page, t.keyInCall)
		await says(page, t.keyNever)
		told({ pressedAt: new Date(2026, 10, 23, 9, 12).getTime() })
		await says(page, t.keyLast('09:12'))
		expect(await page.evaluate((name) => document.body.textContent?.includes(name), t.keyStart)).toBe(false)
	})
})

describe('A call at the door', () => {
	test('is answered or rejected by its own name, and is gone when it was elsewhere', async () => {
		await open(chamber({ ring: { id: 'r1', from: '민원실', since: 1 } }))
		await press(page, t.answer)
		await until('the answer', () => asked('room.answer').length === 1)
		expect(asked('room.answer')).toMatchObject([{ ring: 'r1' }])
		room.change({ ring: { id: 'r2', from: '민원실', since: 2 } })
		await press(page, t.reject)
		await until('the refusal', () => asked('room.reject').length === 1)
		expect(asked('room.reject')).toMatchObject([{ ring: 'r2' }])
		room.change({ ring: null })
		await page.waitForFunction(() => document.querySelector('[role=alertdialog]') === null)
	})
})

describe('Hanging up at the speakerphone', () => {
	test('asks whether the room leaves; staying is said to the room', async () => {
		await open(inCall())
		await says(page, t.speakerphone)
		told({ hungUpAt: 5 })
		await says(page, t.hungUp)
		await press(page, t.stay)
		await until('the answer', () => asked('room.stay').length === 1)
		expect(asked('room.leave')).toEqual([])
	})

	test('is off the screen when another panel has answered', async () => {
		await open(inCall())
		await says(page, t.speakerphone)
		told({ hungUpAt: 5 })
		await says(page, t.hungUp)
		told({ hungUpAt: null })
		await page.waitForFunction(() => document.querySelector('[role=dialog]') === null)
	})
})

test('a volume that is turned at the device shows for a moment', async () => {
	await open(inCall())
	await says(page, t.speakerphone)
	room.change({ volume: 85 })
	const shown = () => page.$eval('[role=status].volume', (box) => box.textContent?.trim() ?? '')
	await until('the volume', async () => (await shown()).startsWith(t.volumeIs(85)))
	await until('its end', async () => (await shown()) === '')
})
