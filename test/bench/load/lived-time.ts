/**
 * Time as this process lived it. A machine that is busy with others starves a program at idle priority, and somebody may
 * stop it for a while: then nobody here answers the hub, and what is lost by that is not the hub's fault.
 */
export class LivedTime {
	readonly stands: { atMs: number; ms: number }[] = []
	readonly #timer: NodeJS.Timeout
	#last = performance.now()
	#ms = 0

	constructor() {
		this.#timer = setInterval(() => this.#tick(), tickMs)
	}

	/** Milliseconds, those not counted in which it stood still. */
	get ms(): number {
		return this.#ms
	}

	/** Whether it stood still for so long in one piece, and that ended no longer than `withinMs` before `atMs`. */
	stood(ms: number, withinMs: number, atMs = performance.now()): boolean {
		this.#tick()
		return this.stands.some((stand) => stand.ms >= ms && stand.atMs <= atMs && atMs - stand.atMs <= withinMs)
	}

	close() {
		clearInterval(this.#timer)
	}

	#tick() {
		const now = performance.now()
		const passed = now - this.#last
		this.#last = now
		this.#ms += Math.min(passed, standMs)
		if (passed > standMs) this.stands.push({ atMs: now, ms: passed })
	}
}

const tickMs = 100
/** Less is a busy moment. */
const standMs = 1_000
