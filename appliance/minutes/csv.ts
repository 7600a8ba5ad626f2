import { attendanceHead, attendanceRow } from './attendance.ts'
import { cleaned } from './clean.ts'
import type { Minutes } from './minutes.ts'
import { type Language, wordsOf } from './words.ts'

/** Who was there, as a spreadsheet opens it. Times in ISO 8601. */
export function attendanceCsv({ attendance }: Minutes, language: Language): string {
	const words = wordsOf(language)
	const rows = cleaned(attendance).map((one) => attendanceRow(one, words, (at) => new Date(at).toISOString()))
	return csv([attendanceHead(words), ...rows])
}

/**
 * A table as a spreadsheet opens it (RFC 4180, with a byte order mark for the spreadsheet that guesses). What it would take
 * for a formula is text.
 */
export function csv(rows: readonly (readonly string[])[]): string {
	return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function cell(text: string): string {
	const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
