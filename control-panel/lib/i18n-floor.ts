import type { FloorKind } from '../../appliance/protocol/floor.ts'
import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of the floor, the agenda and the lobby, for the attendee page and the stage. Korean is the original. */

const ko = {
	kinds: { speak: '발언', respond: '답변', order: '의사진행발언' } as Record<FloorKind, string>,

	// One's own standing.
	ask: '발언 신청',
	askOther: '다른 발언 신청',
	askAs: (kind: FloorKind) => `${ko.kinds[kind]} 신청`,
	place: (place: number) => `대기 ${place}번째`,
	kindInLine: (kind: FloorKind) => `${ko.kinds[kind]} 신청 중`,
	withdraw: '신청 취소',
	ready: '마이크 준비됨 · 발언권을 받으면 바로 들립니다',
	readyOpen: '발언권을 받으면 마이크가 켜집니다',
	notReady: '마이크를 열 수 없습니다 · 신청은 그대로 유지됩니다',
	kept: '마이크 꺼짐 · 발언권을 받으면 직접 켜 주세요',
	asking: '신청하는 중…',
	granted: '발언권을 받았습니다',
	turnOn: '마이크 켜기',
	notHeard: '아직 아무에게도 들리지 않습니다',
	left: '남은 시간',
	used: '발언 시간',
	over: '시간 초과',
	finish: '발언 마침',
	noFloor: '발언권 없음',
	noFloorReady: '마이크 준비됨',

	// Said to those who do not look.
	saidAsked: (place: number) => `발언을 신청했습니다. 대기 ${place}번째입니다.`,
	saidPlace: (place: number) => `대기 ${place}번째입니다`,
	saidWithdrawn: '발언 신청을 취소했습니다',
	saidDeclined: '발언 신청이 받아들여지지 않았습니다',
	saidGranted: '발언권을 받았습니다. 지금부터 모두에게 들립니다.',
	saidGrantedMuted: '발언권을 받았습니다. 마이크를 켜 주세요.',
	saidEnded: '발언이 끝났습니다. 마이크를 껐습니다.',
	saidLeft: (seconds: number) =>
		seconds === 0
			? '발언 시간이 다 되었습니다'
			: seconds % 60 === 0
				? `발언 시간이 ${seconds / 60}분 남았습니다`
				: `발언 시간이 ${seconds}초 남았습니다`,
	saidSpeaker: (name: string) => `${name} 발언`,

	// What goes on.
	nowSpeaking: '발언 중',
	nobodySpeaks: '발언자 없음',
	item: '안건',
	next: '다음',
	waiting: (count: number) => `대기 ${count}명`,
	suspendedTitle: '정회',
	suspendedHint: '발언 시간도 멈추어 있습니다.',
	suspendedStage: '잠시 후 속개합니다',

	// The lobby.
	lobbyTitle: '대기실에 있습니다',
	lobbyHint: '의장이나 사무국이 확인한 뒤 들어오게 합니다. 이 창을 열어 두세요.',
	lobbyFirst: '다음 순서입니다',
	lobbyBefore: (before: number) => `앞에 ${before}명이 기다리고 있습니다`,
	refusedTitle: '입장이 허용되지 않았습니다',
	refusedHint: '의장이나 사무국이 입장을 받아들이지 않았습니다. 잘못된 것이라면 사무국에 문의하세요.',

	// People and panels.
	noBureau: '소속 없음',
	manage: '발언 관리',
	closeDesk: '발언 관리 닫기',
	people: '참석자',
	documents: '자료',
	closeDocuments: '자료 닫기',
	theme: '화면 색',
	themes: { dark: '어둡게', light: '밝게', contrast: '고대비' },
	loadFailed: '이 부분을 불러오지 못했습니다. 연결을 확인하고 다시 눌러 주세요.',
}

export type FloorTexts = Words<typeof ko>

const en: FloorTexts = {
	kinds: { speak: 'Speech', respond: 'Reply', order: 'Point of order' },

	ask: 'Ask to speak',
	askOther: 'Ask for something else',
	askAs: (kind) => ({ speak: 'Ask to speak', respond: 'Ask to reply', order: 'Raise a point of order' })[kind],
	place: (place) => `No. ${place} in line`,
	kindInLine: (kind) => `${en.kinds[kind]}: waiting`,
	withdraw: 'Withdraw',
	ready: 'Microphone ready · heard as soon as you have the floor',
	readyOpen: 'Your microphone opens when you get the floor',
	notReady: 'The microphone cannot be opened · your request stands',
	kept: 'Microphone off · turn it on when you have the floor',
	asking: 'Asking…',
	granted: 'You have the floor',
	turnOn: 'Turn the microphone on',
	notHeard: 'Nobody hears you yet',
	left: 'Time left',
	used: 'Time spoken',
	over: 'Over time',
	finish: 'Finish',
	noFloor: 'No floor',
	noFloorReady: 'Microphone ready',

	saidAsked: (place) => `You asked to speak. You are number ${place} in line.`,
	saidPlace: (place) => `You are number ${place} in line`,
	saidWithdrawn: 'Your request is withdrawn',
	saidDeclined: 'Your request was declined',
	saidGranted: 'You have the floor. Everyone hears you from now on.',
	saidGrantedMuted: 'You have the floor. Turn your microphone on.',
	saidEnded: 'Your speech has ended. The microphone is off.',
	saidLeft: (seconds) =>
		seconds === 0
			? 'Your time is up'
			: seconds % 60 === 0
				? `${seconds / 60} ${seconds === 60 ? 'minute' : 'minutes'} left`
				: `${seconds} seconds left`,
	saidSpeaker: (name) => `${name} is speaking`,

	nowSpeaking: 'Speaking',
	nobodySpeaks: 'Nobody has the floor',
	item: 'Item',
	next: 'Next',
	waiting: (count) => `${count} waiting`,
	suspendedTitle: 'Suspended',
	suspendedHint: 'Speaking time stands still, too.',
	suspendedStage: 'The meeting resumes shortly',

	lobbyTitle: 'You are in the lobby',
	lobbyHint: 'The chair or the clerk lets you in once they have seen who you are. Keep this window open.',
	lobbyFirst: 'You are next',
	lobbyBefore: (before) => (before === 1 ? '1 person waits before you' : `${before} people wait before you`),
	refusedTitle: 'You were not let in',
	refusedHint: 'The chair or the clerk did not admit you. If this is a mistake, please ask the clerk.',

	noBureau: 'No bureau',
	manage: 'Run the floor',
	closeDesk: 'Close the desk',
	people: 'People',
	documents: 'Papers',
	closeDocuments: 'Close the papers',
	theme: 'Colours',
	themes: { dark: 'Dark', light: 'Light', contrast: 'High contrast' },
	loadFailed: 'This part could not be loaded. Check the connection and press again.',
}

export function floorTexts(language: Language): FloorTexts {
	return language === 'en' ? en : ko
}
