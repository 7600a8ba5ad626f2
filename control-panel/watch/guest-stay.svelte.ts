import type { Guest } from '../attend/guest.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'

/** Whoever watched and is called in: this page is one of the meeting, until they go or are let go. */

interface Around {
	theme: ThemeChoice
	/** Remembers it for this tab: a page that is loaded anew meanwhile is in again. */
	keep: Pick<Storage, 'getItem' | 'setItem'>
	onChange(): void
	onFailed(): void
}

const kept = 'maru.called'

export class GuestStay {
	page = $state.raw<Guest | null>(null)
	readonly #around: Around
	#entering = false

	constructor(around: Around) {
		this.#around = around
		const token = around.keep.getItem(kept)
		if (token) void this.enter(token)
	}

	/** Fetches what it will need, while nobody waits for it. */
	prepare() {
		void import('../attend/guest.ts').catch(() => {})
	}

	async enter(token: string): Promise<void> {
		if (this.page || this.#entering) return
		this.#entering = true
		const { theme, keep, onChange, onFailed } = this.#around
		try {
			const { openGuest } = await import('../attend/guest.ts')
			this.page = openGuest(token, theme)
			keep.setItem(kept, token)
			onChange()
		} catch {
			onFailed() // the hub was away for a moment, or this frame may keep nothing
		} finally {
			this.#entering = false
		}
	}

	/** Once for each look. */
	look() {
		if (!this.page?.over) return
		this.page.close()
		this.page = null
		this.#around.keep.setItem(kept, '')
		this.#around.onChange()
	}
}
