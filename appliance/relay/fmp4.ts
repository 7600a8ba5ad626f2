import { type BoxHeader, readBoxHeader } from './boxes.ts'
import { readMoof, type TrackFragment } from './moof.ts'
import { readMoov, type Track } from './moov.ts'

/**
 * Reads fragmented MP4 (ISO/IEC 14496-12 §8.8) as ffmpeg writes it into a pipe: `ftyp`, `moov`, then `moof` and `mdat` again and
 * again. Pure: bytes in, what they are out. It holds at most one fragment; what is too large or makes no sense is told
 * once, and nothing after it is read, since behind a wrong size there is no box to be found again. That a stream says
 * nothing for too long is for its owner to notice.
 */

export type Output =
	/** Once, before all else. */
	| { type: 'init'; init: Init }
	| { type: 'fragment'; fragment: Fragment }
	| { type: 'failed'; reason: 'malformed' | 'too-large' | 'no-moov' | 'cut'; detail: string }

export interface Init {
	/** `ftyp` and `moov`: the media initialization section of RFC 8216 §3.3. */
	bytes: Uint8Array
	tracks: readonly Track[]
}

export interface Fragment {
	/** Whole boxes, `mdat` last. */
	bytes: Uint8Array
	/** Of its pictures, or of the sound where there are none: when the first is decoded, and how long all take. */
	startS: number
	durationS: number
	/** How much of this the last picture is held. */
	lastS: number
	/** Decoding can begin here. */
	sync: boolean
}

export interface Limits {
	/** Everything up to the end of `moov`. */
	initBytes: number
	/** One fragment with what belongs to it. */
	fragmentBytes: number
}

/** A second of 1080p at 8 Mbit/s is 1 MB; a movie box without samples has a few kilobytes. */
const usualLimits: Limits = { initBytes: 256 * 1024, fragmentBytes: 16 * 1024 * 1024 }

export class Fmp4Reader {
	readonly #limits: Limits
	readonly #offsetS: number
	readonly #head = Buffer.alloc(16)
	/** Bytes of the present box that are here, in `#head` until its header is whole, then in `#box`. */
	#have = 0
	#header: BoxHeader | null = null
	#box: Buffer = Buffer.alloc(0)
	#failed = false
	/** Boxes of what is not whole yet: the initialization section, or a fragment. */
	#parts: Buffer[] = []
	#partBytes = 0
	#skippedBytes = 0
	#tracks: readonly Track[] | null = null
	/** Of the fragment that waits for its data; counted from the beginning of its moof. */
	#moof: { tracks: readonly TrackFragment[]; at: number } | null = null
	/** Where the pictures have come to, in seconds. */
	#endS = 0

	/** `offsetS`, whole seconds, is added to all times, in the bytes as well. */
	constructor(limits: Limits = usualLimits, offsetS = 0) {
		this.#limits = limits
		this.#offsetS = offsetS
	}

	/** What these bytes complete. */
	push(chunk: Uint8Array): Output[] {
		const outputs: Output[] = []
		for (let at = 0; at < chunk.length && !this.#failed; ) at += this.#take(chunk.subarray(at), outputs)
		return outputs
	}

	/** There will be no more. Says whether something is missing. */
	end(): Output[] {
		if (this.#failed) return []
		if (!this.#tracks) return [this.#fail('no-moov', 'it ended before it had begun')]
		const missing = this.#have > 0 || this.#moof !== null
		return missing ? [this.#fail('cut', `it ended within ${this.#header?.type ?? 'a box'}`)] : []
	}

	#take(bytes: Uint8Array, outputs: Output[]): number {
		const taken = this.#header ? this.#fill(this.#header, bytes) : this.#begin(bytes, outputs)
		if (this.#header && this.#have === this.#header.size) {
			const { type, headerSize } = this.#header
			const box = this.#box
			this.#header = null
			this.#box = Buffer.alloc(0)
			this.#have = 0
			const output = this.#arrive(type, box, headerSize)
			if (output) outputs.push(output)
		}
		return taken
	}

	/** One byte of a header after the other; its size decides whether there is room for the box. */
	#begin(bytes: Uint8Array, outputs: Output[]): number {
		let taken = 0
		while (taken < bytes.length) {
			this.#head[this.#have++] = bytes[taken++] ?? 0
			const header = readBoxHeader(this.#head.subarray(0, this.#have))
			if (header === 'short') continue
			if (header === 'malformed') {
				outputs.push(this.#fail('malformed', 'no box has such a size'))
			} else if (this.#partBytes + this.#skippedBytes + header.size > this.#limit) {
				outputs.push(this.#fail(this.#tracks ? 'too-large' : 'no-moov', `${header.type} of ${header.size} bytes`))
			} else {
				this.#header = header
				this.#box = Buffer.allocUnsafe(header.size)
				this.#head.copy(this.#box, 0, 0, this.#have)
			}
			break
		}
		return taken
	}

	get #limit(): number {
		return this.#tracks ? this.#limits.fragmentBytes : this.#limits.initBytes
	}

	#fill(header: BoxHeader, bytes: Uint8Array): number {
		const taken = Math.min(bytes.length, header.size - this.#have)
		this.#box.set(bytes.subarray(0, taken), this.#have)
		this.#have += taken
		return taken
	}

	#arrive(type: string, box: Buffer, headerSize: number): Output | null {
		if (!this.#tracks) return this.#arriveBefore(type, box, headerSize)
		// Between the two every box is kept, whatever it is: the samples are found by their distance from the moof.
		if (this.#moof && type !== 'moof' && type !== 'moov') {
			this.#keep(box)
			return type === 'mdat' ? this.#complete(this.#moof, box.length - headerSize) : null
		}
		switch (type) {
			case 'moof': {
				const tracks = this.#moof ? null : readMoof(box.subarray(headerSize), this.#tracks, this.#offsetS)
				if (!tracks) return this.#fail('malformed', 'a moof that makes no sense')
				this.#moof = { tracks, at: this.#partBytes }
				this.#keep(box)
				return null
			}
			case 'styp':
			case 'prft':
			case 'emsg':
				// §8.16.2, §8.16.5, ISO/IEC 23009-1 §5.10.3.3: they speak of the fragment that follows.
				this.#keep(box)
				return null
			case 'moov':
			case 'mdat':
				return this.#fail('malformed', `${type} where none may be`)
			default:
				// §4.2: what is not known is skipped. An index (sidx, mfra) speaks of places in a file that is none.
				return null
		}
	}

	#arriveBefore(type: string, box: Buffer, headerSize: number): Output | null {
		switch (type) {
			case 'ftyp':
				if (this.#parts.length > 0) return this.#fail('malformed', 'a second ftyp')
				this.#keep(box)
				return null
			case 'moov': {
				const tracks = readMoov(box.subarray(headerSize))
				if (this.#parts.length === 0 || !tracks) return this.#fail('malformed', 'a moov that makes no sense')
				this.#keep(box)
				this.#tracks = tracks
				this.#skippedBytes = 0
				return { type: 'init', init: { bytes: this.#release(), tracks } }
			}
			case 'moof':
			case 'mdat':
				return this.#fail('no-moov', `${type} before any moov`)
			default:
				this.#skippedBytes += box.length
				return null
		}
	}

	#complete({ tracks, at }: { tracks: readonly TrackFragment[]; at: number }, dataBytes: number): Output {
		const reach = this.#partBytes - at
		const within = tracks.every(({ samples, dataFrom, dataTo }) => {
			return samples === 0 || (dataFrom >= reach - dataBytes && dataTo <= reach)
		})
		if (!within) return this.#fail('malformed', 'samples outside their mdat')
		this.#moof = null
		return { type: 'fragment', fragment: { bytes: this.#release(), ...this.#timing(tracks) } }
	}

	/** By the pictures, where the stream has any: sound alone begins nothing and takes no time. */
	#timing(fragments: readonly TrackFragment[]): Omit<Fragment, 'bytes'> {
		const leader = this.#tracks?.find(({ kind }) => kind === 'video') ?? this.#tracks?.[0]
		const leading = fragments.find(({ track, samples }) => track === leader && samples > 0)
		if (!leading) return { startS: this.#endS, durationS: 0, lastS: 0, sync: false }
		const { track, decodeTicks, durationTicks, lastTicks, beginsWithSync } = leading
		const seconds = (ticks: number) => ticks / track.timescale
		this.#endS = seconds(decodeTicks + durationTicks)
		return {
			startS: seconds(decodeTicks),
			durationS: seconds(durationTicks),
			lastS: seconds(lastTicks),
			sync: beginsWithSync,
		}
	}

	#keep(box: Buffer) {
		this.#parts.push(box)
		this.#partBytes += box.length
	}

	#release(): Uint8Array {
		const bytes = Buffer.concat(this.#parts)
		this.#parts = []
		this.#partBytes = 0
		return bytes
	}

	#fail(reason: 'malformed' | 'too-large' | 'no-moov' | 'cut', detail: string): Output {
		this.#failed = true
		this.#box = Buffer.alloc(0)
		this.#release()
		return { type: 'failed', reason, detail: printable(detail) }
	}
}

/** The name of a box that is none may be any four bytes. */
const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?')
