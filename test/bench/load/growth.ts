/**
 * Whether something grows, told from noisy figures. An allocator goes up and down between two collections and takes its
 * memory in steps, so least squares would call one step in the middle a leak, and believe in it too much. Here a slope is
 * the middle one of all slopes between two points (Theil and Sen), its doubt the 95 % interval that Kendall's tau gives
 * (Sen 1968): a few odd points change neither, and what really grows is found all the same.
 */

export interface Point {
	x: number
	y: number
}

export interface Slope {
	/** By how much y grows where x grows by one. */
	per: number
	/** Where the true one is, in 19 of 20 cases. */
	low: number
	high: number
}

/** 'in doubt': the figures would fit with both. */
export type Verdict = 'flat' | 'in doubt' | 'GROWS'

const z95 = 1.96

/** The least point of each window of x: what remains when what comes and goes has gone. */
export function leastOfEach(points: readonly Point[], width: number): Point[] {
	const least = new Map<number, Point>()
	for (const point of points) {
		const window = Math.floor(point.x / width)
		const known = least.get(window)
		if (!known || point.y < known.y) least.set(window, point)
	}
	return [...least.values()]
}

/** Null where there are too few points to tell. */
export function slopeOf(points: readonly Point[]): Slope | null {
	if (points.length < 5) return null
	const slopes = points
		.flatMap((one, i) => points.slice(i + 1).map((other) => (other.y - one.y) / (other.x - one.x)))
		.filter(Number.isFinite)
		.sort((a, b) => a - b)
	const n = points.length
	const spread = z95 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
	const at = (rank: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] ?? Number.NaN
	return {
		per: at((slopes.length - 1) / 2),
		low: at((slopes.length - spread) / 2 - 1),
		high: at((slopes.length + spread) / 2),
	}
}

/** Holds a slope against the most that is allowed; nothing is called growth while there is doubt. */
export function judge({ low, high }: Slope, most: number): Verdict {
	if (low > most) return 'GROWS'
	return high <= most ? 'flat' : 'in doubt'
}
