/**
 * What a person has asked for and the room has not answered yet. Pure. A press is counted from what the device was told
 * last, or, while that press is on its way to the room and back, from the press before it.
 */
export interface Asked {
	/** What stands, or will, when all that was asked is granted. */
	expected(told: boolean, now: number): boolean
	ask(value: boolean, now: number): void
	/** The device is told so: it answers the first that asked for it. Anything else overrules them all. */
	answer(value: boolean): void
	clear(): void
}

/** The room answers within 150 ms, or was not reached. */
const openMs = 1_000

export function createAsked(): Asked {
	let open: { value: boolean; at: number }[] = []
	return {
		expected(told, now) {
			open = open.filter(({ at }) => now - at < openMs)
			return open.at(-1)?.value ?? told
		},
		ask(value, now) {
			open.push({ value, at: now })
		},
		answer(value) {
			const at = open.findIndex((one) => one.value === value)
			open = at < 0 ? [] : open.slice(at + 1)
		},
		clear() {
			open = []
		},
	}
}
