import type { SpeakerphoneView } from '../../appliance/protocol/room-state.ts'
import { createTexts, type Language, type LanguageChoice } from '../lib/i18n.svelte.ts'

/** The words of the sound check, of the device's page and of calls on the device: loaded with those. */

const ko = {
	roomDevices: '회의실 마이크와 스피커',
	volume: '소리 크기',
	volumeIs: (volume: number) => `소리 크기 ${volume}`,
	quieter: '작게',
	louder: '크게',
	silent: '소리 꺼짐',
	microphone: '마이크',
	level: '마이크 소리 크기',
	speakNow: '말해 보세요. 막대가 움직여야 합니다.',
	heardYou: '소리가 들어옵니다',
	levelMuted: '음소거 중에는 재지 않습니다',
	levelMutedTodo: '아래의 마이크 버튼으로 켜면 막대가 움직입니다.',
	levelStarting: '마이크를 여는 중입니다',
	levelNone: '마이크를 찾을 수 없습니다',
	levelNoneTodo: '케이블을 확인하세요. 꽂으면 저절로 찾습니다.',
	speaker: '스피커',
	tone: '시험음 듣기',
	tonePlaying: '시험음을 내는 중…',
	tonePlayed: '방금 소리를 냈습니다. 들렸나요?',
	toneElsewhere: '정해진 스피커가 없어 기본 장치로 소리를 냈습니다',
	toneNowhere: '소리를 낼 장치가 없습니다',
	outputMissing: '정해진 스피커를 찾을 수 없습니다',
	key: '스피커폰 음소거 키',
	keyStart: '키 점검 시작',
	keyLead: '누른 것이 이 화면까지 오는지 봅니다. 점검 중에는 음소거되지 않습니다.',
	keyPress: '지금 스피커폰의 음소거 키를 누르세요',
	keyStop: '점검 그만두기',
	keySeen: '누른 것을 확인했습니다',
	keySeenLead: '마이크 상태는 바꾸지 않았습니다.',
	keyAgain: '다시 점검',
	keyInCall: '회의 중에는 누르면 실제로 음소거됩니다',
	keyLast: (time: string) => `마지막으로 누른 때 ${time}`,
	keyNever: '아직 누른 적이 없습니다',
	keyNone: '이 장치에는 음소거 키가 없습니다',
	microphoneMissing: '마이크 없음',
	phoneDetails: '스피커폰 정보',
	phoneModel: '모델',
	phoneFirmware: '펌웨어',
	phoneSerial: '일련번호',
	phoneIds: 'USB 번호',
	phoneMicrophone: '회의실 마이크',
	phoneOwn: '이 장치의 마이크',
	phoneOther: '다른 장치의 마이크',
	unknown: '알 수 없음',
	phoneCan: '할 수 있는 것',
	canMute: '음소거 키',
	canHook: '받기·끊기 키',
	canReject: '거절 키',
	canVolume: '소리 크기 키',
	muteLamp: '음소거 불빛',
	callLamp: '통화 불빛',
	ringLamp: '벨 울림',
	yes: '있음',
	no: '없음',
	phoneNotUsed: '이 회의실은 스피커폰을 쓰지 않게 설정되어 있습니다',
	phoneNotUsedTodo: '설정 파일의 speakerphone에 hid-telephony를 적으면 USB 스피커폰을 찾습니다.',
	runThis: '회의실 장치에서 실행할 명령',
	faultDetail: '자세한 내용',
	back: '뒤로',
	ringing: (from: string) => `${from}에서 전화가 왔습니다`,
	ringingLead: '상담 전화',
	answer: '받기',
	reject: '거절',
}

const en: { [K in keyof typeof ko]: (typeof ko)[K] extends string ? string : (typeof ko)[K] } = {
	roomDevices: 'Room microphone and speakers',
	volume: 'Volume',
	volumeIs: (volume) => `Volume ${volume}`,
	quieter: 'Quieter',
	louder: 'Louder',
	silent: 'Silent',
	microphone: 'Microphone',
	level: 'Microphone level',
	speakNow: 'Say something. The bar should move.',
	heardYou: 'The room is heard',
	levelMuted: 'Not measured while muted',
	levelMutedTodo: 'Unmute with the button below and the bar moves.',
	levelStarting: 'Opening the microphone',
	levelNone: 'No microphone was found',
	levelNoneTodo: 'Check its cable. It is found once it is plugged in.',
	speaker: 'Speakers',
	tone: 'Play a test tone',
	tonePlaying: 'Playing the tone…',
	tonePlayed: 'It has just been played. Did you hear it?',
	toneElsewhere: 'The chosen speakers are missing: the default ones played it',
	toneNowhere: 'There is nothing to play sound with',
	outputMissing: 'The chosen speakers were not found',
	key: 'Mute key of the speakerphone',
	keyStart: 'Check the key',
	keyLead: 'Shows whether a press gets here. Nothing is muted by the check.',
	keyPress: 'Press the mute key on the speakerphone now',
	keyStop: 'Stop the check',
	keySeen: 'The press was seen',
	keySeenLead: 'The microphone was left as it is.',
	keyAgain: 'Check again',
	keyInCall: 'In a meeting a press really mutes',
	keyLast: (time) => `Last pressed at ${time}`,
	keyNever: 'Not pressed yet',
	keyNone: 'This device has no mute key',
	microphoneMissing: 'No microphone',
	phoneDetails: 'About the speakerphone',
	phoneModel: 'Model',
	phoneFirmware: 'Firmware',
	phoneSerial: 'Serial number',
	phoneIds: 'USB id',
	phoneMicrophone: 'Room microphone',
	phoneOwn: 'In this device',
	phoneOther: 'In another device',
	unknown: 'Unknown',
	phoneCan: 'What it can do',
	canMute: 'Mute key',
	canHook: 'Answer and hang-up key',
	canReject: 'Reject key',
	canVolume: 'Volume keys',
	muteLamp: 'Mute light',
	callLamp: 'Call light',
	ringLamp: 'Ringing',
	yes: 'Yes',
	no: 'No',
	phoneNotUsed: 'This room is set up without a speakerphone',
	phoneNotUsedTodo: 'With hid-telephony as speakerphone in the configuration, a USB speakerphone is looked for.',
	runThis: 'Command to run on the room’s computer',
	faultDetail: 'In detail',
	back: 'Back',
	ringing: (from) => `${from} is calling`,
	ringingLead: 'Counselling call',
	answer: 'Answer',
	reject: 'Reject',
}

type Fault = { what: string; todo: (detail: string | null) => string }

/** Why a speakerphone can't be used, by the word of `SpeakerphoneView.reason`; other words are told as 'lost'. */
const faultTexts: Record<Language, Record<string, Fault> & { lost: Fault }> = {
	ko: {
		'none-found': { what: '연결된 스피커폰이 없습니다', todo: () => 'USB 케이블을 꽂으면 저절로 찾습니다.' },
		'no-permission': {
			what: '스피커폰을 열 권한이 없습니다',
			todo: () => '시설 담당자가 ‘스피커폰 정보’에 있는 명령을 실행하고 케이블을 다시 꽂으면 됩니다.',
		},
		'old-firmware': {
			what: '펌웨어가 오래되어 키와 불빛을 쓸 수 없습니다',
			todo: (detail) =>
				`제조사 프로그램으로 펌웨어를 ${detail === null ? '새 판으로' : `${detail} 이상으로`} 올리세요. 소리는 지금도 나옵니다.`,
		},
		'malformed-descriptor': {
			what: '장치가 알려 주는 정보를 읽을 수 없습니다',
			todo: () => '펌웨어를 올리거나 다른 기종을 쓰세요. 음소거는 이 화면에서 할 수 있습니다.',
		},
		'no-telephony': {
			what: '이 장치에는 통화 키와 불빛이 없습니다',
			todo: () => '소리만 쓸 수 있습니다. 음소거는 이 화면에서 하세요.',
		},
		lost: {
			what: '스피커폰이 응답하지 않습니다',
			todo: () => 'USB 케이블을 확인하고 다시 꽂으세요. 음소거 상태는 그대로입니다.',
		},
		internal: {
			what: '스피커폰을 다루는 중에 문제가 생겼습니다',
			todo: () => '저절로 다시 엽니다. 계속되면 시설 담당자에게 알려 주세요.',
		},
	},
	en: {
		'none-found': {
			what: 'No speakerphone is plugged in',
			todo: () => 'It is found once its USB cable is plugged in.',
		},
		'no-permission': {
			what: 'There is no permission to open the speakerphone',
			todo: () => 'Facilities staff run the command shown in “About the speakerphone” and plug the cable in again.',
		},
		'old-firmware': {
			what: 'Its firmware is too old for keys and lights',
			todo: (detail) =>
				`Update it with the maker’s program${detail === null ? '' : ` to ${detail} or later`}. Sound works as it is.`,
		},
		'malformed-descriptor': {
			what: 'What the device tells of itself cannot be read',
			todo: () => 'Update its firmware or use another model. This screen can mute meanwhile.',
		},
		'no-telephony': {
			what: 'This device has no call keys or lights',
			todo: () => 'It gives sound only. Mute with this screen.',
		},
		lost: {
			what: 'The speakerphone does not answer',
			todo: () => 'Check its USB cable and plug it in again. Muted stays muted.',
		},
		internal: {
			what: 'Something went wrong with the speakerphone',
			todo: () => 'It is opened again by itself. If this stays, tell facilities staff.',
		},
	},
}

export const soundCheckTexts = { ko, en }

export function soundWords(language: LanguageChoice) {
	const { t } = createTexts(language, soundCheckTexts)
	return {
		t,
		/** Why the speakerphone can't be used, and what to do. */
		fault({ reason, detail }: SpeakerphoneView): { what: string; todo: string } {
			const texts = faultTexts[language.current]
			const { what, todo } = texts[reason ?? 'lost'] ?? texts.lost
			return { what, todo: todo(detail) }
		},
	}
}
