import { judge, leastOfEach, type Point, type Slope, slopeOf, type Verdict } from '../bench/load/growth.ts'

/** The figures of a soak, and what they say. */

/** 'MB by time': of what nobody makes do anything, an hour is an hour. */
export type Unit = 'MB' | 'MB by time' | 'count'

/** MB in an hour (of a meeting); descriptors and timers over the whole run, where flat means that none is left over. */
const promised = { megabytes: 1, counts: 2 }
/** So many points make a slope, each the least of its window. */
const windows = 24
const hourMs = 3_600_000

interface Noted {
	livedMs: number
	/** Hours of a meeting that have passed, by what happened. */
	meetingHours: number
	value: number
}

export interface Row {
	what: string
	unit: Unit
	now: number
	byMeeting: Slope
	byTime: Slope
	/** Of the axis that counts here. */
	allowed: number
	verdict: Verdict
}

export class Ledger {
	/** The other descriptors, by what they are, as last seen. */
	kinds: ReadonlyMap<string, number> = new Map()
	readonly #warmUpMs: number
	readonly #series = new Map<string, { unit: Unit; noted: Noted[] }>()

	constructor({ warmUpMs }: { warmUpMs: number }) {
		this.#warmUpMs = warmUpMs
	}

	/** For notes of one moment; what comes before the end of the warm-up is dropped. */
	at(livedMs: number, meetingHours: number) {
		return (what: string, unit: Unit, value: number) => {
			if (livedMs < this.#warmUpMs || !Number.isFinite(value)) return
			const series = this.#series.get(what) ?? { unit, noted: [] }
			this.#series.set(what, series)
			series.noted.push({ livedMs, meetingHours, value })
		}
	}

	/** What was noted of this process was of another one. */
	forget(process: string) {
		for (const what of this.#series.keys()) if (what.startsWith(`${process}, `)) this.#series.delete(what)
	}

	/** Nothing of what was seen too seldom to tell. */
	rows(): Row[] {
		return [...this.#series].flatMap(([what, { unit, noted }]) => rowOf(what, unit, noted) ?? [])
	}
}

function rowOf(what: string, unit: Unit, noted: readonly Noted[]): Row | null {
	const on = (x: (one: Noted) => number): Point[] => {
		const points = noted.map((one) => ({ x: x(one), y: one.value }))
		// A window of less than a minute may have no collection in it.
		const minutes = ((noted.at(-1)?.livedMs ?? 0) - (noted[0]?.livedMs ?? 0)) / 60_000
		const count = Math.min(windows, Math.floor(minutes))
		return count < 1 ? [] : leastOfEach(points, spanOf(points) / count)
	}
	const meeting = on(({ meetingHours }) => meetingHours)
	const time = on(({ livedMs }) => livedMs / hourMs)
	const byMeeting = slopeOf(meeting)
	const byTime = slopeOf(time)
	if (!byMeeting || !byTime) return null
	const allowed = unit === 'count' ? promised.counts / spanOf(meeting) : promised.megabytes
	const verdict = judge(unit === 'MB by time' ? byTime : byMeeting, allowed)
	return { what, unit, now: meeting.at(-1)?.y ?? Number.NaN, byMeeting, byTime, allowed, verdict }
}

const spanOf = (points: readonly Point[]) => (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0)

export function tableOf(rows: readonly Row[]): string {
	if (rows.length === 0) return 'Too short to tell.'
	const lines = rows.map(({ what, unit, now, byMeeting, byTime, verdict }) => {
		const cells = [what, unit === 'count' ? now : `${now.toFixed(1)} MB`, told(byMeeting), told(byTime)]
		const most =
			unit === 'count' ? `${promised.counts} in all` : `${promised.megabytes} MB${unit === 'MB' ? '' : ', by time'}`
		return `| ${[...cells, most, verdict].join(' | ')} |`
	})
	const head = ['', 'now', 'in an hour of a meeting (95 %)', 'in an hour (95 %)', 'promised', '']
	return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...lines].join('\n')
}

const told = ({ per, low, high }: Slope) => `${per.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
