/**
 * How a dome counts, as data: Pelco D Protocol Manual, "Set pan, tilt and zoom position". Pan and tilt in hundredths of a
 * degree, 0 to 35999: pan to the right, tilt *downwards* from the horizon (4500 is 45 degrees below it, 33000 is 30 above).
 * Zoom is the magnification as part of FFFF for the highest, so that a ×20 lens is at 0CCD when wide; many receivers that
 * are not Pelco's count from 0000 instead. None was tried on the dome itself: the configuration can overrule each value.
 */
export interface Model {
	/** Steps for one degree; negative where pan runs from right to left, tilt downwards. */
	panPerDegree: number
	tiltPerDegree: number
	/** Zoom position at the wide and at the tele end. */
	zoom: readonly [wide: number, tele: number]
	/** Places in its own memory; "most devices support at least 32". */
	presets: number
}

export const common: Model = { panPerDegree: 100, tiltPerDegree: -100, zoom: [0, 0xffff], presets: 32 }

/** Travel in degrees. A dome turns without end and, seen from the ceiling, looks from the horizon downwards. */
export const domeTravel = { pan: [-180, 180], tilt: [-90, 0] } as const

/** "Go to zero pan position". */
export const zeroPan = 34

/**
 * Numbers that many domes take for something else: 33 turns round, 34 goes to zero pan (both in the manual), 92 and 93 set
 * limits, 95 opens the menu, 96 to 99 start and end scans (Spectra domes; not verified).
 */
const reserved = new Set([33, 34, 92, 93, 94, 95, 96, 97, 98, 99])

/** The preset that stands for a place in its memory, which are counted from 0. */
export function presetOf(slot: number): number {
	let preset = 1
	for (let left = slot; left > 0 || reserved.has(preset); preset++) if (!reserved.has(preset)) left -= 1
	return preset
}

/** -180 to 180 degrees. */
export function degreesOf(steps: number, perDegree: number): number {
	const turn = 360 * Math.abs(perDegree)
	const once = ((steps % turn) + turn) % turn
	return (once > turn / 2 ? once - turn : once) / perDegree
}

export function stepsOf(degrees: number, perDegree: number): number {
	const turn = 360 * Math.abs(perDegree)
	return (((Math.round(degrees * perDegree) % turn) + turn) % turn) | 0
}
