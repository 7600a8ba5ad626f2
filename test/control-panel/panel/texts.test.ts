import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../../appliance/protocol/errors.ts'
import { roomCommands } from '../../../appliance/protocol/room-commands.ts'
import { failureTexts } from '../../../control-panel/lib/camera/i18n-camera.ts'
import { createTexts, type Language, LanguageChoice, span } from '../../../control-panel/lib/i18n.svelte.ts'
import { errorTexts } from '../../../control-panel/lib/i18n-errors.ts'
import { panelTexts } from '../../../control-panel/panel/i18n-panel.ts'

const languages: Language[] = ['ko', 'en']
const hangul = /[가-힣]/

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
	const kept = new Map<string, string>()
	return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

describe('The words of the panel', () => {
	it.each(languages)('have a sentence for every error code and every command in %s', (language) => {
		for (const code of errorCodes) expect(errorTexts[language][code].length, code).toBeGreaterThan(5)
		for (const command of Object.keys(roomCommands)) {
			expect(failureTexts[language], command).toHaveProperty([command])
		}
	})

	it('are Korean in Korean and not in English, key by key', () => {
		expect(Object.keys(panelTexts.en).sort()).toEqual(Object.keys(panelTexts.ko).sort())
		for (const [key, text] of Object.entries(panelTexts.ko)) expect(words(text), key).toMatch(/[가-힣]|^\S+ \/ \S+/)
		for (const [key, text] of Object.entries(panelTexts.en)) expect(words(text), key).not.toMatch(hangul)
	})

	it('use the same values in both languages', () => {
		for (const key of Object.keys(panelTexts.ko) as (keyof typeof panelTexts.ko)[]) {
			expect(typeof panelTexts.en[key], key).toBe(typeof panelTexts.ko[key])
		}
	})

	it('switch at once and are remembered', () => {
		const kept = storage()
		const language = new LanguageChoice(kept)
		const { t } = createTexts(language, panelTexts)
		expect(t('leave')).toBe('나가기')
		language.suggest('en')
		expect(t('leave')).toBe('Leave')
		language.choose('ko')
		expect(t('endDo', 82)).toBe('82명 모두 종료')
		language.suggest('en') // what the room speaks does not overrule what somebody chose
		expect(t('leave')).toBe('나가기')
		expect(new LanguageChoice(kept).current).toBe('ko')
	})

	it('tell a length of time as people write it', () => {
		expect([0, 7_000, 754_000, 3_723_000].map(span)).toEqual(['0:00', '0:07', '12:34', '1:02:03'])
	})
})

/** The text itself, or what a function makes of values that are no words. */
function words(text: string | ((...values: never[]) => string)): string {
	return typeof text === 'string' ? text : text(...([3, 3, 3] as never[]))
}
