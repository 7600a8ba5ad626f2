import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Streams over RTSP as no camera of ours sends them: any GOP, B-frames, other codecs. */

export interface Picture {
	width: number
	height: number
	rate: number
	/** Pictures from key frame to key frame. */
	gop: number
	bFrames?: number
	kbits?: number
	/** 'snow': no two pictures are alike anywhere. 'lamp': dark, but for its flashes. */
	pattern?: 'ball' | 'snow' | 'lamp'
	/** How much later it comes than it could. */
	lateMs?: number
}

/** A ball that moves, with the time in it. */
export function h264({
	width,
	height,
	rate,
	gop,
	bFrames = 0,
	kbits = 800,
	pattern = 'ball',
	lateMs = 0,
}: Picture): string {
	const tuned = bFrames === 0 ? 'tune=zerolatency' : 'b-adapt=false'
	const limits = 'max-size-time=0 max-size-buffers=0 max-size-bytes=0'
	const held = lateMs > 0 ? ` ! queue min-threshold-time=${lateMs * 1_000_000} ${limits}` : ''
	const profile = bFrames === 0 ? 'constrained-baseline' : 'main'
	return `${raw({ width, height, rate, pattern })} ! x264enc ${tuned} speed-preset=ultrafast bitrate=${kbits} key-int-max=${gop} bframes=${bFrames} threads=1 ! video/x-h264,profile=${profile}${held} ! rtph264pay name=pay0 pt=96 config-interval=1`
}

export const mjpeg = (picture: Pick<Picture, 'width' | 'height' | 'rate'>) =>
	`${raw(picture)} ! jpegenc ! rtpjpegpay name=pay0 pt=26`

const sources = {
	ball: 'videotestsrc is-live=true pattern=ball',
	snow: 'videotestsrc is-live=true pattern=snow',
	lamp: 'videotestsrc is-live=true pattern=white ! videobalance name=lamp brightness=-1',
}

const raw = ({ width, height, rate, pattern = 'ball' }: Pick<Picture, 'width' | 'height' | 'rate' | 'pattern'>) =>
	`${sources[pattern]} ! video/x-raw,format=I420,framerate=${rate}/1,width=${width},height=${height} ! timeoverlay`

export interface Source {
	url(path: string): string
	/** In every stream that runs. */
	keyFrame(): void
	/** White for 300 ms, in streams of pattern 'lamp'. */
	flash(): void
	readonly pid: number
	close(): Promise<void>
}

/** Pipelines by path. `port` 0: a free one. `login` 'user:password': only who answers a digest challenge sees them. */
export async function startSource(streams: Record<string, string>, port = 0, login = ''): Promise<Source> {
	const program = fileURLToPath(new URL('./rtsp-source.py', import.meta.url))
	const paths = Object.entries(streams).map(([path, pipeline]) => `${path}=${pipeline}`)
	const args = [...(login === '' ? [] : [`login=${login}`]), ...paths]
	// Debian's own Python: the modules for GStreamer are installed for no other.
	const server = spawn('/usr/bin/python3', [program, `${port}`, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
	server.stdin.on('error', () => {})
	const who = login === '' ? '' : `${login.split(':').map(encodeURIComponent).join(':')}@`
	const [bound] = await once(server.stdout, 'data')
	return {
		url: (path) => `rtsp://${who}127.0.0.1:${String(bound).trim()}${path}`,
		keyFrame: () => void server.stdin.write('keyframe\n'),
		flash: () => void server.stdin.write('flash\n'),
		pid: server.pid ?? 0,
		async close() {
			if (server.exitCode !== null || server.signalCode !== null) return
			const ended = once(server, 'exit')
			server.stdin.end()
			const timer = setTimeout(() => server.kill('SIGKILL'), 3000)
			await ended
			clearTimeout(timer)
		},
	}
}
