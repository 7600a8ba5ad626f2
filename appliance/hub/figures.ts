import { isIn } from '../meeting/people.ts'
import type { LiveMeeting } from './live-meeting.ts'

/** What goes on in all meetings, in numbers: for whoever watches the appliance. No figure says who anybody is. */
export interface HubFigures {
	/** Meetings by phase: planned, open, suspended. */
	meetings: Record<string, number>
	/** People in them by role. */
	people: Record<string, number>
	/** Of those, whose page is away and waited for. */
	away: number
	/** Who waits before a door. */
	waiting: number
	/** What pages say of their own network: ok, weak, bad, unknown. */
	networks: Record<string, number>
	/** What is sent, by use: microphone, camera, screen, feed; and how many of them reach the SFU now. */
	sources: Record<string, { all: number; live: number }>
	/** Streams that are forwarded to somebody. */
	consumers: number
}

export function figuresOf(all: Iterable<LiveMeeting>): HubFigures {
	const figures: HubFigures = {
		...{ meetings: {}, people: {}, away: 0, waiting: 0 },
		...{ networks: {}, sources: {}, consumers: 0 },
	}
	const count = (counts: Record<string, number>, key: string) => {
		counts[key] = (counts[key] ?? 0) + 1
	}
	for (const { state, media, lists } of all) {
		count(figures.meetings, state.phase)
		figures.waiting += state.lobby.size
		figures.consumers += media.consumers
		for (const { id, role, presence } of state.members.values()) {
			if (!isIn(state, id)) continue
			count(figures.people, role)
			figures.away += Number(presence === 'away')
		}
		for (const { network } of lists.whole('readiness').set) count(figures.networks, network)
		for (const { use, live } of media.all) {
			const known = figures.sources[use] ?? { all: 0, live: 0 }
			figures.sources[use] = { all: known.all + 1, live: known.live + Number(live) }
		}
	}
	return figures
}

/** Meetings that are open, and those who are there in them. */
export function openNow(all: Iterable<LiveMeeting>): { meetings: number; people: number } {
	const open = [...all].filter(({ state }) => state.phase === 'open')
	const members = open.flatMap(({ state }) => [...state.members.values()])
	return { meetings: open.length, people: members.filter(({ presence }) => presence === 'here').length }
}
