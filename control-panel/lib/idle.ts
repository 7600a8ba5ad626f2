/** Calls once the page has nothing else to do, at the latest after a second; Safari does not tell: soon, there. Answers how to call it off. */
export function whenIdle(act: () => void): () => void {
	if (typeof requestIdleCallback === 'undefined') {
		const timer = setTimeout(act, 200)
		return () => clearTimeout(timer)
	}
	const handle = requestIdleCallback(act, { timeout: 1_000 })
	return () => cancelIdleCallback(handle)
}
