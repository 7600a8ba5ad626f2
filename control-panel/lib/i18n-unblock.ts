import type { Language } from './i18n.svelte.ts'
import type { BrowserAtHand, BrowserName } from './meeting/unblock.ts'

/** How to let a page use camera and microphone again, in the words that each browser has on its own screen. */

interface UnblockTexts {
	title: string
	/** With the browser's name. */
	inBrowser: (browser: string) => string
	names: Record<BrowserName, string>
	other: string
	viewOnly: string
	retry: string
	done: string
	steps: {
		/** Chrome and those that are made from it. */
		chromium: string[]
		edge: string[]
		whale: string[]
		firefox: string[]
		safari: string[]
		android: string[]
		samsung: string[]
		ios: string[]
		other: string[]
	}
}

const ko: UnblockTexts = {
	title: '카메라와 마이크 허용하기',
	inBrowser: (browser) => `${browser}에서 이렇게 하세요`,
	names: {
		chrome: '크롬',
		edge: '엣지',
		whale: '웨일',
		samsung: '삼성 인터넷',
		firefox: '파이어폭스',
		safari: '사파리',
	},
	other: '지금 브라우저',
	viewOnly: '허용하지 않아도 보고 들을 수 있습니다.',
	retry: '다시 시도',
	done: '닫기',
	steps: {
		chromium: [
			'주소창 왼쪽의 사이트 정보 단추(조절 막대 모양)를 누릅니다.',
			'‘카메라’와 ‘마이크’를 켭니다.',
			'아래 ‘다시 시도’를 누릅니다. 안 되면 페이지를 새로 고칩니다.',
		],
		edge: [
			'주소창 왼쪽의 자물쇠를 누르고 ‘이 사이트에 대한 사용 권한’을 엽니다.',
			'‘카메라’와 ‘마이크’를 ‘허용’으로 바꿉니다.',
			'아래 ‘다시 시도’를 누릅니다. 안 되면 페이지를 새로 고칩니다.',
		],
		whale: [
			'주소창 왼쪽의 자물쇠를 누릅니다.',
			'‘카메라’와 ‘마이크’를 ‘허용’으로 바꿉니다.',
			'아래 ‘다시 시도’를 누릅니다. 안 되면 페이지를 새로 고칩니다.',
		],
		firefox: [
			'주소창 왼쪽의 카메라·마이크 그림을 누릅니다.',
			'‘차단됨’ 옆의 ×를 눌러 차단을 지웁니다.',
			'아래 ‘다시 시도’를 누르고, 묻는 창에서 ‘허용’을 누릅니다.',
		],
		safari: [
			'메뉴 막대의 ‘Safari’에서 ‘이 웹사이트 설정’을 엽니다.',
			'‘카메라’와 ‘마이크’를 ‘허용’으로 바꿉니다.',
			'페이지를 새로 고칩니다.',
		],
		android: [
			'주소창의 사이트 정보 단추를 누르고 ‘권한’을 엽니다.',
			'‘카메라’와 ‘마이크’를 켭니다.',
			'그래도 안 되면 휴대폰 설정의 ‘애플리케이션’에서 이 브라우저의 카메라·마이크 권한을 허용합니다.',
		],
		samsung: [
			'주소창의 자물쇠를 누르고 ‘권한’을 엽니다.',
			'‘카메라’와 ‘마이크’를 ‘허용’으로 바꿉니다.',
			'그래도 안 되면 휴대폰 설정의 ‘애플리케이션’에서 ‘삼성 인터넷’의 권한을 허용합니다.',
		],
		ios: [
			'주소창의 ‘가가’ 또는 페이지 메뉴를 누르고 ‘웹사이트 설정’을 엽니다.',
			'‘카메라’와 ‘마이크’를 ‘허용’으로 바꿉니다.',
			'다른 브라우저라면 아이폰 ‘설정’에서 그 앱을 찾아 카메라와 마이크를 켭니다.',
		],
		other: [
			'주소창 가까이의 자물쇠나 카메라 그림을 누릅니다.',
			'카메라와 마이크를 ‘허용’으로 바꿉니다.',
			'페이지를 새로 고칩니다.',
		],
	},
}

const en: UnblockTexts = {
	title: 'Allow camera and microphone',
	inBrowser: (browser) => `In ${browser}, do this`,
	names: {
		chrome: 'Chrome',
		edge: 'Edge',
		whale: 'Whale',
		samsung: 'Samsung Internet',
		firefox: 'Firefox',
		safari: 'Safari',
	},
	other: 'your browser',
	viewOnly: 'You can watch and listen without allowing them.',
	retry: 'Try again',
	done: 'Close',
	steps: {
		chromium: [
			'Press the site information button (two sliders) at the left of the address.',
			'Turn “Camera” and “Microphone” on.',
			'Press “Try again” below. If that is not enough, reload the page.',
		],
		edge: [
			'Press the lock at the left of the address and open “Permissions for this site”.',
			'Set “Camera” and “Microphone” to “Allow”.',
			'Press “Try again” below. If that is not enough, reload the page.',
		],
		whale: [
			'Press the lock at the left of the address.',
			'Set “Camera” and “Microphone” to “Allow”.',
			'Press “Try again” below. If that is not enough, reload the page.',
		],
		firefox: [
			'Press the camera or microphone sign at the left of the address.',
			'Press the × beside “Blocked” to clear it.',
			'Press “Try again” below, and “Allow” when the browser asks.',
		],
		safari: [
			'In the menu bar open “Safari”, then “Settings for This Website”.',
			'Set “Camera” and “Microphone” to “Allow”.',
			'Reload the page.',
		],
		android: [
			'Press the site information button in the address bar and open “Permissions”.',
			'Turn “Camera” and “Microphone” on.',
			'If that is not enough: in the phone’s settings open “Apps” and allow this browser camera and microphone.',
		],
		samsung: [
			'Press the lock in the address bar and open “Permissions”.',
			'Set “Camera” and “Microphone” to “Allow”.',
			'If that is not enough: in the phone’s settings open “Apps” and allow Samsung Internet both.',
		],
		ios: [
			'Press “AA” or the page menu in the address bar and open “Website Settings”.',
			'Set “Camera” and “Microphone” to “Allow”.',
			'In another browser: open the iPhone’s “Settings”, find its app, and turn both on.',
		],
		other: [
			'Press the lock or the camera sign near the address.',
			'Set camera and microphone to “Allow”.',
			'Reload the page.',
		],
	},
}

const texts = { ko, en }

export function unblockTexts(language: Language): UnblockTexts {
	return texts[language]
}

/** Numbered steps for the browser at hand. */
export function unblockSteps({ name, on }: BrowserAtHand, language: Language): { browser: string; steps: string[] } {
	const { names, other, steps } = texts[language]
	const browser = name ? names[name] : other
	if (on === 'ios') return { browser, steps: steps.ios }
	switch (name) {
		case 'chrome':
			return { browser, steps: on === 'android' ? steps.android : steps.chromium }
		case 'samsung':
			return { browser, steps: steps.samsung }
		case 'edge':
		case 'whale':
		case 'firefox':
			return { browser, steps: on === 'android' ? steps.android : steps[name] }
		case 'safari':
			return { browser, steps: steps.safari }
		case null:
			return { browser, steps: steps.other }
	}
}
