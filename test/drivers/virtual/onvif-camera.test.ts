import { setTimeout as delay } from 'node:timers/promises'
import type { Cam as Plain } from 'onvif'
import { Cam } from 'onvif/promises/index.js'
import { afterAll, describe, expect, it } from 'vitest'
import { type OnvifCameraOptions, startOnvifCamera } from '../../../drivers/virtual/onvif-camera.ts'
import { until } from '../wait.ts'

/**
 * The virtual ONVIF camera as a library sees it that knows neither it nor our driver: npm `onvif`, which reads and writes
 * what thousands of installations read and write.
 */

const login = { username: 'admin', password: 'maru' }
/** What a client found out stands on it, and its types forget that; and that these take options. */
type Found = Pick<Plain, 'profiles' | 'activeSource' | 'media2Support'> & {
	getStreamUri(options: { protocol: string; profileToken?: string }): Promise<{ uri: string }>
	stop(axes: { panTilt: boolean; zoom: boolean }): Promise<unknown>
}

const ending: (() => unknown)[] = []
afterAll(async () => {
	for (const end of ending.splice(0)) await end()
})

async function connected(options: Partial<OnvifCameraOptions> = {}, useWSSecurity = true) {
	const camera = await startOnvifCamera({
		...{ host: '127.0.0.1', port: 0, ...login, rtspUrls: ['rtsp://127.0.0.1:8554/main', 'rtsp://127.0.0.1:8554/sub'] },
		...options,
	})
	ending.push(() => camera.close())
	// The certificate names no address, as those of cameras don't: who pins it asks for none.
	const client = new Cam({
		...{ hostname: '127.0.0.1', port: camera.port, ...login, timeout: 10_000, useWSSecurity },
		...(camera.certificate === null
			? {}
			: { useSecure: true, secureOpts: { ca: camera.certificate, checkServerIdentity: () => {} } }),
	})
	await client.connect()
	return { camera, client, found: client as unknown as Found }
}

describe.concurrent('a library that knows it not', () => {
	it.for([
		['with WS-UsernameToken', 'ws', true],
		['with HTTP digest', 'digest', false],
		['with WS-UsernameToken where both will do', 'either', true],
		['with digest where both will do', 'either', false],
	] as const)('connects %s', async ([, auth, useWSSecurity]) => {
		const { client, camera, found } = await connected({ faults: { auth } }, useWSSecurity)
		expect(found.activeSource).toMatchObject({ profileToken: 'profile_1', ptz: { token: 'ptz_0' } })
		expect(await client.getDeviceInformation()).toMatchObject({
			...{ manufacturer: 'Virtual', model: 'PTZ', serialNumber: camera.identity.serial },
		})
		expect(camera.wrongLogins).toBe(0)
	})

	it('connects over TLS with a certificate of its own', async () => {
		const { client, camera } = await connected({ tls: true, host: '127.0.0.1' })
		expect(camera.url).toMatch(/^https:/)
		expect(await client.getDeviceInformation()).toMatchObject({ model: 'PTZ' })
	})

	it.for([
		['Media2', {}],
		['Media1', { without: ['media2'] as const }],
	] as const)('finds profiles, streams and encoders over %s', async ([, faults]) => {
		const { client, found } = await connected({ faults })
		expect(found.profiles).toHaveLength(2)
		const uri = await found.getStreamUri({ protocol: 'RTSP' })
		expect(uri.uri).toBe('rtsp://127.0.0.1:8554/main')
		const other = await found.getStreamUri({ protocol: 'RTSP', profileToken: 'profile_2' })
		expect(other.uri).toBe('rtsp://127.0.0.1:8554/sub')
		expect(await client.getVideoEncoderConfigurations()).toMatchObject([
			{ $: { token: 'encoder_main' }, encoding: 'H264', resolution: { width: 640, height: 360 } },
			{ $: { token: 'encoder_sub' }, resolution: { width: 320, height: 180 } },
		])
	})

	it('orders an encoder without B-frames, and a key frame', async () => {
		const orders: unknown[] = []
		const encoder = {
			keyFrame: (stream: number) => void orders.push(['key frame', stream]),
			change: (stream: number, to: object) => void orders.push([stream, to]),
		}
		const { client } = await connected({ encoder, faults: { without: ['media2'], bFrames: 2, gop: 60 } })
		const before = await client.getVideoEncoderConfiguration('encoder_main')
		expect(before).toMatchObject({ H264: { govLength: 60, H264Profile: 'Main' } })
		const after = await client.setVideoEncoderConfiguration({
			...before,
			token: 'encoder_main',
			H264: { govLength: 15, profile: 'Baseline' },
		})
		expect(after).toMatchObject({ H264: { govLength: 15, H264Profile: 'Baseline' } })
		await client.setSynchronizationPoint({ profileToken: 'profile_2' })
		expect(orders).toEqual([
			[0, { gop: 15, bFrames: 0 }],
			['key frame', 1],
		])
	})

	it('orders the same over Media2', async () => {
		const orders: unknown[] = []
		const encoder = { keyFrame: () => {}, change: (stream: number, to: object) => void orders.push([stream, to]) }
		const { client } = await connected({ encoder, faults: { bFrames: 2, gop: 60 } })
		const [, sub] = await client.getVideoEncoderConfigurations()
		expect(sub).toMatchObject({ $: { token: 'encoder_sub', GovLength: 60, Profile: 'Main' } })
		await client.setVideoEncoderConfiguration({ ...sub, $: { ...sub.$, GovLength: 15, Profile: 'Baseline' } })
		expect(orders).toEqual([[1, { gop: 15, bFrames: 0 }]])
	})

	it('reads what the head can do', async () => {
		const { client } = await connected()
		const { node_0 } = (await client.getNodes()) as Record<string, object>
		expect(node_0).toMatchObject({ maximumNumberOfPresets: 300, homeSupported: true })
		const { ptz } = (await client.getConfigurations()) as Record<string, object>
		expect(ptz).toMatchObject({
			token: 'ptz_0',
			nodeToken: 'node_0',
			useCount: 2,
			zoomLimits: { XRange: { max: '1' } },
		})
		const { spaces } = await client.getConfigurationOptions('ptz_0')
		expect(spaces.absolute).toMatchObject({ x: { min: -1, max: 1 }, y: { min: -1, max: 1 }, zoom: { min: 0, max: 1 } })
		expect(spaces.continuous).toMatchObject({ x: { min: -1, max: 1 }, zoom: { min: -1, max: 1 } })
	})

	it('turns the head, until it is told to stop', async () => {
		const { client, camera, found } = await connected()
		await client.continuousMove({ x: 0.5, y: -0.2, zoom: 0.3 })
		await until('all axes', () => {
			const { pan, tilt, zoom } = camera.head()
			return pan.position > 10 && tilt.position < -1 && zoom.position > 0.05
		})
		expect((await client.getStatus()).moveStatus).toEqual({ panTilt: 'MOVING', zoom: 'MOVING' })
		await found.stop({ panTilt: true, zoom: true })
		await until('rest', () => camera.head().pan.velocity === 0)
		const there = camera.head().pan.position
		await delay(200)
		expect(camera.head().pan.position).toBe(there)
		expect((await client.getStatus()).moveStatus).toEqual({ panTilt: 'IDLE', zoom: 'IDLE' })
	})

	it('turns it for as long as the Timeout says, without a stop', async () => {
		const { client, camera } = await connected()
		await client.continuousMove({ x: 1, y: 0, zoom: 0, timeout: 500 })
		await until('it to turn', () => camera.head().pan.position > 5)
		await until('rest', () => camera.head().pan.velocity === 0)
		// Half a second at 120°/s with its ramps, and not one step more, however late we look.
		expect(camera.head().pan.position).toBeGreaterThan(45)
		expect(camera.head().pan.position).toBeLessThan(65)
		expect(camera.heard.some((line) => line.startsWith('Stop'))).toBe(false)
	})

	it('sends it to a place, by a way and home', async () => {
		const { client, camera } = await connected()
		await client.absoluteMove({ x: 0.25, y: 0, zoom: 0.5 })
		await until('arrival', () => camera.head().pan.target === null && camera.head().zoom.target === null)
		expect(camera.head().pan.position).toBeCloseTo(42.5, 3)
		expect(camera.head().tilt.position).toBeCloseTo(30, 3) // the middle of -30..90
		expect((await client.getStatus()).position).toEqual({ x: 0.25, y: 0, zoom: 0.5 })
		await client.relativeMove({ x: -0.25, y: 0, zoom: 0 })
		await until('the way', () => camera.head().pan.target === null)
		expect(camera.head().pan.position).toBeCloseTo(0, 3)
		await client.gotoHomePosition({})
		await until('home', () => camera.head().tilt.target === null)
		expect(camera.head().tilt.position).toBeCloseTo(0, 3)
	})

	it('keeps places under tokens that are words, however much they look like numbers', async () => {
		const { client, camera } = await connected()
		const raw: string[] = []
		for (const presetName of ['one', 'two', 'three', 'four']) {
			client.once('rawResponse', (xml: string) => raw.push(/PresetToken>([^<]*)/.exec(xml)?.[1] ?? ''))
			await client.setPreset({ presetName })
		}
		expect(raw).toEqual(['1', '1.10', '1.1', '2024-01-01T00:00:00Z'])
		// What this library makes of them: two become one, and one a date.
		const told = (await client.getPresets()) as Record<string, { $: { token: unknown } }>
		expect(Object.values(told).map(({ $ }) => $.token)).toEqual([1, 1.1, 1.1, expect.any(Date)])
		await client.absoluteMove({ x: 0.2, y: 0, zoom: 0 })
		await until('the other place', () => camera.head().pan.position > 30)
		await client.gotoPreset({ preset: '1.10' })
		await until('the preset', () => camera.head().pan.target === null)
		expect(camera.head().pan.position).toBeCloseTo(0, 3)
		await client.removePreset({ presetToken: '1.10' })
		await expect(client.gotoPreset({ preset: '1.10' })).rejects.toThrow('NoToken')
		await client.gotoPreset({ preset: '1.1' })
	})

	it('focuses near and far, and gives the focus back', async () => {
		const { client, camera } = await connected()
		await client.imagingMove({ continuous: { speed: -1 } })
		await until('near', () => camera.focus().position < 0.4)
		expect((await client.imagingGetStatus()).focusStatus20.moveStatus).toBe('MOVING')
		await client.imagingStop({})
		const { position, moving } = camera.focus()
		expect([position > 0, moving]).toEqual([true, false])
		await client.imagingMove({ absolute: { position: 0.75 } })
		await until('the place', () => !camera.focus().moving)
		expect(camera.focus()).toMatchObject({ mode: 'MANUAL', position: 0.75 })
		await client.setImagingSettings({ focus: { autoFocusMode: 'AUTO' } })
		expect(camera.focus().mode).toBe('AUTO')
		expect(await client.getImagingSettings()).toMatchObject({ focus: { autoFocusMode: 'AUTO' } })
	})

	it('gets on with a camera whose Media2 answers no SOAP', async () => {
		const { found } = await connected({ faults: { media2Broken: true } })
		expect(found.profiles).toHaveLength(2)
		expect(found.media2Support).toBe(false)
		expect(await found.getStreamUri({ protocol: 'RTSP' })).toMatchObject({ uri: 'rtsp://127.0.0.1:8554/main' })
	})

	it('gets on with a clock that is three days off', async () => {
		const { client } = await connected({ faults: { clockOffsetMs: -3 * 86_400_000, auth: 'ws' } })
		expect(await client.getDeviceInformation()).toMatchObject({ model: 'PTZ' })
	})
})
