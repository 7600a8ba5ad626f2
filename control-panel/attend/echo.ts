/**
 * Whether others hear themselves come back from this page. The browser's echo canceller takes most of it away, so what is
 * judged is the microphone as it is sent: where its loudness follows, a moment later, what this page plays, and rests when
 * that rests, it is not its owner who is heard. Pure but for its memory; levels as in level.ts, ten times a second.
 */

/**
 * Twenty seconds, some eight phrases: in ten, two who talk at once fall together by chance as well as an echo does (0.9 within
 * two hours of it, against 0.6 in twenty seconds; echoes 20 dB down, at 50 to 600 ms, are at 0.86 and more).
 */
const ticksMost = 200
const ticksASecond = 10
/** From the loudspeaker through the room and back: 0 to 700 ms. */
const lagsMost = 7
/** Three ticks: syllables fall differently into looks of a hundredth of a second, phrases do not. */
const smooth = 3
/** -36 dBFS: somebody speaks. */
const voice = 0.4
/** Of that time: with less speech, or without a pause, nothing can be told. */
const leastSpeech = 0.2
const mostSpeech = 0.9
const begins = 0.72
const ends = 0.4
/** 9 dB louder while others speak than while they do not. One who talks over others is as loud in their pauses. */
const leastRise = 0.15
const sureSeconds = 5
/** Shown at most, and said again at the earliest. */
const shownMs = 20_000
const pauseMs = 5 * 60_000

export class EchoEar {
	#own: number[] = []
	#far: number[] = []
	#ticks = 0
	#sure = 0
	#saidAt: number | null = null
	#hint = false

	/** `own`: the microphone as it is sent; `far`: what is played. True: others should be told of. */
	hear(own: number, far: number, now: number): boolean {
		this.#own = [...this.#own, own].slice(-ticksMost)
		this.#far = [...this.#far, far].slice(-ticksMost)
		if (++this.#ticks % ticksASecond === 0 && this.#own.length === ticksMost) this.#judge(now)
		if (this.#saidAt !== null && now - this.#saidAt > shownMs) this.#hint = false
		return this.#hint
	}

	/** Muted, or not heard for another reason: what was heard before tells nothing of what comes after. */
	rest() {
		this.#own = []
		this.#far = []
		this.#sure = 0
		this.#hint = false
	}

	#judge(now: number) {
		const likeness = echoOf(this.#own, this.#far)
		if (likeness < ends) this.#hint = false
		this.#sure = likeness >= begins ? this.#sure + 1 : 0
		if (this.#sure < sureSeconds || (this.#saidAt !== null && now - this.#saidAt < pauseMs)) return
		this.#hint = true
		this.#saidAt = now
	}
}

/** How much `own` is what `far` was a moment before: the best correlation of all delays, 0..1. */
export function echoOf(own: readonly number[], far: readonly number[]): number {
	const speech = far.filter((level) => level > voice).length / far.length
	if (speech < leastSpeech || speech > mostSpeech) return 0
	const heard = smoothed(own)
	const played = smoothed(far)
	const likenesses = Array.from({ length: lagsMost + 1 }, (_, lag) => {
		const after = heard.slice(lag)
		const before = played.slice(0, played.length - lag)
		return rise(after, before) < leastRise ? 0 : correlation(after, before)
	})
	return Math.max(0, ...likenesses)
}

function smoothed(levels: readonly number[]): number[] {
	return levels.slice(smooth - 1).map((_, index) => mean(levels.slice(index, index + smooth)))
}

/** How much louder it is while others speak than in their pauses. */
function rise(own: readonly number[], far: readonly number[]): number {
	const during = own.filter((_, index) => (far[index] ?? 0) > voice)
	const between = own.filter((_, index) => (far[index] ?? 0) <= voice)
	return during.length === 0 || between.length === 0 ? 0 : mean(during) - mean(between)
}

/** Pearson's. 0 where one of them does not change. */
function correlation(a: readonly number[], b: readonly number[]): number {
	const [meanA, meanB] = [mean(a), mean(b)]
	let [ab, aa, bb] = [0, 0, 0]
	for (const [index, value] of a.entries()) {
		const [fromA, fromB] = [value - meanA, (b[index] ?? 0) - meanB]
		ab += fromA * fromB
		aa += fromA * fromA
		bb += fromB * fromB
	}
	return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length
}
