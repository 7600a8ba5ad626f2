import { spawn } from 'node:child_process'
import { once } from 'node:events'

const width = 640
const height = 360
const frameSize = width * height

export interface Viewer {
	/** Grey frames so far. */
	readonly count: number
	/** The newest grey frame. */
	newest(): Buffer | null
	close(): Promise<void>
}

/** Pulls the stream with ffmpeg, as the room's ingest does, and decodes it. */
export function view(url: string): Viewer {
	const args = [
		'-v',
		'error',
		'-fflags',
		'nobuffer',
		'-rtsp_transport',
		'tcp',
		'-i',
		url,
		'-f',
		'rawvideo',
		'-pix_fmt',
		'gray',
		'-',
	]
	const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'inherit'] })
	let pieces = Buffer.alloc(0)
	let frame: Buffer | null = null
	let count = 0
	child.stdout.on('data', (piece: Buffer) => {
		pieces = Buffer.concat([pieces, piece])
		while (pieces.length >= frameSize) {
			frame = pieces.subarray(0, frameSize)
			pieces = pieces.subarray(frameSize)
			count += 1
		}
	})
	return {
		get count() {
			return count
		},
		newest: () => frame,
		async close() {
			if (child.exitCode !== null || child.signalCode !== null) return
			child.kill('SIGKILL')
			await once(child, 'exit')
		},
	}
}

/** Mean difference of two grey frames, 0..255, below the line with name and clock. */
export function difference(a: Buffer, b: Buffer): number {
	const from = 80 * width
	let sum = 0
	for (let i = from; i < frameSize; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0))
	return sum / (frameSize - from)
}
