import type { Words } from '../../lib/words.ts'

/** The words of the settings behind the PIN: loaded with them. */

const ko = {
	title: '관리 설정',
	enter: '관리자 PIN 6자리를 입력하세요',
	typed: (n: number) => `6자리 중 ${n}자리 입력함`,
	erase: '지우기',
	checking: '확인하고 있습니다',
	wrong: 'PIN이 맞지 않습니다',
	wait: (time: string) => `여러 번 틀렸습니다. ${time} 뒤에 다시 입력할 수 있습니다.`,
	failed: '지금은 확인할 수 없습니다. 잠시 뒤 다시 해 보세요.',
	none: '관리자 PIN이 아직 없습니다',
	noneConsole: '시설 화면의 ‘패널과 태블릿’에서 관리자 PIN을 정합니다.',
	noneMachine: '회의실 PC의 터미널에서 이렇게 실행합니다.',
	locksIn: (time: string) => `${time} 뒤 저절로 잠깁니다`,
	lockNow: '지금 잠그기',
	machine: '이 장치',
	addresses: '네트워크 주소',
	noAddress: '네트워크에 연결되어 있지 않음',
	outside: '다른 기기에서 여는 주소',
	fingerprint: '인증서 지문 (SHA-256)',
	build: '버전',
	startedAt: '켜진 때',
	disk: '저장 공간',
	free: (free: string, whole: string) => `${whole} 중 ${free} 남음`,
	unknown: '알 수 없음',
	cameras: '카메라 연결',
	noCameras: '카메라가 없습니다',
	more: (n: number) => `외 ${n}대`,
	panel: '이 패널',
	byLink: '링크로 연 패널입니다.',
	since: (when: string) => `${when}부터 연결됨`,
	until: (when: string) => `${when}까지 쓸 수 있음`,
	lasting: '해제할 때까지 쓸 수 있음',
	unpair: '이 패널 연결 해제',
	unpairSure: '이 화면에서 회의실을 조작할 수 없게 됩니다. 다시 쓰려면 새 코드로 승인받아야 합니다.',
	unpairDo: '연결 해제',
	keep: '그대로 두기',
}

export type AdminTexts = Words<typeof ko>

const en: AdminTexts = {
	title: 'Admin settings',
	enter: 'Enter the admin PIN, six digits',
	typed: (n) => `${n} of 6 digits entered`,
	erase: 'Erase',
	checking: 'Checking',
	wrong: 'This is not the PIN',
	wait: (time) => `Wrong too often. You can try again in ${time}.`,
	failed: 'It cannot be checked now. Please try again shortly.',
	none: 'There is no admin PIN yet',
	noneConsole: 'On the facilities page, under “Panels and tablets”.',
	noneMachine: 'Or in a terminal of the room PC:',
	locksIn: (time) => `Locks itself in ${time}`,
	lockNow: 'Lock now',
	machine: 'This device',
	addresses: 'Network addresses',
	noAddress: 'Not connected to a network',
	outside: 'Address for other devices',
	fingerprint: 'Certificate fingerprint (SHA-256)',
	build: 'Version',
	startedAt: 'Running since',
	disk: 'Storage',
	free: (free, whole) => `${free} free of ${whole}`,
	unknown: 'Unknown',
	cameras: 'Camera connections',
	noCameras: 'There are no cameras',
	more: (n) => `and ${n} more`,
	panel: 'This panel',
	byLink: 'Opened by a link.',
	since: (when) => `Connected since ${when}`,
	until: (when) => `Good until ${when}`,
	lasting: 'Good until it is disconnected',
	unpair: 'Disconnect this panel',
	unpairSure: 'This screen will not operate the room any more. To use it again it has to be approved by a new code.',
	unpairDo: 'Disconnect',
	keep: 'Keep it',
}

export const adminTexts = { ko, en }

/** 11월 29일 18:20. */
export function dayAndTime(at: number, language: 'ko' | 'en'): string {
	return new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
		...({ month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const),
	}).format(at)
}

export const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
