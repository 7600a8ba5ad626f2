import { viewOf } from '../meeting/meeting.ts'
import { Refusal } from '../protocol/errors.ts'
import type { RelayView } from '../protocol/relay.ts'
import type { Principal } from '../protocol/roles.ts'
import { type Answer, notYet } from '../relay/window.ts'
import { type Audience, checkAudience } from './admission.ts'
import type { LiveMeeting } from './live-meeting.ts'
import type { Meetings } from './meetings.ts'
import { closedRelay, relayView } from './relay-view.ts'
import { viewerOf } from './viewings.ts'

/** Who asks by HTTP, and from where. */
export interface Asker {
	principal: Principal
	address: string
}

/** The relay of each meeting as it is read by HTTP. All but `relaySegment` throw Refusal('staff-only') for whom it is not. */
export interface RelayReading {
	/** What a viewer is told without a socket. Throws 'no-meeting'. */
	relay(id: string, by: Principal): RelayView
	/** A playlist of the relay, by name, which counts whoever asks. Throws 'no-meeting', 'meeting-closed', 'not-on-air'. */
	relayFile(id: string, name: string, ask: { query: string; fromStart: boolean; who: Asker }): Answer
	/** What a playlist names, for anybody who knows that name. */
	relaySegment(id: string, name: string): Answer
	/** Counts one who is given playlists by a cache of ours. */
	relayRead(id: string, who: Asker): void
}

export function openRelayReading(meetings: Meetings, audience: Audience, now: () => number): RelayReading {
	return {
		relay(id, by) {
			checkAudience(audience, by)
			const meeting = meetings.find(id)
			return meeting ? relayView(meeting) : closedRelay(viewOf(meetings.outlineOf(id)), now())
		},
		relayFile(id, name, { query, fromStart, who }) {
			checkAudience(audience, who.principal)
			const meeting = meetings.going(id)
			const { station, chapters } = meeting.air
			if (!station) throw new Refusal('not-on-air', 'nothing is relayed now')
			countRead(meeting, who)
			return station.playlist(name, { query, fromStart, chapters })
		},
		relaySegment: (id, name) => meetings.find(id)?.air.station?.segment(name) ?? notYet,
		relayRead(id, who) {
			checkAudience(audience, who.principal)
			const meeting = meetings.find(id)
			if (meeting) countRead(meeting, who)
		},
	}
}

function countRead(meeting: LiveMeeting, { principal, address }: Asker) {
	const viewer = viewerOf(principal, address)
	if (viewer) meeting.air.viewings.reads(viewer)
}
