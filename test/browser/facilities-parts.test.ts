import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElementHandle } from 'puppeteer-core'
import { describe, expect, it } from 'vitest'
import { en } from '../../control-panel/console/facilities/i18n-facilities-en.ts'
import { ko } from '../../control-panel/console/facilities/i18n-facilities-ko.ts'
import { cameraTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { errorTexts } from '../../control-panel/lib/i18n-errors.ts'
import { accessibilityFaults, downloadsTo, press, says, settled, themes, until } from './built.ts'
import { openFacilities, sizes } from './facilities-page.ts'
import { problem } from './facilities-scene.ts'
import { chamber } from './panel-scene.ts'

const texts = { ko, en }

/** The facilities page: seats, views as a file, and how every part of it looks. */

const at = openFacilities()

describe('Seats', () => {
	it('are aimed by two choices, kept at once, tried, and taken back', async () => {
		await at.open()
		await press(at.page, ko.seats)
		await at.page.waitForSelector('.seat select')
		await press(at.page, ko.trySeat('의장석'))
		await until('the recall', () => at.commands('preset.recall').length === 1)
		expect(at.commands('preset.recall')[0]?.command).toMatchObject({ camera: 'front', slot: 2 })
		await at.page.waitForSelector('aside .live')
		await at.page.select(`select[aria-label="${ko.seatOf('6번석', ko.seatView)}"]`, '3')
		await until('it is kept', () => at.room.state.seats[1]?.preset === 3)
		await says(at.page, ko.seatSaved('6번석'))
		await press(at.page, ko.undo)
		await until('it is taken back', () => at.room.state.seats[1]?.preset === null)
	})
})

describe('Views as a file', () => {
	it('are downloaded, and read back only after what is replaced and lost was named', async () => {
		await at.open()
		const folder = mkdtempSync(join(tmpdir(), 'maru-downloads-'))
		const downloads = await downloadsTo(folder, at.page)
		await press(at.page, ko.exportViews)
		await until('a file', () => downloads().some((name) => name.endsWith('.json')))
		const name = downloads().find((name) => name.endsWith('.json')) ?? ''
		expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({ kind: 'maru-presets', version: 1 })

		const chooser = (await at.page.$('input[type=file]')) as ElementHandle<HTMLInputElement> | null
		const other = join(folder, 'other.json')
		writeFileSync(other, '{"kind":"something else"}')
		await chooser?.uploadFile(other)
		await says(at.page, ko.importBad)
		await chooser?.uploadFile(join(folder, name))
		await says(at.page, ko.importReplaced(2))
		await says(at.page, ko.importGone(3))
		expect(at.asked('PUT', 'cameras/front/presets')).toHaveLength(0)
		await at.page.$eval('dialog .go', (button) => (button as HTMLElement).click())
		await says(at.page, ko.imported(2))
		await press(at.page, ko.undo)
		await until('the undo', () => at.asked('PUT', 'cameras/front/presets').length === 2)
		rmSync(folder, { recursive: true, force: true })
	})
})

/** Every part of the page, with what it takes to get there from any other. */
const parts: [string, (t: typeof ko, camera: typeof cameraTexts.ko) => Promise<unknown>][] = [
	['drive', (t) => go('정면', t.drive)],
	[
		'overwriting a view',
		async (_t, { save }) => {
			await press(at.page, save)
			await press(at.page, '1 전경')
			await at.page.waitForSelector('dialog')
		},
	],
	[
		'health',
		async (t) => {
			await at.page.keyboard.press('Escape')
			await go('정면', t.health)
			await at.page.waitForSelector('.lines code')
		},
	],
	['settings', (t) => go('좌측', t.setup)],
	['a camera that answers nobody', (t) => go('후면', t.drive)],
	['a dead camera', (t) => go('천장', t.drive)],
	[
		'removing',
		async (t) => {
			await go('우측', t.setup)
			await press(at.page, t.remove)
			await at.page.waitForSelector('dialog')
		},
	],
	[
		'search',
		async (t) => {
			await at.page.keyboard.press('Escape')
			await list(t)
			await press(at.page, t.find)
			await says(at.page, t.found(3))
		},
	],
	[
		'adding with faults',
		async (t) => {
			await list(t)
			await press(at.page, t.addByHand)
			await at.page.select('select[id$=driver]', 'pelco-d')
			await (await at.page.waitForSelector('.check input'))?.evaluate((box) => (box as HTMLInputElement).click())
			await press(at.page, t.addCamera)
			await says(at.page, t.faultCount(2))
		},
	],
	[
		'seats',
		async (t) => {
			await list(t)
			await press(at.page, t.seats)
			await at.page.waitForSelector('dialog')
			await press(at.page, t.leave)
			await at.page.waitForSelector('.seat select')
		},
	],
	[
		'support',
		async (t) => {
			await list(t)
			await press(at.page, t.support)
			await at.page.waitForSelector('[data-state=fault]')
			await at.page.$eval('details', (rest) => rest.setAttribute('open', ''))
		},
	],
]

/** To a camera and a tab, from wherever; a telephone shows the list or what was chosen from it. */
async function go(camera: string, tab: string) {
	await list()
	await press(at.page, camera)
	await at.page.waitForFunction((name) => document.querySelector('h2.cut')?.textContent === name, {}, camera)
	await press(at.page, tab)
}

async function list(t = ko) {
	const back = await at.page.$$eval('main .back', (all) => all.some((one) => one.checkVisibility()))
	if (back) await press(at.page, t.back)
}

/** What does not fit, or is too small for a finger (44 px) or a mouse (40 px). */
function layoutFaults(narrow: boolean) {
	return at.page.evaluate((narrow) => {
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
			await at.open({ language, state })
			for (const [index, [name, arrive]] of parts.entries()) {
				await arrive(texts[language] as typeof ko, cameraTexts[language] as typeof cameraTexts.ko)
				for (const size of sizes) {
					await at.page.setViewport(size)
					await settled(at.page)
					expect.soft(await layoutFaults(size.width < 768), `${name} at ${size.width}`).toEqual([])
				}
				await at.page.setViewport(sizes[0] ?? null)
				const wanted = thorough ? themes : [themes[index % themes.length] ?? 'dark']
				if (thorough || language === 'ko') {
					expect.soft(await accessibilityFaults(at.page, wanted, thorough), name).toEqual([])
				}
			}
		},
		300_000,
	)
})

describe('On a telephone', () => {
	it('shows the list, then the camera, and the way back', async () => {
		await at.open({ size: { width: 390, height: 844 } })
		expect(await at.page.$eval('main', (main) => main.checkVisibility())).toBe(false)
		await press(at.page, '우측')
		await at.page.waitForFunction(() => document.querySelector('main')?.checkVisibility())
		expect(await at.page.$eval('nav', (nav) => nav.checkVisibility())).toBe(false)
		await press(at.page, ko.back)
		await at.page.waitForFunction(() => document.querySelector('nav')?.checkVisibility())
	})
})

describe('Support', () => {
	it('names first what needs a hand, with the way to mend it, and looks again when asked', async () => {
		await at.open()
		await press(at.page, ko.support)
		await at.page.waitForSelector('[data-state=fault]')
		const shown = () => at.page.$$eval('li[data-state]', (all) => all.map(({ dataset }) => dataset.state))
		expect(await shown()).toEqual(['fault', 'advice', 'ok'])
		expect(await at.page.$eval('details', ({ open }) => open)).toBe(false)
		await says(at.page, ko.needAttention(1))
		await says(at.page, '시설 화면에서 비밀번호를 다시 입력하십시오')

		at.kept.refuse = ({ path }) => (path.endsWith('/doctor') ? problem(500, 'internal') : null)
		await press(at.page, ko.examineAgain)
		await until('the refusal', () => at.asked('GET', 'doctor').length === 2)
		await says(at.page, errorTexts.ko.internal)
		at.kept.refuse = () => null
		at.kept.diagnosis = { ok: true, findings: at.kept.diagnosis.findings.slice(0, 1) }
		await press(at.page, ko.examineAgain)
		await says(at.page, ko.nothingWrong(1))
		expect(await shown()).toEqual(['ok'])
	})
})

describe('A room without cameras', () => {
	it('says how to get one', async () => {
		await at.open({
			state: chamber({ cameras: [], seats: [] }),
			change: (kept) => {
				kept.setups = []
			},
		})
		await says(at.page, ko.noCamerasLead)
		await press(at.page, ko.seats)
		await says(at.page, ko.seatsNoneLead)
	})
})
