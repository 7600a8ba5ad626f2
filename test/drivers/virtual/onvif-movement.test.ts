import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { OnvifFaults } from '../../../drivers/virtual/onvif-camera.ts'
import { until } from '../wait.ts'
import { cameraThat, login, usernameToken } from './onvif-plain.ts'

/** How the head of a virtual ONVIF camera moves, and how it fails to. */

/** With a clock of the test's own: no movement takes longer than the test. */
async function timed(faults: OnvifFaults = {}) {
	const begin = Date.now()
	let now = begin
	const one = await cameraThat(faults, () => now)
	return {
		...one,
		later(ms: number) {
			now += ms
		},
		pan: () => one.virtual.head().pan.position,
		drive: (x: number, timeout = '') =>
			one.ptz('ContinuousMove', `<Velocity><tt:PanTilt x="${x}" y="0"/><tt:Zoom x="0"/></Velocity>${timeout}`),
		/** Whether it stands, once it had the time to. */
		stands() {
			now += 1_000
			const { position } = one.virtual.head().pan
			now += 200
			return one.virtual.head().pan.position === position
		},
	}
}

const halfSecond = '<Timeout>PT0.5S</Timeout>'
const setPreset = (name: string) => `<PresetName>${name}</PresetName>`
describe.concurrent('a virtual ONVIF camera', () => {
	it('keeps its Timeout also while nobody asks', async () => {
		const { drive, later, pan, stands } = await timed()
		await drive(1, halfSecond)
		later(60_000)
		expect(pan()).toBeLessThan(70)
		expect(stands()).toBe(true)
	})

	it('goes on beyond a Timeout that it ignores', async () => {
		const { drive, later, pan } = await timed({ ignoreTimeout: true })
		expect((await drive(0.5, halfSecond)).status).toBe(200)
		later(2_500)
		expect(pan()).toBeGreaterThan(120)
	})

	it('refuses a Timeout, all or those that are too short', async () => {
		const { drive, faults, pan, later, ask } = await timed({ rejectTimeout: true })
		expect((await drive(1, halfSecond)).fault).toBe('InvalidArgVal')
		later(500)
		expect(pan()).toBe(0)
		Object.assign(faults, { rejectTimeout: false, shortestTimeoutMs: 1_000 })
		expect((await drive(1, halfSecond)).fault).toBe('InvalidArgVal/TimeoutNotSupported')
		const options = await ask('GetConfigurationOptions', '<ConfigurationToken>ptz_0</ConfigurationToken>', {
			service: 'tptz',
		})
		expect(options.text).toContain('<tt:PTZTimeout><tt:Min>PT1S</tt:Min>')
		expect((await drive(1, '<Timeout>PT1S</Timeout>')).status).toBe(200)
	})

	it('ignores Stop three times, and obeys the fourth', async () => {
		const { drive, ptz, stands } = await timed({ ignoreStops: 3 })
		await drive(0.1)
		for (let i = 0; i < 3; i++) {
			expect((await ptz('Stop')).status).toBe(200)
			expect(stands()).toBe(false)
		}
		await ptz('Stop')
		expect(stands()).toBe(true)
	})

	it('ignores zero velocity as it does Stop', async () => {
		const { drive, stands } = await timed({ ignoreStops: 1 })
		await drive(0.1)
		await drive(0)
		expect(stands()).toBe(false)
		await drive(0)
		expect(stands()).toBe(true)
	})

	it('obeys only zero velocity', async () => {
		const { drive, ptz, stands } = await timed({ stopOnlyByZeroVelocity: true })
		await drive(0.1)
		expect((await ptz('Stop')).status).toBe(200)
		expect(stands()).toBe(false)
		await drive(0)
		expect(stands()).toBe(true)
	})

	it('obeys only a Stop that names what moves', async () => {
		const { drive, ptz, stands } = await timed({ stopMustMatch: true })
		await drive(0.1)
		await ptz('Stop')
		await ptz('Stop', '<PanTilt>true</PanTilt><Zoom>true</Zoom>')
		expect(stands()).toBe(false)
		await ptz('Stop', '<PanTilt>true</PanTilt><Zoom>false</Zoom>')
		expect(stands()).toBe(true)
	})

	it('says yes and stays where it is, or goes the other way', async () => {
		const { drive, later, pan, faults } = await timed({ ignoreDrives: true })
		expect((await drive(1)).status).toBe(200)
		later(500)
		expect(pan()).toBe(0)
		Object.assign(faults, { ignoreDrives: false, reversedPan: true })
		await drive(1)
		later(500)
		expect(pan()).toBeLessThan(-20)
	})

	it('saves no preset while it moves', async () => {
		const { drive, ptz } = await timed()
		await drive(0.5)
		expect((await ptz('SetPreset', setPreset('x'))).fault).toBe('Action/MovingPTZ')
	})

	it('starts anew in mid-movement: gone for a while, then with another clock, and the head goes on', async () => {
		const { ptz, ask, virtual } = await cameraThat({ rebootMidMove: { downMs: 1_500, afterMs: 50 } })
		const turned = await ptz('ContinuousMove', `<Velocity><tt:PanTilt x="0.1" y="0"/></Velocity>${halfSecond}`)
		expect(turned.status).toBe(200)
		await until('it to be gone', () => (virtual.faults.clockOffsetMs ?? 0) < 0)
		await expect(ask('GetSystemDateAndTime')).rejects.toThrow()
		await delay(2_000)
		expect((await ask('GetSystemDateAndTime', '', { header: '' })).one('Year')).toBe('2000')
		// The Timeout died with the processor.
		const { position } = virtual.head().pan
		expect(position).toBeGreaterThan(5)
		await until('it to go on', () => virtual.head().pan.position > position)
		expect((await ask('GetScopes')).status).toBe(200)
		const { status } = await ask('GetScopes', '', { header: usernameToken({ created: Date.now(), ...login }) })
		expect(status).toBe(401)
	})

	it('starts anew and stands, where its motors lose their power', async () => {
		const { ptz, virtual } = await cameraThat()
		await ptz('ContinuousMove', '<Velocity><tt:PanTilt x="0.1" y="0"/></Velocity>')
		await virtual.reboot({ downMs: 50, stands: true, keepsClock: true })
		await until('rest', () => virtual.head().pan.velocity === 0)
		expect(virtual.faults.clockOffsetMs).toBeUndefined()
		expect((await ptz('GetStatus')).one('PanTilt')).toBe('IDLE')
	})
})
