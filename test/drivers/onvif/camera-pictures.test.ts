import { describe, expect, it } from 'vitest'
import type { CameraVideo } from '../../../drivers/camera.ts'
import type { OnvifCameraOptions, OnvifFaults } from '../../../drivers/virtual/onvif-camera.ts'
import { type OnvifSpecimen, openSpecimen, who, withCamera } from './specimen.ts'

const rtspUrls = ['rtsp://127.0.0.1:8554/main?a=1&b=2', 'rtsp://127.0.0.1:8554/sub']

interface Scene {
	specimen: OnvifSpecimen
	video: CameraVideo
	/** What happened at the encoder itself. */
	encoded: string[]
}

async function withPictures(faults: OnvifFaults, check: (scene: Scene) => Promise<void>) {
	const encoded: string[] = []
	const encoder: NonNullable<OnvifCameraOptions['encoder']> = {
		keyFrame: (stream) => void encoded.push(`key frame of ${stream}`),
		change: (stream, { gop, bFrames }) => void encoded.push(`${stream}: gop ${gop}, ${bFrames} B-frames`),
	}
	await withCamera({ faults, device: { rtspUrls, encoder } }, (specimen) =>
		check({ specimen, video: specimen.camera.video as CameraVideo, encoded }),
	)
}

const either: [string, OnvifFaults][] = [
	['both media services', {}],
	['the first only', { without: ['media2'] }],
	['the second only', { without: ['media'] }],
	['a second that answers nonsense', { media2Broken: true }],
]

describe.concurrent.each(either)('A camera with %s', (_, faults) => {
	it('tells its streams, the largest first, with who may see them', async () => {
		await withPictures({ ...faults, gop: 60, bFrames: 2 }, async ({ video }) => {
			const streams = await video.streams()
			expect(streams).toMatchObject([
				{ token: 'profile_1', codec: 'h264', width: 640, height: 360, rate: 15, gop: 60, profile: 'main' },
				{ token: 'profile_2', width: 320, height: 180 },
			])
			const url = new URL(streams[0]?.url ?? '')
			expect([url.host, url.pathname, url.search]).toEqual(['127.0.0.1:8554', '/main', '?a=1&b=2'])
			expect([decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([who.username, who.password])
		})
	})

	it('makes a key frame when it is asked', async () => {
		await withPictures(faults, async ({ video, encoded }) => {
			await video.keyFrame('profile_2')
			expect(encoded).toEqual(['key frame of 1'])
		})
	})

	it('is set for browsers', async () => {
		await withPictures({ ...faults, gop: 120, bFrames: 2 }, async ({ video, encoded }) => {
			const before = (await video.streams())[0]
			const stream = await video.setForBrowsers('profile_1')
			expect(stream).toEqual({ ...before, gop: 15, profile: 'baseline' })
			expect(encoded).toEqual(['0: gop 15, 0 B-frames'])
		})
	})
})

describe.concurrent('A camera', () => {
	it('that names another host is looked at where it was found', async () => {
		await withPictures({ wrongXAddr: '192.0.2.77' }, async ({ video }) => {
			for (const { url } of await video.streams()) expect(new URL(url).host).toBe('127.0.0.1:8554')
		})
	})

	it('that acknowledges a setting and changes nothing is not believed', async () => {
		await withPictures({ gop: 120, keepsEncoder: true }, async ({ video }) => {
			expect(await video.setForBrowsers('profile_1')).toMatchObject({ gop: 120 })
		})
	})

	it('that refuses a setting says so, and goes on', async () => {
		await withPictures({ refuseEncoder: true }, async ({ specimen, video }) => {
			await expect(video.setForBrowsers('profile_1')).rejects.toMatchObject({ code: 'rejected' })
			expect(await specimen.camera.position()).not.toBeNull()
		})
	})

	it('has no stream by an unknown name', async () => {
		await withPictures({}, async ({ video }) => {
			await expect(video.setForBrowsers('1')).rejects.toMatchObject({ code: 'rejected' })
			await expect(video.keyFrame('1')).rejects.toMatchObject({ code: 'rejected' })
		})
	})

	it('that lets everybody in has streams without a user', async () => {
		const specimen = await openSpecimen({
			faults: { auth: 'none' },
			device: { rtspUrls },
			config: { username: undefined },
		})
		expect((await specimen.camera.video?.streams())?.[1]?.url).toBe('rtsp://127.0.0.1:8554/sub')
		await specimen.camera[Symbol.asyncDispose]()
		await specimen.close()
	})
})
