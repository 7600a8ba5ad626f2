import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of documents and slides on the attendee page. Korean is the original. */

const ko = {
	documents: '자료',
	none: '아직 자료가 없습니다',
	pageOf: (page: number, pages: number) => `${page} / ${pages}`,
	alt: (name: string, page: number) => `${name} ${page}쪽`,
	failed: '이 쪽을 불러오지 못했습니다',
	previous: '이전 쪽',
	nextPage: '다음 쪽',
	hide: '그만 보이기',
	keys: '← → 키로 넘깁니다',
	show: '모두에게 보이기',
	shown: '보이는 중',
	download: '내려받기',
	downloadFailed: '내려받지 못했습니다. 다시 눌러 주세요.',
	pages: (pages: number) => `${pages}쪽`,
	converting: '변환하는 중…',
	failedState: '변환하지 못했습니다. 내려받기는 됩니다.',
	downloadOnly: '내려받기 전용',
	add: '자료 올리기',
	drop: '여기에 끌어다 놓거나 눌러서 고르세요',
	accepts: 'PDF와 그림은 바로 보일 수 있습니다. PPTX·DOCX·XLSX는 변환됩니다.',
	uploading: (name: string, percent: number) => `${name} 올리는 중 ${percent}%`,
	uploaded: (name: string) => `${name}: 올렸습니다`,
	// Shown to those who wait to come in.
	waiting: '기다리는 동안 보는 안내',
	waitingAlt: (page: number, pages: number) => `안내 화면 ${page}쪽, 모두 ${pages}쪽`,
	pause: '자동 넘김 멈추기',
	play: '자동으로 넘기기',
	toWaiting: '대기 화면으로',
	offWaiting: '대기 화면에서 내리기',
	onWaiting: '대기 화면에 나오는 자료',
	hwp: '한글 문서는 화면에 보일 수 없습니다. 한글에서 파일 → PDF로 저장하기를 한 뒤 그 PDF를 올려 주세요.',
}

export type PaperTexts = Words<typeof ko>

const en: PaperTexts = {
	documents: 'Documents',
	none: 'No documents yet',
	pageOf: (page, pages) => `${page} / ${pages}`,
	alt: (name, page) => `${name}, page ${page}`,
	failed: 'This page could not be loaded',
	previous: 'Previous page',
	nextPage: 'Next page',
	hide: 'Stop showing',
	keys: 'The ← → keys turn pages',
	show: 'Show to all',
	shown: 'On show',
	download: 'Download',
	downloadFailed: 'The download failed. Please press again.',
	pages: (pages) => (pages === 1 ? '1 page' : `${pages} pages`),
	converting: 'Converting…',
	failedState: 'Could not be converted. It can be downloaded.',
	downloadOnly: 'Download only',
	add: 'Add documents',
	drop: 'Drop files here, or press to choose',
	accepts: 'PDF and pictures can be shown at once. PPTX, DOCX and XLSX are converted.',
	uploading: (name, percent) => `Sending ${name}, ${percent}%`,
	uploaded: (name) => `${name} was added`,
	waiting: 'Shown while you wait',
	waitingAlt: (page, pages) => `Notice, page ${page} of ${pages}`,
	pause: 'Stop turning by itself',
	play: 'Turn by itself',
	toWaiting: 'Show while waiting',
	offWaiting: 'Not while waiting',
	onWaiting: 'Shown to those who wait',
	hwp: 'Hangul documents cannot be shown. In Hangul choose File → Save as PDF, and add that PDF here.',
}

export function paperTexts(language: Language): PaperTexts {
	return language === 'en' ? en : ko
}
