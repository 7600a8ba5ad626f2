import type { Clock } from '../../../appliance/protocol/floor.ts'

/** Clocks of speeches and items as screens run them. All lengths in milliseconds; `nowAtHub` is the hub's time. */

export function usedMs(clock: Clock, nowAtHub: number): number {
	const running = clock.runningSince === null ? 0 : Math.max(0, nowAtHub - clock.runningSince)
	return clock.usedMs + running
}

/** Negative when over; null: there is no limit. */
export function leftMs(clock: Clock, nowAtHub: number): number | null {
	return clock.limitMs === null ? null : clock.limitMs - usedMs(clock, nowAtHub)
}

/**
 * 3:05 of what is left or used, -0:12 when over, 1:02:03 beyond an hour. Seconds are those begun, as a countdown
 * reads: a limit of three minutes starts at 3:00, and 0:00 is the moment itself.
 */
export function clockText(ms: number): string {
	const seconds = ms > 0 ? Math.ceil(ms / 1000) : Math.floor(-ms / 1000)
	const sign = ms < 0 && seconds > 0 ? '-' : ''
	const two = (value: number) => String(value).padStart(2, '0')
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
	return `${sign}${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}

export type Tone = 'calm' | 'warn' | 'over'

/**
 * 'warn' from the latest warning but the last on (of 180, 60 and 0 seconds: from 60), so that colour means hurry;
 * a speech that is shorter than that warning as a whole is calm until a quarter is left.
 */
export function toneOf(clock: Clock, nowAtHub: number, warnSeconds: readonly number[]): Tone {
	const left = leftMs(clock, nowAtHub)
	if (left === null || clock.limitMs === null) return 'calm'
	if (left <= 0) return 'over'
	const last = Math.min(...warnSeconds.filter((seconds) => seconds > 0))
	if (!Number.isFinite(last)) return 'calm'
	const short = clock.limitMs <= last * 1000
	return left <= (short ? clock.limitMs / 4 : last * 1000) ? 'warn' : 'calm'
}

/** The warnings, in seconds left, that lie between two looks at the same clock; the most urgent first. */
export function warningsBetween(beforeMs: number, nowMs: number, warnSeconds: readonly number[]): number[] {
	return warnSeconds.filter((at) => nowMs <= at * 1000 && at * 1000 < beforeMs).sort((a, b) => a - b)
}
