import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Cam } from 'onvif/promises/index.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onvif } from '../../../drivers/onvif/driver.ts'
import { type OnvifCamera, startOnvifCamera } from '../../../drivers/virtual/onvif-camera.ts'
import { silentLog } from '../wait.ts'
import { type RtspEncoder, startRtspEncoder } from './rtsp-encoder.ts'

/** What is ordered of a virtual ONVIF camera, by a library that knows it not and by us, is seen in its stream by ffprobe. */

const login = { username: 'admin', password: 'maru' }
let encoder: RtspEncoder
let camera: OnvifCamera

beforeAll(async () => {
	encoder = await startRtspEncoder({ gop: 45, bFrames: 2 })
	camera = await startOnvifCamera({
		...{ host: '127.0.0.1', port: 0, ...login, rtspUrls: encoder.urls, encoder: encoder.real },
		faults: { bFrames: 2, gop: 45, without: ['media2'] },
	})
})

afterAll(async () => {
	await camera.close()
	await encoder.close()
})

/** The kinds of its pictures for so long, a letter each. */
async function picturesOf(url: string, seconds: number): Promise<string> {
	const { stdout } = await promisify(execFile)('ffprobe', [
		...[
			'-v',
			'error',
			'-rtsp_transport',
			'tcp',
			'-analyzeduration',
			'300000',
			'-select_streams',
			'v',
			'-of',
			'csv=p=0',
		],
		...['-read_intervals', `%+${seconds}`, '-show_entries', 'frame=pict_type', url],
	])
	return stdout.replace(/[^IPB]/g, '')
}

describe('the stream of a virtual ONVIF camera', () => {
	it('has no B-frames, and a key frame each second, once that was ordered', async () => {
		const client = new Cam({ hostname: '127.0.0.1', port: camera.port, ...login, timeout: 20_000 })
		await client.connect()
		const [main = '', sub = ''] = encoder.urls
		expect(await picturesOf(main, 1)).toMatch(/B/)
		const before = await client.getVideoEncoderConfiguration('encoder_main')
		await client.setVideoEncoderConfiguration({
			...before,
			token: 'encoder_main',
			H264: { govLength: 15, profile: 'Baseline' },
		})
		await encoder.settled()
		const after = await picturesOf(main, 2)
		expect(after).not.toMatch(/B/)
		expect(after).toMatch(/IP{14}I/)
		// The other was not meant.
		expect(await picturesOf(sub, 1)).toMatch(/B/)
	})

	it('has a key frame as soon as one was asked for', async () => {
		const client = new Cam({ hostname: '127.0.0.1', port: camera.port, ...login, timeout: 20_000 })
		await client.connect()
		const [, sub = ''] = encoder.urls
		const asking = setInterval(() => client.setSynchronizationPoint().catch(() => {}), 700)
		const pictures = await picturesOf(sub, 2.5)
		clearInterval(asking)
		// Unasked, it has one in forty-five.
		expect(pictures).toMatch(/I[PB]{5,30}I/)
	})

	it('is what browsers show once our driver has set it', async () => {
		const context = { signal: new AbortController().signal, log: silentLog }
		await using driven = await onvif.open({ host: '127.0.0.1', port: camera.port, ...login }, context)
		const [, sub = ''] = encoder.urls
		expect(await driven.video?.setForBrowsers('profile_2')).toMatchObject({
			...{ codec: 'h264', height: 180, gop: 15, profile: 'baseline' },
			url: expect.stringContaining(new URL(sub).pathname),
		})
		await encoder.settled()
		const pictures = await picturesOf(sub, 2)
		expect(pictures).not.toMatch(/B/)
		expect(pictures).toMatch(/IP{14}I/)
	})
})
