import { type RehearsalConfig, weekdays } from '../../config-rehearsal.ts'
import type { NotBegun } from '../../protocol/rehearsal.ts'
import type { RoomState } from '../../protocol/room-state.ts'

/** When a rehearsal is begun, and when it is not. Pure. */

const minuteMs = 60_000
/** A meeting that nobody closed is no meeting for ever. */
const forgottenMs = 12 * 3_600_000

/** When the next one is due by the clock on this wall; null: never by itself. */
export function nextAt({ at, days }: Pick<RehearsalConfig, 'at' | 'days'>, now: number): number | null {
	if (at === undefined) return null
	const [hour = 0, minute = 0] = at.split(':').map(Number)
	// Eight days: today's hour may be over, and there may be no other day.
	for (let ahead = 0; ahead <= 7; ahead++) {
		const then = new Date(now)
		then.setDate(then.getDate() + ahead)
		then.setHours(hour, minute, 0, 0)
		const day = weekdays[then.getDay()]
		if (then.getTime() > now && day && days.includes(day)) return then.getTime()
	}
	return null
}

/** Why it may not be begun now; null: it may. */
export function hindrance(
	{ call, meetings, ring, rehearsal }: Pick<RoomState, 'call' | 'meetings' | 'ring' | 'rehearsal'>,
	clearMinutes: number,
	now: number,
): NotBegun | null {
	if (rehearsal?.running) return 'running'
	if (call.phase !== 'idle' && call.phase !== 'failed') return 'in-call'
	if (ring) return 'ringing'
	for (const { phase, openedAt, startsAt } of meetings) {
		const goesOn = phase === 'open' || phase === 'suspended'
		if (goesOn && now - (openedAt ?? now) < forgottenMs) return 'meeting-on'
		const soon = startsAt !== null && startsAt > now - forgottenMs && startsAt - now < clearMinutes * minuteMs
		// One whose hour has come may be opened any moment.
		if (phase === 'planned' && soon) return 'meeting-soon'
	}
	return null
}
