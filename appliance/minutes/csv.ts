import { cleaned } from './clean.ts'
import type { Minutes } from './minutes.ts'
import { type Language, wordsOf } from './words.ts'

/**
 * Who was there, as a spreadsheet opens it (RFC 4180, with a byte order mark for the spreadsheet that guesses). Times in
 * ISO 8601. What a spreadsheet would take for a formula is text.
 */
export function attendanceCsv({ attendance }: Minutes, language: Language): string {
	const words = wordsOf(language)
	const head = [words.bureau, words.jobTitle, words.name, words.seat, words.status, words.first, words.last]
	const clock = (at: number | null) => (at === null ? '' : new Date(at).toISOString())
	const rows = cleaned(attendance).map(({ bureau, title, name, seat, attendance: how, firstAt, lastAt }) => [
		bureau,
		title,
		name ?? words.erased,
		seat ?? '',
		words.attendances[how],
		clock(firstAt),
		clock(lastAt),
	])
	return `\ufeff${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function cell(text: string): string {
	const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
