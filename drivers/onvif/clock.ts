import { childOf, textAt, type XmlElement } from './xml.ts'

/**
 * The camera's clock, seen from ours: a login by UsernameToken carries the camera's time, and a camera is days off, starts
 * in the year 2000 after a power cut, or is set while we talk. It runs on our monotonic clock, because our own wall clock
 * may be set as well.
 */
export class CameraClock {
	/** What its clock would have said when our monotonic one was 0; null: it was never asked. */
	#base: number | null = null
	#measuredAt = Number.NEGATIVE_INFINITY

	/** `cameraMs`: what it said between these two moments. Answers whether it goes differently from what was known. */
	measured(cameraMs: number, askedAt: number, answeredAt: number): boolean {
		const base = cameraMs - (askedAt + answeredAt) / 2
		const moved = this.#base === null || Math.abs(base - this.#base) > toleranceMs
		this.#base = base
		this.#measuredAt = answeredAt
		return moved
	}

	/** Milliseconds since the epoch as the camera counts them; ours where it was never asked. */
	now(at: number): number {
		return this.#base === null ? Date.now() : this.#base + at
	}

	/** Its clock minus ours in milliseconds; null: unknown. */
	offsetMs(at: number): number | null {
		return this.#base === null ? null : Math.round(this.now(at) - Date.now())
	}

	/** Clocks drift. */
	isOld(at: number): boolean {
		return this.#base !== null && at - this.#measuredAt > oldMs
	}
}

const toleranceMs = 1_500
const oldMs = 600_000

/**
 * Milliseconds since the epoch from an answer to GetSystemDateAndTime; null: it says none. Cameras tell whole seconds, so
 * that half of one has passed on the average.
 */
export function readDateAndTime(response: XmlElement): number | null {
	const told = childOf(response, 'SystemDateAndTime')
	const utc = readMoment(childOf(told, 'UTCDateTime'))
	if (utc !== null) return utc + 500
	// Some tell their local time only, and how far that is from UTC.
	const local = readMoment(childOf(told, 'LocalDateTime'))
	if (local === null) return null
	const summer = /^(true|1)$/.test(textAt(told, 'DaylightSavings') ?? '') ? hourMs : 0
	return local + 500 - summer + westOfUtcMs(textAt(told, 'TimeZone', 'TZ') ?? '')
}

const hourMs = 3_600_000

function readMoment(element: XmlElement | undefined): number | null {
	const number = (...path: string[]) => {
		const text = textAt(element, ...path)
		return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
	}
	const [year, month, day] = ['Year', 'Month', 'Day'].map((name) => number('Date', name))
	const [hour, minute, second] = ['Hour', 'Minute', 'Second'].map((name) => number('Time', name))
	const ms = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second)
	return Number.isNaN(ms) ? null : ms
}

/** The offset of a POSIX time zone (IEEE 1003.1, 8.3), 'KST-9' or '<+09>-9': what is to be added to reach UTC. */
function westOfUtcMs(zone: string): number {
	const match = /^(?:<[^>]{1,20}>|[A-Za-z]{1,20})([+-]?)(\d{1,2})(?::(\d{2}))?/.exec(zone)
	if (!match) return 0
	const [, sign, hours, minutes = '0'] = match
	return (sign === '-' ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * 60_000)
}
