import { usedMs } from './clock.ts'
import { isTrainee } from './lesson.ts'
import type { Meeting } from './meeting.ts'

/** How a trainee stands: how much of the class they were there for, how many quizzes they had right, and what follows. */
interface TraineeStanding {
	readonly person: string
	/** By a page, in the hall, one and the other, or watching the relay alone. */
	readonly way: 'class' | 'hall' | 'both' | 'relay'
	readonly firstAt: number
	readonly lastAt: number
	readonly presentMs: number
	/** 0..100, rounded down: whoever is just short of the rule is short of it. */
	readonly presentPercent: number
	readonly checksAsked: number
	readonly checksAnswered: number
	readonly quizzes: number
	readonly quizzesRight: number
	/** Null: there was no quiz. */
	readonly quizPercent: number | null
	readonly passes: boolean
	readonly certificate: string | null
}

interface LessonStanding {
	readonly classMs: number
	readonly trainees: readonly TraineeStanding[]
}

/** Those who came first first. `now` counts while the class goes on. */
export function standingOf(meeting: Meeting, now: number): LessonStanding {
	const { lesson } = meeting
	const classMs = usedMs(lesson.clock, now)
	const trainees = [...lesson.stays.keys()]
		.filter((person) => isTrainee(meeting, person))
		.map((person) => standing(meeting, person, classMs, now))
	return { classMs, trainees: trainees.sort((a, b) => a.firstAt - b.firstAt) }
}

function standing(meeting: Meeting, person: string, classMs: number, now: number): TraineeStanding {
	const { lesson, rules } = meeting
	const stay = lesson.stays.get(person)
	const presentMs = stay ? Math.min(classMs, stay.sureMs + usedMs(stay, now)) : 0
	const presentPercent = classMs === 0 ? 0 : Math.floor((presentMs * 100) / classMs)
	const quizzes = [...meeting.votes.values()].filter(({ poll, phase }) => poll?.right != null && phase === 'closed')
	const quizzesRight = quizzes.filter(({ poll, ballots }) => ballots.get(person) === poll?.right).length
	const quizPercent = quizzes.length === 0 ? null : Math.floor((quizzesRight * 100) / quizzes.length)
	const { present, quiz } = rules.certificate
	const { asked = 0, answered = 0 } = lesson.checked.get(person) ?? {}
	const byPage = meeting.members.has(person)
	const elsewhere = byPage || !lesson.watching.has(person) ? 'class' : 'relay'
	const way = !lesson.hall.has(person) ? elsewhere : byPage ? 'both' : 'hall'
	return {
		person,
		way,
		firstAt: stay?.firstAt ?? now,
		lastAt: stay && stay.runningSince !== null ? now : (stay?.lastAt ?? now),
		presentMs,
		presentPercent,
		checksAsked: asked,
		checksAnswered: answered,
		quizzes: quizzes.length,
		quizzesRight,
		quizPercent,
		passes: classMs > 0 && presentPercent >= present && (quiz === null || quizPercent === null || quizPercent >= quiz),
		certificate: lesson.certificates.get(person)?.number ?? null,
	}
}
