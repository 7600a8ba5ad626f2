import { type HouseRole, houseRoles, type MeetingRole, meetingRoles } from '../../../appliance/protocol/roles.ts'

/** What a link says of itself. Read without checking it, only to draw the right screen: the hub alone decides. */
export interface Link {
	token: string
	meeting: string | null
	role: MeetingRole | null
	/** The name in a personal link; null where the link is shared and the person types one. */
	name: string | null
	/** Milliseconds since the epoch. */
	expiresAt: number | null
}

const kept = 'maru.link'

/**
 * Takes the link out of the address bar, so that nobody reads it over a shoulder or from the history,
 * and keeps it for this tab alone, so that a reload works. Null: this page was opened without a link.
 */
export function takeToken(
	location: { hash: string; pathname: string; search: string },
	history: { replaceState(data: null, unused: string, url: string): void },
	storage: { getItem(key: string): string | null; setItem(key: string, value: string): void },
): string | null {
	const fragment = location.hash.slice(1)
	if (!fragment) return storage.getItem(kept)
	storage.setItem(kept, fragment)
	history.replaceState(null, '', location.pathname + location.search)
	return fragment
}

/** Reads the claims of a compact JWS (RFC 7515 §7.1); what is missing or strange is null. */
export function readLink(token: string): Link {
	const claims = payload(token)
	const expires = claims.exp
	return {
		token,
		meeting: text(claims.meeting),
		role: role(claims.role),
		name: text(claims.name),
		expiresAt: typeof expires === 'number' ? expires * 1000 : null,
	}
}

/** The role in the house that a token claims, to open the right page with; null: it is one of a meeting. */
export function readHouseRole(token: string): HouseRole | null {
	const claimed = payload(token).role
	return houseRoles.find((role) => role === claimed) ?? null
}

function payload(token: string): Record<string, unknown> {
	const part = token.split('.')[1] ?? ''
	try {
		const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
			letter.charCodeAt(0),
		)
		const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
		return typeof value === 'object' && value !== null ? { ...value } : {}
	} catch {
		return {}
	}
}

function text(value: unknown): string | null {
	return typeof value === 'string' && value !== '' ? value : null
}

function role(value: unknown): MeetingRole | null {
	return typeof value === 'string' && isRole(value) ? value : null
}

function isRole(value: string): value is MeetingRole {
	return (meetingRoles as readonly string[]).includes(value)
}
