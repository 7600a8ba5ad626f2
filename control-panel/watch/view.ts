import { type ErrorCode, linkRefusals } from '../../appliance/protocol/errors.ts'
import type { NameStrip } from '../../appliance/protocol/floor.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import type { RelayView } from '../../appliance/protocol/relay.ts'
import type { Link } from '../lib/meeting/link.ts'

/** What a viewer is told of the meeting, by whichever way, and the scene that follows from it. */

/** By the socket, which knows everything but what HTTP keeps: of that, what was said last. */
export function viewOfCore(
	core: MeetingCore,
	item: { title: string; bureau: string } | null,
	told: RelayView | null,
): RelayView {
	const speaker = core.floor.speaking.at(-1) ?? null
	return {
		title: core.meeting.title,
		phase: core.meeting.phase,
		since: core.broadcast.relay?.since ?? null,
		playable: told?.playable ?? false,
		windowS: told?.windowS ?? 0,
		closed: core.broadcast.programme.closed,
		recording: core.broadcast.recording !== null,
		captions: told?.captions ?? false,
		item: item && { title: item.title, bureau: item.bureau },
		speaker: speaker && nameOf(speaker),
		chapters: told?.chapters ?? [],
		at: core.at,
	}
}

const nameOf = ({ name, title, bureau }: NameStrip) => ({ name, title, bureau })

export type Scene =
	| { at: 'no-link' }
	/** This browser, or the page around it, lets nothing be played. */
	| { at: 'incapable' }
	| { at: 'refused'; code: ErrorCode }
	/** Watched from another window of the same person. */
	| { at: 'elsewhere' }
	| { at: 'connecting' }
	/** The meeting has not begun, or is not relayed. */
	| { at: 'planned' | 'not-on-air' }
	| { at: 'on-air' }
	| { at: 'ended' }

export interface Told {
	link: Pick<Link, 'meeting'> | null
	capable: boolean
	/** Why the hub lets nobody in by this link. */
	refused: ErrorCode | null
	elsewhere: boolean
	view: Pick<RelayView, 'phase' | 'since'> | null
	/** HTTP still plays what was kept. */
	playsOn: boolean
}

export function sceneOf({ link, capable, refused, elsewhere, view, playsOn }: Told): Scene {
	if (!link?.meeting) return { at: 'no-link' }
	if (refused && refused !== 'meeting-closed') return { at: 'refused', code: refused }
	if (elsewhere) return { at: 'elsewhere' }
	if (view?.since == null && playsOn) return { at: 'on-air' }
	if (refused || view?.phase === 'closed') return { at: 'ended' }
	if (!capable) return { at: 'incapable' }
	if (!view) return { at: 'connecting' }
	if (view.since !== null) return { at: 'on-air' }
	return { at: view.phase === 'planned' ? 'planned' : 'not-on-air' }
}

/** Null: nothing is known, the hub is away. */
export type RelayAnswer = { view: RelayView } | { refused: ErrorCode } | null

/** `GET /meetings/{id}/relay`, for whoever has no socket. */
export async function askRelay(link: Link, fetch: typeof globalThis.fetch): Promise<RelayAnswer> {
	try {
		const answer = await fetch(`${relayPath(link)}`, { headers: { authorization: `Bearer ${link.token}` } })
		const body: unknown = await answer.json()
		if (answer.ok) return isView(body) ? { view: body } : null
		const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : null
		const refused = linkRefusals.find((one) => one === code)
		return refused ? { refused } : null
	} catch {
		return null
	}
}

export const relayPath = (link: Link) => `/api/v1/meetings/${encodeURIComponent(link.meeting ?? '')}/relay`

function isView(body: unknown): body is RelayView {
	return typeof body === 'object' && body !== null && 'phase' in body && 'chapters' in body
}
