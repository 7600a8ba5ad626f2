import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElementHandle, Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { en } from '../../control-panel/console/facilities/i18n-facilities-en.ts'
import { ko } from '../../control-panel/console/facilities/i18n-facilities-ko.ts'
import { cameraTexts, remedyTexts, streamTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { accessibilityFaults, type Built, build, pause, press, says, themes, until } from './built.ts'
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

describe('What is wrong with a camera', () => {
	it.each([
		['unauthorized', '로그인 거절'],
		['untrusted', '인증서 바뀜'],
	] as const)('is said with what to do: %s', async (reason, brief) => {
		await open()
		room.changeCamera('front', { status: 'failed', reason })
		await says(page, brief)
		await says(page, remedyTexts.ko[reason] ?? '?')
		await press(page, ko.openSetup)
		await page.waitForSelector('fieldset input')
	})

	it('is said of its pictures, whether it was put right or not', async () => {
		await open()
		room.changeCamera('front', { stream: { fault: 'b-frames', remedy: 'none' } })
		await says(page, streamTexts.ko.faults['b-frames'].todo)
		await says(page, ko.someBad(2, 5))
		for (const remedy of ['set', 'transcoded'] as const) {
			room.changeCamera('front', { stream: { fault: 'long-gop', remedy } })
			await says(page, streamTexts.ko.remedies[remedy])
		}
		await says(page, ko.someBad(1, 5))
	})

	it('is not that its answers do not reach us: it is shown as what nobody can confirm, and never as well', async () => {
		const cameras = chamber().cameras.filter(({ status }) => status === 'ready')
		await open({ state: chamber({ cameras }) })
		await says(page, ko.allWell(4))
		room.changeCamera('front', { blind: true, motion: { state: 'arrived', reason: null, since: Date.now() } })
		await says(page, ko.someBlind(3, 1))
		await says(page, cameraTexts.ko.sent)
		expect(await page.$eval('nav .blind', (button) => getComputedStyle(button).borderStyle)).toBe('dotted')
		expect(await page.$('nav .blind .lucide-circle-check')).toBeNull()
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

	it('says each outcome in words', async () => {
		await open()
		const outcomes = [
			['no-motion', ko.testNoMotion],
			['did-not-return', ko.testNotBack],
			['cannot-tell', ko.testCannotTell],
			['failed', ko.testFailed],
		] as const
		for (const [outcome, text] of outcomes) {
			const reason = outcome === 'failed' ? 'timeout' : null
			kept.test = { outcome, reason, startedMs: null, moved: null, restored: null }
			await page.click('.check .act button:last-child')
			await says(page, text)
		}
		await says(page, remedyTexts.ko.timeout ?? '?')
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

	it('is not asked more often while the camera moves', async () => {
		await open()
		await press(page, ko.health)
		await until('a first look', () => kept.looks > 0)
		for (let pan = 0; pan < 20; pan++) {
			room.changeCamera('front', { position: { pan, tilt: 0, zoom: 0, unit: 'degrees', at: pan } })
			await pause(20)
		}
		await says(page, '19.0°')
		expect(kept.looks).toBeLessThan(5)
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

	it('of a line whose answers do not come say what that means before it is saved', async () => {
		await open()
		await press(page, '후면')
		await press(page, ko.setup)
		const box = await page.waitForSelector('.check input')
		await box?.click()
		await says(page, ko.blindWarning)
		await press(page, ko.saveSetup)
		await until('it is kept', () => asked('PUT', 'facilities/cameras/rear').length === 1)
		expect(asked('PUT', 'facilities/cameras/rear')[0]?.body).toMatchObject({ driver: 'pelco-d', blind: true })
	})

	it('of how it feels hold at once, and are tried by the pad beside them', async () => {
		await open()
		await press(page, ko.setup)
		const [invert] = await page.$$('.choices .check input')
		await invert?.click()
		await says(page, ko.feelKept)
		await page.$eval('.choices [type=range]', (range) => {
			;(range as HTMLInputElement).value = '40'
			range.dispatchEvent(new Event('input', { bubbles: true }))
			range.dispatchEvent(new Event('change', { bubbles: true }))
		})
		await until('both are kept', () => asked('PUT', 'facilities/cameras/front').length === 2)
		const feel = { invertPan: true, invertTilt: false, scale: 0.4 }
		expect(asked('PUT', 'facilities/cameras/front')[1]?.body).toMatchObject({ driver: 'visca-ip', port: 52381, feel })
		await page.focus(`.try button[aria-label="${cameraTexts.ko.left}"]`)
		await page.keyboard.down('Enter')
		await until('a movement', () => commands('camera.move').length > 0)
		await page.keyboard.up('Enter')
		await until('a stop', () => commands('camera.stop').length > 0)
	})

	it('of how it feels stay as they are when the room refuses, and say so', async () => {
		await open({
			change: (kept) => {
				kept.refuse = ({ method }) => (method === 'PUT' ? problem(409, 'busy') : null)
			},
		})
		await press(page, ko.setup)
		const invert = await page.waitForSelector('.choices .check input')
		await invert?.click()
		await says(page, ko.failed)
		expect(await invert?.evaluate((box) => (box as HTMLInputElement).checked)).toBe(false)
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
		expect(put?.body).toEqual({
			name: '천장 2',
			driver: 'onvif',
			host: '192.0.2.32',
			port: 443,
			https: true,
			uuid: 'u-2',
		})
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

/** Every part of the page, with what it takes to get there from any other. */
const parts: [string, (t: typeof ko, camera: typeof cameraTexts.ko) => Promise<unknown>][] = [
	['drive', (t) => go('정면', t.drive)],
	[
		'overwriting a view',
		async (_t, { save }) => {
			await press(page, save)
			await press(page, '1 전경')
			await page.waitForSelector('dialog')
		},
	],
	[
		'health',
		async (t) => {
			await page.keyboard.press('Escape')
			await go('정면', t.health)
			await page.waitForSelector('.lines code')
		},
	],
	['settings', (t) => go('좌측', t.setup)],
	['a camera that answers nobody', (t) => go('후면', t.drive)],
	['a dead camera', (t) => go('천장', t.drive)],
	[
		'removing',
		async (t) => {
			await go('우측', t.setup)
			await press(page, t.remove)
			await page.waitForSelector('dialog')
		},
	],
	[
		'search',
		async (t) => {
			await page.keyboard.press('Escape')
			await list(t)
			await press(page, t.find)
			await says(page, t.found(3))
		},
	],
	[
		'adding with faults',
		async (t) => {
			await list(t)
			await press(page, t.addByHand)
			await page.select('select[id$=driver]', 'pelco-d')
			await (await page.waitForSelector('.check input'))?.evaluate((box) => (box as HTMLInputElement).click())
			await press(page, t.addCamera)
			await says(page, t.faultCount(2))
		},
	],
	[
		'seats',
		async (t) => {
			await list(t)
			await press(page, t.seats)
			await page.waitForSelector('dialog')
			await press(page, t.leave)
			await page.waitForSelector('.seat select')
		},
	],
]

/** To a camera and a tab, from wherever; a telephone shows the list or what was chosen from it. */
async function go(camera: string, tab: string) {
	await list()
	await press(page, camera)
	await page.waitForFunction((name) => document.querySelector('h2.cut')?.textContent === name, {}, camera)
	await press(page, tab)
}

async function list(t = ko) {
	const back = await page.$$eval('main .back', (all) => all.some((one) => one.checkVisibility()))
	if (back) await press(page, t.back)
}

/** What does not fit, or is too small for a finger (44 px) or a mouse (40 px). */
function layoutFaults(narrow: boolean) {
	return page.evaluate((narrow) => {
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
}

describe('Every part of the page', () => {
	// Each theme in each part takes a while: here they take turns.
	const thorough = process.env.MARU_ROUNDS !== undefined

	it.each(['ko', 'en'] as const)(
		'fits a PC and a telephone and is readable by everybody, in %s',
		async (language) => {
			const state = chamber()
			state.cameras = state.cameras.map((one) => (one.id === 'rear' ? { ...one, blind: true, position: null } : one))
			await open({ language, state })
			for (const [index, [name, arrive]] of parts.entries()) {
				await arrive(texts[language] as typeof ko, cameraTexts[language] as typeof cameraTexts.ko)
				for (const size of sizes) {
					await page.setViewport(size)
					await pause(50)
					expect.soft(await layoutFaults(size.width < 768), `${name} at ${size.width}`).toEqual([])
				}
				await page.setViewport(sizes[0] ?? null)
				const wanted = thorough ? themes : [themes[index % themes.length] ?? 'dark']
				if (thorough || language === 'ko') {
					expect.soft(await accessibilityFaults(page, wanted), name).toEqual([])
				}
			}
		},
		300_000,
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
