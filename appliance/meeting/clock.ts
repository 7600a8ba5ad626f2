import type { Clock } from '../protocol/floor.ts'
import type { Meeting } from './meeting.ts'

/** Clocks of speeches and agenda items. Lengths in ms, `now` in epoch ms. A clock that stands keeps what it has. */

type Running = Pick<Clock, 'usedMs' | 'runningSince'>

/** How long it has run, suspensions excluded. */
export function usedMs({ usedMs, runningSince }: Readonly<Running>, now: number): number {
	return usedMs + (runningSince === null ? 0 : Math.max(0, now - runningSince))
}

/** Below zero where the time is up; null: no limit. */
export function leftMs(clock: Readonly<Clock>, now: number): number | null {
	return clock.limitMs === null ? null : clock.limitMs - usedMs(clock, now)
}

/** All that this one has spoken in the meeting, what runs included. */
export function spokenMsOf({ floor }: Meeting, who: string, now: number): number {
	const speech = floor.speaking.find((speech) => speech.who === who)
	return (floor.spokenMs.get(who) ?? 0) + (speech ? usedMs(speech, now) : 0)
}

/** The same by bureau, of those whom the roll gives one. */
export function spokenByBureau({ floor, roll }: Meeting, now: number): Map<string, number> {
	const spoken = new Map<string, number>()
	const add = (who: string, ms: number) => {
		const bureau = roll.get(who)?.bureau
		if (bureau) spoken.set(bureau, (spoken.get(bureau) ?? 0) + ms)
	}
	for (const [who, ms] of floor.spokenMs) add(who, ms)
	for (const speech of floor.speaking) add(speech.who, usedMs(speech, now))
	return spoken
}

export function stopped<T extends Readonly<Running>>(clock: T, now: number): T {
	return { ...clock, usedMs: usedMs(clock, now), runningSince: null }
}

export function running<T extends Readonly<Running>>(clock: T, now: number): T {
	return { ...clock, usedMs: usedMs(clock, now), runningSince: now }
}
