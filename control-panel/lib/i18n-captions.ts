import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of what is said, as text. Korean is the original. */

const ko = {
	captions: '자막',
	keys: '자막 켜기·끄기 (Shift+C)',
	show: '자막 보기',
	saidOn: '자막을 켰습니다',
	saidOff: '자막을 껐습니다',
	/** At the desk. */
	hall: '회의장 화면에 자막',
	verbatim: '회의록에 발언록 넣기',
	latest: '받아 적은 말',
	unknown: '발언자 미상',
	correct: '고치기',
	correctDo: '고친 말로 바꾸기',
	remove: '지우기',
	removeSure: '정말 지우기',
	cancel: '취소',
	words: '말',
	failed: '고치지 못했습니다',
}

export type CaptionTexts = Words<typeof ko>

const en: CaptionTexts = {
	captions: 'Captions',
	keys: 'Captions on or off (Shift+C)',
	show: 'Show captions',
	saidOn: 'Captions are on',
	saidOff: 'Captions are off',
	hall: "Captions on the hall's display",
	verbatim: 'Verbatim in the minutes',
	latest: 'Words taken down',
	unknown: 'speaker unknown',
	correct: 'Correct',
	correctDo: 'Set right',
	remove: 'Remove',
	removeSure: 'Remove it',
	cancel: 'Cancel',
	words: 'Words',
	failed: 'It could not be set right',
}

const texts = { ko, en }

export function captionTexts(language: Language): CaptionTexts {
	return texts[language]
}
