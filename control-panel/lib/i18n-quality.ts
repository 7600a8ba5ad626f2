import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of how well one is connected, seen and heard, and why not. Korean is the original. */

const ko = {
	network: '연결 상태',
	grades: { ok: '연결 좋음', weak: '연결 약함', bad: '연결 나쁨', none: '연결 확인 중', unknown: '연결 확인 중' },
	reasons: {
		good: '소리와 화면이 제때 오고 있습니다.',
		unknown: '아직 잰 값이 없습니다.',
		away: '회의 서버와 연결이 끊겨 다시 연결하고 있습니다.',
		broken: '소리와 화면이 오지 않습니다. 네트워크가 잠시 끊겼을 수 있습니다.',
		lossy: '데이터가 도중에 사라져 소리가 끊길 수 있습니다. 무선이면 공유기에 가까이 가거나 유선으로 바꾸세요.',
		slow: '응답이 늦어 대화가 어긋날 수 있습니다. 다른 다운로드나 영상을 멈춰 보세요.',
	},
	figures: (rtt: string, loss: string) => `왕복 ${rtt} · 손실 ${loss}`,
	of: (name: string, grade: string) => `${name} 님: ${grade}`,
	more: '자세한 통계',

	statistics: '내 연결 통계',
	close: '통계 닫기',
	sent: '보내는 것',
	received: '받는 것',
	nothing: '없음',
	columns: {
		what: '대상',
		size: '크기',
		fps: 'fps',
		kbps: 'kbit/s',
		loss: '손실',
		rtt: '왕복',
		codec: '코덱',
		layer: '단계',
	},
	layers: { r0: '작게', r1: '중간', r2: '크게' },
	layerOf: (height: number) => `${height}줄 요청`,
	microphone: '내 마이크',
	camera: '내 카메라',
	screen: '내 공유 화면',
	sound: (name: string) => `${name} 소리`,
	keys: 'Shift + D로도 열고 닫습니다.',

	silent: '마이크가 켜져 있지만 소리가 들어오지 않습니다. 마이크의 음소거 단추나 설정의 마이크를 확인하세요.',
	talkingMuted: '말씀하고 계신가요? 마이크가 꺼져 있습니다.',
	echo: '다른 분들에게 메아리가 들립니다. 이어폰을 쓰거나 스피커 소리를 줄이세요. 회의실에 계시면 나갔다가 ‘회의실 안’으로 다시 들어오세요.',
	closeHint: '알림 닫기',

	check: '네트워크 확인',
	checking: '회의 서버까지 연결을 확인하는 중…',
	checkAgain: '다시 확인',
	checked: {
		good: (ms: number) => `연결이 좋습니다 (왕복 ${ms} ms).`,
		weak: (ms: number) =>
			`연결이 느립니다 (왕복 ${ms} ms). 소리는 괜찮지만 화면이 늦을 수 있습니다. 유선 연결을 권합니다.`,
		bad: (ms: number) =>
			`연결이 많이 느립니다 (왕복 ${ms} ms). 유선으로 바꾸거나, 들어온 뒤 ‘보기’에서 ‘소리만’을 고르세요.`,
		none: '회의 서버에 닿지 않습니다. 네트워크 연결을 확인하세요. 연결되면 저절로 다시 확인합니다.',
	},
}

export type QualityTexts = Words<typeof ko>

const en: QualityTexts = {
	network: 'Connection',
	grades: {
		ok: 'Good connection',
		weak: 'Weak connection',
		bad: 'Bad connection',
		none: 'Checking',
		unknown: 'Checking',
	},
	reasons: {
		good: 'Sound and pictures arrive in time.',
		unknown: 'Nothing has been measured yet.',
		away: 'The connection to the meeting server was lost and is being made again.',
		broken: 'No sound and no pictures arrive. The network may have been cut for a moment.',
		lossy: 'Data is lost on the way, so the sound may break up. Move closer to the Wi-Fi, or use a cable.',
		slow: 'Answers come late, so people may talk at once. Try to pause other downloads and videos.',
	},
	figures: (rtt, loss) => `Round trip ${rtt} · lost ${loss}`,
	of: (name, grade) => `${name}: ${grade}`,
	more: 'All figures',

	statistics: 'Figures of my connection',
	close: 'Close the figures',
	sent: 'Sent',
	received: 'Received',
	nothing: 'Nothing',
	columns: {
		what: 'What',
		size: 'Size',
		fps: 'fps',
		kbps: 'kbit/s',
		loss: 'Lost',
		rtt: 'Round trip',
		codec: 'Codec',
		layer: 'Layer',
	},
	layers: { r0: 'small', r1: 'medium', r2: 'full' },
	layerOf: (height) => `${height} lines asked`,
	microphone: 'My microphone',
	camera: 'My camera',
	screen: 'My shared screen',
	sound: (name) => `Sound of ${name}`,
	keys: 'Shift + D opens and closes this, too.',

	silent:
		'Your microphone is on, but nothing is heard through it. Check its mute switch, or choose another in the settings.',
	talkingMuted: 'Are you speaking? Your microphone is off.',
	echo: 'Others hear an echo from you. Use earphones, or turn your loudspeaker down. If you are in the hall, leave and come back as ‘In the hall’.',
	closeHint: 'Close this notice',

	check: 'Network check',
	checking: 'Checking the way to the meeting server…',
	checkAgain: 'Check again',
	checked: {
		good: (ms) => `Your connection is good (round trip ${ms} ms).`,
		weak: (ms) => `Your connection is slow (round trip ${ms} ms). Sound will do, pictures may lag. A cable is better.`,
		bad: (ms) =>
			`Your connection is very slow (round trip ${ms} ms). Use a cable, or choose “Sound only” under “View” once you are in.`,
		none: 'The meeting server is out of reach. Check your network. It is tried again by itself.',
	},
}

const texts = { ko, en }

export function qualityTexts(language: Language): QualityTexts {
	return texts[language]
}
