/**
 * Whoever begins to take a stream sees nothing until its next key frame, so the camera is asked for one: as soon as it may
 * have begun to send, and again until something came.
 */
const usualFirstMs = 250
const againMs = 1000

/** `firstMs`: when it has begun to send, as far as is known. */
export function askUntilShown(ask: () => void, firstMs = usualFirstMs): { shown(): void } {
	let again: NodeJS.Timeout | undefined
	const first = setTimeout(() => {
		ask()
		again = setInterval(ask, againMs)
	}, firstMs)
	return {
		shown() {
			clearTimeout(first)
			clearInterval(again)
		},
	}
}
