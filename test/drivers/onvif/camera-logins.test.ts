import { describe, expect, it } from 'vitest'
import type { OnvifFaults } from '../../../drivers/virtual/onvif-camera.ts'
import { until } from '../wait.ts'
import { type Options, openDriver, openSpecimen, startDevice } from './specimen.ts'

/** Cameras that want to know who asks, each in its own way. */

const days = 86_400_000

async function opened(faults: OnvifFaults, options: Options = {}) {
	const specimen = await openSpecimen({ ...options, faults })
	return {
		...specimen,
		refusals: () => specimen.lines.filter((line) => 'rx' in line && line.rx.includes('not authorized')).length,
		async end() {
			await specimen.camera[Symbol.asyncDispose]()
			await specimen.close()
		},
	}
}

/** It is opened, obeys, and none of its log-ins was wrong. */
async function obeys(faults: OnvifFaults, options: Options = {}) {
	const specimen = await opened(faults, options)
	await specimen.camera.move({ pan: 0.5, tilt: 0, zoom: 0 })
	await until('the head to move', () => specimen.head().pan > 1)
	await specimen.camera.stop()
	await until('rest', () => !specimen.head().moving)
	expect(specimen.device.wrongLogins).toBe(0)
	return specimen
}

describe.concurrent('A camera', () => {
	it.each<[string, OnvifFaults]>([
		['lets everybody in', { auth: 'none' }],
		['knows only digest', { auth: 'digest' }],
		['knows only digest by SHA-256', { auth: 'digest', digestAlgorithms: ['SHA-256'] }],
		['knows only digest and does not say by which algorithm', { auth: 'digest', digestAlgorithms: ['unnamed'] }],
		['knows only tokens', { auth: 'ws' }],
		['refuses both at once', { auth: 'either', notBoth: true }],
		['asks for a log-in before it tells of its services', { auth: 'ws', loginForAll: true }],
		['asks for digest before it tells of its services', { auth: 'digest', loginForAll: true }],
	])('that %s obeys', async (_, faults) => {
		const specimen = await obeys(faults)
		// Found out once, and remembered.
		expect(specimen.refusals()).toBeLessThanOrEqual(2)
		await specimen.end()
	})

	it('whose nonces serve once is asked again, each time with a new one', async () => {
		const specimen = await obeys({ auth: 'digest', digestNonceUses: 1 })
		expect(specimen.refusals()).toBeGreaterThan(5)
		await specimen.end()
	})

	it('whose clock is three days off obeys, and its offset is told', async () => {
		for (const offset of [-3 * days, 3 * days]) {
			const specimen = await obeys({ auth: 'ws', clockOffsetMs: offset })
			expect(Math.abs((specimen.camera.health().clockOffsetMs ?? 0) - offset)).toBeLessThan(2_000)
			await specimen.end()
		}
	})

	it('that tells its local time only obeys', async () => {
		const specimen = await obeys({ auth: 'ws', clockOffsetMs: days, noUtc: true })
		await specimen.end()
	})

	it('whose clock is set while we talk is asked for it, and goes on', async () => {
		const specimen = await opened({ auth: 'ws' })
		specimen.device.faults.clockOffsetMs = 5 * days
		await specimen.camera.move({ pan: 0.5, tilt: 0, zoom: 0 })
		await until('the head to move', () => specimen.head().pan > 1)
		await specimen.camera.stop()
		expect(Math.abs((specimen.camera.health().clockOffsetMs ?? 0) - 5 * days)).toBeLessThan(2_000)
		expect(specimen.states.at(-1)?.fault).toBeNull()
		await specimen.end()
	})

	it('that forgets its nonces, as after a restart, is asked for new ones', async () => {
		const specimen = await opened({ auth: 'digest' })
		await specimen.device.reboot({ downMs: 0, keepsClock: true, stands: true })
		await until('answers', () => specimen.states.at(-1)?.position)
		expect(await specimen.camera.position()).not.toBeNull()
		await specimen.end()
	})

	it.each<[string, OnvifFaults]>([
		['by token', { auth: 'ws' }],
		['by digest', { auth: 'digest' }],
		['by either', { auth: 'either' }],
		['by digest, with every refusal called a fault of ours with status 200', { auth: 'digest', faultStatus: 200 }],
	])('that does not know our password says so %s, and is asked at most twice', async (_, faults) => {
		const device = await startDevice(faults)
		const opening = openDriver(device, { config: { password: 'wrong' } })
		await expect(opening).rejects.toMatchObject({ code: 'unauthorized' })
		expect(device.wrongLogins).toBeGreaterThan(0)
		expect(device.wrongLogins).toBeLessThanOrEqual(2)
		await device.close()
	})

	it('that wants a user is refused to somebody without one', async () => {
		const device = await startDevice({})
		const opening = openDriver(device, { config: { username: undefined } })
		await expect(opening).rejects.toMatchObject({ code: 'unauthorized' })
		expect(device.wrongLogins).toBe(0)
		await device.close()
	})

	it('whose password is changed while we talk is lost, for that reason', async () => {
		const specimen = await opened({ auth: 'ws', lockAfter: Number.POSITIVE_INFINITY })
		specimen.device.faults.lockAfter = 0
		expect(await specimen.camera.lost).toMatchObject({ code: 'unauthorized' })
		await specimen.end()
	})

	it('is told nothing in the log that could be a secret', async () => {
		for (const auth of ['ws', 'digest'] as const) {
			const specimen = await obeys({ auth })
			const log = JSON.stringify(specimen.lines)
			expect(log).toContain('"ContinuousMove 0.5 0 0 PT1S"')
			expect(log).toMatch(/"200 ContinuousMoveResponse \d+ ms"/)
			expect(log).not.toMatch(/pa:ss|Nonce|nonce=|PasswordDigest|response=|Authorization/)
			await specimen.end()
		}
	})
})
