/**
 * How many pictures a second the programme draws. Where the machine is short it draws fewer, evenly and told, instead of
 * stumbling; and more again when there has been room for a while.
 */

export const rates = [25, 20, 15, 10] as const

export interface Pace {
	fps: number
	/** Seconds in a row that fell short, and that had room for more. */
	short: number
	roomy: number
	/** How many roomy seconds a faster rate takes. Doubled each time that it was tried in vain. */
	patience: number
	/** Seconds at this rate since it was raised; null: it was not. */
	raised: number | null
}

/** What became of a second. */
export interface Second {
	drawn: number
	/** What of it the encoder took; null: nothing is sent yet, or it is not known. */
	sent: number | null
	/** How much of it went into drawing, 0..1. */
	busy: number
}

const shortSeconds = 3
const patience = 15
const mostPatience = 240
/** A raised rate that fails within this time was raised in vain. */
const provenSeconds = 30
/** Fewer than this part of what was due is a stumble that is seen. */
const enough = 0.92
/** The rest is for decoding, sound and the browser itself. */
const mostBusy = 0.5

/** `wanted`: the most that is asked for. */
export function newPace(wanted: number): Pace {
	return { fps: Math.min(wanted, rates[0]), short: 0, roomy: 0, patience, raised: null }
}

export function nextPace(pace: Pace, { drawn, sent, busy }: Second, wanted: number): Pace {
	const faster = rates.findLast((rate) => rate > pace.fps && rate <= wanted) ?? null
	const slower = rates.find((rate) => rate < pace.fps) ?? null
	const isShort = Math.min(drawn, sent ?? drawn) < pace.fps * enough
	const isRoomy = !isShort && faster !== null && busy * (faster / pace.fps) < mostBusy
	const next: Pace = {
		...pace,
		short: isShort ? pace.short + 1 : 0,
		roomy: isRoomy ? pace.roomy + 1 : 0,
		raised: pace.raised === null ? null : pace.raised + 1,
	}
	if (next.short >= shortSeconds && slower !== null) {
		const inVain = next.raised !== null && next.raised < provenSeconds
		const longer = inVain ? Math.min(mostPatience, pace.patience * 2) : patience
		return { fps: slower, short: 0, roomy: 0, patience: longer, raised: null }
	}
	if (next.roomy >= pace.patience && faster !== null) return { ...next, fps: faster, short: 0, roomy: 0, raised: 0 }
	return next
}
