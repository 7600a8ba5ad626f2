export const themes = ['dark', 'light', 'contrast'] as const
export type Theme = (typeof themes)[number]

const kept = 'maru.theme'

/** The look of a page, remembered on this screen. `tokens.css` draws it from `data-theme` on the root. */
export class ThemeChoice {
	#current = $state<Theme>('dark')
	readonly #storage: Pick<Storage, 'getItem' | 'setItem'>
	readonly #root: HTMLElement

	constructor(
		storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
		root: HTMLElement = document.documentElement,
	) {
		this.#storage = storage
		this.#root = root
		const remembered = themes.find((theme) => theme === storage.getItem(kept))
		this.#show(remembered ?? 'dark')
	}

	get current(): Theme {
		return this.#current
	}

	choose(theme: Theme) {
		this.#show(theme)
		this.#storage.setItem(kept, theme)
	}

	#show(theme: Theme) {
		this.#current = theme
		this.#root.dataset.theme = theme
	}
}
