import type { RehearsalFault } from './rehearsal-texts.ts'

/** The morning check of a room: what is tried, what became of it, and why it was not begun. Times are milliseconds since the epoch. */

type StepKind =
	/** A camera answers. */
	| 'camera'
	/** It goes to one of its views, as it tells itself. */
	| 'preset'
	/** It has no views: a little left and back. */
	| 'motion'
	/** It is back where it stood. */
	| 'return'
	/** What the speakers play is heard by the microphone. */
	| 'tone'
	/** The room comes into a meeting of its own, and its sound arrives there. */
	| 'call'
	/** A camera's picture arrives there. */
	| 'picture'
	| 'relay'
	| 'recording'
	| 'disk'
	| 'certificate'
	| 'clock'
	| 'speakerphone'
	| 'backup'

export interface RehearsalStep {
	/** Names it among the steps of one rehearsal. */
	readonly id: string
	readonly kind: StepKind
	/** Whose, and which view of it. */
	readonly camera?: { readonly id: string; readonly name: string }
	readonly preset?: { readonly slot: number; readonly name: string }
}

/** 'absent': this room has no such thing, or nothing can be proved of it. 'skipped': something before it kept it from being tried. */
export type StepOutcome = 'passed' | 'failed' | 'absent' | 'skipped'

export interface StepReport extends RehearsalStep {
	readonly outcome: StepOutcome
	/** Why; screens hold a text and a remedy for each. Null: it passed. */
	readonly fault: RehearsalFault | null
	/** What was measured, or the word that a device gave. */
	readonly detail: string | null
	readonly tookMs: number
}

/** Why a rehearsal was not begun. */
export type NotBegun =
	/** The room is in a meeting, or on its way into one. */
	| 'in-call'
	| 'meeting-on'
	| 'meeting-soon'
	/** Somebody calls. */
	| 'ringing'
	| 'running'

export interface RehearsalReport {
	readonly id: string
	readonly startedAt: number
	readonly endedAt: number
	readonly by: 'timer' | 'person'
	/** 'ended': somebody stopped it, or joined a meeting. */
	readonly outcome: 'passed' | 'failed' | 'ended' | 'not-begun'
	readonly reason: NotBegun | null
	/** In the order in which they are told. */
	readonly steps: readonly StepReport[]
}

/** As every panel sees it. */
export interface RehearsalView {
	readonly running: {
		readonly startedAt: number
		readonly steps: number
		readonly done: number
		/** The one that was begun last. */
		readonly step: RehearsalStep | null
	} | null
	/** The last one that was begun or should have been. Null: never yet. */
	readonly last: LastRehearsal | null
	/** When the next one is due by itself; null: it is begun by people alone. */
	readonly nextAt: number | null
}

export interface LastRehearsal extends Omit<RehearsalReport, 'steps'> {
	readonly counts: Readonly<Record<StepOutcome, number>>
	/** What failed; at most twenty of them, the rest is in the report. */
	readonly failed: readonly StepReport[]
}

const mostFailed = 20

/** What panels are told of a report. */
export function lastOf({ steps, ...report }: RehearsalReport): LastRehearsal {
	const counts = { passed: 0, failed: 0, absent: 0, skipped: 0 }
	for (const { outcome } of steps) counts[outcome] += 1
	return { ...report, counts, failed: steps.filter(({ outcome }) => outcome === 'failed').slice(0, mostFailed) }
}
