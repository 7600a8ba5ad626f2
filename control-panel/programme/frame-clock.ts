/** Beats evenly: each beat has its time from the start on, so that no delay adds up. */

/** The next time after `now` on the grid of `due`; what was missed is left out, not made up for. */
export function nextDue(due: number, now: number, intervalMs: number): number {
	const next = due + intervalMs
	return next > now ? next : due + Math.ceil((now - due) / intervalMs) * intervalMs
}

/** `fps` is asked before each beat. Answers how to stop. */
export function startFrameClock(beat: (now: number) => void, fps: () => number): () => void {
	let due = performance.now()
	let timer: ReturnType<typeof setTimeout>
	function run() {
		beat(performance.now())
		const now = performance.now()
		due = nextDue(due, now, 1000 / fps())
		timer = setTimeout(run, due - now)
	}
	timer = setTimeout(run, 0)
	return () => clearTimeout(timer)
}
