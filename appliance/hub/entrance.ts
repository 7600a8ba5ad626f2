import { randomUUID } from 'node:crypto'
import { decide } from '../meeting/decide.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { comingRole } from '../meeting/people.ts'
import type { MeetingRequest } from '../meeting/requests.ts'
import { Refusal } from '../protocol/errors.ts'
import { isEnough, returning } from './admission.ts'
import type { Cards } from './cards.ts'
import { type MakeLink, roomPerson, tokenIn } from './links.ts'
import type { MeetingPrincipal } from './meeting-parts.ts'
import { cardOf } from './strips.ts'

export interface EntranceSources {
	meeting: () => Meeting
	cards: Cards
	now: () => number
	/** Whose secret this is; null: nobody's. */
	findReturning: (secret: string) => string | null
	link: MakeLink
	/** Journals, with `keep` in the same transaction. Throws the Refusal. */
	change: (request: Extract<MeetingRequest, { type: 'join' }>, keep?: () => void) => void
}

/** How people come into a meeting: as whom, by which link from then on, and under which name. */
export class Entrance {
	readonly #sources: EntranceSources

	constructor(sources: EntranceSources) {
		this.#sources = sources
	}

	/** Who comes with this link: the one it names, the one whose secret is brought along, or somebody new. */
	whoIs(principal: MeetingPrincipal, secret: string | undefined): string {
		const { meeting, findReturning } = this.#sources
		if (principal.person !== null) return principal.person
		const named = secret === undefined ? null : findReturning(secret)
		const known = named === null ? null : returning(meeting(), named, principal)
		if (known !== null) return known
		return principal.role === 'room' ? roomPerson(principal.jti) : randomUUID()
	}

	/** A token of one's own for somebody who was let in by a shared link; null: theirs is enough. */
	async ownToken(principal: MeetingPrincipal, person: string, name: string): Promise<string | null> {
		const meeting = this.#sources.meeting()
		// In a class everybody has one, by which their certificate is given to them.
		const shared = principal.person === null && meeting.kind === 'class'
		if (!shared && isEnough(meeting, principal)) return null
		const role = comingRole(meeting, person, principal.role)
		return role === 'room' ? null : tokenIn(await this.#sources.link(role, person, name))
	}

	/** Throws the Refusal that a join would meet now. */
	check(person: string, principal: MeetingPrincipal) {
		const { meeting, now } = this.#sources
		const name = meeting().members.get(person)?.name ?? ''
		const role = comingRole(meeting(), person, principal.role)
		const events = decide(meeting(), { type: 'join', person, role, name }, now())
		if (events instanceof Refusal) throw events
	}

	/** Joins, returns, or takes another name; the name itself goes into the vault. Throws the Refusal. */
	enter(person: string, principal: MeetingPrincipal, name: string) {
		const { cards, change } = this.#sources
		const meeting = this.#sources.meeting()
		const request = { type: 'join', person, role: comingRole(meeting, person, principal.role) } as const
		// One of the roll is named as the roll says.
		const listed = meeting.roll.get(person)
		const member = meeting.members.get(person)
		const keeps = member?.renamed === true || cardOf(meeting, person, cards)?.name === name
		const known = listed?.card ?? (keeps ? member?.name : undefined)
		if (known !== undefined) {
			change({ ...request, name: known })
			return
		}
		const sealed = cards.seal(person, { name, title: '', email: null })
		change({ ...request, name: sealed.hash }, sealed.keep)
	}
}
