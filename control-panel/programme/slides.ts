import type { SlideView } from '../../appliance/protocol/floor.ts'
import { type Papers, pageWidth } from '../lib/meeting/papers.ts'

/** A page is tried again where it could not be had. */
const againMs = 2000

/** The page that is shown, as a picture. The one before stays until the next is there. */
export class Slides {
	readonly #papers: Papers
	#image: ImageBitmap | null = null
	#wanted = ''
	#shown = ''
	#asked: AbortController | null = null
	#retry: ReturnType<typeof setTimeout> | undefined

	constructor(papers: Papers) {
		this.#papers = papers
	}

	/** Changes with the picture. */
	get shown(): string {
		return this.#shown
	}

	get image(): ImageBitmap | null {
		return this.#image
	}

	isReady({ document, page }: SlideView): boolean {
		return this.#shown.startsWith(`${document}/${page}/`)
	}

	/** `width`: of its place, in pixels. */
	want({ document, page }: SlideView, width: number) {
		const wanted = `${document}/${page}/${pageWidth(width)}`
		if (wanted === this.#wanted) return
		this.#wanted = wanted
		this.#asked?.abort()
		clearTimeout(this.#retry)
		const asked = new AbortController()
		this.#asked = asked
		this.#fetch(document, page, pageWidth(width), asked.signal).then(
			(image) => {
				if (asked.signal.aborted) return image.close()
				this.#image?.close()
				this.#image = image
				this.#shown = wanted
			},
			() => {
				if (!asked.signal.aborted) this.#retry = setTimeout(() => this.#forget(wanted), againMs)
			},
		)
	}

	close() {
		this.#asked?.abort()
		clearTimeout(this.#retry)
		this.#image?.close()
		this.#image = null
		this.#shown = ''
	}

	#forget(wanted: string) {
		if (this.#wanted === wanted) this.#wanted = ''
	}

	async #fetch(document: string, page: number, width: number, signal: AbortSignal): Promise<ImageBitmap> {
		const url = await this.#papers.page(document, page, width, signal)
		try {
			const image = new Image()
			image.src = url
			await image.decode()
			return await createImageBitmap(image)
		} finally {
			URL.revokeObjectURL(url)
		}
	}
}
