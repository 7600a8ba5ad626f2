import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { DeskResult } from '../../appliance/protocol/messages.ts'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { cameraReasonTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { panelTexts } from '../../control-panel/panel/i18n-panel.ts'
import { deskScene, troubled, voteOf } from '../control-panel/desk/desk-scene.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { chamber, inCall, meeting, people } from './panel-scene.ts'

/** The built panel in a real Chromium, against a room that follows a script. */

const root = join(import.meta.dirname, '../..')
const dist = mkdtempSync(join(tmpdir(), 'maru-panel-'))
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')
const sizes = [
	{ width: 1280, height: 800 },
	{ width: 1920, height: 1080 },
]
const languages = ['ko', 'en'] as const
const themes = ['dark', 'light', 'contrast'] as const

let browser: Browser
let picture: Buffer
let room: ScriptedRoom
let page: Page
const foreign: string[] = []

beforeAll(async () => {
	const vite = join(root, 'node_modules/vite/bin/vite.js')
	execFileSync(process.execPath, [vite, 'build', '--outDir', dist, '--logLevel', 'error'], {
		cwd: root,
		env: { ...process.env, NODE_ENV: 'production' }, // or it is built as this test runs: for development
	})
	browser = await puppeteer.launch({
		executablePath: '/usr/bin/chromium',
		pipe: true,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
	})
	const studio = await browser.newPage()
	await studio.setViewport({ width: 640, height: 360 })
	await studio.setContent('<body style="background:linear-gradient(#345,#9ab)">')
	picture = Buffer.from(await studio.screenshot({ type: 'jpeg' }))
	await studio.close()
})
afterEach(async () => {
	if (!page?.isClosed()) await page?.close()
	await room?.close()
})
afterAll(async () => {
	await browser?.close()
	rmSync(dist, { recursive: true, force: true })
})

interface Setting {
	language?: (typeof languages)[number]
	theme?: (typeof themes)[number]
	size?: { width: number; height: number }
}

async function open(
	state: RoomState,
	{ language = 'ko', theme = 'dark', size = sizes[0] }: Setting = {},
	desk: DeskResult | null = null,
) {
	room = await startRoom(dist, state, () => picture)
	room.desk = desk
	page = await browser.newPage()
	if (size) await page.setViewport(size)
	await page.evaluateOnNewDocument(
		(language, theme) => {
			localStorage.setItem('maru.language', language)
			localStorage.setItem('maru.theme', theme)
		},
		language,
		theme,
	)
	page.on('request', (request) => {
		if (new URL(request.url()).host !== new URL(room.origin).host) foreign.push(request.url())
	})
	await page.goto(`${room.origin}/panel#aaa.bbb.ccc`)
	await page.waitForSelector('footer button')
	await page.waitForFunction((name) => document.querySelector('h1')?.textContent === name, {}, state.name)
}

/** Presses the control whose name begins so. */
async function press(name: string) {
	const find = (name: string) =>
		[...document.querySelectorAll('button')].find((button) =>
			(button.getAttribute('aria-label') ?? button.textContent ?? '').replace(/\s+/g, ' ').trim().startsWith(name),
		)
	const handle = await page.waitForFunction(find, { timeout: 5000 }, name)
	await (handle.asElement() as ElementHandle<HTMLButtonElement> | null)?.evaluate((button) => button.click())
}

const commands = (type: string) => room.received.filter(({ command }) => command.type === type)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function until(what: string, hold: () => unknown, ms = 5000) {
	const end = performance.now() + ms
	while (!(await hold())) {
		if (performance.now() > end) throw new Error(`never: ${what}`)
		await pause(10)
	}
}

async function middleOf(selector: string) {
	const handle = await page.waitForSelector(selector)
	const box = await handle?.boundingBox()
	if (!box) throw new Error(`${selector} has no place`)
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Every screen, with what it takes to get there. */
const screens: Record<
	string,
	{ state(): RoomState; desk?(): DeskResult; go?(t: typeof panelTexts.ko | typeof panelTexts.en): Promise<void> }
> = {
	home: { state: () => chamber() },
	'home without a meeting': { state: () => chamber({ meetings: [], demo: true, muted: true }) },
	'home with many meetings': {
		state: () =>
			chamber({
				call: { phase: 'idle', meeting: null, reason: 'alone', since: Date.now(), recovering: false },
				meetings: Array.from({ length: 12 }, (_, index) =>
					meeting({
						id: `m${index}`,
						title: '도시계획위원회 제12차 정기회의 및 현장 설명회',
						phase: index ? 'planned' : 'open',
					}),
				),
			}),
	},
	link: { state: () => chamber(), go: (t) => press(t.byLink) },
	settings: { state: () => chamber(), go: (t) => press(t.settings) },
	starting: {
		state: () =>
			inCall({ call: { phase: 'starting', meeting: null, reason: null, since: Date.now(), recovering: false } }),
	},
	recovering: {
		state: () =>
			inCall({ call: { phase: 'joining', meeting: meeting(), reason: null, since: Date.now(), recovering: true } }),
	},
	failed: {
		state: () =>
			inCall({
				call: { phase: 'failed', meeting: meeting(), reason: 'hub-away', since: Date.now(), recovering: false },
			}),
	},
	call: { state: () => inCall({ participants: people(82) }) },
	'call, muted and alone': { state: () => inCall({ muted: true, participants: [] }) },
	people: { state: () => inCall({ participants: people(82) }), go: (t) => press(t.people) },
	pc: { state: () => chamber(), go: (t) => press(t.byPc) },
	leave: { state: () => inCall(), go: (t) => press(t.leave) },
	end: { state: () => inCall(), go: (t) => press(t.end) },
	'the floor': { state: () => inCall(), desk: deskScene, go: (t) => press(t.deskFloor) },
	'the floor, with all that can go wrong': {
		state: () => inCall(),
		desk: () => deskScene(troubled()),
		go: (t) => press(t.deskFloor),
	},
	'the rules of the floor': {
		state: () => inCall(),
		desk: deskScene,
		async go(t) {
			await press(t.deskFloor)
			await page.waitForSelector('.desk .mode')
			await page.click('.desk .mode')
		},
	},
	'the lobby': { state: () => inCall(), desk: deskScene, go: (t) => press(t.deskPeople) },
	'one person': {
		state: () => inCall(),
		desk: () => ({ ...deskScene(), desk: { ...deskScene().desk, lobby: { revision: 1, set: [] } } }),
		async go(t) {
			await press(t.deskPeople)
			await page.waitForSelector('.desk .who')
			await page.click('.desk .who')
		},
	},
	reports: { state: () => inCall(), desk: deskScene, go: (t) => press(t.deskAgenda) },
	'a new vote': { state: () => inCall(), desk: deskScene, go: (t) => press(t.deskVote) },
	'hands are counted': {
		state: () => inCall(),
		desk: () => deskScene({ vote: voteOf() }),
		go: (t) => press(t.deskVote),
	},
	'the result of a vote': {
		state: () => inCall(),
		desk: () => deskScene({ vote: voteOf({ phase: 'closed', passed: false, reason: 'quorum' }) }),
		go: (t) => press(t.deskVote),
	},
	camera: { state: () => inCall(), go: (t) => press(t.camera) },
	'camera that is dead': {
		state: () => inCall(),
		async go(t) {
			await press(t.camera)
			await press('천장')
		},
	},
	'camera, saving over another': {
		state: () => inCall(),
		async go(t) {
			await press(t.camera)
			await press(t.save)
			await press('1 전경')
		},
	},
	status: {
		state: () => inCall({ hub: { status: 'away', since: Date.now() } }),
		go: async () => void (await page.click('.health')),
	},
	offline: {
		state: () => inCall(),
		async go(t) {
			room.away(true)
			await page.waitForFunction(
				(text) => document.body.textContent?.includes(text),
				{ timeout: 10_000 },
				t.offlineMeanwhile,
			)
		},
	},
}

async function visit(name: string, setting: Setting) {
	const screen = screens[name]
	if (!screen) throw new Error(name)
	await open(screen.state(), setting, screen.desk?.() ?? null)
	await screen.go?.(panelTexts[setting.language ?? 'ko'])
	await pause(250)
}

describe('The panel, as it is sent', () => {
	it('is at most 64 kB of script, compressed, before it is in a call', () => {
		const html = readFileSync(join(dist, 'panel/index.html'), 'utf8')
		const seen = new Set<string>()
		const visit = (file: string) => {
			if (seen.has(file)) return
			seen.add(file)
			const text = readFileSync(join(dist, 'assets', file), 'utf8')
			// What is imported at once; the desk is loaded in a call, by import(…).
			for (const [, next] of text.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) if (next) visit(next)
		}
		for (const [, file] of html.matchAll(/\/assets\/([\w.-]+\.js)/g)) if (file) visit(file)
		const bytes = [...seen].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, 'assets', file))).length, 0)
		expect(seen.size).toBeGreaterThan(0)
		expect(bytes).toBeLessThanOrEqual(64_000)
	})

	it('names no other host', () => {
		for (const file of globSync('{panel/*.html,assets/panel-*.{js,css}}', { cwd: dist })) {
			const hosts = readFileSync(join(dist, file), 'utf8').match(/https?:\/\/[\w.-]+/g) ?? []
			expect(
				hosts.filter((host) => !/w3\.org|svelte\.dev/.test(host)),
				file,
			).toEqual([])
		}
	})
})

/** What a finger or an eye would find wrong with the screen as it is. */
function layoutFaults(): string[] {
	const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
	const faults: string[] = []
	const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
	if (scrollWidth > clientWidth || scrollHeight > clientHeight) faults.push('the page scrolls')
	for (const button of document.querySelectorAll('button')) {
		if (!button.checkVisibility() || button.getAttribute('aria-hidden') === 'true') continue
		const { width, height, left, top, right, bottom } = button.getBoundingClientRect()
		const name = (button.getAttribute('aria-label') ?? button.textContent ?? '').trim().slice(0, 30)
		// Half a pixel of rounding is no fault of anybody's finger.
		if (width < 64 * scale - 0.5 || height < 64 * scale - 0.5) faults.push(`${name} is ${width}×${height}`)
		if (left < -0.5 || top < -0.5 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5) {
			faults.push(`${name} is outside`)
		}
	}
	for (const box of document.querySelectorAll<HTMLElement>(
		'.card, .box, .frame, .sheet, .rows, main, main > *, footer button, header',
	)) {
		if (box.scrollHeight > box.clientHeight + 2 || box.scrollWidth > box.clientWidth + 2) {
			faults.push(`${box.tagName}.${box.className} holds more than it shows: ${box.textContent?.trim().slice(0, 40)}`)
		}
	}
	return faults
}

/** Serious findings of axe-core; in the contrast theme 7:1 is asked. */
async function accessibilityFaults(theme: (typeof themes)[number]): Promise<string[]> {
	await page.evaluate((theme) => {
		document.documentElement.dataset.theme = theme
	}, theme)
	return page.evaluate(async (theme) => {
		// @ts-expect-error: axe was injected
		const { violations } = await axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
			rules: { 'color-contrast-enhanced': { enabled: theme === 'contrast' } },
		})
		return violations
			.filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
			.map(
				({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
					`${theme}: ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
			)
	}, theme)
}

describe('Every screen of the panel', () => {
	const table = Object.keys(screens).flatMap((name) => languages.map((language) => ({ name, language })))

	it.each(table)(
		'$name in $language: all in sight, large enough, readable in three themes',
		async ({ name, language }) => {
			await visit(name, { language })
			for (const size of sizes) {
				await page.setViewport(size)
				await pause(100)
				expect.soft(await page.evaluate(layoutFaults), `at ${size.width}`).toEqual([])
			}
			await page.evaluate(axe)
			for (const theme of themes) expect.soft(await accessibilityFaults(theme)).toEqual([])
		},
	)

	it.each(Object.keys(screens))('%s: mute is one press of at least 96 px, and says what is so', async (name) => {
		await visit(name, {})
		const before = commands('room.mute').length
		const { x, y } = await middleOf('footer > button')
		const box = await (await page.$('footer > button'))?.boundingBox()
		expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(96)
		await page.mouse.click(x, y)
		if (name === 'offline') {
			await page.waitForFunction(
				(text) => document.querySelector('.toasts [role=alert]')?.textContent?.includes(text),
				{ timeout: 5000 },
				panelTexts.ko.muteOfflineAdvice,
			)
			expect(commands('room.mute')).toHaveLength(before)
			return
		}
		const wanted = !screens[name]?.state().muted
		await until('mute was asked for', () => commands('room.mute').length > before)
		expect(commands('room.mute').at(-1)?.command).toEqual({ type: 'room.mute', muted: wanted })
		await page.waitForFunction(
			(pressed) => document.querySelector('footer > button')?.getAttribute('aria-pressed') === pressed,
			{ timeout: 5000 },
			String(wanted),
		)
	})

	it('asked no other host for anything', () => {
		expect(foreign).toEqual([])
	})
})

describe('The pad', () => {
	const arrow = `.pad button[aria-label="${panelTexts.ko.right}"]`

	async function camera() {
		await visit('camera', {})
		await page.waitForSelector(arrow)
		room.received.length = 0
	}

	/** Presses the arrow by mouse, and waits for the first word. */
	async function hold() {
		const { x, y } = await middleOf(arrow)
		await page.mouse.move(x, y)
		await page.mouse.down()
		await until('a first movement', () => commands('camera.move').length > 0)
	}

	async function stopped() {
		await until('a stop', () => commands('camera.stop').length > 0)
		const moves = commands('camera.move').length
		await pause(400)
		expect(commands('camera.move')).toHaveLength(moves)
	}

	it('moves the camera within 100 ms of the press, and renews while it is held', async () => {
		await camera()
		// Between the event in the page and the message at the room, both measured where they happen.
		const { x, y } = await middleOf(arrow)
		await page.evaluate(() =>
			addEventListener('pointerdown', () => (window.name = String(Date.now())), { capture: true }),
		)
		await page.mouse.move(x, y)
		await page.mouse.down()
		await until('a first movement', () => commands('camera.move').length > 0)
		const first = commands('camera.move')[0]
		const pressedAt = Number(await page.evaluate(() => window.name))
		expect((first?.at ?? 0) + performance.timeOrigin - pressedAt).toBeLessThan(100)
		await pause(1000)
		await page.mouse.up()
		await stopped()
		const moves = commands('camera.move')
		expect(moves.length).toBeGreaterThanOrEqual(5)
		const gaps = moves.slice(1).map(({ at }, index) => at - (moves[index]?.at ?? 0))
		expect(Math.max(...gaps)).toBeLessThan(400) // the dead-man would have stopped the camera
		expect(moves.every(({ command }) => command.type === 'camera.move' && command.pan > 0 && command.tilt === 0)).toBe(
			true,
		)
	})

	it('stops when the pointer slides off and is lifted elsewhere', async () => {
		await camera()
		await hold()
		await page.mouse.move(5, 5)
		expect(commands('camera.stop')).toHaveLength(0)
		await page.mouse.up()
		await stopped()
	})

	it('stops when the touch is cancelled', async () => {
		await camera()
		const { x, y } = await middleOf(arrow)
		const session = await page.createCDPSession()
		await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
		await until('a first movement', () => commands('camera.move').length > 0)
		await session.send('Input.dispatchTouchEvent', { type: 'touchCancel', touchPoints: [] })
		await stopped()
	})

	it('stops when the window loses the focus', async () => {
		await camera()
		await hold()
		await page.evaluate(() => dispatchEvent(new Event('blur')))
		await stopped()
		await page.mouse.up()
	})

	it('stops when the tab is hidden', async () => {
		await camera()
		await hold()
		const other = await browser.newPage()
		await other.bringToFront()
		await stopped()
		await other.close()
	})

	it('stops when the screen changes under the finger', async () => {
		await camera()
		await hold()
		room.change({ call: { phase: 'joining', meeting: meeting(), reason: null, since: Date.now(), recovering: true } })
		room.change({ cameras: [] })
		await stopped()
		await page.mouse.up()
	})

	it('asks no more of a camera that another drives, and says so', async () => {
		await camera()
		room.answer = ({ type }) => (type === 'camera.move' ? { ok: false, code: 'leased', message: '' } : { ok: true })
		await hold()
		await page.waitForFunction(() => document.querySelector('[role=alert] section') !== null)
		await stopped()
		expect(commands('camera.move').length).toBeLessThanOrEqual(2)
		await page.mouse.up()
	})

	it('is driven by the arrow keys, whose repeats change nothing', async () => {
		await camera()
		await page.keyboard.down('ArrowUp')
		await page.keyboard.down('ArrowUp') // as the system repeats it
		await until('a first movement', () => commands('camera.move').length > 0)
		await page.keyboard.up('ArrowUp')
		await stopped()
		const [first] = commands('camera.move')
		expect(first?.command).toMatchObject({ pan: 0, zoom: 0 })
		expect(commands('camera.stop')).toHaveLength(1)
	})

	it('drags from the centre: further is faster, and a stop comes first', async () => {
		await camera()
		const { x, y } = await middleOf('.pad .centre')
		await page.mouse.move(x, y)
		await page.mouse.down()
		await until('the stop of a pressed centre', () => commands('camera.stop').length === 1)
		await page.mouse.move(x + 50, y)
		await until('slow', () => commands('camera.move').length > 0)
		await page.mouse.move(x + 400, y)
		await pause(300)
		await page.mouse.up()
		const pans = commands('camera.move').map(({ command }) => (command.type === 'camera.move' ? command.pan : 0))
		expect(pans[0]).toBeGreaterThan(0)
		expect(pans.at(-1)).toBeGreaterThan((pans[0] ?? 1) * 2)
	})

	it('shows that the camera does not follow', async () => {
		await camera()
		await hold()
		await page.waitForFunction(
			(text) => document.body.textContent?.includes(text),
			{ timeout: 5000 },
			cameraReasonTexts.ko['not-following'] ?? '',
		)
		await page.mouse.up()
	})
})

describe('In use', () => {
	it('joins the meeting that the large button names', async () => {
		await visit('home', {})
		await page.click('.start')
		await until('a join', () => commands('room.join').length > 0)
		expect(commands('room.join')[0]?.command).toEqual({ type: 'room.join', meeting: 'm1' })
		expect(await page.$eval('.start', (button) => button.getAttribute('aria-busy'))).toBe('true')
	})

	it('ends for all in two presses, the second of which names the number of people', async () => {
		await visit('end', {})
		expect(commands('room.end')).toHaveLength(0)
		const count = inCall().participants.filter(({ here }) => here).length
		await press(panelTexts.ko.endDo(count))
		await until('the end', () => commands('room.end').length === 1)
	})

	it('gives the floor by one tap on a name, shows it as asked at once, and says beside it why not', async () => {
		await visit('the floor', {})
		await page.waitForSelector('.desk .grant')
		room.deskAnswer = () => ({ ok: false, code: 'suspended', message: '' })
		await page.click('.desk .grant')
		await until('a grant', () => room.deskReceived.length === 1)
		expect(room.deskReceived[0]).toMatchObject({ type: 'floor.grant', who: 'p22' })
		await page.waitForSelector('.desk .refusal.shown')
		room.deskAnswer = () => ({ ok: true, data: {} })
		await page.click('.desk .row .no')
		await page.waitForSelector('.desk .toast button')
		await page.click('.desk .toast button')
		await until('the undo', () => room.deskReceived.length === 3)
		expect(room.deskReceived.map(({ type }) => type)).toEqual(['floor.grant', 'floor.decline', 'floor.request'])
	})

	it('saves a view by a long press, and takes a new one back', async () => {
		await visit('camera', {})
		const slot = await page.evaluateHandle(() => [...document.querySelectorAll('button.empty')][0])
		const box = await slot.asElement()?.boundingBox()
		if (!box) throw new Error('no empty place')
		await page.mouse.move(box.x + 20, box.y + 20)
		await page.mouse.down()
		await page.waitForSelector('.sheet input')
		await page.mouse.up()
		await page.type('.sheet input', '방청석 입구')
		await page.click('.sheet .choice .go')
		await until('a save', () => commands('preset.save').length === 1)
		expect(commands('preset.save')[0]?.command).toMatchObject({ camera: 'front', slot: 6, name: '방청석 입구' })
		expect(commands('preset.recall')).toHaveLength(0)
		await press(panelTexts.ko.undo)
		await until('the undo', () => commands('preset.remove').length === 1)
	})

	it('swallows the touch that wakes it', async () => {
		await visit('home', {})
		await page.evaluate(() => {
			const now = Date.now
			Date.now = () => now() + 6 * 60_000
		})
		await page.waitForSelector('.veil p')
		const { x, y } = await middleOf('.start')
		await page.mouse.click(x, y)
		await page.waitForFunction(() => document.querySelector('.veil') === null)
		expect(commands('room.join')).toHaveLength(0)
		await page.mouse.click(x, y)
		await until('the second touch joins', () => commands('room.join').length === 1)
	})

	it('comes back by itself with the state of now', async () => {
		await visit('offline', {})
		room.away(false)
		room.change({ muted: true })
		await page.waitForFunction(
			() => document.querySelector('footer > button')?.getAttribute('aria-pressed') === 'true',
			{ timeout: 10_000 },
		)
		await page.waitForSelector('.live')
	})

	it('keeps its right out of the address bar', async () => {
		await visit('home', {})
		expect(page.url()).not.toContain('#')
		await page.reload()
		await page.waitForFunction((name) => document.querySelector('h1')?.textContent === name, {}, chamber().name)
	})
})
