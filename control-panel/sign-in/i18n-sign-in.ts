import { type SsoFaultCode, type Standing, ssoFaults } from '../../appliance/protocol/accounts.ts'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import { fewestLetters, mostLetters, type Weakness } from '../../appliance/protocol/passwords.ts'
import type { Language } from '../lib/i18n.svelte.ts'
import { errorTexts } from '../lib/i18n-errors.ts'
import type { Words } from '../lib/words.ts'

/** Words of the page that signs in. Korean is the original. */

const ko = {
	title: '로그인',
	language: 'English',
	theme: '화면 색',
	themes: { dark: '어둡게', light: '밝게', contrast: '고대비' },
	looking: '확인하는 중…',
	lead: '마루 계정으로 로그인합니다. 회의에 들어가려면 로그인하지 말고 받은 링크를 여세요.',
	ssoLead: '시청에서 쓰는 계정으로 로그인합니다. 회의에 들어가려면 로그인하지 말고 받은 링크를 여세요.',
	ssoLeaving: '연결하는 중…',
	byAccount: '마루 계정으로 로그인',
	name: '계정 이름',
	password: '비밀번호',
	show: '비밀번호 보기',
	signIn: '로그인',
	forgot: '비밀번호를 잊었거나 계정이 없으면 전산 담당자에게 요청하세요.',
	wait: '여러 번 틀려서 잠시 뒤에 다시 로그인할 수 있습니다.',
	chooseTitle: '새 비밀번호 정하기',
	chooseLead: '처음 받은 비밀번호는 한 번만 쓸 수 있습니다. 앞으로 쓸 비밀번호를 정해 주세요.',
	changeTitle: '비밀번호 바꾸기',
	changeLead: '바꾸면 다른 기기에서는 모두 로그아웃됩니다.',
	current: '지금 비밀번호',
	next: '새 비밀번호',
	again: '새 비밀번호 한 번 더',
	rule: `${fewestLetters}자 이상. 짧은 문장처럼 길고 외우기 쉬운 것이 좋습니다.`,
	count: (letters: number) => `${letters}자`,
	weak: {
		short: `${fewestLetters}자보다 짧습니다.`,
		long: `${mostLetters}자보다 깁니다.`,
		name: '계정 이름을 빼면 너무 짧습니다.',
		pattern: '같은 글자나 자판 순서, 흔한 낱말이 많아 짐작하기 쉽습니다.',
		made: '처음 받은 비밀번호와 같은 모양은 쓸 수 없습니다.',
	} satisfies Record<Weakness, string>,
	differs: '두 번 쓴 비밀번호가 서로 다릅니다.',
	choose: '정하고 로그인',
	change: '비밀번호 바꾸기',
	changed: '비밀번호를 바꾸었습니다.',
	cancel: '취소',
	back: '처음으로',
	account: '내 계정',
	roles: {
		admin: '관리자',
		facilities: '시설 담당',
		audit: '감사',
		panel: '패널 운영',
		official: '민원 상담',
	} as Record<string, string>,
	continue: '계속',
	pages: { console: '관리 화면', counsel: '민원 상담 데스크', panel: '회의실 패널' },
	sessions: '로그인한 기기',
	everySession: '로그인한 기기 (모든 계정)',
	here: '지금 이 기기',
	since: (when: string) => `${when}부터`,
	end: '로그아웃시키기',
	endOf: (what: string) => `${what} 로그아웃시키기`,
	signOut: '로그아웃',
	bySso: '통합 로그인',
	ssoOwn: '시청 계정으로 로그인했습니다. 비밀번호는 그곳에서 바꿉니다.',
	faults: {
		'sso-away':
			'통합 로그인 서버가 응답하지 않습니다. 잠시 뒤 다시 시도하거나, 마루 계정이 있으면 그 계정으로 로그인하세요.',
		'sso-unknown': '시청 계정은 확인되었지만 마루를 쓸 권한이 없습니다. 전산 담당자에게 권한을 요청하세요.',
		'sso-refused': '시청 로그인을 마치지 않고 돌아왔습니다. 다시 시도하세요.',
		'sso-failed': '시청 로그인을 확인하지 못했습니다. 다시 로그인하고, 계속되면 전산 담당자에게 알려 주세요.',
		lost: '서버에 연결되지 않습니다. 잠시 뒤 다시 시도하세요.',
		busy: '지금 로그인이 몰려 있습니다. 잠시 뒤 다시 시도하세요.',
		internal: '문제가 생겼습니다. 다시 시도하고, 계속되면 전산 담당자에게 알려 주세요.',
	} satisfies Record<SsoFaultCode, string> & Partial<Record<ErrorCode, string>>,
}

export type SignInTexts = Words<typeof ko>

const en: SignInTexts = {
	title: 'Sign in',
	language: '한국어',
	theme: 'Colours',
	themes: { dark: 'Dark', light: 'Light', contrast: 'Contrast' },
	looking: 'One moment…',
	lead: 'Sign in with your Maru account. To enter a meeting, do not sign in: open the link that you were sent.',
	ssoLead: 'Use your city account. To enter a meeting, do not sign in: open the link that you were sent.',
	ssoLeaving: 'Connecting…',
	byAccount: 'Sign in with a Maru account',
	name: 'Account name',
	password: 'Password',
	show: 'Show the password',
	signIn: 'Sign in',
	forgot: 'No account, or forgot the password? Ask your IT staff.',
	wait: 'Too many wrong tries: sign in again in a moment.',
	chooseTitle: 'Choose a new password',
	chooseLead: 'The first password works only once. Choose the one to use from now on.',
	changeTitle: 'Change the password',
	changeLead: 'All other devices will be signed out.',
	current: 'Password of now',
	next: 'New password',
	again: 'New password once more',
	rule: `${fewestLetters} letters or more. A short sentence is long and easy to remember.`,
	count: (letters) => `${letters} letters`,
	weak: {
		short: `Shorter than ${fewestLetters} letters.`,
		long: `Longer than ${mostLetters} letters.`,
		name: 'Without the account name in it, it is too short.',
		pattern: 'Easy to guess: the same letters, a row of the keyboard, or common words.',
		made: 'It may not look like a first password.',
	},
	differs: 'The two passwords differ.',
	choose: 'Save and sign in',
	change: 'Change the password',
	changed: 'The password has been changed.',
	cancel: 'Cancel',
	back: 'Start over',
	account: 'Your account',
	roles: {
		admin: 'Administrator',
		facilities: 'Facilities',
		audit: 'Audit',
		panel: 'Panel operator',
		official: 'Counselling',
	},
	continue: 'Continue',
	pages: { console: 'Console', counsel: 'Counselling desk', panel: 'Room panel' },
	sessions: 'Signed-in devices',
	everySession: 'Signed-in devices (all accounts)',
	here: 'This device',
	since: (when) => `since ${when}`,
	end: 'Sign out',
	endOf: (what) => `Sign out ${what}`,
	signOut: 'Sign out',
	bySso: 'single sign-on',
	ssoOwn: 'You are signed in with your city account: its password is changed there.',
	faults: {
		'sso-away':
			'The sign-in of the city does not answer. Try again in a moment, or sign in with a Maru account if you have one.',
		'sso-unknown': 'The city knows you, but you have no rights in Maru. Ask your IT staff for them.',
		'sso-refused': 'You came back without signing in. Try again.',
		'sso-failed': 'The sign-in of the city could not be verified. Sign in again, and tell your IT staff if it goes on.',
		lost: 'The server cannot be reached. Try again in a moment.',
		busy: 'Many people are signing in. Try again in a moment.',
		internal: 'Something went wrong. Try again, and tell your IT staff if it goes on.',
	},
}

export const signInTexts = (language: Language): SignInTexts => (language === 'ko' ? ko : en)

/** What is in the way, said to whoever signs in. `waits`: the next try is not looked at before a while. */
export function faultText(
	texts: SignInTexts,
	code: ErrorCode | SsoFaultCode,
	waits: boolean,
	language: Language,
): string {
	if (waits) return texts.wait
	const known: Partial<Record<string, string>> = { ...errorTexts[language], ...texts.faults }
	return known[code] ?? texts.faults.internal
}

/** Whether it is the city's sign-in that failed. */
export const isOfSso = (code: ErrorCode | SsoFaultCode | undefined) => ssoFaults.some((one) => one === code)

export const roleText = (texts: SignInTexts, role: Standing['role']): string => texts.roles[role] ?? role

/** '11월 23일 14:03', '23 Nov, 14:03'. */
export function dateTime(at: number, language: Language): string {
	return new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
		...{ month: language === 'ko' ? 'long' : 'short', day: 'numeric' },
		...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
	}).format(at)
}
