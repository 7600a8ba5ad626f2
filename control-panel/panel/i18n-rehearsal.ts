import type { RehearsalStep, StepReport } from '../../appliance/protocol/rehearsal.ts'
import { rehearsalFaults, rehearsalWords, stepName } from '../../appliance/protocol/rehearsal-texts.ts'
import { createTexts, type LanguageChoice } from '../lib/i18n.svelte.ts'

/** The words of the morning check: loaded with the status screen. Its faults and steps are told alike everywhere. */

const ko = {
	...rehearsalWords.ko,
	title: '점검',
	never: '아직 점검한 적이 없습니다',
	neverLead: '카메라, 소리, 회의, 중계, 이 PC를 차례로 시험합니다.',
	nextAt: (when: string) => `다음 점검 ${when}`,
	begin: '지금 점검',
	again: '다시 점검',
	stop: '점검 멈추기',
	show: '고칠 것 보기',
	going: (done: number, steps: number) => `점검 중 ${done} / ${steps}`,
	beginning: '점검을 시작합니다…',
	counts: (passed: number, absent: number) =>
		absent > 0 ? `${passed}가지 확인 · ${absent}가지 해당 없음` : `${passed}가지 확인`,
	failedCount: (failed: number) => `고칠 것 ${failed}가지`,
	more: (n: number) => `그 밖에 ${n}가지는 보고서에 있습니다`,
	today: (time: string) => `오늘 ${time}`,
	busyNow: '회의가 열려 있거나 곧 시작합니다',
}

const en: { [K in keyof typeof ko]: (typeof ko)[K] extends string ? string : (typeof ko)[K] } = {
	...rehearsalWords.en,
	title: 'Rehearsal',
	never: 'Not rehearsed yet',
	neverLead: 'Tries cameras, sound, a meeting, the relay and this PC, one after the other.',
	nextAt: (when) => `Next one ${when}`,
	begin: 'Rehearse now',
	again: 'Rehearse again',
	stop: 'Stop',
	show: 'What to mend',
	going: (done, steps) => `Rehearsing ${done} / ${steps}`,
	beginning: 'Beginning…',
	counts: (passed, absent) => (absent > 0 ? `${passed} well · ${absent} not there` : `${passed} well`),
	failedCount: (failed) => `${failed} to mend`,
	more: (n) => `${n} more are in the report`,
	today: (time) => `today ${time}`,
	busyNow: 'A meeting is on or about to begin',
}

const rehearsalTexts = { ko, en }

export function rehearsalPanelWords(language: LanguageChoice) {
	const { t } = createTexts(language, rehearsalTexts)
	return {
		t,
		name: (step: RehearsalStep) => stepName(step, language.current),
		fault: ({ fault, detail }: StepReport) => {
			if (fault === null) return { what: '', todo: '' }
			const { what, todo } = rehearsalFaults[language.current][fault]
			// Figures say more than words here; codes are for the report.
			return { what: detail !== null && /\d/.test(detail) ? `${what} (${detail})` : what, todo }
		},
		/** Today's by its hour, another day's by its date as well. */
		when(at: number, now: number): string {
			const locale = language.current === 'ko' ? 'ko' : 'en-GB'
			const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
			const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options).format(at)
			const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
			return sameDay ? t('today', format(time)) : format({ month: 'short', day: 'numeric', weekday: 'short', ...time })
		},
	}
}
