import { describe, expect, it } from 'vitest'
import { ko } from '../../control-panel/console/facilities/i18n-facilities-ko.ts'
import { cameraTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { press, says, until } from './built.ts'
import { openFacilities } from './facilities-page.ts'
import { problem } from './facilities-scene.ts'
import { chamber } from './panel-scene.ts'

/** The facilities page: setting a camera up, finding one and removing one. */

const at = openFacilities()

describe('Settings', () => {
	it('are saved as a whole and undone as a whole; what is wrong is said at its field', async () => {
		await at.open()
		await press(at.page, '좌측')
		await press(at.page, ko.setup)
		await at.type(ko.port, '99999')
		await press(at.page, ko.saveSetup)
		await says(at.page, ko.faults.port)
		expect(at.asked('PUT', 'facilities/cameras/left')).toHaveLength(0)
		await at.type(ko.port, '8080')
		await at.type(ko.password, 'secret')
		await press(at.page, ko.saveSetup)
		await says(at.page, ko.setupSaved('좌측'))
		const [first] = at.asked('PUT', 'facilities/cameras/left')
		expect(first?.body).toMatchObject({ port: 8080, password: 'secret', username: 'admin' })
		expect(JSON.stringify(await at.page.content())).not.toContain('secret')
		await press(at.page, ko.undo)
		await until('the undo', () => at.asked('PUT', 'facilities/cameras/left').length === 2)
		expect(at.asked('PUT', 'facilities/cameras/left')[1]?.body).toMatchObject({ port: 80 })
	})

	it('of a line whose answers do not come say what that means before it is saved', async () => {
		await at.open()
		await press(at.page, '후면')
		await press(at.page, ko.setup)
		const box = await at.page.waitForSelector('.check input')
		await box?.click()
		await says(at.page, ko.blindWarning)
		await press(at.page, ko.saveSetup)
		await until('it is kept', () => at.asked('PUT', 'facilities/cameras/rear').length === 1)
		expect(at.asked('PUT', 'facilities/cameras/rear')[0]?.body).toMatchObject({ driver: 'pelco-d', blind: true })
	})

	it('of how it feels hold at once, and are tried by the pad beside them', async () => {
		await at.open()
		await press(at.page, ko.setup)
		const [invert] = await at.page.$$('.choices .check input')
		await invert?.click()
		await says(at.page, ko.feelKept)
		await at.page.$eval('.choices [type=range]', (range) => {
			;(range as HTMLInputElement).value = '40'
			range.dispatchEvent(new Event('input', { bubbles: true }))
			range.dispatchEvent(new Event('change', { bubbles: true }))
		})
		await until('both are kept', () => at.asked('PUT', 'facilities/cameras/front').length === 2)
		const feel = { invertPan: true, invertTilt: false, scale: 0.4 }
		expect(at.asked('PUT', 'facilities/cameras/front')[1]?.body).toMatchObject({
			driver: 'visca-ip',
			port: 52381,
			feel,
		})
		await at.page.focus(`.try button[aria-label="${cameraTexts.ko.left}"]`)
		await at.page.keyboard.down('Enter')
		await until('a movement', () => at.commands('camera.move').length > 0)
		await at.page.keyboard.up('Enter')
		await until('a stop', () => at.commands('camera.stop').length > 0)
	})

	it('of how it feels stay as they are when the room refuses, and say so', async () => {
		await at.open({
			change: (kept) => {
				kept.refuse = ({ method }) => (method === 'PUT' ? problem(409, 'busy') : null)
			},
		})
		await press(at.page, ko.setup)
		const invert = await at.page.waitForSelector('.choices .check input')
		await invert?.click()
		await says(at.page, ko.failed)
		await until('it to be as it was', () => invert?.evaluate((box) => !(box as HTMLInputElement).checked))
	})

	it('say what the room does not take, and keep what was typed', async () => {
		await at.open({
			change: (kept) => {
				kept.refuse = ({ method }) => (method === 'PUT' ? problem(400, 'bad-message', 'framing is not known') : null)
			},
		})
		await press(at.page, ko.setup)
		await at.type(ko.host, '192.0.2.77')
		await press(at.page, ko.saveSetup)
		await says(at.page, ko.refusedSetup)
		await says(at.page, 'framing is not known')
		await says(at.page, ko.discard)
	})

	it('are not lost by going elsewhere without being asked', async () => {
		await at.open()
		await press(at.page, ko.setup)
		await at.type(ko.host, '192.0.2.78')
		await press(at.page, '좌측')
		await says(at.page, ko.unsavedLead)
		await press(at.page, ko.stay)
		expect(await at.page.$eval('h2.cut', (title) => title.textContent)).toBe('정면')
		await press(at.page, '좌측')
		await press(at.page, ko.leave)
		await at.page.waitForFunction(() => document.querySelector('h2.cut')?.textContent === '좌측')
		expect(at.asked('PUT', 'facilities/cameras/front')).toHaveLength(0)
	})
})

describe('Removing', () => {
	it('takes two steps that name what is lost, and can be undone with its seats', async () => {
		const state = chamber()
		state.seats = state.seats.map((seat) => ({ ...seat, camera: 'left' }))
		await at.open({ state })
		await press(at.page, '좌측')
		await press(at.page, ko.setup)
		await press(at.page, ko.remove)
		await says(at.page, ko.removeSeats('의장석, 6번석'))
		expect(at.asked('DELETE', 'facilities/cameras/left')).toHaveLength(0)
		await press(at.page, ko.removeDo('좌측'))
		await says(at.page, ko.removed('좌측'))
		expect(at.room.state.cameras.some(({ id }) => id === 'left')).toBe(false)
		await press(at.page, ko.undo)
		await says(at.page, ko.restoredPassword)
		expect(at.kept.setups.find(({ id }) => id === 'left')?.setup).toMatchObject({
			host: '192.0.2.6',
			username: 'admin',
		})
		await until('its seats', () => at.asked('PUT', 'seats/1').length > 0)
		expect(at.asked('PUT', 'seats/1')[0]?.body).toEqual({ camera: 'left', preset: 2 })
	})

	it('is not offered for a camera of the configuration file, and it is said where it is done', async () => {
		await at.open()
		await press(at.page, ko.setup)
		await says(at.page, ko.removeFromFile)
		expect(await at.page.$$eval('button', (all) => all.some((one) => one.textContent?.includes('카메라 제거')))).toBe(
			false,
		)
	})
})

describe('The search', () => {
	it('shows progress, marks what is here already, and fills the form of what is added', async () => {
		await at.open()
		const { promise, resolve: ends } = Promise.withResolvers<void>()
		at.kept.lasts = promise
		await press(at.page, ko.find)
		await says(at.page, ko.finding)
		ends()
		await says(at.page, ko.found(3))
		await says(at.page, ko.known('좌측'))
		await says(at.page, ko.known('후면'))
		await press(at.page, ko.addNamed('Dome 5'))
		await says(at.page, ko.addLead)
		await at.type(ko.name, '천장 2')
		await press(at.page, ko.addCamera)
		await says(at.page, ko.added('천장 2'))
		const put = at.kept.asked.find(({ method }) => method === 'PUT')
		expect(put?.body).toEqual({
			name: '천장 2',
			driver: 'onvif',
			host: '192.0.2.32',
			port: 443,
			https: true,
			uuid: 'u-2',
		})
		await at.page.waitForFunction(() => document.querySelector('h2.cut')?.textContent === '천장 2')
	})

	it('says what to do when nothing was found, and why when it failed', async () => {
		await at.open({
			change: (kept) => {
				kept.found = { cameras: [], lines: [], networks: [] }
			},
		})
		await press(at.page, ko.find)
		await says(at.page, ko.foundNoneLead)
		await says(at.page, ko.searchedNone)
		at.kept.refuse = () => problem(409, 'busy')
		await press(at.page, ko.findAgain)
		await says(at.page, ko.findFailed)
	})
})
