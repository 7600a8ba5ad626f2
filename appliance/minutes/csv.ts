import { attendanceHead, attendanceRow } from './attendance.ts'
import { cleaned } from './clean.ts'
import type { Minutes } from './minutes.ts'
import { type Language, wordsOf } from './words.ts'

/**
 * Who was there, as a spreadsheet opens it (RFC 4180, with a byte order mark for the spreadsheet that guesses). Times in
 * ISO 8601. What a spreadsheet would take for a formula is text.
 */
export function attendanceCsv({ attendance }: Minutes, language: Language): string {
	const words = wordsOf(language)
	const rows = cleaned(attendance).map((one) => attendanceRow(one, words, (at) => new Date(at).toISOString()))
	return `\ufeff${[attendanceHead(words), ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function cell(text: string): string {
	const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
