/** The words for sound and speakerphone that the panel starts with; those of the check come with it. */

const ko = {
	sound: '소리 점검',
	soundShort: '소리',
	micWaits: '스피커폰 확인 중에는 닫혀 있음',
	speakerphone: '스피커폰',
	phoneReady: '연결됨',
	phoneMuted: '음소거 불빛 켜짐',
	phoneWaiting: '불빛 확인 중 · 마이크 닫힘',
	phoneUnconfirmed: '불빛 확인 안 됨',
	phoneFailed: '연결 안 됨',
	phoneAbsent: '꽂혀 있지 않음',
	phoneNone: '사용 안 함',
	hungUpAsk: '회의에서 나갈까요?',
	hungUp: '스피커폰에서 끊기를 눌렀습니다.',
}

const en: { [K in keyof typeof ko]: (typeof ko)[K] extends string ? string : (typeof ko)[K] } = {
	sound: 'Sound check',
	soundShort: 'Sound',
	micWaits: 'Closed until the speakerphone is checked',
	speakerphone: 'Speakerphone',
	phoneReady: 'Connected',
	phoneMuted: 'Mute light on',
	phoneWaiting: 'Checking its light · mic closed',
	phoneUnconfirmed: 'Its light is not confirmed',
	phoneFailed: 'Not connected',
	phoneAbsent: 'None plugged in',
	phoneNone: 'Not used',
	hungUpAsk: 'Leave the meeting?',
	hungUp: 'Somebody hung up at the speakerphone.',
}

export const soundTexts = { ko, en }
