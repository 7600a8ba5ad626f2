import type { OwnStep, VisitView } from '../../../appliance/protocol/counsel.ts'
import { askAs, Refused } from './api.ts'
import { Watching } from './watching.svelte.ts'

/**
 * One visitor at this screen, from the code to the end; then nothing of them is left in this browser: the session's frame
 * is gone, and what it kept, and the clipboard.
 */

/** A session that was ended elsewhere is off this screen within a second. */
const everyMs = 700
const keptPass = 'maru.visit'

export class VisitStay {
	readonly #pass: string
	readonly #watching: Watching<VisitView>
	readonly #onOver: () => void
	#over = false

	constructor(pass: string, onOver: () => void) {
		this.#pass = pass
		this.#onOver = onOver
		this.#watching = new Watching(askAs(pass), '/visit', everyMs)
		sessionStorage.setItem(keptPass, pass)
		void this.#watching.look()
	}

	get view(): VisitView | null {
		return this.#watching.current
	}

	get fault(): Refused | null {
		return this.#watching.fault
	}

	/** Whether the visit is known to be over. */
	get isOver(): boolean {
		return this.fault?.code === 'no-visit'
	}

	async step(step: Exclude<OwnStep, 'leave'>): Promise<void> {
		try {
			await askAs(this.#pass)('POST', `/visit/${step}`)
		} catch (error) {
			// What it is now, the next look tells.
			if (!(error instanceof Refused)) throw error
		}
		await this.#watching.look()
	}

	/** The visitor goes, or has gone: everything of them is wiped. */
	async leave(): Promise<void> {
		if (this.#over) return
		this.#over = true
		this.#watching.close()
		this.#onOver()
		forget()
		await emptyClipboard()
		// Its answer carries Clear-Site-Data; a frame that was just taken away may have written meanwhile.
		await askAs(this.#pass)('POST', '/visit/leave').catch(() => {})
		forget()
	}

	close() {
		this.#watching.close()
	}
}

/** Where the browser wants a touch for it (the session was ended elsewhere), the next one empties it: nobody has pasted yet. */
async function emptyClipboard(): Promise<void> {
	const { clipboard } = navigator
	const empty = async () => clipboard?.writeText('')
	await empty().catch(() => {
		addEventListener('pointerup', () => void empty().catch(() => {}), { capture: true, once: true })
	})
}

function forget() {
	sessionStorage.clear()
	localStorage.clear()
}

/** The pass that this tab was given before it was loaded anew. */
export function keptVisit(): string | null {
	return sessionStorage.getItem(keptPass)
}
