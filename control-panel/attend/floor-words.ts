import type { Language } from '../lib/i18n.svelte.ts'
import { floorTexts } from '../lib/i18n-floor.ts'
import { companionTexts } from './companion.svelte.ts'
import type { FloorNews } from './own-floor.svelte.ts'

/** What one is told of one's own standing on the floor; `urgent`: whatever is being read out. */
export function floorWords(news: FloorNews, language: Language): { text: string; urgent: boolean } {
	const texts = floorTexts(language)
	switch (news) {
		case 'granted':
			return { text: texts.saidGranted, urgent: true }
		case 'granted-hall':
			return { text: companionTexts[language].granted, urgent: true }
		case 'granted-muted':
			return { text: texts.saidGrantedMuted, urgent: true }
		case 'ended':
			return { text: texts.saidEnded, urgent: false }
		case 'withdrawn':
			return { text: texts.saidWithdrawn, urgent: false }
		case 'declined':
			return { text: texts.saidDeclined, urgent: false }
	}
}
