/**
 * Chapters within the file of a recording, as ffmpeg reads them (FFMETADATA1). They are in what the journal's hash stands
 * for, and copies of the file go about: so no name is ever among them, which could not be erased there.
 */

/** Milliseconds from the beginning of the file. */
export interface FileChapter {
	title: string
	fromMs: number
	toMs: number
}

export interface FileTexts {
	title: string
	chapters: readonly FileChapter[]
}

export function ffmetadata({ title, chapters }: FileTexts): string {
	const lines = chapters.flatMap(({ title, fromMs, toMs }) => [
		'[CHAPTER]',
		'TIMEBASE=1/1000',
		`START=${Math.round(fromMs)}`,
		`END=${Math.round(toMs)}`,
		`title=${escaped(title)}`,
	])
	return [';FFMETADATA1', `title=${escaped(title)}`, ...lines, ''].join('\n')
}

/** A line that is cut in two would begin another key. */
const escaped = (text: string) => text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[=;#\\]/g, '\\$&')
