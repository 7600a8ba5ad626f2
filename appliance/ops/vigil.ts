/**
 * Whether the service is well enough to be left running, as a value. systemd restarts it when it is not, so the question
 * is never whether something is wrong, but whether a restart of all of it would mend that:
 *
 * - event loop: late at every look. Only a new process is rid of what holds it up.
 * - workers: every place of the SFU is empty, although each fills itself again. One empty place of several costs its
 *   meetings a second, and a restart would cost everybody fifteen.
 * - devices: their process is not up, although it is started anew each time. A leak of ours can be why (descriptors,
 *   memory): systemd ends all our processes together.
 * - stage: it has a restarter of its own and may fail as it likes: a Chromium that doesn't start would start no better
 *   after the hub was restarted, and everybody in the meeting would have paid for it. Only the restarter is watched:
 *   while the stage is away, it must do something every now and then.
 *
 * What has not been well since the start is not held against us: the start was the restart, and it has not helped.
 */

const parts = ['event loop', 'workers', 'devices', 'stage'] as const
export type Part = (typeof parts)[number]

export interface Readings {
	/** So much later than wanted this look came. */
	lateMs: number
	/** Places of the SFU, and those in which a worker runs. */
	workers: { places: number; running: number }
	devicesUp: boolean
	stageUp: boolean
	/** Another each time that the stage's restarter does something. */
	stageTurn: number
}

/** So late, people and cameras feel it: the dead-man stops cameras after 500 ms. */
const lateMs = 1_000
/** How long each may be ill. Longer than what mends itself takes, on a slow machine too. */
const patienceMs: Record<Part, number> = { 'event loop': 20_000, workers: 30_000, devices: 30_000, stage: 60_000 }
/** Between two looks so far apart we did not run (the machine slept, we were stopped): what was not seen is not counted. */
const unseenMs = 5_000

interface Standing {
	/** Null: well, or never well yet. */
	readonly illSince: number | null
	readonly everWell: boolean
}

export interface Vigil {
	readonly lookedAt: number
	readonly stageTurn: number | null
	readonly standings: Readonly<Record<Part, Standing>>
}

export function newVigil(now: number): Vigil {
	const unknown: Standing = { illSince: null, everWell: false }
	return {
		lookedAt: now,
		stageTurn: null,
		standings: { 'event loop': unknown, workers: unknown, devices: unknown, stage: unknown },
	}
}

/** Takes note of what is so now. Asked about once a second. */
export function observe(before: Vigil, readings: Readings, now: number): Vigil {
	const gap = now - before.lookedAt
	const unseen = gap > unseenMs ? gap : 0
	const turned = readings.stageTurn !== before.stageTurn
	const well: Record<Part, boolean> = {
		'event loop': readings.lateMs < lateMs,
		workers: readings.workers.running > 0 || readings.workers.places === 0,
		devices: readings.devicesUp,
		stage: readings.stageUp,
	}
	const next = (part: Part): Standing => {
		const { illSince, everWell } = before.standings[part]
		if (well[part]) return { illSince: null, everWell: true }
		if (!everWell) return { illSince: null, everWell }
		if (illSince === null || (part === 'stage' && turned)) return { illSince: now, everWell }
		// Of the event loop itself, not running is the illness.
		return { illSince: part === 'event loop' ? illSince : illSince + unseen, everWell }
	}
	return {
		lookedAt: now,
		stageTurn: readings.stageTurn,
		standings: {
			'event loop': next('event loop'),
			workers: next('workers'),
			devices: next('devices'),
			stage: next('stage'),
		},
	}
}

/** Parts that were ill for too long: the watchdog is not fed while there are any. */
export function beyondPatience({ standings }: Vigil, now: number): Part[] {
	return parts.filter((part) => {
		const { illSince } = standings[part]
		return illSince !== null && now - illSince >= patienceMs[part]
	})
}

/** Parts that are ill now, for whoever asks systemd how we are. */
export function ill({ standings }: Vigil): Part[] {
	return parts.filter((part) => standings[part].illSince !== null)
}
