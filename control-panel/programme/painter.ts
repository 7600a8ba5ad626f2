import type { Language } from '../lib/i18n.svelte.ts'
import { voteTexts } from '../lib/i18n-vote.ts'
import { backdrop, card, edge, heading, slate } from './backdrops.ts'
import type { Caption } from './caption.ts'
import type { Look } from './drawing.ts'
import { type ProgrammeTexts, programmeTexts } from './i18n-programme.ts'
import { type Box, boxOf, containIn, coverOf } from './places.ts'
import { corner, type Frame, faceCard, itemLine, lowerThird, nameTag, type Plate, voteLine } from './plates.ts'
import type { Scene } from './scene.ts'
import type { Picture } from './shots.ts'

/**
 * Draws scenes. What stands still is drawn when it changes; of each further picture only what moves, and what lies over it:
 * text costs more than a moving picture does.
 */

export interface Supplies {
	frameOf(source: string): { image: CanvasImageSource; width: number; height: number } | null
	page: ImageBitmap | null
	/** Changes with the page's picture. */
	pageShown: string
}

export class Painter {
	readonly #context: CanvasRenderingContext2D
	readonly #frame: Frame
	readonly #look: Look
	readonly #texts: ProgrammeTexts
	readonly #voteTexts: ReturnType<typeof voteTexts>
	#plates = new Map<string, Plate>()
	#drawn = ''

	constructor(canvas: HTMLCanvasElement, look: Look, language: Language) {
		const context = canvas.getContext('2d', { alpha: false })
		if (!context) throw new Error('this browser does not draw')
		this.#context = context
		this.#frame = { width: canvas.width, height: canvas.height }
		this.#look = look
		this.#texts = programmeTexts(language)
		this.#voteTexts = voteTexts(language)
	}

	paint(scene: Scene, caption: Caption, supplies: Supplies) {
		const frames = scene.pictures.map(({ source }) => (source === null ? null : supplies.frameOf(source)))
		const state = JSON.stringify([
			...[scene.slate, scene.strip, scene.pictures, caption, supplies.pageShown],
			frames.map((frame) => frame && [frame.width, frame.height]),
		])
		const plates = this.#platesOf(scene, caption)
		const anew = state !== this.#drawn
		if (anew) {
			this.#drawn = state
			this.#ground(scene, caption)
		}
		for (const [index, picture] of scene.pictures.entries()) {
			const box = boxOf(picture.place, this.#frame)
			const frame = frames[index]
			if (frame) this.#film(picture, frame, box)
			else if (anew) this.#still(picture, box, supplies.page)
		}
		for (const { image, x, y } of plates) this.#context.drawImage(image, x, y)
	}

	#ground(scene: Scene, caption: Caption) {
		backdrop(this.#context, this.#frame)
		if (caption.slate) return slate(this.#context, caption.slate, this.#frame, this.#look)
		const foot = footOf(scene)
		if (foot === 1) return
		heading(this.#context, caption.meeting, foot, this.#frame, this.#look)
		for (const { place } of scene.pictures) edge(this.#context, boxOf(place, this.#frame), this.#frame)
	}

	#film({ kind }: Picture, frame: NonNullable<ReturnType<Supplies['frameOf']>>, box: Box) {
		const { image } = frame
		if (kind !== 'screen') {
			const part = coverOf(frame, box)
			this.#context.drawImage(image, part.x, part.y, part.width, part.height, box.x, box.y, box.width, box.height)
			return
		}
		const whole = containIn(frame, box)
		this.#black(box)
		this.#context.drawImage(image, whole.x, whole.y, whole.width, whole.height)
	}

	#still({ kind, name }: Picture, box: Box, page: ImageBitmap | null) {
		if (kind !== 'slide') return card(this.#context, name, box, this.#look)
		this.#black(box)
		if (!page) return
		const { x, y, width, height } = containIn(page, box)
		this.#context.imageSmoothingQuality = 'high'
		this.#context.drawImage(page, x, y, width, height)
		this.#context.imageSmoothingQuality = 'low'
	}

	#black({ x, y, width, height }: Box) {
		this.#context.fillStyle = '#05080c'
		this.#context.fillRect(x, y, width, height)
	}

	/** Those of before are kept where their words are the same. */
	#platesOf(scene: Scene, { mark, clock, item, vote }: Caption): Plate[] {
		const [frame, look, texts] = [this.#frame, this.#look, this.#texts]
		const made: [string, () => Plate][] = [[`corner ${mark} ${clock}`, () => corner(mark, clock, frame, look)]]
		if (item && !scene.slate) made.push([`item ${JSON.stringify(item)}`, () => itemLine(item, frame, look, texts)])
		const { strip } = scene
		const face = scene.layout === 'slides' && scene.pictures.length === 2 ? scene.pictures[1] : null
		if (strip?.name && face) {
			const key = `card ${JSON.stringify([strip, face.place])}`
			made.push([key, () => faceCard(strip, boxOf(face.place, frame), frame, look, texts)])
		} else if (strip?.name && scene.layout !== 'slides') {
			made.push([`strip ${JSON.stringify(strip)}`, () => lowerThird(strip, frame, look, texts)])
		}
		for (const { strip, place, talks } of scene.pictures) {
			if (!strip?.name) continue
			const key = `tag ${JSON.stringify([strip, place, talks])}`
			made.push([key, () => nameTag(strip, talks, boxOf(place, frame), frame, look)])
		}
		if (vote && !scene.slate) {
			const free = Math.round((1 - footOf(scene)) * frame.height)
			made.push([`vote ${JSON.stringify([vote, free])}`, () => voteLine(vote, free, frame, look, this.#voteTexts)])
		}
		this.#plates = new Map(made.map(([key, make]) => [key, this.#plates.get(key) ?? make()]))
		return [...this.#plates.values()]
	}
}

/** Where the pictures end, in parts of the frame; 1: they fill it. */
function footOf({ pictures }: Scene): number {
	return Math.max(...pictures.map(({ place }) => place.y + place.height))
}
