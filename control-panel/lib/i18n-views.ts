import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of how one looks at a meeting: views, pages, pins, and what is spared. Korean is the original. */

const ko = {
	views: '보기',
	menu: '화면 보기 방식',
	large: '발언자 크게',
	largeHint: '말하는 사람을 크게, 나머지는 위에 작게',
	content: '자료 크게',
	contentHint: '자료나 공유 화면만 크게',
	beside: '나란히',
	besideHint: '자료나 공유 화면과 발언자를 함께',
	gallery: '모두 보기',
	galleryHint: '모든 참석자를 같은 크기로, 여러 쪽으로',
	hideNames: '비디오 없는 참석자 숨기기',
	showSelf: '내 화면 보기',
	unpinAll: '고정 모두 풀기',
	saidView: (view: string) => `${view}로 봅니다`,

	page: (page: number, pages: number) => `${page} / ${pages}`,
	pageAloud: (page: number, pages: number) => `${pages}쪽 가운데 ${page}쪽`,
	previous: '앞쪽 참석자',
	next: '다음 쪽 참석자',
	keys: 'Page Up · Page Down',
	allHidden: '화면을 켠 참석자가 없습니다',
	showAll: '모든 참석자 보기',
	slide: '자료',
	openSlide: '자료를 크게 보기',

	speaker: '발언자',
	feeds: '큰 화면 고르기',
	pinBeside: (name: string) => `${name} 옆에 고정`,
	unpin: (name: string) => `${name} 고정 풀기`,
	float: '작은 창으로 띄우기',
	unfloat: '작은 창 닫기',
	floating: '작은 창에서 보고 있습니다',
	floatFailed: '작은 창을 열지 못했습니다',
	handUp: (place: number) => `발언 신청 ${place}번째`,
	speakingNow: '발언 중',

	saving: '데이터와 PC 부담 줄이기',
	savings: {
		off: '모두 받기',
		data: '데이터 절약',
		sound: '소리만',
	},
	savingHints: {
		off: '보이는 화면을 크기에 맞는 화질로 받습니다.',
		data: '큰 화면 하나만 가장 작은 화질로 받고, 내 카메라도 가장 작은 화질만 보냅니다. 한 시간에 약 150 MB로, 보통의 10분의 1쯤입니다.',
		sound: '화면을 받지 않고 내 카메라도 끕니다. 한 시간에 약 20 MB입니다. 소리, 자료, 대화, 표결은 그대로입니다.',
	},
	savedTile: { data: '데이터 절약 중', sound: '소리만 듣는 중' },
	saidSaving: {
		off: '모든 화면을 받습니다',
		data: '데이터 절약을 켰습니다. 큰 화면 하나만 받습니다.',
		sound: '소리만 듣습니다. 화면을 받지 않고 카메라를 껐습니다.',
	},
	endSaving: '모두 받기',
	weakTitle: '연결이 약합니다',
	weakHint: '소리가 끊기면 화면을 줄여 보세요. 누르기 전에는 아무것도 바뀌지 않습니다.',
	keep: '그대로 두기',
}

export type ViewTexts = Words<typeof ko>

const en: ViewTexts = {
	views: 'View',
	menu: 'How the meeting is shown',
	large: 'Speaker',
	largeHint: 'Whoever speaks large, the others small above',
	content: 'Content',
	contentHint: 'Only the slides or the shared screen, large',
	beside: 'Side by side',
	besideHint: 'Slides or shared screen beside the speaker',
	gallery: 'Gallery',
	galleryHint: 'Everybody in the same size, in pages',
	hideNames: 'Hide who has no picture',
	showSelf: 'Show my own picture',
	unpinAll: 'Unpin all',
	saidView: (view) => `View: ${view}`,

	page: (page, pages) => `${page} / ${pages}`,
	pageAloud: (page, pages) => `Page ${page} of ${pages}`,
	previous: 'Previous page of people',
	next: 'Next page of people',
	keys: 'Page Up · Page Down',
	allHidden: 'Nobody has a picture on',
	showAll: 'Show everybody',
	slide: 'Slides',
	openSlide: 'Show the slides large',

	speaker: 'Speaker',
	feeds: 'Choose the large picture',
	pinBeside: (name) => `Pin ${name} beside`,
	unpin: (name) => `Unpin ${name}`,
	float: 'Show in a small window',
	unfloat: 'Close the small window',
	floating: 'Shown in the small window',
	floatFailed: 'The small window could not be opened',
	handUp: (place) => `Asks for the floor, number ${place}`,
	speakingNow: 'Has the floor',

	saving: 'Spare data and this PC',
	savings: {
		off: 'Everything',
		data: 'Low data',
		sound: 'Sound only',
	},
	savingHints: {
		off: 'Pictures in sight come as sharp as they are large.',
		data: 'Only the one large picture comes, in its smallest size, and your camera sends its smallest only. About 150 MB an hour, a tenth of the usual.',
		sound: 'No pictures come and your camera is off. About 20 MB an hour. Sound, slides, chat and votes are as before.',
	},
	savedTile: { data: 'Saving data', sound: 'Sound only' },
	saidSaving: {
		off: 'All pictures come again',
		data: 'Low data is on: only the one large picture comes',
		sound: 'Sound only: no pictures come, and your camera is off',
	},
	endSaving: 'Show everything',
	weakTitle: 'Your connection is weak',
	weakHint: 'If the sound breaks up, try with fewer pictures. Nothing changes before you press.',
	keep: 'Leave as it is',
}

const texts = { ko, en }

export function viewTexts(language: Language): ViewTexts {
	return texts[language]
}
