/** The strokes that everything in the programme is made of. Lengths are in pixels of the frame. */

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** Colours of lib/tokens.css: one list for all screens. */
export interface Look {
	font: string
	text: string
	soft: string
	accent: string
	accentText: string
	warn: string
	go: string
	surface: string
	line: string
}

export function lookOf(style: CSSStyleDeclaration): Look {
	const of = (name: string) => style.getPropertyValue(name).trim()
	return {
		font: of('--font'),
		text: of('--text'),
		soft: of('--soft'),
		accent: of('--accent'),
		accentText: of('--accent-text'),
		warn: of('--warn-text'),
		go: of('--go-text'),
		surface: of('--surface'),
		line: of('--line'),
	}
}

const weights = [500, 600, 700] as const
type Weight = (typeof weights)[number]

/** Loads what is written with before anything is written: a canvas does not draw its words anew when a font arrives. */
export async function loadFonts(fonts: FontFaceSet, look: Look): Promise<void> {
	const [family = ''] = look.font.split(',')
	await Promise.all(weights.map((weight) => fonts.load(`${weight} 40px ${family}`, '가A0')))
}

export interface Words {
	text: string
	size: number
	weight: Weight
	colour: string
	/** In parts of the size. */
	spacing?: number
}

/** Sets the font of these words; answers how wide they are. */
export function measure(context: Context, look: Look, { text, size, weight, spacing = 0 }: Words): number {
	context.font = `${weight} ${size}px ${look.font}`
	context.letterSpacing = `${spacing * size}px`
	return context.measureText(text).width
}

/** Writes on a base line, shortened with an ellipsis where it does not fit. Answers where the words end. */
export function write(context: Context, look: Look, words: Words, x: number, y: number, room = Infinity): number {
	const { text } = shorten(context, look, words, room)
	const width = measure(context, look, { ...words, text })
	context.fillStyle = words.colour
	context.textAlign = 'left'
	context.textBaseline = 'alphabetic'
	context.fillText(text, x, y)
	return x + width
}

export function shorten(context: Context, look: Look, words: Words, room: number): Words {
	if (measure(context, look, words) <= room) return words
	const letters = [...words.text]
	while (letters.length > 1) {
		letters.pop()
		const text = `${letters.join('').trimEnd()}…`
		if (measure(context, look, { ...words, text }) <= room) return { ...words, text }
	}
	return words
}

export function writeCentred(context: Context, look: Look, words: Words, x: number, y: number, room: number) {
	const fitting = shorten(context, look, words, room)
	// The space after the last letter belongs to no word.
	const width = measure(context, look, fitting) - (words.spacing ?? 0) * words.size
	write(context, look, fitting, x - width / 2, y)
}

export function fillBox(context: Context, colour: string | CanvasGradient, x: number, y: number, w: number, h: number) {
	context.fillStyle = colour
	context.fillRect(x, y, w, h)
}

export function fillRound(
	context: Context,
	colour: string,
	x: number,
	y: number,
	w: number,
	h: number,
	radius: number,
) {
	context.fillStyle = colour
	context.beginPath()
	context.roundRect(x, y, w, h, radius)
	context.fill()
}
