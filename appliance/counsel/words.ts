import { inThrees } from '../protocol/counsel-code.ts'

/** What the counter itself says, in the language of the house. */

export interface CounselWords {
	/** Of the meeting: a number is no name. */
	title(number: number): string
	visitor(number: number): string
	official(desk: string): string
	interpreter: string
	sms(booking: { startsAt: number; number: number; code: string; link: string }): string
}

function time(at: number, locale: string): string {
	return new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(
		at,
	)
}

export const counselWords: Record<'ko' | 'en', CounselWords> = {
	ko: {
		title: (number) => `민원 상담 ${number}번`,
		visitor: (number) => `${number}번 민원인`,
		official: (desk) => `담당자 (${desk})`,
		interpreter: '통역',
		sms: ({ startsAt, number, code, link }) =>
			`[민원 상담] ${time(startsAt, 'ko-KR')} 예약 ${number}번, 입장 코드 ${inThrees(code)}. ${link}`,
	},
	en: {
		title: (number) => `Counselling ${number}`,
		visitor: (number) => `Visitor ${number}`,
		official: (desk) => `Official (${desk})`,
		interpreter: 'Interpreter',
		sms: ({ startsAt, number, code, link }) =>
			`[Counselling] ${time(startsAt, 'en-GB')}, number ${number}, entry code ${inThrees(code)}. ${link}`,
	},
}
