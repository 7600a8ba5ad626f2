import type { StepOutcome } from '../../protocol/rehearsal.ts'
import type { RehearsalFault } from '../../protocol/rehearsal-texts.ts'

/** What a step came to, and why. */
export interface Verdict {
	readonly outcome: StepOutcome
	readonly fault: RehearsalFault | null
	/** What was measured, or a device's own word. */
	readonly detail: string | null
}

export const passed = (detail: string | null = null): Verdict => ({ outcome: 'passed', fault: null, detail })
export const failed = (fault: RehearsalFault, detail: string | null = null): Verdict => ({
	outcome: 'failed',
	fault,
	detail,
})
export const absent = (fault: RehearsalFault, detail: string | null = null): Verdict => ({
	outcome: 'absent',
	fault,
	detail,
})
export const skipped = (fault: RehearsalFault): Verdict => ({ outcome: 'skipped', fault, detail: null })
