import type { ClassView } from '../protocol/lesson.ts'
import { cleaned } from './clean.ts'
import { csv } from './csv.ts'
import type { Language } from './words.ts'

const words = {
	ko: {
		head: [
			...[
				'소속',
				'직위',
				'성명',
				'아이디',
				'참여 방식',
				'처음 들어온 시각',
				'마지막으로 있던 시각',
				'출석(초)',
				'출석률(%)',
			],
			...['출석 확인 요청', '출석 확인 응답', '퀴즈 문항', '퀴즈 정답', '퀴즈 점수(%)', '수료', '수료증 번호'],
		],
		erased: '(삭제된 사람)',
		ways: { class: '교육 참여', hall: '현장', both: '현장과 교육 참여', relay: '중계 시청' },
		passes: { yes: '수료', no: '미수료' },
	},
	en: {
		head: [
			...['Department', 'Title', 'Name', 'Id', 'Way', 'First seen', 'Last seen', 'Seconds present', 'Percent present'],
			...['Checks asked', 'Checks answered', 'Quizzes', 'Quizzes right', 'Quiz percent', 'Completed', 'Certificate'],
		],
		erased: '(erased)',
		ways: { class: 'class', hall: 'hall', both: 'hall and class', relay: 'relay' },
		passes: { yes: 'yes', no: 'no' },
	},
}

/** Who learned, for a system that keeps it. Times in ISO 8601. */
export function classCsv({ trainees }: Pick<ClassView, 'trainees'>, language: Language): string {
	const { head, erased, ways, passes } = words[language]
	const clock = (at: number) => new Date(at).toISOString()
	const rows = cleaned(trainees).map((one) => [
		...[one.bureau, one.title, one.name ?? erased, one.id, ways[one.way], clock(one.firstAt), clock(one.lastAt)],
		...[one.presentS, one.presentPercent, one.checks.asked, one.checks.answered].map(String),
		...[one.quizzes.asked, one.quizzes.right, one.quizzes.percent ?? ''].map(String),
		one.passes ? passes.yes : passes.no,
		one.certificate ?? '',
	])
	return csv([head, ...rows])
}
