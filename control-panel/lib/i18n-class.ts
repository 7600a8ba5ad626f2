import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of a class (교육), for those who learn and for the one who teaches. Korean is the original. */

const ko = {
	class: '교육',
	checkTitle: '출석 확인',
	checkHint: '지금 자리에 계시면 눌러 주세요.',
	checkHere: '여기 있습니다',
	checkSending: '보내는 중…',
	checkDone: '출석을 확인했습니다',
	checkLeft: '남은 시간',
	saidCheck: (seconds: number) => `출석 확인입니다. ${seconds}초 안에 ‘여기 있습니다’를 눌러 주세요.`,
	saidChecked: '출석을 확인했습니다',
	saidMissed: '출석 확인 시간이 지났습니다',
	group: '조별 활동',
	inGroup: (name: string) => `${name} 활동 중`,
	onlyGroup: '이 조의 사람끼리만 보고 듣습니다.',
	withAll: '전체 교육에 있습니다. 다른 사람은 조별 활동 중입니다.',
	back: '전체로 돌아가기',
	visit: (name: string) => `${name} 들어가기`,
	saidIn: (name: string) => `${name}에 들어왔습니다. 이 조의 사람끼리만 보고 듣습니다.`,
	saidBack: '전체 교육으로 돌아왔습니다',
	told: '강사 알림',
	certificate: '수료증',
	certificateGet: '수료증 받기 (PDF)',
	certificateMaking: '만드는 중…',
	certificateNone: '이 교육의 수료 기준을 아직 채우지 못했습니다. 강사에게 문의해 주세요.',
	certificateFailed: '수료증을 받지 못했습니다. 잠시 뒤 다시 눌러 주세요.',
	certificateGiven: '수료증이 발급되었습니다.',
}

export type ClassTexts = Words<typeof ko>

const en: ClassTexts = {
	class: 'Class',
	checkTitle: 'Presence check',
	checkHint: 'Press the button if you are here.',
	checkHere: 'I am here',
	checkSending: 'Sending…',
	checkDone: 'You are marked as present',
	checkLeft: 'Time left',
	saidCheck: (seconds) => `Presence check. Press “I am here” within ${seconds} seconds.`,
	saidChecked: 'You are marked as present',
	saidMissed: 'The time for the presence check is over',
	group: 'Groups',
	inGroup: (name) => `In ${name}`,
	onlyGroup: 'Only this group sees and hears you.',
	withAll: 'You are with the whole class. Others are in groups.',
	back: 'Back to the class',
	visit: (name) => `Go into ${name}`,
	saidIn: (name) => `You are in ${name}. Only this group sees and hears you.`,
	saidBack: 'You are back in the class',
	told: 'From the trainer',
	certificate: 'Certificate',
	certificateGet: 'Get my certificate (PDF)',
	certificateMaking: 'Being made…',
	certificateNone: 'You have not met the requirements of this class yet. Please ask your trainer.',
	certificateFailed: 'The certificate could not be fetched. Try again in a moment.',
	certificateGiven: 'Certificates have been issued.',
}

export function classTexts(language: Language): ClassTexts {
	return language === 'en' ? en : ko
}
