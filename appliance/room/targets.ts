import type { ErrorCode } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { CallReason, MeetingView } from '../protocol/room-state.ts'
import type { CallTarget } from './call.ts'
import { isRefused } from './hub-lookup.ts'

/** Where a link leads: the hub's socket, and the token that opens the meeting there. */
export interface HubAddress {
	url: string
	token: string
}

export interface OwnHub {
	/** Its `/ws/meeting`, as this machine reaches it. */
	url: string
	/** Origins that its links may carry; a link with another origin leads to another hub. Null: every link is its own. */
	origins: readonly string[] | null
}

/** Null when this is no link. A bare token is taken for one of our own hub. */
export function hubOf(link: string, own: OwnHub): HubAddress | null {
	const text = link.trim()
	if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return { url: own.url, token: text }
	if (!URL.canParse(text)) return null
	const url = new URL(text)
	const token = url.hash.slice(1)
	if (token === '' || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
	if (own.origins === null || own.origins.includes(url.origin)) return { url: own.url, token }
	return { url: `${url.protocol === 'https:' ? 'wss' : 'ws'}://${url.host}/ws/meeting`, token }
}

/** To another hub's address where none may be. A name is looked at when it is connected to. */
export function leadsAstray(link: string, own: OwnHub, mayBe: ((address: string) => boolean) | undefined): boolean {
	const url = hubOf(link, own)?.url
	return url !== undefined && mayBe !== undefined && url !== own.url && isRefused(url, mayBe)
}

/** The meeting that one tap joins: the one that runs, else the next. Null: none today. */
export function nextMeeting(meetings: readonly MeetingView[]): MeetingView | null {
	const order = { open: 0, suspended: 1, planned: 2, closed: 3 }
	const candidates = meetings.filter(({ phase }) => phase !== 'closed')
	const time = ({ openedAt, startsAt }: MeetingView) => openedAt ?? startsAt ?? Number.MAX_SAFE_INTEGER
	return candidates.sort((a, b) => order[a.phase] - order[b.phase] || time(a) - time(b))[0] ?? null
}

/**
 * Asks our hub for the room's own link to what somebody wants to join, and opens a meeting of this title where there is
 * none today. Rejects with the hub's Refusal.
 */
export async function linkTo(
	target: CallTarget,
	hub: { request(command: MeetingCommand): Promise<unknown> },
	meetings: readonly MeetingView[],
	title: string,
): Promise<string> {
	if ('link' in target) return target.link
	let meeting = target.kind === 'meeting' ? target.id : nextMeeting(meetings)?.id
	if (meeting === undefined) {
		const wanted = target.kind === 'today' ? target.title : null
		meeting = idIn(await hub.request({ type: 'meetings.create', title: wanted ?? title, kind: 'council' }))
	}
	const answer = await hub.request({ type: 'meetings.enter', meeting })
	if (typeof answer === 'object' && answer !== null && 'link' in answer) return String(answer.link)
	throw new Error('the hub gave no link')
}

function idIn(answer: unknown): string {
	if (typeof answer === 'object' && answer !== null && 'meeting' in answer) {
		const { meeting } = answer
		if (typeof meeting === 'object' && meeting !== null && 'id' in meeting) return String(meeting.id)
	}
	throw new Error('the hub created no meeting')
}

/** What a refusal means for the call. */
export function reasonOf(code: ErrorCode | 'taken-over'): CallReason {
	switch (code) {
		case 'meeting-closed':
		case 'no-meeting':
			return 'meeting-closed'
		case 'hub-away':
		case 'timeout':
			return 'hub-away'
		case 'internal':
		case 'bad-message':
		case 'unknown-command':
			return 'internal'
		default:
			return 'link-refused'
	}
}
