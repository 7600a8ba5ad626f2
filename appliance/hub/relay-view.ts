import type { RelayView } from '../protocol/relay.ts'
import type { MeetingView } from '../protocol/room-state.ts'
import type { LiveMeeting } from './live-meeting.ts'
import { publicCore } from './public-core.ts'

/** What those who watch are told by HTTP. */

export function relayView(meeting: LiveMeeting): RelayView {
	const core = publicCore(meeting.core)
	const { relay, recording, programme } = core.broadcast
	const item = meeting.state.agenda.find(({ id }) => id === core.item?.id)
	const speech = core.floor.speaking.at(-1)
	const windowS = relay ? (meeting.air.station?.seconds ?? 0) : 0
	return {
		title: core.meeting.title,
		phase: core.meeting.phase,
		since: relay?.since ?? null,
		playable: windowS > 0,
		windowS,
		closed: programme.closed,
		recording: recording !== null,
		captions: meeting.captions.anyPublic,
		item: item ? { title: item.title, bureau: item.bureau } : null,
		speaker: speech ? { name: speech.name, title: speech.title, bureau: speech.bureau } : null,
		chapters: meeting.air.chapters.map(({ id, title, startsAtMs }) => ({ id, title, startsAt: startsAtMs })),
		at: core.at,
	}
}

/** A meeting that is over. */
export function closedRelay({ title, phase }: MeetingView, at: number): RelayView {
	const nothing = {
		since: null,
		playable: false,
		windowS: 0,
		closed: false,
		recording: false,
		captions: false,
		item: null,
	}
	return { title, phase, ...nothing, speaker: null, chapters: [], at }
}
