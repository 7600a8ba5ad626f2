import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { Words } from '../../lib/words.ts'

/** The words of a page that is no panel yet. Korean is the original; English is checked against it. */

const ko = {
	title: '회의실 터치 패널',
	heading: '이 화면을 회의실 패널로 연결합니다',
	code: '연결 코드',
	spoken: (digits: string) => `연결 코드 ${digits}`,
	left: (time: string) => `${time} 뒤 새 코드로 바뀝니다`,
	how: '승인하는 방법',
	console: '시설 담당자 화면 (/console)',
	consoleLead: '‘패널과 태블릿’에 이 코드를 입력하고, 이 기기가 맞는지 확인한 뒤 승인합니다.',
	machine: '회의실 PC',
	machineLead: '터미널에서 이렇게 실행합니다.',
	safe: '코드를 본 다른 사람은 이 코드로 들어올 수 없습니다. 승인은 이 브라우저에만 적용됩니다.',
	asking: '연결 코드를 받고 있습니다',
	approved: '승인되었습니다',
	approvedLead: '곧 패널이 열립니다.',
	full: '지금은 코드를 더 만들 수 없습니다',
	fullLead: '다른 화면들이 승인을 기다리고 있습니다. 곧 다시 시도합니다.',
	away: '회의실 장치에 연결할 수 없습니다',
	awayLead: '네트워크를 확인하세요. 계속 다시 연결하고 있습니다.',
	insecure: '이 주소로는 패널을 연결할 수 없습니다',
	insecureLead: 'https://로 시작하는 주소로 여세요.',
	theme: '화면 색',
	themes: { dark: '어둡게', light: '밝게', contrast: '고대비' },
	language: '언어',
	out: {
		revoked: '이 패널의 연결이 해제되었습니다. 다시 쓰려면 새로 승인받으세요.',
		expired: '이 패널을 쓸 수 있는 기간이 끝났습니다. 다시 쓰려면 새로 승인받으세요.',
		other: '회의실 장치가 이 패널을 더 이상 받지 않습니다. 다시 쓰려면 새로 승인받으세요.',
	},
}

type PairingTexts = Words<typeof ko>

const en: PairingTexts = {
	title: 'Room touch panel',
	heading: 'Connect this screen as a room panel',
	code: 'Pairing code',
	spoken: (digits) => `Pairing code ${digits}`,
	left: (time) => `A new code in ${time}`,
	how: 'How to let it in',
	console: 'Facilities page (/console)',
	consoleLead: 'Type this code under “Panels and tablets”, see that it is this device, and approve it.',
	machine: 'Room PC',
	machineLead: 'In a terminal, run this.',
	safe: 'Nobody else can come in with this code. Approval holds for this browser alone.',
	asking: 'Getting a pairing code',
	approved: 'Approved',
	approvedLead: 'The panel opens in a moment.',
	full: 'No more codes can be made now',
	fullLead: 'Other screens wait to be approved. Trying again shortly.',
	away: 'The room cannot be reached',
	awayLead: 'Please check the network. Connecting again all the time.',
	insecure: 'A panel cannot be connected by this address',
	insecureLead: 'Open the address that begins with https://',
	theme: 'Colours',
	themes: { dark: 'Dark', light: 'Light', contrast: 'Contrast' },
	language: 'Language',
	out: {
		revoked: 'This panel was disconnected. Have it approved again to use it.',
		expired: 'The time of this panel is over. Have it approved again to use it.',
		other: 'The room does not take this panel any more. Have it approved again to use it.',
	},
}

export const pairingTexts = { ko, en }

export function outText(texts: PairingTexts, why: ErrorCode): string {
	return why === 'revoked' || why === 'expired' ? texts.out[why] : texts.out.other
}
