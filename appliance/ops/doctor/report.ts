import type { DiagnosisView, FindingState, Said } from '../../protocol/diagnosis.ts'
import type { Report } from './examine.ts'
import { checks, type Finding } from './finding.ts'

/** The findings for people, in the room's language. Scripts take `--json`, which has both. */

const states: Record<FindingState, Said> = {
	ok: { ko: '정상', en: 'ok' },
	advice: { ko: '권고', en: 'advice' },
	unread: { ko: '확인 불가', en: 'unread' },
	fault: { ko: '이상', en: 'FAULT' },
}

const attention = ({ state }: Finding) => state === 'fault' || state === 'unread'

/** What nobody knows is not well either. */
export const needing = (findings: readonly Finding[]) => findings.filter(attention).length

export function tableOf({ language, findings }: Report): string {
	const rows = findings.map((finding) => {
		const title = checks[finding.check][language]
		return { finding, state: states[finding.state][language], what: finding.of ? `${title} ${finding.of}` : title }
	})
	const widest = (texts: string[]) => Math.max(...texts.map(columns))
	const [first, second] = [widest(rows.map(({ state }) => state)), widest(rows.map(({ what }) => what))]
	const lines = rows.flatMap(({ finding: { detail, mend }, state, what }) => {
		const [head = '', ...more] = detail[language].split('\n')
		const indent = ' '.repeat(first + second + 4)
		return [
			`${padded(state, first)}  ${padded(what, second)}  ${head}`,
			...more.map((line) => `${indent}${line}`),
			...(mend ? [`${indent}→ ${mend[language]}`] : []),
		]
	})
	return `${lines.join('\n')}\n`
}

/** For whoever runs the command: how many need them, or that none does. */
export function summaryOf({ language, findings }: Report): string {
	const [bad, all] = [needing(findings), findings.length]
	if (bad === 0) return language === 'ko' ? `${all}가지 모두 이상이 없습니다` : `nothing of ${all} needs your attention`
	return language === 'ko' ? `${all}가지 중 ${bad}가지를 손봐야 합니다` : `${bad} of ${all} need your attention`
}

export function jsonOf({ findings }: Report): DiagnosisView {
	return {
		ok: needing(findings) === 0,
		findings: findings.map(({ check, of, state, detail, mend }) => {
			return { check, of, title: checks[check], state, detail, mend }
		}),
	}
}

const padded = (text: string, width: number) => text + ' '.repeat(width - columns(text))

/** A terminal gives Hangul two columns. */
function columns(text: string): number {
	return [...text].reduce(
		(sum, character) =>
			sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(character) ? 2 : 1),
		0,
	)
}
