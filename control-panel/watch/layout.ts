/** Where things stand, by the room there is. Lengths in CSS pixels. */
export interface Layout {
	/** Small: the side lies over the picture. Wide: beside it. Tall: below it, and always open. */
	kind: 'small' | 'wide' | 'tall'
	/** Below the picture there is room for who speaks about what. */
	strip: boolean
}

const sideBelow = 240
const stripHeight = 64
const sideBeside = { width: 720, height: 360 }

export function layoutOf(width: number, height: number): Layout {
	const below = height - (width * 9) / 16
	if (below >= sideBelow && width < sideBeside.width) return { kind: 'tall', strip: true }
	const wide = width >= sideBeside.width && height >= sideBeside.height
	return { kind: wide ? 'wide' : 'small', strip: below >= stripHeight }
}
