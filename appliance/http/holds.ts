/** What is repeated without an end, told once: pure, and with an end of what it remembers. */

/** So many are remembered; what is over for longest goes first. */
const mostKept = 5_000

/** What is renewed again and again, as a finger on a camera's pad is, or a film that is fetched by parts. */
export function createHolds() {
	/** Until when each goes on, where it is not renewed. */
	const until = new Map<string, number>()
	return {
		/** Whether it begins now; it goes on for as long as it is renewed within `quietMs`. */
		begins(key: string, quietMs: number, now: number): boolean {
			const going = (until.get(key) ?? 0) > now
			until.delete(key)
			if (until.size >= mostKept) forgetFirst(until)
			until.set(key, now + quietMs)
			return !going
		},
		ends: (key: string) => void until.delete(key),
	}
}

const hourMs = 3_600_000
/** Of all that is tried in vain within an hour so much is told. */
const mostAnHour = 600

/** What is tried in vain: of each key the first within an hour is told, the tenth, the hundredth, and so on. */
export function createVain() {
	const tried = new Map<string, { since: number; times: number }>()
	let hour = { since: Number.NEGATIVE_INFINITY, told: 0 }
	return {
		/** How often it was by now, where that is to be told; 'full': from now on nothing is for the rest of the hour. */
		note(key: string, now: number): number | 'full' | null {
			const known = tried.get(key)
			const one = known && now - known.since < hourMs ? known : { since: now, times: 0 }
			one.times += 1
			tried.delete(key)
			if (tried.size >= mostKept) forgetFirst(tried)
			tried.set(key, one)
			if (!/^10*$/.test(String(one.times))) return null
			if (now - hour.since >= hourMs) hour = { since: now, told: 0 }
			hour.told += 1
			if (hour.told > mostAnHour) return null
			return hour.told === mostAnHour ? 'full' : one.times
		},
	}
}

function forgetFirst(map: Map<string, unknown>) {
	const [first] = map.keys()
	if (first !== undefined) map.delete(first)
}
