import type { RealEncoder } from '../../../drivers/virtual/onvif-encoders.ts'
import { h264, type Source, startSource } from '../../room/rtsp-source.ts'

/** The encoder of a virtual ONVIF camera as one that is real: what is ordered of it is streamed, at the same addresses. */
export interface RtspEncoder {
	/** For the camera. */
	readonly real: RealEncoder
	/** rtsp://… the large one first. */
	readonly urls: readonly string[]
	/** Resolves when what was ordered is streamed. */
	settled(): Promise<void>
	close(): Promise<void>
}

interface Stream {
	gop: number
	bFrames: number
}

/** As the camera tells of them. */
const sizes = [
	{ path: '/main', width: 640, height: 360 },
	{ path: '/sub', width: 320, height: 180 },
] as const
const rate = 15

export async function startRtspEncoder(first: Stream): Promise<RtspEncoder> {
	const streams: [Stream, Stream] = [first, first]
	const start = (port: number) =>
		startSource(
			Object.fromEntries(
				sizes.map(({ path, ...size }, i) => [path, h264({ ...size, rate, ...(streams[i] ?? first) })]),
			),
			port,
		)
	let source: Source = await start(0)
	const urls = sizes.map(({ path }) => source.url(path))
	const port = Number(new URL(urls[0] ?? '').port)
	let changes: Promise<void> = Promise.resolve()
	return {
		urls,
		real: {
			keyFrame: () => source.keyFrame(),
			change(stream, to) {
				streams[stream === 0 ? 0 : 1] = to
				// As in cameras, whoever watches has to begin anew.
				changes = changes.then(async () => {
					await source.close()
					source = await start(port)
				})
			},
		},
		settled: () => changes,
		async close() {
			await changes
			await source.close()
		},
	}
}
