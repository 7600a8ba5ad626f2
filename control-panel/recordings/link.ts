import { readHouseRole, readLink } from '../lib/meeting/link.ts'

export interface RecordingsLink {
	token: string
	meeting: string
	/** Who may remove a file, as the token claims: the service alone decides. */
	removes: boolean
}

const option = 'meeting='

/** `#<token>` of a meeting, or `#<token>&meeting=<id>` of the house. Null: it names no meeting. */
export function readRecordingsLink(fragment: string): RecordingsLink | null {
	// Behind an ampersand, which no token has.
	const [token = '', ...options] = fragment.split('&')
	const named = options.find((one) => one.startsWith(option))?.slice(option.length)
	const { meeting: own, role } = readLink(token)
	const meeting = own ?? (named ? plain(named) : null)
	return meeting === null ? null : { token, meeting, removes: role === 'chair' || readHouseRole(token) === 'admin' }
}

/** An address that somebody broke off within a %-sequence is one of no meeting. */
function plain(text: string): string | null {
	try {
		return decodeURIComponent(text)
	} catch {
		return null
	}
}
