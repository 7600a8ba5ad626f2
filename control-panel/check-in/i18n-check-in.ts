import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { Language } from '../lib/i18n.svelte.ts'
import { errorTexts } from '../lib/i18n-errors.ts'
import type { Words } from '../lib/words.ts'

/** Words of the page that checks in to a class (교육) at its hall. Korean is the original. */

const ko = {
	title: '현장 출석',
	noCode: '교육장 화면의 QR을 찍어 주세요',
	noCodeHint: '휴대전화의 카메라로 찍으면 이 화면이 다시 열립니다. QR은 30초마다 바뀝니다.',
	reading: 'QR을 확인하는 중…',
	name: '이름',
	nameHint: '명단에 적힌 이름을 쓰세요.',
	anyNameHint: '출석부와 수료증에 적힐 이름입니다.',
	which: '소속을 골라 주세요',
	noBureau: '소속 없음',
	link: '개인 링크',
	linkHint: '문자나 메일로 받은 교육 링크를 붙여 넣으세요.',
	byLink: '개인 링크로 출석',
	byName: '이름으로 출석',
	come: '출석하기',
	again: '다시 들어오기',
	here: '출석했습니다',
	hereHint: '교육이 끝날 때까지 그대로 두면 됩니다. 먼저 나갈 때만 아래를 누르세요.',
	gone: '나가셨습니다',
	goneHint: '그때까지 계신 시간이 기록됩니다. 돌아오면 화면의 QR을 다시 찍어 주세요.',
	back: (name: string) => `${name} 님, 다시 오셨군요`,
	go: '나가기',
	goSure: '한 번 더 누르면 나간 것으로 기록됩니다',
	lost: '서버에 연결되지 않습니다. 잠시 뒤 다시 눌러 주세요.',
	faults: {
		expired: '지난 QR입니다. 화면에 지금 보이는 QR을 다시 찍어 주세요.',
		forged: '이 교육의 QR이 아닙니다. 화면의 QR을 다시 찍어 주세요.',
		elsewhere: '이 사람은 이미 다른 휴대전화로 출석했습니다. 강사에게 알려 주세요.',
		'phone-used': '이 휴대전화로 이미 다른 사람이 출석했습니다. 한 휴대전화로는 한 사람만 출석할 수 있습니다.',
		'no-person': '명단에 없는 이름입니다. 이름을 다시 확인하거나 강사에게 알려 주세요.',
		'not-allowed': '교육생의 개인 링크로만 출석할 수 있습니다.',
		'meeting-closed': '이미 끝난 교육입니다.',
		'no-meeting': '그 교육을 찾을 수 없습니다.',
	} satisfies Partial<Record<ErrorCode, string>>,
}

export type CheckInTexts = Words<typeof ko>

const en: CheckInTexts = {
	title: 'Check in',
	noCode: 'Scan the QR code on the screen in the hall',
	noCodeHint: 'Your phone’s camera opens this page again. The code changes every 30 seconds.',
	reading: 'Reading the code…',
	name: 'Name',
	nameHint: 'As it stands on the roll.',
	anyNameHint: 'As it will stand on the attendance list and the certificate.',
	which: 'Choose your department',
	noBureau: 'No department',
	link: 'Your own link',
	linkHint: 'Paste the link to this class that you were sent.',
	byLink: 'Use my own link',
	byName: 'Use my name',
	come: 'Check in',
	again: 'Come back in',
	here: 'You are checked in',
	hereHint: 'Nothing more to do until the end. Press below only if you leave early.',
	gone: 'You have left',
	goneHint: 'The time until then counts. When you are back, scan the code on the screen again.',
	back: (name) => `Welcome back, ${name}`,
	go: 'Leave',
	goSure: 'Press once more to be marked as gone',
	lost: 'The server cannot be reached. Please try again in a moment.',
	faults: {
		expired: 'This code is too old. Scan the one that the screen shows now.',
		forged: 'This is not the code of this class. Scan the one on the screen.',
		elsewhere: 'This person has checked in with another phone already. Please tell the trainer.',
		'phone-used': 'Somebody else has checked in with this phone. One phone checks in one person.',
		'no-person': 'This name is not on the roll. Check the spelling, or tell the trainer.',
		'not-allowed': 'Only a trainee’s own link checks in to this class.',
		'meeting-closed': 'This class is over.',
		'no-meeting': 'This class does not exist.',
	},
}

export const checkInTexts = (language: Language): CheckInTexts => (language === 'ko' ? ko : en)

/** What a refusal means to whoever stands in the hall. `lost`: there was no answer. */
export function faultText(texts: CheckInTexts, code: ErrorCode | 'lost', language: Language): string {
	if (code === 'lost') return texts.lost
	return (texts.faults as Partial<Record<ErrorCode, string>>)[code] ?? errorTexts[language][code]
}
