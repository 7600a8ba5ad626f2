import { closeSync, mkdirSync, openSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Output } from './fmp4.ts'

/**
 * Writes what a relay's large rung is made of as it comes: each run of ffmpeg a file of its own (`part-<when>.mp4`), whole
 * fragment after whole fragment, so that whatever ends it leaves files that play to their last half second.
 */

export type RecorderFault = 'disk-full' | 'disk-failed'

export interface RecorderOptions {
	/** Of this recording alone; made when it is missing. */
	dir: string
	/** Bytes that are left to others on this disk. */
	reserveBytes: number
	/** Once: nothing more is written. */
	onFault: (fault: RecorderFault) => void
	/** For tests: what is free on the disk of `dir`. */
	freeBytes?: (dir: string) => number
}

/** The rate is told over so long. */
const rateOverMs = 60_000

export class Recorder {
	readonly #options: RecorderOptions
	readonly #free: (dir: string) => number
	#init: Uint8Array | null = null
	#file: number | null = null
	#bytes = 0
	#recent: { atMs: number; bytes: number }[] = []
	#fault: RecorderFault | null = null
	#ended = false

	constructor(options: RecorderOptions) {
		this.#options = options
		this.#free = options.freeBytes ?? freeBytesOf
	}

	get bytes(): number {
		return this.#bytes
	}

	get fault(): RecorderFault | null {
		return this.#fault
	}

	/** How long the disk takes more of it, at its rate of the last minute; null: not known yet. */
	leftS(nowMs: number): number | null {
		const recent = this.#recent.filter(({ atMs }) => nowMs - atMs < rateOverMs)
		const [first] = recent
		if (!first || nowMs - first.atMs < 2_000) return null
		const perSecond = (recent.reduce((sum, { bytes }) => sum + bytes, 0) * 1_000) / (nowMs - first.atMs)
		try {
			return Math.max(0, Math.floor((this.#free(this.#options.dir) - this.#options.reserveBytes) / perSecond))
		} catch {
			return null
		}
	}

	/** What a reader of the stream makes of it. `atMs`: when it came, milliseconds since 1970. */
	take(output: Output, atMs: number) {
		if (this.#ended || this.#fault || output.type === 'failed') return
		try {
			if (output.type === 'init') {
				this.#close()
				this.#init = output.init.bytes
				return
			}
			const { bytes, durationS, sync } = output.fragment
			if (this.#file === null) {
				// A file begins with a picture that can be decoded.
				if (!this.#init || !sync) return
				this.#file = this.#open(atMs - durationS * 1_000)
				this.#write(this.#init, atMs)
			}
			this.#write(bytes, atMs)
			// Before it is full: others need it as well.
			if (this.#free(this.#options.dir) < this.#options.reserveBytes) this.#fail('disk-full')
		} catch (error) {
			this.#fail(isFull(error) ? 'disk-full' : 'disk-failed')
		}
	}

	end() {
		this.#ended = true
		this.#close()
	}

	#open(startsAtMs: number): number {
		mkdirSync(this.#options.dir, { recursive: true, mode: 0o700 })
		return openSync(join(this.#options.dir, partName(Math.round(startsAtMs))), 'ax', 0o600)
	}

	#write(bytes: Uint8Array, atMs: number) {
		const file = this.#file
		if (file === null) return
		for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
		this.#bytes += bytes.length
		this.#recent = [...this.#recent.filter((one) => atMs - one.atMs < rateOverMs), { atMs, bytes: bytes.length }]
	}

	#fail(fault: RecorderFault) {
		if (this.#fault) return
		this.#fault = fault
		try {
			this.#close()
		} catch {} // it was the disk that failed
		this.#options.onFault(fault)
	}

	#close() {
		if (this.#file !== null) closeSync(this.#file)
		this.#file = null
	}
}

const partName = (startsAtMs: number) => `part-${startsAtMs}.mp4`

/** When what this file holds began, milliseconds since 1970; null: it is no part of a recording. */
export function partStart(name: string): number | null {
	const digits = /^part-(\d{1,16})\.mp4$/.exec(name)?.[1]
	return digits === undefined ? null : Number(digits)
}

function freeBytesOf(dir: string): number {
	const { bavail, bsize } = statfsSync(dir)
	return bavail * bsize
}

export function isFull(error: unknown): boolean {
	const code = error instanceof Error && 'code' in error ? error.code : null
	return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}
