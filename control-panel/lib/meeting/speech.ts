import type { Language } from '../i18n.svelte.ts'

/**
 * Words said by the machine's own voice (W3C Web Speech API), where it has one of that language: a PC of the city's has, a
 * bare Debian has none.
 */

/** What is read of SpeechSynthesisVoice. */
interface Voice {
	lang: string
	/** It needs nobody on the internet, who would be told what is said. */
	localService: boolean
}

const regions = { ko: 'ko-KR', en: 'en-US' } as const satisfies Record<Language, string>

/** Null: there is none that speaks it here. */
export function voiceOf<V extends Voice>(voices: readonly V[], language: Language): V | null {
	// Android writes ko_KR.
	const own = voices.filter((voice) => voice.localService && voice.lang.replace('_', '-').split('-')[0] === language)
	return own.find(({ lang }) => lang.replace('_', '-') === regions[language]) ?? own[0] ?? null
}

/** Chromium reads its voices only when they are asked for, and tells later that they are there. */
const voicesMs = 1_000

/** Says it, or nothing where no voice can. Never waits for a voice longer than a second. */
export function say(words: string, language: Language) {
	const speech = globalThis.speechSynthesis
	if (!speech) return
	const begin = () => {
		const voice = voiceOf(speech.getVoices(), language)
		if (!voice) return false
		const utterance = new SpeechSynthesisUtterance(words)
		utterance.voice = voice
		utterance.lang = voice.lang
		speech.speak(utterance)
		return true
	}
	if (begin()) return
	const heard = new AbortController()
	speech.addEventListener('voiceschanged', () => begin() && heard.abort(), { signal: heard.signal })
	setTimeout(() => heard.abort(), voicesMs)
}
