/** Whether a page that nobody sits at still lives, as a value. */

/** No beat, or no picture drawn, for so long: the browser hangs. Beats come every 500 ms. To be noticed within 3 s. */
export const hungMs = 2250
/** The same where nobody depends on it: to end it would only keep the cores busier that keep it waiting. */
export const hungAtRestMs = 10_000

export interface Heart {
	readonly beatAt: number
	readonly frames: number
	readonly drawnAt: number
	readonly tickAt: number
}

/** A page that has just said it is ready. */
export function newHeart(now: number): Heart {
	return { beatAt: now, frames: 0, drawnAt: now, tickAt: now }
}

export function beat(heart: Heart, frames: number, now: number): Heart {
	// Fewer than before: the page was loaded anew.
	return { ...heart, beatAt: now, frames, drawnAt: frames !== heart.frames ? now : heart.drawnAt }
}

/**
 * Asked a few times a second. Where we ourselves were held up (a stopped process, a clock that was set), the time that
 * we didn't see isn't held against the page.
 */
export function tick(heart: Heart, now: number, mostMs = hungMs): { heart: Heart; hung: boolean } {
	const unseen = now - heart.tickAt
	if (unseen > 1000 || unseen < 0) {
		return {
			heart: { ...heart, tickAt: now, beatAt: heart.beatAt + unseen, drawnAt: heart.drawnAt + unseen },
			hung: false,
		}
	}
	const silent = now - Math.min(heart.beatAt, heart.drawnAt)
	return { heart: { ...heart, tickAt: now }, hung: silent >= mostMs }
}
