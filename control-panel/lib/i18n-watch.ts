import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of the watch page. Korean is the original. */

const ko = {
	pageTitle: '중계',
	language: 'English',
	languageLabel: '언어를 영어로 바꾸기',
	theme: '화면 색',
	themes: { dark: '어둡게', light: '밝게', contrast: '고대비' },

	onAir: '중계 중',
	suspended: '정회 중',
	closedPart: '비공개 진행 중',
	recording: '녹화 중',
	speaker: '발언',
	item: '안건',
	picture: '중계 화면',

	// How far behind.
	delayShort: '1초 이내',
	delaySeconds: (seconds: number) => `약 ${seconds}초 지연`,
	behind: (time: string) => `${time} 전`,
	live: '실시간',
	goLive: '실시간으로',
	liveAloud: '지금 실시간으로 보고 있습니다',

	// Controls.
	controls: '재생 조작',
	play: '재생',
	pause: '일시 정지',
	backTen: '10초 전으로',
	volume: '소리 크기',
	mute: '소리 끄기',
	unmute: '소리 켜기',
	heldSound: '브라우저가 소리를 막고 있습니다',
	timeline: '시간 막대',
	timelineAt: (time: string) => `${time} 전`,
	captionsOn: '자막 켜기',
	captionsOff: '자막 끄기',
	fullscreen: '전체 화면',
	leaveFullscreen: '전체 화면 끝내기',
	float: '작은 창으로 띄우기',
	unfloat: '작은 창 닫기',
	floating: '작은 창에서 보고 있습니다',
	floatFailed: '작은 창을 열지 못했습니다',
	close: '닫기',

	// Agenda.
	agenda: '안건',
	agendaList: '안건 목록',
	noAgenda: '아직 지나온 안건이 없습니다',
	jumpTo: (title: string, time: string) => `${title}, ${time}부터 보기`,
	now: '지금',
	watching: '보는 중',
	fromStart: '처음부터 보기',
	fromEarliest: '맨 앞부터 보기',
	startedAt: (time: string) => `${time}에 시작한 중계입니다`,

	// Questions.
	ask: '질문',
	askTitle: '질문 보내기',
	askHint: '사무국이 받아 회의에 전합니다.',
	askLabel: '질문 내용',
	askSend: '보내기',
	askSending: '보내는 중…',
	askAgain: '다른 질문 쓰기',
	askLeft: (left: number) => `${left}자 남음`,
	askName: '이름',
	askNameHint: '적지 않아도 됩니다.',
	askSpeaks: '회의에 들어가 직접 말하겠습니다',
	askSpeaksHint: '사무국이 부르면 이 화면이 곧바로 회의 화면으로 바뀝니다. 마이크는 꺼진 채로 들어갑니다.',
	askSpeaksElsewhere: '직접 말하려면 새 창에서 여세요',
	askNoMicrophone: '마이크를 쓸 수 없습니다. 브라우저에서 마이크를 허용하거나, 글로만 질문해 주세요.',
	askNameNeeded: '회의에 들어가려면 이름을 적어 주세요.',
	askWaiting: '답변을 기다리고 있습니다',
	askAnswered: '질문에 답변이 왔습니다',
	askAnsweredAloud: '회의에서 말로 답변했습니다',
	askAnswer: '답변',
	askMine: '내 질문',
	calledIn: '회의에 들어가는 중…',
	calledFailed: '회의에 들어가지 못했습니다. 새 창에서 중계를 열고 다시 질문해 주세요.',
	calledBack: '중계 화면으로 돌아왔습니다',
	askAway: '질문은 중계 서버에 연결되어 있을 때 보낼 수 있습니다.',

	// Settings.
	settings: '설정',
	way: '지연',
	ways: { auto: '자동', short: '짧은 지연', steady: '안정' },
	wayHints: {
		auto: '되도록 바로, 연결이 약하면 몇 초 늦게',
		short: '되도록 늘 1초 이내로',
		steady: '몇 초 늦지만 끊김이 적게',
	},
	quality: '화질',
	qualities: { auto: '자동', low: '데이터 절약' },
	ownWindow: '새 창에서 보기',
	insecure: '보안 연결(https)이 아닌 페이지 안입니다. 시청은 되지만, 회의에 불려 들어가 말하려면 새 창에서 여세요.',
	keptNamed: (name: string) => `본 시각과 시간이 이름(${name})과 함께 회의 기록에 남습니다.`,
	keptUnnamed: '본 시각과 시간이 이름 없이 회의 기록에 남습니다.',

	// States.
	connecting: '연결하는 중…',
	loading: '화면을 불러오는 중…',
	lost: '연결이 끊겼습니다. 다시 연결하는 중…',
	plannedTitle: '아직 시작하지 않았습니다',
	notOnAirTitle: '지금은 중계하지 않습니다',
	startsByItself: '중계가 시작되면 자동으로 나옵니다.',
	startsAt: (time: string) => `${time} 시작 예정`,
	endedTitle: '중계가 끝났습니다',
	endedHint: '시청해 주셔서 감사합니다.',
	endedRecorded: '시청해 주셔서 감사합니다. 이 회의는 녹화되었습니다. 다시 보기는 담당 부서에 문의하세요.',
	noLinkTitle: '중계 링크가 필요합니다',
	noLinkHint: '받은 링크를 처음부터 끝까지 그대로 열어 주세요.',
	incapableTitle: '이 창에서는 재생할 수 없습니다',
	incapableHint: '보안 연결(https)인 새 창에서 보거나 다른 브라우저를 써 주세요.',
	elsewhereTitle: '다른 창에서 보고 있습니다',
	elsewhereHint: '같은 링크로 연 다른 창에 중계가 나오고 있습니다.',
	watchHere: '여기서 보기',
	expiredTitle: '링크 사용 기간이 지났습니다',
	revokedTitle: '사용이 취소된 링크입니다',
	forgedTitle: '올바른 링크가 아닙니다',
	noMeetingTitle: '그 회의를 찾을 수 없습니다',
	notAllowedTitle: '이 링크로는 볼 수 없습니다',
	newLinkHint: '링크를 보낸 부서에 새 링크를 요청하세요.',
	staffOnlyTitle: '직원만 볼 수 있는 중계입니다',
	staffOnlyHint: '여럿이 함께 쓰는 링크로는 볼 수 없습니다. 본인에게 온 링크나 행정 포털로 여세요.',
	signInTitle: '로그인이 필요합니다',
	signInHint: '행정 포털에 로그인한 뒤 다시 여세요.',
	tryAgain: '다시 시도',
}

export type WatchTexts = Words<typeof ko>

const en: WatchTexts = {
	pageTitle: 'Relay',
	language: '한국어',
	languageLabel: 'Switch the language to Korean',
	theme: 'Colours',
	themes: { dark: 'Dark', light: 'Light', contrast: 'Contrast' },

	onAir: 'On air',
	suspended: 'Suspended',
	closedPart: 'Closed session',
	recording: 'Recording',
	speaker: 'Speaking',
	item: 'Item',
	picture: 'The relay',

	delayShort: 'within 1 s',
	delaySeconds: (seconds) => `about ${seconds} s behind`,
	behind: (time) => `${time} ago`,
	live: 'Live',
	goLive: 'Go live',
	liveAloud: 'You are watching live',

	controls: 'Playback',
	play: 'Play',
	pause: 'Pause',
	backTen: 'Back 10 seconds',
	volume: 'Volume',
	mute: 'Mute',
	unmute: 'Turn sound on',
	heldSound: 'The browser is holding the sound back',
	timeline: 'Timeline',
	timelineAt: (time) => `${time} ago`,
	captionsOn: 'Show captions',
	captionsOff: 'Hide captions',
	fullscreen: 'Full screen',
	leaveFullscreen: 'Leave full screen',
	float: 'Small window',
	unfloat: 'Close the small window',
	floating: 'Playing in the small window',
	floatFailed: 'The small window could not be opened',
	close: 'Close',

	agenda: 'Agenda',
	agendaList: 'Agenda',
	noAgenda: 'No item has come up yet',
	jumpTo: (title, time) => `${title}, watch from ${time}`,
	now: 'Now',
	watching: 'Watching',
	fromStart: 'Watch from the start',
	fromEarliest: 'Watch from the earliest',
	startedAt: (time) => `The relay began at ${time}`,

	ask: 'Question',
	askTitle: 'Send a question',
	askHint: 'The clerk receives it and passes it on.',
	askLabel: 'Your question',
	askSend: 'Send',
	askSending: 'Sending…',
	askAgain: 'Write another',
	askLeft: (left) => `${left} characters left`,
	askName: 'Name',
	askNameHint: 'You may leave it out.',
	askSpeaks: 'I will come in and say it myself',
	askSpeaksHint:
		'When the clerk calls you, this page becomes a page of the meeting at once. Your microphone stays off.',
	askSpeaksElsewhere: 'To speak yourself, open a new window',
	askNoMicrophone: 'The microphone cannot be used. Allow it in the browser, or ask in writing only.',
	askNameNeeded: 'Please give your name to come into the meeting.',
	askWaiting: 'Waiting for an answer',
	askAnswered: 'Your question was answered',
	askAnsweredAloud: 'It was answered aloud in the meeting',
	askAnswer: 'Answer',
	askMine: 'Your question',
	calledIn: 'Coming into the meeting…',
	calledFailed: 'You could not come into the meeting. Open the relay in a new window and ask again.',
	calledBack: 'You are back at the relay',
	askAway: 'Questions can be sent while there is a connection to the relay server.',

	settings: 'Settings',
	way: 'Delay',
	ways: { auto: 'Automatic', short: 'Short', steady: 'Steady' },
	wayHints: {
		auto: 'As it happens; some seconds later on a weak connection',
		short: 'Within 1 second whenever possible',
		steady: 'Some seconds late, with fewer breaks',
	},
	quality: 'Quality',
	qualities: { auto: 'Automatic', low: 'Save data' },
	ownWindow: 'Open in a new window',
	insecure: 'The page around this is not secure (https). You can watch; to be called in and speak, open a new window.',
	keptNamed: (name) => `When and how long you watch is kept with the meeting, under your name (${name}).`,
	keptUnnamed: 'When and how long you watch is kept with the meeting, without a name.',

	connecting: 'Connecting…',
	loading: 'Loading the picture…',
	lost: 'Connection lost. Connecting again…',
	plannedTitle: 'It has not begun yet',
	notOnAirTitle: 'There is no relay at the moment',
	startsByItself: 'It starts by itself as soon as the relay begins.',
	startsAt: (time) => `Planned for ${time}`,
	endedTitle: 'The relay has ended',
	endedHint: 'Thank you for watching.',
	endedRecorded: 'Thank you for watching. This meeting was recorded: ask the department in charge to watch it again.',
	noLinkTitle: 'A relay link is needed',
	noLinkHint: 'Open the link you were given, from its beginning to its end.',
	incapableTitle: 'It cannot be played in this window',
	incapableHint: 'Watch it in a secure window (https) of its own, or use another browser.',
	elsewhereTitle: 'You are watching in another window',
	elsewhereHint: 'The relay is playing in another window opened with the same link.',
	watchHere: 'Watch here',
	expiredTitle: 'The link has expired',
	revokedTitle: 'This link was withdrawn',
	forgedTitle: 'This is not a valid link',
	noMeetingTitle: 'That meeting does not exist',
	notAllowedTitle: 'This link does not let you watch',
	newLinkHint: 'Ask whoever sent the link for a new one.',
	staffOnlyTitle: 'This relay is for staff only',
	staffOnlyHint: 'A link that many share does not open it. Use the one sent to you alone, or the portal.',
	signInTitle: 'Please sign in',
	signInHint: 'Sign in to the portal, then open this again.',
	tryAgain: 'Try again',
}

export function watchTexts(language: Language): WatchTexts {
	return language === 'ko' ? ko : en
}

/** Why a link opens nothing. */
export function refusalTitle(texts: WatchTexts, code: ErrorCode): string {
	switch (code) {
		case 'expired':
			return texts.expiredTitle
		case 'revoked':
		case 'removed':
			return texts.revokedTitle
		case 'no-meeting':
			return texts.noMeetingTitle
		case 'not-allowed':
		case 'refused':
			return texts.notAllowedTitle
		case 'staff-only':
			return texts.staffOnlyTitle
		case 'unauthorized':
			return texts.signInTitle
		default:
			return texts.forgedTitle
	}
}

/** And what to do about it. */
export function refusalHint(texts: WatchTexts, code: ErrorCode): string {
	if (code === 'staff-only') return texts.staffOnlyHint
	return code === 'unauthorized' ? texts.signInHint : texts.newLinkHint
}

/** Why a question was not handed on. */
export const askRefusals: Record<Language, (code: ErrorCode) => string> = {
	ko: (code) => {
		switch (code) {
			case 'not-on-air':
				return '중계 중일 때만 질문을 보낼 수 있습니다.'
			case 'too-many':
				return '질문을 너무 자주 보냈습니다. 잠시 뒤 다시 보내 주세요.'
			case 'not-allowed':
				return '이 회의는 질문을 받지 않습니다.'
			default:
				return '보내지 못했습니다. 잠시 뒤 다시 보내 주세요.'
		}
	},
	en: (code) => {
		switch (code) {
			case 'not-on-air':
				return 'Questions can be sent only while the relay is on air.'
			case 'too-many':
				return 'Too many questions. Please wait a moment and send it again.'
			case 'not-allowed':
				return 'This meeting takes no questions.'
			default:
				return 'It could not be sent. Please send it again in a moment.'
		}
	},
}
