import type { Attender } from './minutes.ts'
import type { Words } from './words.ts'

/** Who was there, as a table: one person a row. */

export function attendanceHead(words: Words): string[] {
	return [words.bureau, words.jobTitle, words.name, words.seat, words.status, words.first, words.last]
}

/** `time`: a moment in epoch milliseconds as it is written. */
export function attendanceRow(one: Attender, words: Words, time: (at: number) => string): string[] {
	const clock = (at: number | null) => (at === null ? '' : time(at))
	const { bureau, title, name, seat, attendance, firstAt, lastAt } = one
	return [bureau, title, name ?? words.erased, seat ?? '', words.attendances[attendance], clock(firstAt), clock(lastAt)]
}
