import type { FloorKind } from '../../appliance/protocol/floor.ts'
import type { Language } from '../lib/i18n.svelte.ts'
import type { Words } from '../lib/words.ts'

/** What is written in the programme. Korean is the original; it stays in the recording, so it says nothing of 'live'. */

const ko = {
	/** Said of a speech only where it is not simply one. */
	kinds: { speak: '', respond: '답변', order: '의사진행발언' } as Record<FloorKind, string>,
	item: '안건',
	slates: {
		waiting: { head: '', line: '잠시 후 시작합니다' },
		planned: { head: '', line: '잠시 후 개의합니다' },
		title: { head: '', line: '' },
		suspended: { head: '정회', line: '잠시 후 속개합니다' },
		closed: { head: '비공개', line: '공개되는 순서부터 다시 보내 드립니다' },
		ended: { head: '산회', line: '시청해 주셔서 감사합니다' },
	},
	opensAt: (time: string) => `${time} 개의 예정`,
	since: (time: string) => `${time}부터`,
}

export type ProgrammeTexts = Words<typeof ko>

const en: ProgrammeTexts = {
	kinds: { speak: '', respond: 'Reply', order: 'Point of order' },
	item: 'Item',
	slates: {
		waiting: { head: '', line: 'Starting shortly' },
		planned: { head: '', line: 'The meeting opens shortly' },
		title: { head: '', line: '' },
		suspended: { head: 'Recess', line: 'The meeting resumes shortly' },
		closed: { head: 'Closed session', line: 'We return with the next public part' },
		ended: { head: 'Adjourned', line: 'Thank you for watching' },
	},
	opensAt: (time) => `Opens at ${time}`,
	since: (time) => `since ${time}`,
}

export function programmeTexts(language: Language): ProgrammeTexts {
	return language === 'en' ? en : ko
}
