import type { RehearsalReport, StepReport } from '../../protocol/rehearsal.ts'
import { rehearsalFaults, rehearsalWords, stepName } from '../../protocol/rehearsal-texts.ts'

/** A report in words, for those who read it without a panel. */

type Language = 'ko' | 'en'

interface ToldStep extends StepReport {
	name: string
	what: string | null
	todo: string | null
}

/** With what is so and what mends it beside each fault. */
export function told(
	report: RehearsalReport,
	language: Language,
): Omit<RehearsalReport, 'steps'> & { steps: ToldStep[] } {
	const steps = report.steps.map((step) => {
		const { what = null, todo = null } = step.fault === null ? {} : rehearsalFaults[language][step.fault]
		return { ...step, name: stepName(step, language), what, todo }
	})
	return { ...report, steps }
}

const marks = { passed: 'ok  ', failed: 'FAIL', absent: '-   ', skipped: '?   ' } as const

/** A line for each step, with the remedy below what failed. */
export function linesOf(report: RehearsalReport, language: Language): string[] {
	const words = rehearsalWords[language]
	const steps = told(report, language).steps.flatMap(({ outcome, name, what, todo, detail }) => {
		const facts = [what, detail].filter((part) => part !== null).join(' · ')
		const line = `${marks[outcome]}  ${facts === '' ? name : `${name}: ${facts}`}`
		return outcome === 'failed' ? [line, `      → ${todo}`] : [line]
	})
	const seconds = Math.round((report.endedAt - report.startedAt) / 1_000)
	const failed = report.steps.filter(({ outcome }) => outcome === 'failed').length
	const reason = report.reason === null ? '' : `: ${words[report.reason]}`
	const count = failed > 0 ? ` ${failed}/${report.steps.length}` : ''
	return [...steps, `${words[report.outcome]}${count}${reason} (${seconds} s)`]
}
