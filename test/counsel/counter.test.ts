import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Counter, type CounterRules, emptyCounter } from '../../appliance/counsel/counter.ts'
import { type CounterRequest, decide } from '../../appliance/counsel/decide.ts'
import { evolve } from '../../appliance/counsel/evolve.ts'
import { beforeOf, queueOf, waitMinutes } from '../../appliance/counsel/queue.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'

const rules: CounterRules = {
	departmentOf: new Map([
		['passport', 'civil'],
		['building', 'urban'],
	]),
	...{ callSeconds: 120, calls: 2, awaySeconds: 1_800, emptySeconds: 90, minutes: 10 },
}
const minute = 60_000
const nine = Date.UTC(2026, 10, 30)

/** A counter under a clock of its own. */
class Day {
	counter: Counter = emptyCounter
	now = nine

	ask(request: CounterRequest): string {
		const events = decide(this.counter, request, rules, this.now)
		if (events instanceof Refusal) return events.code
		this.counter = events.reduce(evolve, this.counter)
		return events.map(({ type }) => type).join(' ')
	}

	ticket(visit: string, topic = 'passport') {
		this.ask({ type: 'ticket', visit, topic, day: '2026-11-30' })
	}

	book(visit: string, startsAt: number) {
		this.ask({ type: 'book', visit, topic: 'passport', startsAt, official: '김주무관', interpreter: null })
	}

	call(department = 'civil', desk = '1'): string {
		return this.ask({ type: 'call', visit: null, department, desk })
	}

	queue(department = 'civil'): string[] {
		return queueOf(this.counter, department, this.now).map(({ id }) => id)
	}

	visit(id: string) {
		const visit = this.counter.visits.get(id)
		if (!visit) throw new Error(`no visit ${id}`)
		return visit
	}
}

function dayWith(...visits: string[]): Day {
	const day = new Day()
	for (const visit of visits) day.ticket(visit)
	return day
}

describe('Whoever takes a number', () => {
	it('gets the next one, and is called in that order', () => {
		const day = dayWith('a', 'b', 'c')
		expect(['a', 'b', 'c'].map((id) => day.visit(id).number)).toEqual([1, 2, 3])
		day.call()
		expect(day.visit('a')).toMatchObject({ phase: 'called', desk: '1', calls: 1 })
		expect(day.queue()).toEqual(['b', 'c'])
	})

	it('begins again with 1 on another day, past those who still have theirs', () => {
		const day = dayWith('a', 'b')
		day.ask({ type: 'end', visit: 'b', outcome: 'left' })
		day.ask({ type: 'ticket', visit: 'c', topic: 'passport', day: '2026-12-01' })
		expect(day.visit('c').number).toBe(2) // the first is still waiting with number 1
	})

	it('for a topic that there is not is refused', () => {
		expect(new Day().ask({ type: 'ticket', visit: 'a', topic: 'moon', day: '' })).toBe('no-visit')
	})

	it('is told how many come before, and about how long that takes', () => {
		const day = dayWith('a', 'b', 'c')
		expect(beforeOf(day.counter, day.visit('c'), day.now)).toBe(2)
		expect(waitMinutes(day.counter, rules, 'civil', 2)).toBe(20)
		day.call('civil', '1')
		day.ask({ type: 'begin', visit: 'a', meeting: 'm' })
		day.now += 4 * minute
		day.ask({ type: 'end', visit: 'a', outcome: 'served' })
		expect(waitMinutes(day.counter, rules, 'civil', 2)).toBe(8) // what the last one took
	})
})

describe('An appointment', () => {
	it('is called at its hour before those who walked in, and as they came before it', () => {
		const day = new Day()
		day.book('late', nine + 60 * minute)
		day.book('due', nine + 4 * minute)
		day.ticket('a')
		day.ask({ type: 'arrive', visit: 'late' })
		day.ask({ type: 'arrive', visit: 'due' })
		expect(day.queue()).toEqual(['due', 'a', 'late'])
		day.now += 56 * minute
		expect(day.queue()).toEqual(['due', 'late', 'a'])
	})

	it('has a number of four digits, and waits for nobody before its visitor came', () => {
		const day = new Day()
		day.book('x', nine)
		expect(day.visit('x').number).toBe(1_000)
		expect(day.queue()).toEqual([])
		expect(day.call()).toBe('no-visit')
	})
})

describe('Whoever is called and does not come', () => {
	it('is called once more, and is then waited for no longer', () => {
		const day = dayWith('a')
		day.call()
		day.now += 119_000
		expect(day.ask({ type: 'tick' })).toBe('')
		day.now += 1_000
		expect(day.ask({ type: 'tick' })).toBe('visit.called')
		day.now += 120_000
		expect(day.ask({ type: 'tick' })).toBe('visit.ended')
		expect(day.counter.visits.size).toBe(0)
	})

	it('keeps the place by saying that they stepped out', () => {
		const day = dayWith('a', 'b')
		day.call()
		expect(day.ask({ type: 'away', visit: 'a' })).toBe('visit.away')
		day.now += 10 * minute
		day.ask({ type: 'tick' })
		day.ask({ type: 'back', visit: 'a' })
		expect(day.queue()).toEqual(['a', 'b'])
	})
})

describe('A hand-over', () => {
	it('puts the visitor first at the other department, with the number and everything else that they had', () => {
		const day = dayWith('a')
		day.ticket('u', 'building')
		day.call()
		day.ask({ type: 'begin', visit: 'a', meeting: 'm1' })
		expect(day.ask({ type: 'handOver', visit: 'a', topic: 'building' })).toBe('visit.handed-over')
		expect(day.queue('urban')).toEqual(['a', 'u'])
		expect(day.visit('a')).toMatchObject({ number: 1, from: 'civil', meeting: null, desk: null, calls: 0 })
	})
})

describe('A queue of 200', () => {
	it('keeps its order, whoever leaves, steps out and comes back', () => {
		const step = fc.record({
			who: fc.nat(199),
			what: fc.constantFrom('away' as const, 'back' as const, 'leave' as const, 'call' as const, 'serve' as const),
		})
		fc.assert(
			fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
				const day = dayWith(...Array.from({ length: 200 }, (_, index) => `v${index}`))
				const out = new Set<string>()
				for (const { who, what } of steps) {
					day.now += 1_000
					const visit = `v${who}`
					if (what === 'call') {
						const [first] = day.queue()
						day.call()
						if (first !== undefined) expect(day.visit(first).phase).toBe('called')
						if (first !== undefined) out.add(first)
					} else if (what === 'leave') {
						day.ask({ type: 'end', visit, outcome: 'left' })
						out.add(visit)
					} else if (what === 'serve') {
						day.ask({ type: 'begin', visit, meeting: 'm' })
					} else {
						const answer = day.ask({ type: what, visit })
						if (answer === 'visit.away') out.add(visit)
						if (answer === 'visit.back') out.delete(visit)
					}
					const expected = Array.from({ length: 200 }, (_, index) => `v${index}`).filter((id) => !out.has(id))
					expect(day.queue()).toEqual(expected)
				}
				const numbers = [...day.counter.visits.values()].map(({ number }) => number)
				expect(new Set(numbers).size).toBe(numbers.length)
			}),
			{ numRuns: 25 },
		)
	})

	it('gives no number twice in a day that is longer than there are numbers', () => {
		const day = new Day()
		for (let index = 0; index < 1_200; index++) {
			day.ticket(`v${index}`)
			if (index >= 200) day.ask({ type: 'end', visit: `v${index - 200}`, outcome: 'served' })
			const numbers = [...day.counter.visits.values()].map(({ number }) => number)
			expect(new Set(numbers).size).toBe(numbers.length)
		}
		expect(day.visit('v1199').number).toBe(201)
	})
})
