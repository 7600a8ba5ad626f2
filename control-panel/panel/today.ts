import type { MeetingView } from '../../appliance/protocol/room-state.ts'

/** Today's meetings as the home screen lists them: what runs first, then by time; closed ones left out. */
export function ordered(meetings: readonly MeetingView[]): MeetingView[] {
	const order = { open: 0, suspended: 1, planned: 2, closed: 3 }
	const time = ({ openedAt, startsAt }: MeetingView) => openedAt ?? startsAt ?? Number.MAX_SAFE_INTEGER
	return meetings
		.filter(({ phase }) => phase !== 'closed')
		.sort((a, b) => order[a.phase] - order[b.phase] || time(a) - time(b))
}

/** Whether a text has the shape of a meeting link: an address whose fragment is a compact JWS, or such a JWS alone. */
export function looksLikeLink(text: string): boolean {
	const trimmed = text.trim()
	const token = trimmed.includes('#') ? trimmed.slice(trimmed.indexOf('#') + 1) : trimmed
	if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false
	return token === trimmed || (URL.canParse(trimmed) && /^https?:/.test(trimmed))
}
