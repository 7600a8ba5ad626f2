import { execFile, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

/** What a virtual camera sees: a drawn council chamber, cropped by where its head looks, as H.264 over RTSP. */
export interface Picture {
	/** rtsp://… */
	readonly url: string
	/** Degrees, zoom 0..1. */
	look(at: { pan: number; tilt: number; zoom: number }): void
	/** Makes a key frame, while somebody watches. */
	keyFrame(): void
	close(): Promise<void>
}

const scene = { width: 3840, height: 2160 }
/** Wide shows half of the chamber's width; tele a sixth of that. */
const widest = 1920
const tightest = 320
/** Only what lies within these degrees is drawn; a head that turns further sees the edge of the chamber. */
const drawn = { pan: 45, tilt: 20 }

export async function startPicture({ title, cacheDir }: { title: string; cacheDir: string }): Promise<Picture> {
	const png = await drawScene(cacheDir)
	const args = ['--scene', png, '--size', `${scene.width}x${scene.height}`, '--title', title]
	// Debian's own Python: the modules for GStreamer are installed for no other.
	const server = spawn('/usr/bin/python3', [join(import.meta.dirname, 'rtsp.py'), ...args], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	server.stdin.on('error', () => {}) // it ended; 'exit' tells
	const lines = createInterface({ input: server.stdout })
	const [first] = await Promise.race([
		once(lines, 'line'),
		once(server, 'exit').then(([code]) => {
			throw new Error(`the virtual camera's picture could not be started (exit ${code})`)
		}),
	])
	let last = ''
	return {
		url: `rtsp://127.0.0.1:${first}/live`,
		look(at) {
			const line = cropOf(at).join(' ')
			if (line === last) return
			last = line
			server.stdin.write(`${line}\n`)
		},
		keyFrame: () => void server.stdin.write('keyframe\n'),
		async close() {
			if (server.exitCode !== null || server.signalCode !== null) return
			const ended = once(server, 'exit')
			server.stdin.end()
			await ended
		},
	}
}

/** left, top, width, height in pixels of the scene; all even, as chroma is subsampled. */
export function cropOf({
	pan,
	tilt,
	zoom,
}: {
	pan: number
	tilt: number
	zoom: number
}): [number, number, number, number] {
	const width = even(widest * (tightest / widest) ** zoom)
	const height = even((width * 9) / 16)
	const place = (angle: number, range: number, size: number, crop: number) => {
		const centre = size / 2 + (angle / range) * (size / 2)
		return even(Math.min(size - crop, Math.max(0, centre - crop / 2)))
	}
	return [place(pan, drawn.pan, scene.width, width), place(-tilt, drawn.tilt, scene.height, height), width, height]
}

const even = (value: number) => 2 * Math.round(value / 2)

/** The drawing as pixels, made once for each state of the drawing. Answers the file's name. */
export async function drawScene(cacheDir: string): Promise<string> {
	const drawing = join(import.meta.dirname, 'chamber.svg')
	const state = createHash('sha256')
		.update(await readFile(drawing))
		.digest('hex')
		.slice(0, 12)
	const png = join(cacheDir, `chamber-${state}.png`)
	if (existsSync(png)) return png
	await mkdir(cacheDir, { recursive: true })
	const fresh = `${png}.${randomUUID()}`
	await promisify(execFile)('rsvg-convert', ['-w', `${scene.width}`, '-o', fresh, drawing])
	await rename(fresh, png) // whole or not at all, also where several start at once
	return png
}
