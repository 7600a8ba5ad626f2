/** Waiting times after the first, second, … failure in a row; the last one stays. */
export type Steps = readonly number[]

/** `failures` counts from 0. */
export function delayMs(steps: Steps, failures: number): number {
	return steps[Math.min(failures, steps.length - 1)] ?? 0
}
