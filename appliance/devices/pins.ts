import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log, Trust } from '../../drivers/device.ts'
import type { CameraConfig } from './messages.ts'

/**
 * Certificates of cameras, which nobody has signed: the first one seen is kept by what the camera is called and where it is
 * found, and trusted alone from then on. A camera that is no longer configured is forgotten, so that taking it away and
 * adding it again is how a new certificate is accepted.
 */
export interface Pins {
	trust(camera: CameraConfig): Trust
	/** These are configured, and no others. */
	keepOnly(cameras: readonly CameraConfig[]): void
}

/** Null: kept for as long as this process lives. */
export function openPins(file: string | null, log: Log): Pins {
	let known = read(file, log)

	function write(next: ReadonlyMap<string, string>): void {
		known = next
		if (file === null) return
		try {
			mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
			writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(next), null, '\t'), { mode: 0o600, flush: true })
			renameSync(`${file}.new`, file)
		} catch (error) {
			log.error({ err: error }, 'certificates of cameras cannot be kept: the next start trusts anew')
		}
	}

	return {
		trust: (camera) => ({
			known: known.get(keyOf(camera)) ?? null,
			keep: (fingerprint) => {
				log.info({ camera: camera.id, fingerprint }, 'the camera’s certificate is trusted from now on')
				write(new Map(known).set(keyOf(camera), fingerprint))
			},
		}),
		keepOnly(cameras) {
			const wanted = new Set(cameras.map(keyOf))
			const kept = [...known].filter(([key]) => wanted.has(key))
			if (kept.length < known.size) write(new Map(kept))
		},
	}
}

const keyOf = ({ id, host, port }: CameraConfig) => `${id} ${host}:${port}`

function read(file: string | null, log: Log): ReadonlyMap<string, string> {
	if (file === null) return new Map()
	try {
		const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
		const pairs = typeof found === 'object' && found !== null ? Object.entries(found) : []
		return new Map(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
			log.error({ err: error }, 'the file of certificates of cameras cannot be read: all are trusted anew')
		return new Map()
	}
}
