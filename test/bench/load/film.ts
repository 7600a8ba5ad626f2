import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../../appliance/setup/worker-path.mjs'

/**
 * Pictures that a browser can decode, for generated people: half a minute of moving colours in VP8, made once by ffmpeg and
 * kept in the cache. A whole film has one key frame, at its beginning; whoever is asked for one begins it again.
 */

const seconds = 30
const looks = ['0x31506b:0x8fb3cc', '0x6b4a31:0xd9b98f', '0x2f5d46:0x9cc9ae', '0x4d3a63:0xb7a3d1', '0x63343c:0xd1a3aa']

/** Layers of a film, the smallest first: paths of IVF files of so many lines, at `kbps` each. Takes seconds when they are new. */
export function filmOf(i: number, layers: readonly { lines: number; kbps: number }[], fps: number): string[] {
	const folder = join(cacheFolder(join(import.meta.dirname, '../../..')), 'films')
	mkdirSync(folder, { recursive: true })
	return layers.map(({ lines, kbps }) => {
		const look = i % looks.length
		const path = join(folder, `${look}-${lines}-${kbps}-${fps}.ivf`)
		if (/\s/.test(path)) throw new Error(`the load generator takes no path with a space: ${path}`)
		if (!existsSync(path)) make(path, look, lines, kbps, fps)
		return path
	})
}

function make(path: string, look: number, lines: number, kbps: number, fps: number) {
	const [c0, c1] = looks[look]?.split(':') ?? []
	const aside = `${path}.${process.pid}.ivf`
	const scene = `gradients=s=${(lines * 16) / 9}x${lines}:r=${fps}:c0=${c0}:c1=${c1}:n=2:speed=0.02:seed=${look}`
	const encoder = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '9999', '-b:v', `${kbps}k`]
	const input = ['-f', 'lavfi', '-i', scene, '-t', `${seconds}`]
	execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...encoder, '-auto-alt-ref', '0', aside])
	renameSync(aside, path) // another may be making the same
}
