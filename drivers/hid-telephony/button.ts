/**
 * A key that is pressed. Pure. Most devices tell the press and the release; some only the press. A device that has once
 * told a release always does, so that a key which is held down while another report passes is not pressed twice.
 */
export interface Button {
	/** 1 or -1: down, as one of two keys; 0: up. True: this is a press. */
	hear(value: -1 | 0 | 1, now: number): boolean
}

/** No hand presses twice in this time, and what shares the report does not take longer. */
const againMs = 150

export function createButton(): Button {
	let down: -1 | 0 | 1 = 0
	let pressedAt = Number.NEGATIVE_INFINITY
	let releases = false
	return {
		hear(value, now) {
			if (value === 0) {
				releases ||= down !== 0
				down = 0
				return false
			}
			const held = value === down && (releases || now - pressedAt < againMs)
			down = value
			if (!held) pressedAt = now
			return !held
		},
	}
}
