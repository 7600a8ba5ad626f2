import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElementHandle, Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { en } from '../../control-panel/console/facilities/i18n-facilities-en.ts'
import { ko } from '../../control-panel/console/facilities/i18n-facilities-ko.ts'
import { cameraTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { accessibilityFaults, type Built, build, pause, press, says, until } from './built.ts'
import { problem, serveWorks, tokenOf, type Works, works } from './facilities-scene.ts'
import { type ScriptedRoom, startRoom } from './panel-room.ts'
import { chamber } from './panel-scene.ts'

/** The facilities page in a real Chromium, against a room that follows a script. */

const sizes = [
	{ width: 1280, height: 800 },
	{ width: 1920, height: 1080 },
	{ width: 390, height: 844 },
]
const texts = { ko, en }

let built: Built
let room: ScriptedRoom
let kept: Works
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
	role?: string
	state?: RoomState
	change?(kept: Works): void
	size?: { width: number; height: number }
}

async function open({ language = 'ko', role = 'facilities', state = chamber(), change, size }: Setting = {}) {
	room = await startRoom(built.dist, state, () => built.picture)
	kept = works()
	change?.(kept)
	serveWorks(room, kept)
	page = await built.browser.newPage()
	await page.setViewport(size ?? { width: 1280, height: 800 })
	await page.evaluateOnNewDocument((language) => localStorage.setItem('maru.language', language), language)
	await page.goto(`${room.origin}/console#${tokenOf(role)}`)
	await page.waitForSelector('.facilities nav button')
	await until('the set-ups were read', () => asked('GET', 'facilities/cameras').length > 0)
}

const asked = (method: string, path: string) =>
	kept.asked.filter((one) => one.method === method && one.path === `/api/v1/${path}`)
const commands = (type: string) => room.received.filter(({ command }) => command.type === type)

async function type(label: string, text: string) {
	const id = await page.waitForFunction(
		(label) => [...document.querySelectorAll('label')].find((one) => one.textContent?.trim() === label)?.htmlFor,
		{ timeout: 5000 },
		label,
	)
	const field = `#${escaped(await id.jsonValue())}`
	await page.click(field, { count: 3 })
	await page.keyboard.press('Backspace')
	await page.type(field, text)
}

function escaped(id: string | undefined): string {
	return (id ?? '').replace(/[^\w-]/g, (letter) => `\\${letter}`)
}

describe('Who sees it', () => {
	it('facilities staff and administrators; the token is out of the address bar and goes with each question', async () => {
		await open({ role: 'admin' })
		expect(page.url()).not.toContain('#')
		expect(kept.asked.every(({ authorization }) => authorization === `Bearer ${tokenOf('admin')}`)).toBe(true)
	})

	it('nobody whom the room refuses, who is told why', async () => {
		room = await startRoom(built.dist, chamber(), () => built.picture)
		room.refusal = 'expired'
		page = await built.browser.newPage()
		await page.goto(`${room.origin}/console#${tokenOf('facilities')}`)
		await says(page, ko.refusedTitle)
		await says(page, '링크 사용 기간이 지났습니다')
	})

	it('says that the room is away, offers nothing meanwhile, and comes back by itself', async () => {
		await open()
		room.away(true)
		await says(page, ko.retryNow)
		const live = await page.$$eval('main button:not(:disabled):not([role=tab])', (all) =>
			all.map((one) => one.textContent),
		)
		expect(live.join()).not.toContain(ko.test)
		room.away(false)
		await page.waitForFunction((text) => !document.body.textContent?.includes(text), { timeout: 10_000 }, ko.retryNow)
	})
})

describe('A camera', () => {
	it('is listed with why it is dead and since when', async () => {
		await open()
		await says(page, '연결할 수 없음')
		const style = await page.$eval('nav .dead', (button) => getComputedStyle(button).borderStyle)
		expect(style).toBe('dashed')
	})

	it('is driven by keys while its controls have the focus, and not while the page is read', async () => {
		await open()
		await page.keyboard.press('ArrowDown')
		await page.focus(`.hands button[aria-label="${cameraTexts.ko.right}"]`)
		await page.keyboard.down('ArrowRight')
		await until('a movement', () => commands('camera.move').length > 0)
		await page.keyboard.up('ArrowRight')
		await until('a stop', () => commands('camera.stop').length > 0)
		expect(
			commands('camera.move').every(
				({ command }) => command.type === 'camera.move' && command.pan > 0 && command.tilt === 0,
			),
		).toBe(true)
	})

	it('stops when the tab is hidden', async () => {
		await open()
		const box = await (await page.$(`.hands button[aria-label="${cameraTexts.ko.left}"]`))?.boundingBox()
		if (!box) throw new Error('no arrow')
		await page.mouse.move(box.x + 20, box.y + 20)
		await page.mouse.down()
		await until('a movement', () => commands('camera.move').length > 0)
		const other = await built.browser.newPage()
		await other.bringToFront()
		await until('a stop', () => commands('camera.stop').length > 0)
		await other.close()
		await page.mouse.up()
	})

	it('is renamed, and called as before by one press', async () => {
		await open()
		await press(page, ko.rename)
		await page.keyboard.type(' 앞')
		await page.keyboard.press('Enter')
		await says(page, ko.setupSaved('정면 앞'))
		expect(asked('PUT', 'facilities/cameras/front')[0]?.body).toMatchObject({
			name: '정면 앞',
			driver: 'visca-ip',
			port: 52381,
		})
		await press(page, ko.undo)
		await until('the old name', () => room.state.cameras[0]?.name === '정면')
	})
})

describe('The motion test', () => {
	it('shows that it runs, then what came of it in words and figures', async () => {
		await open({
			change: (kept) => {
				kept.takesMs = 400
			},
		})
		await press(page, ko.test)
		await says(page, ko.testing)
		await says(page, ko.testMoved)
		await says(page, '184 ms')
	})

	it.each([
		['no-motion', ko.testNoMotion],
		['did-not-return', ko.testNotBack],
		['cannot-tell', ko.testCannotTell],
		['failed', ko.testFailed],
	] as const)('says %s in words', async (outcome, text) => {
		await open({
			change: (kept) => {
				kept.test = {
					outcome,
					reason: outcome === 'failed' ? 'timeout' : null,
					startedMs: null,
					moved: null,
					restored: null,
				}
			},
		})
		await press(page, ko.test)
		await says(page, text)
	})

	it('offers to turn round what turns the wrong way, keeping everything else', async () => {
		await open({
			change: (kept) => {
				kept.test = { outcome: 'wrong-direction', reason: null, startedMs: 200, moved: -2, restored: 0.1 }
			},
		})
		await press(page, ko.test)
		await says(page, ko.testWrong)
		await press(page, ko.testInvert)
		await until('the inversion', () => asked('PUT', 'facilities/cameras/front').length === 1)
		expect(asked('PUT', 'facilities/cameras/front')[0]?.body).toEqual({
			name: '정면',
			driver: 'visca-ip',
			host: '192.0.2.5',
			port: 52381,
			feel: { invertPan: true, invertTilt: false, scale: 1 },
		})
		await says(page, ko.testInverted)
	})

	it('says what the room refused', async () => {
		await open({
			change: (kept) => {
				kept.refuse = ({ path }) => (path.endsWith('/test') ? problem(409, 'leased') : null)
			},
		})
		await press(page, ko.test)
		await says(page, '다른 사람이 이 카메라를 조종하고 있습니다')
	})
})

describe('Health', () => {
	it('says how the connection is, and warns of a clock that is wrong', async () => {
		await open()
		await press(page, ko.health)
		await says(page, ko.clockTodo)
		await says(page, 'ACME PTZ-20X')
		await says(page, '14 ms')
	})

	it('shows what was said on the wire, filtered, held and copied', async () => {
		await open()
		await page
			.browserContext()
			.overridePermissions(room.origin, ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write'])
		await press(page, ko.health)
		await page.waitForFunction(() => document.querySelectorAll('.lines code').length === 40)
		await page.type('input[type=search]', '9051')
		await page.waitForFunction(() => document.querySelectorAll('.lines code').length === 10)
		await press(page, ko.logPause)
		kept.health = { ...kept.health, log: [] }
		await pause(2300)
		expect(await page.$$eval('.lines code', (all) => all.length)).toBe(10)
		const copy = await page.waitForSelector('.tools button:last-child')
		await copy?.click() // by hand: a script may not write there
		await says(page, ko.logCopied(10))
		await press(page, ko.logGoOn)
		await says(page, ko.logEmpty)
	})
})

describe('Settings', () => {
	it('are saved as a whole and undone as a whole; what is wrong is said at its field', async () => {
		await open()
		await press(page, '좌측')
		await press(page, ko.setup)
		await type(ko.port, '99999')
		await press(page, ko.saveSetup)
		await says(page, ko.faults.port)
		expect(asked('PUT', 'facilities/cameras/left')).toHaveLength(0)
		await type(ko.port, '8080')
		await type(ko.password, 'secret')
		await press(page, ko.saveSetup)
		await says(page, ko.setupSaved('좌측'))
		const [first] = asked('PUT', 'facilities/cameras/left')
		expect(first?.body).toMatchObject({ port: 8080, password: 'secret', username: 'admin' })
		expect(JSON.stringify(await page.content())).not.toContain('secret')
		await press(page, ko.undo)
		await until('the undo', () => asked('PUT', 'facilities/cameras/left').length === 2)
		expect(asked('PUT', 'facilities/cameras/left')[1]?.body).toMatchObject({ port: 80 })
	})

	it('say what the room does not take, and keep what was typed', async () => {
		await open({
			change: (kept) => {
				kept.refuse = ({ method }) => (method === 'PUT' ? problem(400, 'bad-message', 'framing is not known') : null)
			},
		})
		await press(page, ko.setup)
		await type(ko.host, '192.0.2.77')
		await press(page, ko.saveSetup)
		await says(page, ko.refusedSetup)
		await says(page, 'framing is not known')
		await says(page, ko.discard)
	})

	it('are not lost by going elsewhere without being asked', async () => {
		await open()
		await press(page, ko.setup)
		await type(ko.host, '192.0.2.78')
		await press(page, '좌측')
		await says(page, ko.unsavedLead)
		await press(page, ko.stay)
		expect(await page.$eval('h2.cut', (title) => title.textContent)).toBe('정면')
		await press(page, '좌측')
		await press(page, ko.leave)
		await page.waitForFunction(() => document.querySelector('h2.cut')?.textContent === '좌측')
		expect(asked('PUT', 'facilities/cameras/front')).toHaveLength(0)
	})
})

describe('Removing', () => {
	it('takes two steps that name what is lost, and can be undone with its seats', async () => {
		const state = chamber()
		state.seats = state.seats.map((seat) => ({ ...seat, camera: 'left' }))
		await open({ state })
		await press(page, '좌측')
		await press(page, ko.setup)
		await press(page, ko.remove)
		await says(page, ko.removeSeats('의장석, 6번석'))
		expect(asked('DELETE', 'facilities/cameras/left')).toHaveLength(0)
		await press(page, ko.removeDo('좌측'))
		await says(page, ko.removed('좌측'))
		expect(room.state.cameras.some(({ id }) => id === 'left')).toBe(false)
		await press(page, ko.undo)
		await says(page, ko.restoredPassword)
		expect(kept.setups.find(({ id }) => id === 'left')?.setup).toMatchObject({ host: '192.0.2.6', username: 'admin' })
		expect(asked('PUT', 'seats/1')[0]?.body).toEqual({ camera: 'left', preset: 2 })
	})

	it('is not offered for a camera of the configuration file, and it is said where it is done', async () => {
		await open()
		await press(page, ko.setup)
		await says(page, ko.removeFromFile)
		expect(await page.$$eval('button', (all) => all.some((one) => one.textContent?.includes('카메라 제거')))).toBe(
			false,
		)
	})
})

describe('The search', () => {
	it('shows progress, marks what is here already, and fills the form of what is added', async () => {
		await open({
			change: (kept) => {
				kept.takesMs = 600
			},
		})
		await press(page, ko.find)
		await says(page, ko.finding)
		await says(page, ko.found(3))
		await says(page, ko.known('좌측'))
		await says(page, ko.known('후면'))
		await press(page, ko.addNamed('Dome 5'))
		await says(page, ko.addLead)
		await type(ko.name, '천장 2')
		await press(page, ko.addCamera)
		await says(page, ko.added('천장 2'))
		const put = kept.asked.find(({ method }) => method === 'PUT')
		expect(put?.body).toEqual({ name: '천장 2', driver: 'onvif', host: '192.0.2.32', port: 443, uuid: 'u-2' })
		expect(await page.$eval('h2.cut', (title) => title.textContent)).toBe('천장 2')
	})

	it('says what to do when nothing was found, and why when it failed', async () => {
		await open({
			change: (kept) => {
				kept.found = { cameras: [], lines: [], networks: [] }
			},
		})
		await press(page, ko.find)
		await says(page, ko.foundNoneLead)
		await says(page, ko.searchedNone)
		kept.refuse = () => problem(409, 'busy')
		await press(page, ko.findAgain)
		await says(page, ko.findFailed)
	})
})

describe('Seats', () => {
	it('are aimed by two choices, kept at once, tried, and taken back', async () => {
		await open()
		await press(page, ko.seats)
		await page.waitForSelector('.seat select')
		await press(page, ko.trySeat('의장석'))
		await until('the recall', () => commands('preset.recall').length === 1)
		expect(commands('preset.recall')[0]?.command).toMatchObject({ camera: 'front', slot: 2 })
		await page.waitForSelector('aside .live')
		await page.select(`select[aria-label="${ko.seatOf('6번석', ko.seatView)}"]`, '3')
		await until('it is kept', () => room.state.seats[1]?.preset === 3)
		await says(page, ko.seatSaved('6번석'))
		await press(page, ko.undo)
		await until('it is taken back', () => room.state.seats[1]?.preset === null)
	})
})

describe('Views as a file', () => {
	it('are downloaded, and read back only after what is replaced and lost was named', async () => {
		await open()
		const folder = mkdtempSync(join(tmpdir(), 'maru-downloads-'))
		const session = await page.createCDPSession()
		await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder })
		await press(page, ko.exportViews)
		await until('a file', () => readdirSync(folder).some((name) => name.endsWith('.json')))
		const [name = ''] = readdirSync(folder)
		expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({ kind: 'maru-presets', version: 1 })

		const chooser = (await page.$('input[type=file]')) as ElementHandle<HTMLInputElement> | null
		const other = join(folder, 'other.json')
		writeFileSync(other, '{"kind":"something else"}')
		await chooser?.uploadFile(other)
		await says(page, ko.importBad)
		await chooser?.uploadFile(join(folder, name))
		await says(page, ko.importReplaced(2))
		await says(page, ko.importGone(3))
		expect(asked('PUT', 'cameras/front/presets')).toHaveLength(0)
		await page.click('dialog .go')
		await says(page, ko.imported(2))
		await press(page, ko.undo)
		await until('the undo', () => asked('PUT', 'cameras/front/presets').length === 2)
		rmSync(folder, { recursive: true, force: true })
	})
})

/** Every part of the page, with what it takes to get there. */
const parts: Record<string, (t: typeof ko) => Promise<unknown>> = {
	drive: async () => {},
	'overwriting a view': async () => {
		await press(
			page,
			(await page.$eval('html', (html) => html.lang)) === 'ko' ? cameraTexts.ko.save : cameraTexts.en.save,
		)
		await press(page, '1 전경')
		await page.waitForSelector('dialog')
	},
	health: async (t) => {
		await press(page, t.health)
		await page.waitForSelector('.lines code')
	},
	settings: async (t) => {
		await press(page, '좌측')
		await press(page, t.setup)
		await page.waitForSelector('fieldset input')
	},
	'a dead camera': async () => press(page, '천장'),
	search: async (t) => {
		await press(page, t.find)
		await says(page, t.found(3))
	},
	adding: async (t) => press(page, t.addByHand),
	seats: async (t) => press(page, t.seats),
}

describe('Every part of the page', () => {
	const table = Object.keys(parts).flatMap((name) => (['ko', 'en'] as const).map((language) => ({ name, language })))

	it.each(table)(
		'$name in $language fits a PC and a telephone, and is readable in three themes',
		async ({ name, language }) => {
			for (const size of sizes) {
				await open({ language, size })
				const t = texts[language] as typeof ko
				const narrow = size.width < 768
				if (narrow && ['drive', 'overwriting a view', 'health'].includes(name)) await press(page, '정면')
				await parts[name]?.(t)
				await pause(150)
				const faults = await page.evaluate((narrow) => {
					const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
					const faults: string[] = []
					if (scrollWidth > clientWidth) faults.push(`it is ${scrollWidth} wide`)
					if (!narrow && scrollHeight > clientHeight) faults.push(`it is ${scrollHeight} high`)
					for (const box of document.querySelectorAll<HTMLElement>('main, nav, .card, dialog, .do, fieldset')) {
						if (box.checkVisibility() && box.scrollWidth > box.clientWidth + 1) {
							faults.push(`${box.tagName}.${box.className} holds more than it shows`)
						}
					}
					for (const control of document.querySelectorAll<HTMLElement>('button, select, input:not([type=checkbox])')) {
						if (!control.checkVisibility() || control.closest('footer')) continue
						const { width, height } = control.getBoundingClientRect()
						if (height < (narrow ? 44 : 40) || width < 40) faults.push(`${control.textContent} is ${width}×${height}`)
					}
					return faults
				}, narrow)
				expect.soft(faults, `at ${size.width}`).toEqual([])
				if (size.width !== 1920) expect.soft(await accessibilityFaults(page), `at ${size.width}`).toEqual([])
				if (size !== sizes.at(-1)) {
					await page.close()
					await room.close()
				}
			}
		},
	)
})

describe('On a telephone', () => {
	it('shows the list, then the camera, and the way back', async () => {
		await open({ size: { width: 390, height: 844 } })
		expect(await page.$eval('main', (main) => main.checkVisibility())).toBe(false)
		await press(page, '우측')
		await page.waitForFunction(() => document.querySelector('main')?.checkVisibility())
		expect(await page.$eval('nav', (nav) => nav.checkVisibility())).toBe(false)
		await press(page, ko.back)
		await page.waitForFunction(() => document.querySelector('nav')?.checkVisibility())
	})
})

describe('A room without cameras', () => {
	it('says how to get one', async () => {
		await open({
			state: chamber({ cameras: [], seats: [] }),
			change: (kept) => {
				kept.setups = []
			},
		})
		await says(page, ko.noCamerasLead)
		await press(page, ko.seats)
		await says(page, ko.seatsNoneLead)
	})
})
