import type { Role } from '../../appliance/protocol/roles.ts'
import { readHouseRole, readLink } from '../lib/meeting/link.ts'

export interface RecordingsLink {
	/** Null: the session of whoever is signed in. */
	token: string | null
	meeting: string
	/** Who may remove a file, as the token claims: the service alone decides. */
	removes: boolean
}

const option = 'meeting='

/**
 * `#<token>` of a meeting, `#<token>&meeting=<id>` of the house, or `#meeting=<id>` of whoever is signed in, as `role`.
 * Null: it names no meeting.
 */
export function readRecordingsLink(fragment: string, role: Role | null = null): RecordingsLink | null {
	// Behind an ampersand, which no token has.
	const parts = fragment.split('&')
	const named = parts.find((one) => one.startsWith(option))?.slice(option.length)
	const token = parts[0] && !parts[0].startsWith(option) ? parts[0] : null
	const { meeting: own, role: inMeeting } = readLink(token ?? '')
	const meeting = own ?? (named ? plain(named) : null)
	const inHouse = token === null ? role : readHouseRole(token)
	return meeting === null ? null : { token, meeting, removes: inMeeting === 'chair' || inHouse === 'admin' }
}

/** Without what a token opens: where one comes back to who signs in instead. */
export const withoutToken = (link: RecordingsLink | null) =>
	link === null ? '/recordings' : `/recordings#${option}${encodeURIComponent(link.meeting)}`

/** An address that somebody broke off within a %-sequence is one of no meeting. */
function plain(text: string): string | null {
	try {
		return decodeURIComponent(text)
	} catch {
		return null
	}
}
