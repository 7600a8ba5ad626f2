import { Refusal } from '../protocol/errors.ts'
import type { Counter, CounterEvent, CounterRules, Outcome, Visit } from './counter.ts'
import { queueOf } from './queue.ts'

/** What may be asked of the counter. Ids come with the request: nothing is made up here. */
export type CounterRequest =
	| { type: 'ticket'; visit: string; topic: string; day: string }
	| { type: 'book'; visit: string; topic: string; startsAt: number; official: string; interpreter: string | null }
	| { type: 'arrive' | 'away' | 'back'; visit: string }
	/** `visit` null: whoever is next. */
	| { type: 'call'; visit: string | null; department: string; desk: string }
	| { type: 'again' | 'no-show'; visit: string }
	| { type: 'begin'; visit: string; meeting: string }
	/** Their page has gone from the session, or is there again. */
	| { type: 'empty' | 'fill'; visit: string }
	/** An official waits longer for a visitor whose page has gone. */
	| { type: 'wait'; visit: string }
	| { type: 'handOver'; visit: string; topic: string }
	| { type: 'end'; visit: string; outcome: Outcome }
	/** Whatever is due by now. */
	| { type: 'tick' }

type Happening = CounterEvent extends infer E ? (E extends CounterEvent ? Omit<E, 'at'> : never) : never

/** Walk-ups count from 1 each day; appointments have four digits, so that nobody takes the one for the other. */
const tickets = { first: 1, last: 999 }
const bookings = { first: 1_000, last: 9_999 }
/** A day at the counter is over by then; an appointment is kept for the day after its hour. */
const dayMs = 16 * 3_600_000

/** The events that follow, or why not. Pure: the same in, the same out. */
export function decide(
	counter: Counter,
	request: CounterRequest,
	rules: CounterRules,
	now: number,
): CounterEvent[] | Refusal {
	const decided = follows(counter, request, rules, now)
	return decided instanceof Refusal ? decided : decided.map((happening) => ({ ...happening, at: now }) as CounterEvent)
}

function follows(counter: Counter, request: CounterRequest, rules: CounterRules, now: number): Happening[] | Refusal {
	switch (request.type) {
		case 'ticket': {
			const { visit, topic, day } = request
			const department = rules.departmentOf.get(topic)
			if (department === undefined) return noTopic()
			const after = day === counter.day ? counter.lastTicket : 0
			const number = freeNumber(counter, tickets, after)
			if (number === null) return full()
			return [{ type: 'visit.ticketed', visit, number, topic, department, day }]
		}
		case 'book': {
			const { visit, topic, startsAt, official, interpreter } = request
			const department = rules.departmentOf.get(topic)
			if (department === undefined) return noTopic()
			const number = freeNumber(counter, bookings, counter.lastBooking)
			if (number === null) return full()
			return [{ type: 'visit.booked', visit, number, topic, department, startsAt, official, interpreter }]
		}
		case 'call': {
			const { desk, department } = request
			const next = request.visit === null ? queueOf(counter, department, now)[0] : counter.visits.get(request.visit)
			if (!next) return new Refusal('no-visit', 'nobody waits')
			if (next.phase !== 'waiting') return notNow(next)
			return [{ type: 'visit.called', visit: next.id, desk }]
		}
		case 'tick':
			return due(counter, rules, now)
	}
	const visit = counter.visits.get(request.visit)
	if (!visit) return new Refusal('no-visit', 'there is no such visit')
	return ofVisit(visit, request, rules)
}

function ofVisit(
	visit: Visit,
	request: Extract<CounterRequest, { visit: string }>,
	rules: CounterRules,
): Happening[] | Refusal {
	const { id, phase } = visit
	switch (request.type) {
		case 'arrive':
			return phase === 'booked' ? [{ type: 'visit.arrived', visit: id }] : []
		case 'away':
			return phase === 'waiting' || phase === 'called' ? [{ type: 'visit.away', visit: id }] : notNow(visit)
		case 'back':
			return phase === 'away' ? [{ type: 'visit.back', visit: id }] : notNow(visit)
		case 'again':
			return phase === 'called' ? [{ type: 'visit.called', visit: id, desk: visit.desk ?? '' }] : notNow(visit)
		case 'no-show':
			return phase === 'called' ? [{ type: 'visit.ended', visit: id, outcome: 'no-show' }] : notNow(visit)
		case 'begin':
			return phase === 'called' ? [{ type: 'visit.began', visit: id, meeting: request.meeting }] : notNow(visit)
		case 'empty':
			return phase === 'serving' && visit.emptySince === null ? [{ type: 'visit.emptied', visit: id }] : []
		case 'fill':
			return visit.emptySince !== null ? [{ type: 'visit.filled', visit: id }] : []
		case 'wait':
			return visit.emptySince !== null ? [{ type: 'visit.emptied', visit: id }] : notNow(visit)
		case 'handOver': {
			const department = rules.departmentOf.get(request.topic)
			if (department === undefined) return noTopic()
			if (phase === 'booked') return notNow(visit)
			return [{ type: 'visit.handed-over', visit: id, topic: request.topic, department }]
		}
		case 'end':
			return [{ type: 'visit.ended', visit: id, outcome: request.outcome }]
	}
	return []
}

/** The no-show rule, and those who are waited for no longer. */
function due(counter: Counter, rules: CounterRules, now: number): Happening[] {
	const { callSeconds, calls, awaySeconds, emptySeconds } = rules
	return [...counter.visits.values()].flatMap((visit): Happening[] => {
		const { id, phase, since, startsAt, arrivedAt, emptySince } = visit
		const lasts = now - since
		if (phase === 'called' && lasts >= callSeconds * 1000) {
			if (visit.calls >= calls) return [{ type: 'visit.ended', visit: id, outcome: 'no-show' }]
			return [{ type: 'visit.called', visit: id, desk: visit.desk ?? '' }]
		}
		if (phase === 'away' && lasts >= awaySeconds * 1000) return [{ type: 'visit.ended', visit: id, outcome: 'left' }]
		if (emptySince !== null && now - emptySince >= emptySeconds * 1000) {
			return [{ type: 'visit.ended', visit: id, outcome: 'left' }]
		}
		const from = phase === 'booked' ? startsAt : phase === 'waiting' ? Math.max(arrivedAt ?? 0, startsAt ?? 0) : null
		if (from !== null && now - from >= dayMs) return [{ type: 'visit.ended', visit: id, outcome: 'expired' }]
		return []
	})
}

/** The next number that nobody has; null: all are taken. */
function freeNumber({ visits }: Counter, { first, last }: typeof tickets, after: number): number | null {
	const taken = new Set([...visits.values()].map(({ number }) => number))
	const count = last - first + 1
	for (let step = 0; step < count; step++) {
		const number = first + ((Math.max(after + 1, first) - first + step) % count)
		if (!taken.has(number)) return number
	}
	return null
}

const noTopic = () => new Refusal('no-visit', 'there is no such topic')
const full = () => new Refusal('full', 'every number is taken')
const notNow = ({ phase }: Visit) => new Refusal('already-so', `this visit is ${phase}`)
