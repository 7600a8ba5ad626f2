import type { Listed } from './playlist.ts'
import type { Segment } from './segments.ts'

/**
 * What was said, as WebVTT segments beside those of the pictures (RFC 8216 §3.5). Written anew whenever one is asked for, so that
 * a correction holds for all who ask after it; those who have it already are told by other ways than HLS, which knows none.
 */

export interface Caption {
	/** The same for all that is said of these words. */
	id: string
	/** A higher one replaces a lower. */
	revision: number
	/** Milliseconds since 1970. */
	fromMs: number
	toMs: number
	/** Empty: it was not said after all. */
	text: string
	speaker: string | null
	/** It still grows. */
	partial: boolean
}

/** Nobody reads one caption for longer; one that would never end would stand on every segment. */
const longestMs = 20_000
const mostCharacters = 500

/** The captions of a relay: at most so many, the oldest go. */
export class Captions {
	readonly #most: number
	#byId = new Map<string, Caption>()

	constructor(most: number) {
		this.#most = most
	}

	/** False: it makes no sense, or more recent words are known. */
	say(caption: Caption): boolean {
		const { id, revision, fromMs, toMs } = caption
		const known = this.#byId.get(id)
		if (![revision, fromMs, toMs].every(Number.isFinite) || toMs <= fromMs) return false
		if (known && known.revision >= revision) return false
		this.#byId.set(id, {
			...caption,
			toMs: Math.min(toMs, fromMs + longestMs),
			text: caption.text.slice(0, mostCharacters),
			speaker: caption.speaker?.slice(0, mostCharacters) ?? null,
		})
		if (this.#byId.size > this.#most) this.#forgetOldest()
		return true
	}

	/** Whether there are any. */
	get any(): boolean {
		return this.#byId.size > 0
	}

	/** What is to be read within this time, in its order. */
	within(fromMs: number, toMs: number): Caption[] {
		const within = [...this.#byId.values()].filter((one) => one.fromMs < toMs && one.toMs > fromMs)
		return within.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs)
	}

	#forgetOldest() {
		let oldest: Caption | null = null
		for (const one of this.#byId.values()) if (!oldest || one.fromMs < oldest.fromMs) oldest = one
		if (oldest) this.#byId.delete(oldest.id)
	}
}

/**
 * How far the list of captions stays behind that of the pictures: a recogniser is a second or two late, what a player has read
 * it does not read again, and it plays three seconds behind the end.
 */
const behindMs = 2_000

/** Those of these segments whose captions are listed by now. */
export function withCaptions<T extends Pick<Segment, 'startsAtMs' | 'durationS'>>(
	all: readonly T[],
	ended: boolean,
): T[] {
	const endMs = ({ startsAtMs, durationS }: T) => Math.round(startsAtMs + durationS * 1_000)
	const latest = all.at(-1)
	if (ended || !latest) return [...all]
	const listed = all.filter((segment) => endMs(latest) - endMs(segment) >= behindMs)
	// A player that finds no list asks no more.
	return listed.length > 0 ? listed : all.slice(0, 1)
}

/** As the playlist of captions lists it. */
export function captionsFor({ number, timeline, durationS, startsAtMs }: Segment): Listed {
	return { number, name: `captions-${number}.vtt`, initName: null, timeline, durationS, startsAtMs }
}

/**
 * One segment: a caption stands in each that it touches, with the same times, so that a player sees it is one. Times of cues are
 * those of the media, hence the map that maps nothing: without it they would count from the beginning of the relay.
 */
export function writeCaptions(
	segment: Pick<Segment, 'startS' | 'durationS' | 'startsAtMs'>,
	captions: Captions,
): string {
	const { startS, durationS, startsAtMs } = segment
	const endsAtMs = startsAtMs + durationS * 1_000
	const cues = captions.within(startsAtMs, endsAtMs).flatMap((caption) => {
		// The next segment has more of it: no player may show both.
		const { fromMs, toMs } = caption.partial
			? { fromMs: Math.max(caption.fromMs, startsAtMs), toMs: Math.min(caption.toMs, endsAtMs) }
			: caption
		const [from, to] = [fromMs, toMs].map((ms) => Math.max(0, Math.round(startS * 1_000 + ms - startsAtMs)))
		const text = cueText(caption.text)
		if (from === undefined || to === undefined || to <= from || text === '') return []
		const voice = caption.speaker === null ? '' : `<v ${cueText(caption.speaker).replaceAll('\n', ' ')}>`
		return [`${identifier(caption.id)}\n${timestamp(from)} --> ${timestamp(to)}\n${voice}${text}\n`]
	})
	return ['WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n', ...cues].join('\n')
}

/** WebVTT §4.1: two or more digits of hours. */
function timestamp(ms: number): string {
	const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
	const rest = String(ms % 1_000).padStart(3, '0')
	return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${rest}`
}

/** WebVTT §4.2.2: no markup, no arrow, and no empty line, which would end the cue and begin who knows what. */
function cueText(text: string): string {
	const rows = text
		.toWellFormed()
		.split(/[\r\n]+/)
		.map((row) => row.replace(/\p{Cc}+/gu, ' ').trim())
	return rows
		.filter((row) => row !== '')
		.join('\n')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
}

/** WebVTT §4.1: one line without an arrow. */
const identifier = (id: string) =>
	id
		.toWellFormed()
		.replace(/[\p{Cc}<>]+/gu, ' ')
		.trim() || '-'
