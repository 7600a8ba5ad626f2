import { describe, expect, it } from 'vitest'
import type { OnvifFaults } from '../../../drivers/virtual/onvif-camera.ts'
import { selfSigned } from '../../../drivers/virtual/onvif-certificate.ts'
import { limitOf } from '../../scene/wait.ts'
import { until } from '../wait.ts'
import { openDriver, startDevice, withCamera } from './specimen.ts'

/** Cameras whose answers are not what they should be, and how soon that is clear. */

const turn = { pan: 0.5, tilt: 0, zoom: 0 }
const failing = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: { code?: string }) => error.code,
	)

describe.concurrent('A camera', () => {
	it.each<[string, OnvifFaults, string]>([
		['answers nothing', { silent: true }, 'unreachable'],
		['does as it is told and never answers', { blackHole: true }, 'unreachable'],
		['answers a byte a second', { trickle: true }, 'unreachable'],
		['answers the half of it', { halfResponse: true }, 'unreachable'],
		['answers with a page in HTML', { htmlError: true }, 'protocol'],
		['answers with four megabytes', { hugeResponse: true }, 'protocol'],
		['answers with a document type', { doctype: true }, 'protocol'],
		['answers with tags without end', { deepNesting: true }, 'protocol'],
		['answers each question with a fault', { faultInsteadOf200: true }, 'rejected'],
		['has no media', { without: ['media', 'media2'] }, 'unsupported'],
	])('that %s is not opened, and said to be %s', async (_, faults, code) => {
		const device = await startDevice(faults)
		const begin = performance.now()
		expect(await failing(openDriver(device))).toBe(code)
		expect(performance.now() - begin).toBeLessThan(limitOf(5_000))
		await device.close()
	})

	it('that is not there is said to be unreachable at once', async () => {
		const device = await startDevice()
		await device.close()
		expect(await failing(openDriver(device))).toBe('unreachable')
	})

	it.each<[string, OnvifFaults]>([
		['closes the connection after each answer', { noKeepAlive: true }],
		['has other prefixes for the same names', { oddPrefixes: true }],
		['has a Media2 that answers nonsense', { media2Broken: true }],
		['has no Media2', { without: ['media2'] }],
		['has only Media2', { without: ['media'] }],
		['has no imaging', { without: ['imaging'] }],
		['does not know GetServices', { only: ['GetServices'], faultInsteadOf200: true }],
		['answers GetServices with a page in HTML', { only: ['GetServices'], htmlError: true }],
		['does not say who made it', { only: ['GetDeviceInformation'], faultInsteadOf200: true }],
		['does not describe its head', { only: ['GetConfigurationOptions', 'GetNode'], faultInsteadOf200: true }],
		['is named by an address that nobody reaches', { wrongXAddr: '192.0.2.77' }],
		['is moved by its second profile only', { noPtz: ['profile_1'] }],
	])('that %s obeys', async (_, faults) => {
		await withCamera({ faults }, async ({ camera, head }) => {
			await camera.move(turn)
			await until('the head to move', () => head().pan > 1)
			await camera.stop()
			await until('rest', () => !head().moving)
			expect((await camera.position())?.pan).toBeCloseTo(head().pan, 0)
		})
	})

	it('tells who it is, and what it can', async () => {
		await withCamera({}, async ({ camera, states }) => {
			expect(states[0]?.firmware).toBe('1.10')
			expect(camera.health()).toMatchObject({ model: 'Virtual PTZ', timeouts: expect.any(Number) })
			expect(camera.capabilities).toMatchObject({
				...{ panTilt: { speeds: 50 }, zoom: { speeds: 50 }, presets: { slots: 100 } },
				...{ focus: { byHand: true }, positions: 'degrees' },
			})
		})
	})

	it('without a head has a picture, and is asked for no movement', async () => {
		await withCamera({ faults: { noPtz: true, noFocus: true } }, async ({ camera, device }) => {
			expect(camera.capabilities).toMatchObject({
				...{ panTilt: null, zoom: null, presets: null, focus: null, positions: null },
			})
			expect(camera.video).not.toBeNull()
			await camera.stop()
			await camera.move(turn) // which it takes for nothing
			for (const work of [
				() => camera.home(),
				() => camera.recallSlot(1),
				() => camera.saveSlot(1),
				() => camera.focus('far'),
			])
				expect(await failing(work())).toBe('unsupported')
			expect(device.heard.filter((line) => /Move|Stop|GetStatus/.test(line))).toEqual([
				'GetMoveOptions VideoSourceToken=source_0',
			])
		})
	})

	it.each<[string, OnvifFaults]>([
		['has no such axis', { zeroRanges: ['zoom'] }],
		['counts in hundreds', { spaces: 'hundreds' }],
		['counts in degrees', { spaces: 'degrees' }],
	])('that %s goes where it is sent', async (_, faults) => {
		await withCamera({ faults, config: { travel: undefined } }, async ({ camera, head }) => {
			const unit = camera.capabilities.positions ?? 'degrees'
			const to = unit === 'degrees' ? { pan: 20, tilt: 30 } : { pan: 20 / 170, tilt: 0 }
			await camera.moveTo({ ...to, zoom: 0, unit, at: 0 }, 0.8)
			expect(head()).toMatchObject({ pan: expect.closeTo(20, 0), tilt: expect.closeTo(30, 0) })
		})
	})

	it('that is slow to say where it is moves, and nothing is proven', async () => {
		await withCamera({ faults: { slowStatusMs: 1_500 } }, async ({ camera, head }) => {
			expect(camera.capabilities.positions).toBeNull()
			expect(await camera.position()).toBeNull()
			await camera.move(turn)
			await until('the head to move', () => head().pan > 1)
			await camera.stop()
			await until('rest', () => !head().moving)
		})
	})

	it('that is silent for a moment is asked again, and stays', async () => {
		await withCamera({}, async ({ camera, device, states }) => {
			device.faults.silent = true
			await until('the silence to be told', () => states.at(-1)?.fault === 'no-answer')
			device.faults.silent = false
			await until('the end of it', () => states.at(-1)?.fault === null)
			expect(await camera.position()).not.toBeNull()
			expect(camera.health().timeouts).toBeLessThan(4)
		})
	})

	it.each<[string, OnvifFaults]>([
		['falls silent', { silent: true }],
		['never answers any more', { blackHole: true }],
		['answers a byte a second', { trickle: true }],
		['answers with pages in HTML', { htmlError: true }],
		['answers with faults', { faultInsteadOf200: true }],
	])('that %s while it is open is lost within five seconds', async (_, faults) => {
		await withCamera({}, async ({ camera, device }) => {
			Object.assign(device.faults, faults)
			const begin = performance.now()
			expect(await camera.lost).toMatchObject({ code: 'lost' })
			expect(performance.now() - begin).toBeLessThan(limitOf(8_000))
		})
	})
})

describe.concurrent('A camera over HTTPS', () => {
	const trusting = (known: string | null) => {
		const kept: string[] = []
		return { kept, trust: { known, keep: (fingerprint: string) => void kept.push(fingerprint) } }
	}

	it('has its certificate kept once it has let us in, and is known by it', async () => {
		const device = await startDevice({}, { tls: true })
		const first = trusting(null)
		const camera = await openDriver(device, { context: { trust: first.trust } })
		await camera[Symbol.asyncDispose]()
		expect(first.kept).toHaveLength(1)
		const second = trusting(first.kept[0] ?? null)
		const again = await openDriver(device, { context: { trust: second.trust } })
		await again[Symbol.asyncDispose]()
		expect(second.kept).toEqual([])
		await device.close()
	})

	it('is told nothing when it shows another certificate', async () => {
		const device = await startDevice({}, { tls: await selfSigned('127.0.0.1') })
		const { kept, trust } = trusting('00:11')
		expect(await failing(openDriver(device, { context: { trust } }))).toBe('untrusted')
		expect([kept, device.heard, device.wrongLogins]).toEqual([[], [], 0])
		await device.close()
	})

	it('is not trusted for good when it does not let us in', async () => {
		const device = await startDevice({}, { tls: true })
		const { kept, trust } = trusting(null)
		expect(await failing(openDriver(device, { config: { password: 'wrong' }, context: { trust } }))).toBe(
			'unauthorized',
		)
		expect(kept).toEqual([])
		await device.close()
	})

	it('needs no memory to be opened', async () => {
		await withCamera({ device: { tls: true } }, async ({ camera }) => {
			expect(await camera.position()).not.toBeNull()
		})
	})
})
