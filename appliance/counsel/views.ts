import type { BoardView, Department, DeskView, DeskVisit, Topic, VisitView } from '../protocol/counsel.ts'
import type { Counter, CounterRules, Visit } from './counter.ts'
import { beforeOf, queueOf, waitMinutes } from './queue.ts'
import type { VisitCard } from './visit-store.ts'

/** The counter as its screens see it. Pure. Names are for officials alone. */

export interface Around {
	departments: readonly Department[]
	topics: readonly Topic[]
	rules: CounterRules
	now: number
}

export function boardView(counter: Counter, { departments, topics, rules, now }: Around): BoardView {
	const called = [...counter.visits.values()]
		.filter(({ phase }) => phase === 'called')
		.sort((a, b) => b.since - a.since)
		.map(({ number, desk, department, since }) => ({ number, desk: desk ?? '', department, at: since }))
	const waiting = departments.map(({ id: department }) => {
		const numbers = queueOf(counter, department, now).map(({ number }) => number)
		return { department, numbers, minutes: waitMinutes(counter, rules, department, numbers.length) }
	})
	return { departments, topics, called, waiting, at: now }
}

export function deskView(counter: Counter, cards: ReadonlyMap<string, VisitCard>, around: Around): DeskView {
	const { departments, topics, now } = around
	const queued = departments.flatMap(({ id }) => queueOf(counter, id, now))
	const others = [...counter.visits.values()]
		.filter(({ phase }) => phase !== 'waiting')
		.sort((a, b) => (a.startsAt ?? a.order) - (b.startsAt ?? b.order))
	const visits = [...queued, ...others].map((visit) => deskVisit(visit, cards.get(visit.id)?.name ?? null, around))
	return { departments, topics, visits, at: now }
}

function deskVisit(visit: Visit, name: string | null, { rules }: Around): DeskVisit {
	const { id, number, topic, department, phase, since, arrivedAt, startsAt } = visit
	const { official, interpreter, desk, calls, from, meeting, emptySince } = visit
	const endsAt = emptySince === null ? null : emptySince + rules.emptySeconds * 1000
	return {
		...{ id, number, topic, department, phase, since, arrivedAt, startsAt },
		...{ official, interpreter, name, desk, calls, from, meeting, endsAt },
	}
}

export function visitView(counter: Counter, visit: Visit, card: VisitCard, around: Around): VisitView {
	const { departments, topics } = around
	const { number, phase, department, desk } = visit
	return {
		...{ number, phase, department, desk, departments, topics },
		...placeOf(counter, visit, around),
		token: phase === 'serving' ? card.token : null,
	}
}

export function placeOf(counter: Counter, visit: Visit, { rules, now }: Around): { before: number; minutes: number } {
	const before = beforeOf(counter, visit, now)
	return { before, minutes: waitMinutes(counter, rules, visit.department, before) }
}
