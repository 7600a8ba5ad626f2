import type { DatabaseSync } from 'node:sqlite'
import type { Speech } from '../meeting/meeting.ts'
import { isStorageFault } from '../protocol/errors.ts'
import type { GrantSteps, Step, StepState } from '../protocol/floor.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'

/**
 * What a grant brings about, step by step: the gate in the SFU, the camera, the name strip. Each part confirms its own;
 * one that fails is shown and holds back no other. The times are kept.
 */

/** A part that has not said anything for so long has failed. */
const patienceMs = 8_000

interface Grant {
	begun: number
	steps: GrantSteps
	feed: string | null
	timer: NodeJS.Timeout
}

export class Grants {
	readonly #keep: (who: string, grantedAt: number, step: Step, state: StepState, ms: number) => void
	readonly #onChange: () => void
	readonly #grants = new Map<string, Grant>()

	/** `meeting`: whose they are. `onChange`: a step has a new state. */
	constructor(times: GrantTimes, meeting: string, onChange: () => void) {
		this.#keep = (who, grantedAt, step, state, ms) => {
			try {
				times.keep(meeting, who, grantedAt, step, state, ms)
			} catch (error) {
				// A figure less; the grant stands, and nobody waits for its time.
				if (!isStorageFault(error)) throw error
			}
		}
		this.#onChange = onChange
	}

	/** `begun`: performance.now() when the grant was asked for. Null for a step: nothing of the kind to do. */
	begin(speech: Speech, begun: number, wanted: readonly Step[]) {
		const key = keyOf(speech)
		const asked = (step: Step) => (wanted.includes(step) ? { state: 'asked' as const, ms: null, reason: null } : null)
		const steps = { gate: asked('gate'), camera: asked('camera'), strip: asked('strip') }
		const timer = setTimeout(() => this.#giveUp(speech), patienceMs)
		this.#grants.set(key, { begun, steps, feed: null, timer })
	}

	/** A part says how its step went. What belongs to no grant of now is dropped. */
	settle(of: Pick<Speech, 'who' | 'grantedAt'>, step: Step, state: Exclude<StepState, 'asked'>, reason: string | null) {
		const grant = this.#grants.get(keyOf(of))
		const before = grant?.steps[step]
		if (!grant || !before || before.state === 'done' || before.state === state) return
		const ms = Math.round(performance.now() - grant.begun)
		grant.steps = { ...grant.steps, [step]: { state, ms, reason } }
		this.#keep(of.who, of.grantedAt, step, state, ms)
		this.#onChange()
	}

	/** A part of the room says how its step went, and which of its pictures shows them now. */
	report({ who, grantedAt, step, state, reason, feed }: Extract<MeetingCommand, { type: 'grant.step' }>) {
		if (feed !== undefined) this.#show({ who, grantedAt }, feed)
		this.settle({ who, grantedAt }, step, state, reason)
	}

	feedOf(speech: Speech): string | null {
		return this.#grants.get(keyOf(speech))?.feed ?? null
	}

	stepsOf(speech: Speech): GrantSteps {
		return this.#grants.get(keyOf(speech))?.steps ?? { gate: null, camera: null, strip: null }
	}

	/** Only these go on. */
	keepOnly(speeches: readonly Speech[]) {
		const keys = new Set(speeches.map(keyOf))
		for (const [key, { timer }] of this.#grants) {
			if (keys.has(key)) continue
			clearTimeout(timer)
			this.#grants.delete(key)
		}
	}

	close() {
		this.keepOnly([])
	}

	#show(of: Pick<Speech, 'who' | 'grantedAt'>, feed: string | null) {
		const grant = this.#grants.get(keyOf(of))
		if (!grant || grant.feed === feed) return
		grant.feed = feed
		this.#onChange()
	}

	#giveUp(speech: Speech) {
		const steps = this.#grants.get(keyOf(speech))?.steps
		for (const step of ['gate', 'camera', 'strip'] as const) {
			if (steps?.[step]?.state === 'asked') this.settle(speech, step, 'failed', 'timeout')
		}
	}
}

export interface GrantTimes {
	keep(meeting: string, who: string, grantedAt: number, step: Step, state: StepState, ms: number): void
}

/** Creates its table in `db`. */
export function openGrantTimes(db: DatabaseSync): GrantTimes {
	db.exec(`CREATE TABLE IF NOT EXISTS grant_step (
		meeting TEXT NOT NULL, granted_at INTEGER NOT NULL, who TEXT NOT NULL, step TEXT NOT NULL, state TEXT NOT NULL,
		ms INTEGER NOT NULL, PRIMARY KEY (meeting, granted_at, who, step)
	) STRICT, WITHOUT ROWID`)
	const add = db.prepare(`INSERT INTO grant_step (meeting, granted_at, who, step, state, ms) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET state = excluded.state, ms = excluded.ms`)
	return {
		keep: (meeting, who, grantedAt, step, state, ms) => void add.run(meeting, grantedAt, who, step, state, ms),
	}
}

function keyOf({ who, grantedAt }: Pick<Speech, 'who' | 'grantedAt'>): string {
	return `${who} ${grantedAt}`
}
