import type { Counter, CounterEvent, Visit } from './counter.ts'

/** So many sessions tell how long the next one takes. */
const remembered = 10

/** The counter after this event. One out of place changes nothing. */
export function evolve(counter: Counter, event: CounterEvent): Counter {
	const { at } = event
	switch (event.type) {
		case 'visit.ticketed': {
			const { number, day } = event
			const order = counter.lastOrder + 1
			const visit = { ...made(event, order), phase: 'waiting', arrivedAt: at } as const
			return placed({ ...counter, day, lastTicket: number, lastOrder: order }, visit)
		}
		case 'visit.booked': {
			const { number, startsAt, official, interpreter } = event
			const visit = { ...made(event, 0), startsAt, official, interpreter }
			return placed({ ...counter, lastBooking: number }, visit)
		}
		case 'visit.arrived': {
			const order = counter.lastOrder + 1
			return changed({ ...counter, lastOrder: order }, event, { phase: 'waiting', arrivedAt: at, order })
		}
		case 'visit.called': {
			const calls = (counter.visits.get(event.visit)?.calls ?? 0) + 1
			return changed(counter, event, { phase: 'called', desk: event.desk, calls })
		}
		case 'visit.away':
			return changed(counter, event, { phase: 'away', ...uncalled })
		case 'visit.back':
			return changed(counter, event, { phase: 'waiting' })
		case 'visit.began':
			return changed(counter, event, { phase: 'serving', meeting: event.meeting, beganAt: at })
		case 'visit.emptied':
		case 'visit.filled': {
			const before = counter.visits.get(event.visit)
			return before ? placed(counter, { ...before, emptySince: event.type === 'visit.emptied' ? at : null }) : counter
		}
		case 'visit.handed-over': {
			const { topic, department } = event
			const from = counter.visits.get(event.visit)?.department ?? null
			const next = { phase: 'waiting', topic, department, from, ...uncalled } as const
			return changed(timed(counter, event), event, { ...next, meeting: null, beganAt: null, emptySince: null })
		}
		case 'visit.ended': {
			const visits = new Map(counter.visits)
			visits.delete(event.visit)
			return { ...timed(counter, event), visits }
		}
	}
}

const uncalled = { desk: null, calls: 0 } as const

type Made = Extract<CounterEvent, { type: 'visit.ticketed' | 'visit.booked' }>

function made({ visit: id, number, topic, department, at }: Made, order: number): Visit {
	return {
		...{ id, number, order, topic, department, from: null, phase: 'booked', since: at, madeAt: at },
		...{ arrivedAt: null, startsAt: null, official: null, interpreter: null },
		...{ desk: null, calls: 0, beganAt: null, meeting: null, emptySince: null },
	}
}

function placed(counter: Counter, visit: Visit): Counter {
	return { ...counter, visits: new Map(counter.visits).set(visit.id, visit) }
}

function changed(counter: Counter, { visit, at }: CounterEvent, change: Partial<Visit>): Counter {
	const before = counter.visits.get(visit)
	return before ? placed(counter, { ...before, ...change, since: at }) : counter
}

/** A session that is over shows how long the next one takes. */
function timed(counter: Counter, { visit, at }: CounterEvent): Counter {
	const { beganAt = null, department = '' } = counter.visits.get(visit) ?? {}
	if (beganAt === null) return counter
	const before = counter.tookMs.get(department) ?? []
	const tookMs = new Map(counter.tookMs).set(department, [...before, at - beganAt].slice(-remembered))
	return { ...counter, tookMs }
}
