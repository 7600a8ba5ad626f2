/**
 * Counts animation frames, ten asked for a second: a page that no longer draws (a hidden tab, a hung compositor)
 * counts none, and one that has nothing to draw is not made to draw sixty a second. Answers the count so far.
 */
export function countFrames(): () => number {
	let frames = 0
	function next() {
		setTimeout(() => requestAnimationFrame(counted), 90)
	}
	function counted() {
		frames++
		next()
	}
	next()
	return () => frames
}
