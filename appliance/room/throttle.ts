/** Acts at once, and what is asked for within `everyMs` once at its end. */
export function atMostEvery(everyMs: number, act: () => void): { (): void; cancel(): void } {
	let actedAt = Number.NEGATIVE_INFINITY
	let timer: NodeJS.Timeout | undefined
	function go() {
		timer = undefined
		actedAt = performance.now()
		act()
	}
	function ask() {
		if (timer) return
		const rest = actedAt + everyMs - performance.now()
		if (rest <= 0) go()
		else timer = setTimeout(go, rest)
	}
	return Object.assign(ask, {
		cancel() {
			clearTimeout(timer)
			timer = undefined
		},
	})
}
