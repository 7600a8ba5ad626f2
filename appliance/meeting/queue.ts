import type { FloorKind } from '../protocol/floor.ts'
import type { FloorRules } from '../protocol/rules.ts'
import type { Asking } from './meeting.ts'

/**
 * Who stands where in line. A place is a number, so that one who comes changes nobody else's and every replay, in
 * whatever order, gives the same line. Points of order stand first, then those who were interrupted, then all others.
 */

type Order = FloorRules['order']

/** How far from the one before: not halfway, because the next to come usually stands behind and not before. */
const part = 1 / 16

/** Where somebody who asks now comes to stand. `spokenMs` tells how long somebody has spoken. */
export function placeOf(
	line: readonly Asking[],
	comer: { who: string; kind: FloorKind; priority: number },
	order: Order,
	spokenMs: (who: string) => number,
): number {
	const first = headOf(line, 'speak')
	if (comer.kind === 'order') return first
	const before = (other: Asking) => {
		if (other.back || order === 'asked') return false
		return order === 'priority' ? comer.priority > other.priority : spokenMs(comer.who) < spokenMs(other.who)
	}
	let place = line.length
	for (let other = line[place - 1]; other && place > first && before(other); other = line[place - 1]) place--
	return place
}

/** Where somebody stands who was interrupted: before all but points of order. */
export function headOf(line: readonly Asking[], kind: FloorKind): number {
	return kind === 'order' ? 0 : line.filter((other) => other.kind === 'order').length
}

/** The rank of that place; null: no number lies between those two any more, and all must be ranked anew. */
export function rankAt(line: readonly Asking[], place: number): number | null {
	const above = line[place - 1]?.rank
	const below = line[place]?.rank
	if (above === undefined) return below === undefined ? 0 : below - 1
	if (below === undefined) return above + 1
	const rank = above + (below - above) * part
	return above < rank && rank < below ? rank : null
}

/** The line by another order, or as given: whoever is not named stays behind, as they stood. */
export function sorted(
	line: readonly Asking[],
	order: Order | readonly string[],
	spokenMs: (who: string) => number,
): Asking[] {
	const key = keyOf(line, order, spokenMs)
	return [...line].sort((a, b) => {
		const first = Number(b.kind === 'order') - Number(a.kind === 'order')
		return first || key(a) - key(b) || a.rank - b.rank
	})
}

function keyOf(line: readonly Asking[], order: Order | readonly string[], spokenMs: (who: string) => number) {
	if (typeof order !== 'string') {
		const places = new Map(order.map((who, place) => [who, place]))
		return ({ who }: Asking) => places.get(who) ?? line.length + order.length
	}
	return ({ who, kind, at, priority, back }: Asking) => {
		// Among themselves points of order are heard as they were raised.
		if (kind === 'order' || order === 'asked') return back ? Number.MIN_SAFE_INTEGER : at
		if (back) return Number.MIN_SAFE_INTEGER
		return order === 'priority' ? -priority : spokenMs(who)
	}
}

/** Ranks far enough apart for all that follow. */
export function ranked(line: readonly Asking[]): { who: string; rank: number }[] {
	return line.map(({ who }, place) => ({ who, rank: place + 1 }))
}
