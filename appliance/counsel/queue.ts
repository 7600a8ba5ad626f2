import type { Counter, CounterRules, Visit } from './counter.ts'

/** Who comes next, and when about. Pure. */

/** An appointment's hour is theirs from so long before it on. */
const earlyMs = 5 * 60_000

/**
 * Those who wait for this department, as they are called: first whoever was handed over, who has waited once already, then
 * appointments whose hour has come, by that hour, then everybody as they came. Whoever is before their hour waits as a walk-up.
 */
export function queueOf({ visits }: Counter, department: string, now: number): Visit[] {
	const rank = (visit: Visit) => (visit.from !== null ? 0 : isDue(visit, now) ? 1 : 2)
	return [...visits.values()]
		.filter((visit) => visit.phase === 'waiting' && visit.department === department)
		.sort((a, b) => rank(a) - rank(b) || hour(a, b, now) || a.order - b.order)
}

function hour(a: Visit, b: Visit, now: number): number {
	return isDue(a, now) && isDue(b, now) ? (a.startsAt ?? 0) - (b.startsAt ?? 0) : 0
}

function isDue({ startsAt }: Visit, now: number): boolean {
	return startsAt !== null && startsAt - earlyMs <= now
}

/** How many are called before this one; one who is out is counted as if they were here. */
export function beforeOf(counter: Counter, visit: Visit, now: number): number {
	if (visit.phase !== 'waiting' && visit.phase !== 'away') return 0
	const here = { ...counter, visits: new Map(counter.visits).set(visit.id, { ...visit, phase: 'waiting' as const }) }
	return queueOf(here, visit.department, now).findIndex(({ id }) => id === visit.id)
}

/** Minutes until somebody is called who has so many before them: by what sessions took lately, at the desks that are open. */
export function waitMinutes(counter: Counter, rules: CounterRules, department: string, before: number): number {
	const busy = [...counter.visits.values()].filter(
		(visit) => visit.department === department && (visit.phase === 'serving' || visit.phase === 'called'),
	)
	const desks = new Set(busy.map(({ desk }) => desk)).size
	const took = [...(counter.tookMs.get(department) ?? [])].sort((a, b) => a - b)
	const usualMs = took[Math.floor(took.length / 2)] ?? rules.minutes * 60_000
	// At a desk that is busy somebody is half way through.
	const ahead = before + (desks > 0 ? 0.5 : 0)
	return Math.round((ahead * usualMs) / Math.max(1, desks) / 60_000)
}
