/** The eight directions of the pad, in the order of its 3×3 places; the centre is the fifth place. */
const diagonal = Math.SQRT1_2

export const directions = [
	{ key: 'upLeft', pan: -diagonal, tilt: diagonal },
	{ key: 'up', pan: 0, tilt: 1 },
	{ key: 'upRight', pan: diagonal, tilt: diagonal },
	{ key: 'left', pan: -1, tilt: 0 },
	{ key: 'right', pan: 1, tilt: 0 },
	{ key: 'downLeft', pan: -diagonal, tilt: -diagonal },
	{ key: 'down', pan: 0, tilt: -1 },
	{ key: 'downRight', pan: diagonal, tilt: -diagonal },
] as const

/** What a held arrow asks for at full deflection, by the chosen speed. */
export const speeds = { slow: 0.3, normal: 0.6, fast: 1 } as const
export type Speed = keyof typeof speeds

/** Keys that drive; + and − are also where a shifted layout puts them. */
export const driveKeys: Readonly<Record<string, { pan?: number; tilt?: number; zoom?: number }>> = {
	ArrowUp: { tilt: 1 },
	ArrowDown: { tilt: -1 },
	ArrowLeft: { pan: -1 },
	ArrowRight: { pan: 1 },
	'+': { zoom: 1 },
	'=': { zoom: 1 },
	'-': { zoom: -1 },
	_: { zoom: -1 },
}

/** Keys of the lens, by their place: with a Korean keyboard KeyN types ㅜ. */
export const focusKeys: Readonly<Record<string, 'near' | 'far' | 'auto'>> = { KeyN: 'near', KeyF: 'far', KeyA: 'auto' }
