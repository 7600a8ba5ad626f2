import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { MeetingView } from '../../../appliance/protocol/room-state.ts'
import type { Link } from './link.ts'

/** What can be known of a meeting before joining it: which one it is, or why this link will not do. */
export type About = { meeting: MeetingView } | { refused: ErrorCode } | null

const telling: readonly string[] = [
	'expired',
	'forged',
	'revoked',
	'not-allowed',
	'no-meeting',
	'meeting-closed',
] satisfies ErrorCode[]

/** Null: nothing is known (the hub is away, or says nothing of use); joining will tell. */
export async function askAbout(link: Link, fetch: typeof globalThis.fetch): Promise<About> {
	if (!link.meeting) return null
	try {
		const answer = await fetch(`/api/v1/meetings/${encodeURIComponent(link.meeting)}`, {
			headers: { authorization: `Bearer ${link.token}` },
		})
		const body: unknown = await answer.json()
		if (answer.ok) return readMeeting(body)
		const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : null
		return typeof code === 'string' && isTelling(code) ? { refused: code } : null
	} catch {
		return null
	}
}

function readMeeting(body: unknown): About {
	const meeting = body as MeetingView
	if (typeof meeting?.title !== 'string') return null
	return meeting.phase === 'closed' ? { refused: 'meeting-closed' } : { meeting }
}

function isTelling(code: string): code is ErrorCode {
	return telling.includes(code)
}
