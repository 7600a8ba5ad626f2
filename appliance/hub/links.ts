import { createHash } from 'node:crypto'
import type { Meeting } from '../meeting/meeting.ts'
import type { NameStrip } from '../protocol/floor.ts'
import type { Links } from '../protocol/messages.ts'
import { attending, type MeetingRole, type Principal } from '../protocol/roles.ts'
import type { Cards } from './cards.ts'

/** What the hub needs of identity/: signing links, reading them back, and hearing of those that were revoked. */
export interface LinkIssuer {
	/** A signed token for one role in one meeting. */
	issue(claims: {
		role: MeetingRole
		meeting: string
		person?: string
		name?: string
		seconds: number
	}): Promise<string>
	/** Rejects with a Refusal for a token that is not good. */
	verify(token: string): Promise<Principal>
	/** This token opens nothing any more. */
	revoke(jti: string): void
	/** Answers how to stop listening. */
	onRevoked(listener: (jti: string) => void): () => void
}

export interface Issued {
	role: MeetingRole
	jti: string
	person: string | null
	token: string
}

/** Makes a link for one person alone, journaled and absolute. `name`: how they are shown. */
export type MakeLink = (role: Exclude<MeetingRole, 'room'>, person: string, name: string) => Promise<string>

export interface PersonalLink extends NameStrip {
	id: string
	email: string | null
	link: string
}

const hour = 3600
/** A meeting may run late, and people come back the next morning to look something up. */
const afterStart = 24 * hour
const withoutStart = 7 * 24 * hour

/** Signs a link for a role of this meeting. `person` null: shared, for whoever has it. `name`: how that person is shown. */
export async function issueLink(
	identity: LinkIssuer,
	meeting: Meeting,
	role: MeetingRole,
	person: string | null,
	now: number,
	name?: string,
): Promise<Issued> {
	const untilStart = Math.max(0, Math.ceil(((meeting.startsAt ?? now) - now) / 1000))
	const seconds = meeting.startsAt === null ? withoutStart : untilStart + afterStart
	const whose = { ...(person === null ? {} : { person }), ...(name === undefined ? {} : { name }) }
	const token = await identity.issue({ role, meeting: meeting.id, seconds, ...whose })
	const { jti } = await identity.verify(token)
	return { role, jti, person, token }
}

/** One shared link a role. */
export function issueShared(identity: LinkIssuer, meeting: Meeting, now: number): Promise<Issued[]> {
	return Promise.all(attending.map((role) => issueLink(identity, meeting, role, null, now)))
}

/** The token travels in the fragment, which no server and no log sees. Whoever watches has a page of their own, a captioner a socket. */
export function address(base: string, { role, token }: Pick<Issued, 'role' | 'token'>): string {
	if (role === 'captioner') return `${base.replace(/\/+$/, '').replace(/^http/, 'ws')}/ws/captions#${token}`
	return `${base.replace(/\/+$/, '')}/${role === 'viewer' ? 'watch' : 'attend'}#${token}`
}

export function addresses(base: string, issued: readonly Issued[]): Links {
	const entries = issued.map((one) => [one.role, address(base, one)])
	return Object.fromEntries(entries) as Links // one for each role, as issued
}

/** A link for everybody of the roll, in its order. */
export async function personalLinks(
	{ roll }: Meeting,
	cards: Cards,
	chairs: boolean,
	make: MakeLink,
): Promise<PersonalLink[]> {
	const entries = [...roll.values()].filter(({ role }) => chairs || role !== 'chair').sort((a, b) => a.order - b.order)
	const links: PersonalLink[] = []
	for (const { id, role, bureau, card } of entries) {
		const { name, title, email } = cards.open(id, card) ?? { name: '—', title: '', email: null }
		links.push({ id, name, title, bureau, email, link: await make(role, id, name) })
	}
	return links
}

/** The token that a link of ours carries. */
export function tokenIn(link: string): string {
	return new URL(link).hash.slice(1)
}

/** The room that a house token stands for, or that holds a link of its own: one person, whenever it comes back. */
export function roomPerson(of: string): string {
	return `room-${createHash('sha256').update(of).digest('hex').slice(0, 16)}`
}
