import type { DeskWords } from '../words.ts'

/** Figures of the relay and the recording, in words. */

type T = DeskWords['t']

/** `ms` null: there is nothing to be late yet. */
export function delayText(ms: number | null, t: T): string {
	return ms === null ? '–' : t('secondsLate', Math.round(ms / 100) / 10)
}

export function bytesText(bytes: number): string {
	const mega = bytes / 1e6
	return mega < 1_000 ? `${Math.round(mega)} MB` : `${(mega / 1_000).toFixed(1)} GB`
}

/** How long the disk takes more; null: not known yet. */
export function leftText(seconds: number | null, t: T): string {
	if (seconds === null) return '–'
	const hours = Math.floor(seconds / 3_600)
	return hours >= 1 ? t('hoursLeft', Math.min(999, hours)) : t('minutesLeft', Math.floor(seconds / 60))
}
