import type { Fault } from './state.ts'

/** What a step of an update fails by, on a good day. */
export class StepFault extends Error {
	readonly fault: Fault

	constructor(code: string, detail = '') {
		super(`${code} ${detail}`.trim())
		this.fault = { code, detail }
	}
}

export function faultOf(error: unknown): Fault {
	if (error instanceof StepFault) return error.fault
	return { code: 'failed', detail: error instanceof Error ? error.message : String(error) }
}
