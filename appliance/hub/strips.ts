import type { Meeting } from '../meeting/meeting.ts'
import { cardHashOf } from '../meeting/people.ts'
import type { NameStrip } from '../protocol/floor.ts'
import { seatIn } from '../protocol/who.ts'
import type { Card, Cards } from './cards.ts'

/** How the people of a meeting are named, while it goes on and after it. */

/** Null: nobody of this id was ever there, or they were erased. */
export function cardOf(meeting: Meeting, person: string, cards: Cards): Card | null {
	const hash = cardHashOf(meeting, person)
	return hash === undefined ? null : cards.open(person, hash)
}

/** A seat goes by its occupant, or by what it is called. */
export function stripOf(meeting: Meeting, who: string, cards: Cards): NameStrip {
	const seat = meeting.seats.get(seatIn(who) ?? '')
	if (seat && seat.person === null) return { name: seat.name, title: '', bureau: '' }
	const person = seat?.person ?? who
	const { name = '—', title = '' } = cardOf(meeting, person, cards) ?? {}
	return { name, title, bureau: meeting.roll.get(person)?.bureau ?? '' }
}
