/**
 * Words in two languages. Each page has its own dictionary, so that none loads another's; Korean is written first, and
 * the compiler sees to it that English has every key with the same parameters. Switching reloads nothing.
 */

export type Language = 'ko' | 'en'

type Entry = string | ((...values: never[]) => string)
type Dictionary = Record<string, Entry>
type Same<D extends Dictionary> = { [K in keyof D]: D[K] extends string ? string : D[K] }
type Values<E> = E extends (...values: infer V) => string ? V : []

export interface Texts<D extends Dictionary> {
	/** The words for a key in the language of now; reactive inside templates and `$derived`. */
	t<K extends keyof D>(key: K, ...values: Values<D[K]>): string
}

const kept = 'maru.language'

/** The language of a page: what was chosen here before, else what the room says, else Korean. */
export class LanguageChoice {
	#chosen = $state<Language | null>(null)
	#suggested = $state<Language>('ko')
	readonly #storage: Pick<Storage, 'getItem' | 'setItem'>

	constructor(storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage) {
		this.#storage = storage
		const remembered = storage.getItem(kept)
		if (remembered === 'ko' || remembered === 'en') this.#chosen = remembered
	}

	get current(): Language {
		return this.#chosen ?? this.#suggested
	}

	/** The room's own language, for as long as nobody has chosen. */
	suggest(language: Language) {
		this.#suggested = language
	}

	choose(language: Language) {
		this.#chosen = language
		this.#storage.setItem(kept, language)
	}
}

/** Binds a page's dictionary to its language. */
export function createTexts<D extends Dictionary>(
	language: { readonly current: Language },
	dictionary: { ko: D; en: Same<D> },
): Texts<D> {
	return {
		t(key, ...values) {
			const entry: Entry = dictionary[language.current][key]
			return typeof entry === 'string' ? entry : entry(...(values as never[]))
		},
	}
}

/** Hours and minutes as on the wall, in both languages. */
export function clockTime(at: number): string {
	const date = new Date(at)
	return `${two(date.getHours())}:${two(date.getMinutes())}`
}

const two = (value: number) => String(value).padStart(2, '0')

/** A length of time: 0:07, 12:34, 1:02:03. */
export function span(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000))
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
