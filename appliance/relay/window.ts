import type { Init } from './fmp4.ts'
import type { Segment } from './segments.ts'

/**
 * What is still there of one rung, in memory: the newest segments are listed, and what left the list stays for as long as a
 * player may still hold a list with it (RFC 8216 §6.2.2). Bounded by seconds and bytes; the list has at most half of the bytes,
 * so that there is room for the other half. Three target durations are listed whatever they take (§6.2.2), and these are
 * bounded by what a reader lets pass.
 */

export interface WindowOptions {
	/** How far a viewer can go back. */
	dvrS: number
	maxBytes: number
	targetS: number
}

/** `cacheControl` speaks to nginx (`s-maxage`) and to browsers (`max-age`). */
export type Answer =
	| { status: 200; bytes: Uint8Array; type: string; cacheControl: string }
	| { status: 404 | 410; cacheControl: string }

/** Of a playlist while it lives: nobody's browser keeps it, and thousands asking at once cost nginx one question a second. */
export const playlistCacheControl = 'public, max-age=0, s-maxage=1'
/** What isn't there yet may be in a second. */
export const notYet: Answer = { status: 404, cacheControl: playlistCacheControl }
const goneForGood: Answer = { status: 410, cacheControl: 'public, max-age=60' }

export class LiveWindow {
	readonly #options: WindowOptions
	/** In their order. Those before `#listed` have left the list. */
	#kept: { segment: Segment /** Of all segments up to its end. */; endS: number; leftAtS: number }[] = []
	#listed = 0
	#keptBytes = 0
	#listedBytes = 0
	/** Of all segments there were. */
	#totalS = 0
	/** The longest list that was given out. */
	#longestS = 0
	#inits = new Map<string, Init>()
	#segments = new Map<string, Segment>()
	/** Names that were given once and will not be again. */
	#gone = { segments: -1, inits: -1 }
	#ended = false

	constructor(options: WindowOptions) {
		this.#options = options
	}

	/** Before the segments that need it. Returns the names that are forgotten by it. */
	addInit(name: string, init: Init): string[] {
		this.#inits.set(name, init)
		return this.#forgetInits()
	}

	/** Returns the names that are forgotten by it. */
	add(segment: Segment): string[] {
		this.#totalS += segment.durationS
		this.#segments.set(segment.name, segment)
		this.#kept.push({ segment, endS: this.#totalS, leftAtS: Number.POSITIVE_INFINITY })
		this.#keptBytes += segment.bytes.length
		this.#listedBytes += segment.bytes.length
		this.#shorten()
		return this.#forget()
	}

	/** There will be no more. */
	end() {
		this.#ended = true
	}

	get ended(): boolean {
		return this.#ended
	}

	/** Of all that can be asked for. */
	get names(): string[] {
		return [...this.#inits.keys(), ...this.#segments.keys()]
	}

	/** Of the segments; init segments have about a kilobyte each. */
	get bytes(): number {
		return this.#keptBytes
	}

	/** What a playlist tells: the newest that together take this long, as far as there are so many. */
	list(seconds: number = this.#options.dvrS): Segment[] {
		const wanted = Math.max(seconds, this.#leastS)
		const from = this.#kept.findLastIndex(({ segment, endS }) => this.#totalS - endS + segment.durationS >= wanted)
		return this.#kept.slice(Math.max(this.#listed, from)).map(({ segment }) => segment)
	}

	/** How many seconds are listed. */
	get seconds(): number {
		return this.#secondsFrom(this.#listed)
	}

	/** The newest, for CODECS. Null: none yet. */
	get init(): Init | null {
		return [...this.#inits.values()].at(-1) ?? null
	}

	/** By the names that segments and init segments have, sealed ones too. */
	answer(name: string): Answer {
		const bytes = (this.#segments.get(name) ?? this.#inits.get(name))?.bytes
		if (bytes) return { status: 200, bytes, type: 'video/mp4', cacheControl: this.#forAsLongAsItIsKept }
		const number = numberIn(name)
		const gone = name.includes('-init-') ? this.#gone.inits : this.#gone.segments
		const was = number !== null && number <= gone && this.#isOurs(name)
		return was ? goneForGood : notYet
	}

	/** §6.2.2: no list is shortened below that. */
	get #leastS(): number {
		return this.#options.targetS * 3
	}

	/** A name stands for the same bytes for ever, but nobody asks for longer than it is listed. */
	get #forAsLongAsItIsKept(): string {
		return `public, max-age=${Math.ceil(this.#options.dvrS * 2)}, immutable`
	}

	#secondsFrom(index: number): number {
		const first = this.#kept[index]
		return first ? this.#totalS - first.endS + first.segment.durationS : 0
	}

	#shorten() {
		const { dvrS, maxBytes } = this.#options
		for (;;) {
			const withoutFirst = this.#secondsFrom(this.#listed + 1)
			const enough = withoutFirst >= Math.max(dvrS, this.#leastS)
			const tooMuch = this.#listedBytes > maxBytes / 2 && withoutFirst >= this.#leastS
			const first = this.#kept[this.#listed]
			if (!first || !(enough || tooMuch)) break
			first.leftAtS = this.#totalS
			this.#listedBytes -= first.segment.bytes.length
			this.#listed += 1
		}
		this.#longestS = Math.max(this.#longestS, this.seconds)
	}

	/** §6.2.2: it stays for its own time and that of the longest list that had it; of more bytes than there is room, the oldest go. */
	#forget(): string[] {
		const forgotten: string[] = []
		for (;;) {
			const [first] = this.#kept
			if (!first || this.#listed === 0) return forgotten
			const over = this.#totalS - first.leftAtS >= first.segment.durationS + this.#longestS
			if (!over && this.#keptBytes <= this.#options.maxBytes) return forgotten
			this.#kept.shift()
			this.#segments.delete(first.segment.name)
			this.#listed -= 1
			this.#keptBytes -= first.segment.bytes.length
			this.#gone.segments = first.segment.number
			forgotten.push(first.segment.name, ...this.#forgetInits())
		}
	}

	/** All that no segment needs, but for the newest. */
	#forgetInits(): string[] {
		const needed = new Set(this.#kept.map(({ segment }) => segment.initName))
		const newest = [...this.#inits.keys()].at(-1)
		const forgotten = [...this.#inits.keys()].filter((name) => !needed.has(name) && name !== newest)
		for (const name of forgotten) {
			this.#inits.delete(name)
			this.#gone.inits = numberIn(name) ?? -1
		}
		return forgotten
	}

	#isOurs(name: string): boolean {
		const model = name.includes('-init-') ? [...this.#inits.keys()].at(-1) : this.#kept.at(-1)?.segment.name
		return model?.replace(numbered, '#') === name.replace(numbered, '#')
	}
}

/** The number at the end of a name, before its seal and its kind. */
const numbered = /-(\d{1,15})(?:-[0-9a-f]{32})?(?=\.[a-z0-9]+$)/

function numberIn(name: string): number | null {
	const number = numbered.exec(name)?.[1]
	return number === undefined ? null : Number(number)
}
