import { afterEach, describe, expect, it, vi } from 'vitest'
import { say, voiceOf } from '../../../control-panel/lib/meeting/speech.ts'

const voice = (lang: string, localService = true) => ({ lang, localService })

describe('a voice', () => {
	it('is one of the language, of its own region where there is one', () => {
		const [british, korean, american] = [voice('en-GB'), voice('ko_KR'), voice('en-US')]
		const voices = [british, korean, american]
		expect(voiceOf(voices, 'ko')).toBe(korean)
		expect(voiceOf(voices, 'en')).toBe(american)
		expect(voiceOf([british], 'en')).toBe(british)
	})

	it('of somebody else on the internet is not asked, and another language is no voice', () => {
		expect(voiceOf([voice('ko-KR', false), voice('kok-IN'), voice('en-US')], 'ko')).toBe(null)
	})
})

describe('a sentence', () => {
	afterEach(() => {
		vi.useRealTimers()
		vi.unstubAllGlobals()
	})

	/** As browsers have it; voices come when they like. */
	class Speech extends EventTarget {
		voices: object[] = []
		said: string[] = []
		getVoices = () => this.voices
		speak = ({ text, lang }: { text: string; lang: string }) => this.said.push(`${lang} ${text}`)
		come(...voices: object[]) {
			this.voices = voices
			this.dispatchEvent(new Event('voiceschanged'))
		}
	}

	function open() {
		vi.useFakeTimers()
		const speech = new Speech()
		class Utterance {
			voice: object | null = null
			lang = ''
			readonly text: string
			constructor(text: string) {
				this.text = text
			}
		}
		vi.stubGlobal('speechSynthesis', speech)
		vi.stubGlobal('SpeechSynthesisUtterance', Utterance)
		return speech
	}

	it('is said once, as soon as there is a voice', () => {
		const speech = open()
		say('녹화합니다.', 'ko')
		speech.come(voice('en-US'))
		expect(speech.said).toEqual([])
		speech.come(voice('ko-KR'))
		speech.come(voice('ko-KR'))
		expect(speech.said).toEqual(['ko-KR 녹화합니다.'])
	})

	it('is not said late, when nobody knows any more what it is about', () => {
		const speech = open()
		say('녹화합니다.', 'ko')
		vi.advanceTimersByTime(1_000)
		speech.come(voice('ko-KR'))
		expect(speech.said).toEqual([])
	})

	it('is left out where the browser has no voices at all', () => {
		vi.stubGlobal('speechSynthesis', undefined)
		expect(() => say('녹화합니다.', 'ko')).not.toThrow()
	})
})
