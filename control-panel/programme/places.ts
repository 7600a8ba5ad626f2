/** Where pictures stand, in parts of the frame. Width and height of the same number are 16:9, as the frame is. */

export interface Place {
	x: number
	y: number
	width: number
	height: number
}

export const full: Place = { x: 0, y: 0, width: 1, height: 1 }

const margin = 0.034375
const gap = 0.0125
const gapDown = (gap * 16) / 9
/** Below the line of the item and the clock. */
const top = 0.125

/** A page as large as its text needs; beside it, one who speaks with their name below, or two. */
const page: Place = { x: margin, y: top, width: 0.735, height: 0.735 }
const pageAlone: Place = { x: 0.11, y: top, width: 0.78, height: 0.78 }

export function pagePlaces(faces: number): { page: Place; faces: Place[] } {
	if (faces === 0) return { page: pageAlone, faces: [] }
	const x = page.x + page.width + gap
	const width = 1 - margin - x
	const height = faces === 1 ? 0.36 : (page.height - gapDown) / 2
	return {
		page,
		faces: Array.from({ length: faces }, (_, index) => ({ x, y: top + index * (height + gapDown), width, height })),
	}
}

/** Several who are equal: two beside each other, up to four in two rows. */
export function evenPlaces(count: number): Place[] {
	if (count === 1) return [full]
	const columns = 2
	const rows = Math.ceil(count / columns)
	const width = (1 - 2 * margin - gap) / columns
	const room = 1 - top - 0.06
	const height = rows === 1 ? 0.72 : (room - gapDown * (rows - 1)) / rows
	const y = rows === 1 ? 0.135 : top
	return Array.from({ length: count }, (_, index) => {
		const row = Math.floor(index / columns)
		// A last row that is not full stands in the middle.
		const inRow = Math.min(columns, count - row * columns)
		const x = (1 - inRow * width - (inRow - 1) * gap) / 2
		return { x: x + (index % columns) * (width + gap), y: y + row * (height + gapDown), width, height }
	})
}

export interface Box {
	x: number
	y: number
	width: number
	height: number
}

/** In whole pixels of a frame; edges that meet in parts meet in pixels. */
export function boxOf(place: Place, frame: { width: number; height: number }): Box {
	const x = Math.round(place.x * frame.width)
	const y = Math.round(place.y * frame.height)
	return {
		x,
		y,
		width: Math.round((place.x + place.width) * frame.width) - x,
		height: Math.round((place.y + place.height) * frame.height) - y,
	}
}

/** The part of a picture that fills a box of another shape (as `object-fit: cover`), a little above the middle: heads are there. */
export function coverOf(picture: { width: number; height: number }, box: { width: number; height: number }): Box {
	const scale = Math.max(box.width / picture.width, box.height / picture.height)
	const width = box.width / scale
	const height = box.height / scale
	return { x: (picture.width - width) / 2, y: (picture.height - height) * 0.4, width, height }
}

/** Where the whole of a picture stands in a box (as `object-fit: contain`). */
export function containIn(picture: { width: number; height: number }, box: Box): Box {
	const scale = Math.min(box.width / picture.width, box.height / picture.height)
	const width = Math.round(picture.width * scale)
	const height = Math.round(picture.height * scale)
	return {
		x: box.x + Math.round((box.width - width) / 2),
		y: box.y + Math.round((box.height - height) / 2),
		width,
		height,
	}
}
