import { leftMs, running, stopped } from './clock.ts'
import type { Asking, Floor, FloorEvent, Meeting, Speech } from './meeting.ts'
import { priorityOf, system } from './who.ts'

/** The floor after this event. */
export function evolveFloor(meeting: Meeting, event: FloorEvent & { at: number }): Meeting {
	const floor = evolved(meeting, event)
	return floor === meeting.floor ? meeting : { ...meeting, floor }
}

function evolved(meeting: Meeting, event: FloorEvent & { at: number }): Floor {
	const { floor } = meeting
	const { at } = event
	switch (event.type) {
		case 'floor.requested': {
			const { who, kind, priority, rank } = event
			return { ...floor, asking: joined(floor, { who, kind, at, priority, rank, leftMs: null, back: false }) }
		}
		case 'floor.withdrawn':
		case 'floor.declined':
			return { ...floor, asking: without(floor.asking, event.who) }
		case 'floor.granted':
			return {
				...floor,
				asking: without(floor.asking, event.who),
				speaking: [...without(floor.speaking, event.who), begun(meeting, event)],
			}
		case 'floor.ended':
			return ended(meeting, event)
		case 'floor.extended':
			return changed(floor, event.who, (speech) => {
				const { limitMs } = event
				const left = leftMs({ ...speech, limitMs }, at) ?? 0
				// Warnings that lie ahead again are given again.
				return { ...speech, limitMs, warned: speech.warned.filter((seconds) => left <= seconds * 1000) }
			})
		case 'floor.warned':
			return changed(floor, event.who, (speech) => ({ ...speech, warned: [...speech.warned, event.leftSeconds] }))
		case 'floor.sorted': {
			const ranks = new Map(event.ranks.map(({ who, rank }) => [who, rank]))
			return { ...floor, asking: inLine(floor.asking.map((one) => ({ ...one, rank: ranks.get(one.who) ?? one.rank }))) }
		}
	}
}

/** All clocks stand: the meeting is suspended or closed. */
export function stopClocks(meeting: Meeting, at: number): Meeting {
	return withClocks(meeting, (clock) => stopped(clock, at))
}

/** They go on from where they stood. */
export function resumeClocks(meeting: Meeting, at: number): Meeting {
	return withClocks(meeting, (clock) => running(clock, at))
}

function withClocks(
	meeting: Meeting,
	set: <T extends { readonly usedMs: number; readonly runningSince: number | null }>(clock: T) => T,
): Meeting {
	return {
		...meeting,
		floor: { ...meeting.floor, speaking: meeting.floor.speaking.map((speech) => set(speech)) },
		agenda: meeting.agenda.map((item) => (item.status === 'current' ? set(item) : item)),
	}
}

function begun(meeting: Meeting, event: FloorEvent & { type: 'floor.granted'; at: number }): Speech {
	const { who, kind, limitMs, asked, by, at } = event
	return {
		who,
		kind,
		grantedAt: at,
		by,
		asked,
		limitMs,
		usedMs: 0,
		runningSince: at,
		warned: [],
		item: meeting.agenda.find(({ status }) => status === 'current')?.id ?? null,
		over: kind === 'order' || interrupts(meeting, event),
	}
}

/** Whoever was interrupted in the same instant gave way to this one; who follows by themselves takes from nobody. */
function interrupts({ floor }: Meeting, { who, by, at }: FloorEvent & { type: 'floor.granted'; at: number }): boolean {
	return by !== system && floor.asking.some((one) => one.back && one.at === at && one.who !== who)
}

function ended(meeting: Meeting, event: FloorEvent & { type: 'floor.ended'; at: number }): Floor {
	const { floor } = meeting
	const { who, spokenMs, back, at } = event
	const speech = floor.speaking.find((speech) => speech.who === who)
	if (!speech) return floor
	const { kind } = speech
	const asking = back
		? joined(floor, { who, kind, at, priority: priorityOf(meeting, who), ...back, back: true })
		: floor.asking
	return {
		speaking: without(floor.speaking, who),
		asking,
		spokenMs: new Map(floor.spokenMs).set(who, (floor.spokenMs.get(who) ?? 0) + spokenMs),
	}
}

function changed(floor: Floor, who: string, change: (speech: Speech) => Speech): Floor {
	return { ...floor, speaking: floor.speaking.map((speech) => (speech.who === who ? change(speech) : speech)) }
}

function joined({ asking }: Floor, one: Asking): readonly Asking[] {
	return inLine([...without(asking, one.who), one])
}

function inLine(asking: readonly Asking[]): readonly Asking[] {
	return [...asking].sort((a, b) => a.rank - b.rank)
}

function without<T extends { readonly who: string }>(list: readonly T[], who: string): readonly T[] {
	return list.filter((one) => one.who !== who)
}
