import { clockTime, type Language, LanguageChoice } from '../i18n.svelte.ts'
import { type MeetingTexts, meetingTexts } from '../i18n-meeting.ts'

/** The language of a meeting page with its texts. Switching reloads nothing. */
export class PageLanguage {
	readonly #choice = new LanguageChoice()
	readonly texts: MeetingTexts = $derived(meetingTexts(this.#choice.current))

	get current(): Language {
		return this.#choice.current
	}

	/** The room's own language, for a page that nobody touches. */
	suggest(language: Language) {
		this.#choice.suggest(language)
	}

	/** The other one, remembered for the next visit. */
	toggle() {
		this.#choice.choose(this.current === 'ko' ? 'en' : 'ko')
	}

	time(at: number): string {
		return clockTime(at)
	}
}
