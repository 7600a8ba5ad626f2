/**
 * The lens of a VISCA camera, as the manual has it: near and far run until they are stopped, and like a place are refused
 * while it focuses by itself. From end to end in two seconds.
 */

/** CAM_Focus Direct and CAM_FocusPosInq: 1000 far .. F000 near. */
const far = 0x1000
const near = 0xf000
const perMs = (near - far) / 2_000

export interface Lens {
	readonly autofocus: boolean
	/** Now, in steps. */
	position(): number
	setAutofocus(on: boolean): void
	/** The byte of CAM_Focus: 00 stop, 02 and 2p far, 03 and 3p near. False: not while it focuses by itself. */
	run(what: number): boolean
	/** False: not while it focuses by itself. */
	go(steps: number): boolean
}

export function createLens(now: () => number): Lens {
	let autofocus = true
	let at = far
	let since = now()
	let ran = 0

	function position(): number {
		at = Math.min(near, Math.max(far, at + ran * perMs * (now() - since)))
		since = now()
		return at
	}

	return {
		get autofocus() {
			return autofocus
		},
		position,
		setAutofocus(on) {
			position()
			autofocus = on
			ran = 0
		},
		run(what) {
			position()
			if (autofocus && what !== 0) return false
			const way = what >> 4 || what
			ran = way === 3 ? 1 : way === 2 ? -1 : 0
			return true
		},
		go(steps) {
			if (autofocus) return false
			position()
			at = Math.min(near, Math.max(far, steps))
			ran = 0
			return true
		},
	}
}
