import type { SlateWords } from './caption.ts'
import { type Context, fillBox, type Look, type Words, write, writeCentred } from './drawing.ts'
import type { Box } from './places.ts'
import { type Frame, safe, unitOf } from './plates.ts'

/** What lies behind the pictures, and stands where there are none. */

/** Planks of a floor (마루), hardly seen. */
export function backdrop(context: Context, frame: Frame) {
	const { width, height } = frame
	const sky = context.createLinearGradient(0, 0, width * 0.4, height)
	sky.addColorStop(0, '#24507c')
	sky.addColorStop(0.55, '#17375a')
	sky.addColorStop(1, '#0f243b')
	fillBox(context, sky, 0, 0, width, height)
	const u = unitOf(frame)
	const plank = 60 * u
	context.fillStyle = '#ffffff09'
	for (let row = 0; row * plank < height; row++) {
		context.fillRect(0, Math.round(row * plank), width, Math.max(1, Math.round(u)))
		for (let seam = ((row * 0.37) % 1) * 420 * u; seam < width; seam += 420 * u) {
			context.fillRect(Math.round(seam), Math.round(row * plank), Math.max(1, Math.round(u)), Math.round(plank))
		}
	}
}

/** Somebody without a picture: the first syllable of their name, as in the lists of the meeting. */
export function card(context: Context, name: string, box: Box, look: Look) {
	const { x, y, width, height } = box
	const shade = context.createLinearGradient(x, y, x + width * 0.5, y + height)
	shade.addColorStop(0, '#34608f')
	shade.addColorStop(0.6, '#1f4166')
	shade.addColorStop(1, '#152d49')
	fillBox(context, shade, x, y, width, height)
	const radius = Math.min(width, height) * 0.2
	const [middle, centre] = [x + width / 2, y + height * 0.45]
	context.fillStyle = '#ffffff1f'
	context.beginPath()
	context.arc(middle, centre, radius, 0, 2 * Math.PI)
	context.fill()
	const size = radius * 0.95
	const words: Words = { text: [...name][0] ?? '', size, weight: 700, colour: '#ffffffd9' }
	writeCentred(context, look, words, middle, centre + size * 0.36, radius * 2)
}

/** A thin edge, so that dark pictures stand out of the dark. */
export function edge(context: Context, { x, y, width, height }: Box, frame: Frame) {
	const line = Math.max(1, Math.round(1.5 * unitOf(frame)))
	context.fillStyle = '#ffffff26'
	context.fillRect(x - line, y - line, width + 2 * line, height + 2 * line)
}

export function slate(context: Context, { title, head, line }: SlateWords, frame: Frame, look: Look) {
	const u = unitOf(frame)
	const room = frame.width - 2 * safe.x * u
	const middle = frame.width / 2
	const large: Words = head
		? {
				text: head,
				size: (head.length > 6 ? 104 : 148) * u,
				weight: 700,
				colour: look.text,
				spacing: head.length > 3 ? 0.02 : 0.16,
			}
		: { text: title, size: 64 * u, weight: 700, colour: look.text }
	const centre = frame.height * (line ? 0.5 : 0.53)
	if (head && title) {
		const above: Words = { text: title, size: 30 * u, weight: 600, colour: look.soft }
		writeCentred(context, look, above, middle, centre - 128 * u, room)
	}
	writeCentred(context, look, large, middle, centre + large.size * 0.3, room)
	fillBox(context, look.accent, middle - 36 * u, centre + 84 * u, 72 * u, 5 * u)
	if (!line) return
	const below: Words = { text: line, size: 30 * u, weight: 500, colour: look.soft }
	writeCentred(context, look, below, middle, centre + 146 * u, room)
}

/** The meeting's title, in the band below pictures that do not fill the frame. `foot`: where they end, in parts of the frame. */
export function heading(context: Context, title: string, foot: number, frame: Frame, look: Look) {
	const u = unitOf(frame)
	const words: Words = { text: title, size: 24 * u, weight: 600, colour: look.soft }
	const middle = ((1 + foot) / 2) * frame.height
	write(context, look, words, safe.x * u, middle + 8 * u, frame.width * 0.6)
}
