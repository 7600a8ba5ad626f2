import type { CertificateView } from '../protocol/lesson.ts'
import { cleaned } from './clean.ts'
import { safe } from './html.ts'
import type { Language } from './words.ts'

/** A certificate (수료증): one page for print (A4) that loads nothing, from which the PDF is made. */

const words = {
	ko: {
		title: '수료증',
		number: (number: string) => `제 ${number} 호`,
		name: '성명',
		place: '소속',
		course: '교육명',
		held: '교육일',
		time: '교육 시간',
		present: '출석',
		quiz: '평가',
		duration: (minutes: number) =>
			minutes < 60 ? `${minutes}분` : `${Math.floor(minutes / 60)}시간 ${minutes % 60}분`,
		said: '위 사람은 위 교육 과정을 이수하였기에 이 증서를 수여합니다.',
		check: '발급 확인: 정보화 부서에 위 번호를 알려 주십시오.',
	},
	en: {
		title: 'Certificate',
		number: (number: string) => `No. ${number}`,
		name: 'Name',
		place: 'Department',
		course: 'Course',
		held: 'Held on',
		time: 'Length',
		present: 'Present',
		quiz: 'Quizzes',
		duration: (minutes: number) =>
			minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`,
		said: 'This is to certify that the person named above has completed this course.',
		check: 'To check this certificate, give its number to the IT department.',
	},
}

/** Who gives certificates and who signs them; without an English name the Korean one stands. */
export interface Issuing {
	readonly issuer?: string
	readonly issuerEn?: string
	readonly signer?: string
	readonly signerEn?: string
}

/** `house`: who gives it where `issuing` does not say. `name` of the certificate must be known. */
export function certificatePage(
	given: CertificateView & { name: string },
	{ language, timeZone, house, issuing }: { language: Language; timeZone: string; house: string; issuing: Issuing },
): string {
	const certificate = cleaned(given)
	const { number, name, bureau, jobTitle, title, heldAt, issuedAt, classS, presentPercent, quizPercent } = certificate
	const say = words[language]
	const korean = { issuer: issuing.issuer ?? house, signer: issuing.signer }
	const english = { issuer: issuing.issuerEn ?? korean.issuer, signer: issuing.signerEn ?? korean.signer }
	const { issuer, signer } = language === 'ko' ? korean : english
	const day = new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', { timeZone, dateStyle: 'long' })
	const place = [bureau, jobTitle].filter((part) => part !== '').join(' ')
	const rows: [string, string][] = [
		[say.name, name],
		...(place === '' ? [] : [[say.place, place] satisfies [string, string]]),
		[say.course, title],
		[say.held, day.format(heldAt)],
		[say.time, say.duration(Math.round(classS / 60))],
		[say.present, `${presentPercent}%`],
		...(quizPercent === null ? [] : [[say.quiz, `${quizPercent}%`] satisfies [string, string]]),
	]
	const facts = rows.map(([label, value]) => `<dt>${safe(label)}</dt><dd>${safe(value)}</dd>`)
	return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${safe(`${say.title} ${number}`)}</title><style>${style}</style></head>
<body><main>
<p class="number">${safe(say.number(number))}</p>
<h1>${say.title}</h1>
<dl>${facts.join('')}</dl>
<p class="said">${say.said}</p>
<p class="day">${safe(day.format(issuedAt))}</p>
<p class="house">${safe(cleaned(issuer))}</p>
${
	signer === undefined
		? ''
		: `<p class="signer">${safe(cleaned(signer))}</p>
`
}<p class="check">${say.check}</p>
</main></body>
</html>
`
}

const style = `
@page { size: A4; margin: 14mm; }
* { box-sizing: border-box; }
html, body { height: 100%; }
body { margin: 0; font: 13pt/1.6 "Pretendard GOV", "Noto Sans CJK KR", "Noto Sans KR", sans-serif; color: #111; word-break: keep-all; }
main { height: 267mm; display: flex; flex-direction: column; padding: 14mm 18mm; border: 2.2pt solid #1f3a5f; outline: .6pt solid #1f3a5f; outline-offset: -2.4mm; }
p { margin: 0; }
.number { font-variant-numeric: tabular-nums; color: #444; }
h1 { margin: 22mm 0 20mm; text-align: center; font-size: 40pt; line-height: 1.1; letter-spacing: .35em; text-indent: .35em; }
:lang(en) h1 { letter-spacing: .06em; text-indent: .06em; }
dl { display: grid; grid-template-columns: 32mm 1fr; gap: 4mm 6mm; margin: 0; font-size: 14.5pt; }
dt { color: #555; } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.said { margin-top: 22mm; text-align: center; font-size: 16pt; text-wrap: balance; }
.day { margin-top: 16mm; text-align: center; }
.house { margin-top: auto; text-align: center; font-size: 22pt; font-weight: 700; }
.signer { margin-top: 2mm; text-align: center; font-size: 15pt; font-weight: 600; }
.check { margin-top: 10mm; text-align: center; font-size: 9.5pt; color: #555; }
`
