import type { Meeting } from '../meeting/meeting.ts'
import { standingOf } from '../meeting/trainees.ts'
import { Refusal } from '../protocol/errors.ts'
import type { CertificateView, ClassView, TraineeView } from '../protocol/lesson.ts'
import type { Cards } from './cards.ts'
import { cardOf } from './strips.ts'
import type { Watched } from './viewings.ts'

/** A class by its people: how each of them stands, and what their certificate (수료증) says. Pure. */

const seconds = (ms: number) => Math.floor(ms / 1_000)

/** `watched`: those who watched its relay, who are listed by how long they did. Nobody who only watched was asked anything. */
export function classView(meeting: Meeting, now: number, cards: Cards, watched: readonly Watched[]): ClassView {
	const { classMs, trainees } = standingOf(meeting, now)
	const inClass = trainees.map(({ person, certificate, ...one }): TraineeView => {
		return {
			id: person,
			...namedIn(meeting, person, cards),
			way: one.way,
			firstAt: one.firstAt,
			lastAt: one.lastAt,
			presentS: seconds(one.presentMs),
			presentPercent: one.presentPercent,
			checks: { asked: one.checksAsked, answered: one.checksAnswered },
			quizzes: { asked: one.quizzes, right: one.quizzesRight, percent: one.quizPercent },
			passes: one.passes,
			certificate,
		}
	})
	const known = new Set(trainees.map(({ person }) => person))
	const byRelay = watched.flatMap(({ person, name, firstAt, lastAt, watchedMs }): TraineeView[] => {
		if (person === null || known.has(person)) return []
		const presentPercent = classMs === 0 ? 0 : Math.min(100, Math.floor((watchedMs * 100) / classMs))
		const nothing = { checks: { asked: 0, answered: 0 }, quizzes: { asked: 0, right: 0, percent: null } }
		const whole = { id: person, name, bureau: '', title: '', way: 'relay', firstAt, lastAt } as const
		return [{ ...whole, ...nothing, presentS: seconds(watchedMs), presentPercent, passes: false, certificate: null }]
	})
	return { classS: seconds(classMs), rule: meeting.rules.certificate, trainees: [...inClass, ...byRelay] }
}

/** Throws Refusal('no-document'). */
export function certificateView(meeting: Meeting, person: string, cards: Cards): CertificateView {
	const certificate = meeting.lesson.certificates.get(person)
	if (!certificate) throw noCertificate()
	const { name, bureau, title: jobTitle } = namedIn(meeting, person, cards)
	const { number, at: issuedAt, presentPercent, quizPercent } = certificate
	return {
		...{ number, meeting: meeting.id, title: meeting.title, heldAt: meeting.openedAt ?? issuedAt, issuedAt },
		...{ person, name, bureau, jobTitle, presentPercent, quizPercent },
		classS: seconds(standingOf(meeting, issuedAt).classMs),
	}
}

export function noCertificate(): Refusal {
	return new Refusal('no-document', 'there is no such certificate')
}

function namedIn(meeting: Meeting, person: string, cards: Cards): Pick<TraineeView, 'name' | 'bureau' | 'title'> {
	const card = cardOf(meeting, person, cards)
	return { name: card?.name ?? null, title: card?.title ?? '', bureau: meeting.roll.get(person)?.bureau ?? '' }
}
