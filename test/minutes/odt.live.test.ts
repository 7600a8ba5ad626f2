import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { printPdf } from '../../appliance/browser/print.ts'
import { blocksOf } from '../../appliance/minutes/blocks.ts'
import { html } from '../../appliance/minutes/html.ts'
import { odt } from '../../appliance/minutes/odt.ts'
import { crowdedMinutes } from './crowd.ts'
import { someMinutes } from './some.ts'

let dir: string
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-minutes-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const writing = { language: 'ko', timeZone: 'Asia/Seoul' } as const
const squeeze = (text: string) => text.replace(/\s+/g, '')

/** Every text of the minutes, without blanks: where a line breaks is the program's affair. */
const texts = blocksOf(someMinutes, writing).flatMap((block) => {
	if (block.type === 'facts') return block.rows.flat()
	return block.type === 'table' ? [...block.head, ...block.rows.flat()] : [block.text]
})

function office(file: string, to: string) {
	const profile = `-env:UserInstallation=file://${dir}/profile`
	const args = [profile, '--headless', '--convert-to', to, '--outdir', dir, join(dir, file)]
	execFileSync('soffice', args, { stdio: 'pipe', timeout: 90_000 })
}

/** The words as they stand on paper: one that is broken over two lines is two. */
function wordsOf(file: string): Set<string> {
	return new Set(execFileSync('pdftotext', [join(dir, file), '-'], { encoding: 'utf8' }).split(/\s+/))
}

/** When somebody of the crowd came, left and spoke, and where they sat, which no other cell says. */
const short = [
	...crowdedMinutes.attendance.flatMap(({ firstAt, lastAt }) => [firstAt, lastAt]),
	...crowdedMinutes.entries.map(({ at }) => at),
]
	.flatMap((at) => (at === null ? [] : [new Date(at + 9 * 3_600_000).toISOString().slice(11, 19)]))
	.concat(crowdedMinutes.attendance.flatMap(({ seat, attendance }) => (seat && attendance === 'present' ? [seat] : [])))

describe('The minutes as a file', () => {
	it('are opened by LibreOffice, with every word', () => {
		writeFileSync(join(dir, 'minutes.odt'), odt(someMinutes, writing))
		office('minutes.odt', 'txt:Text (encoded):UTF8')
		const read = squeeze(readFileSync(join(dir, 'minutes.txt'), 'utf8'))
		for (const text of texts) expect(read).toContain(squeeze(text))
	})

	it('are printed as PDF, with every word, on pages that are numbered', async () => {
		const pdf = await printPdf(html(someMinutes, writing), pino({ level: 'silent' }))
		writeFileSync(join(dir, 'minutes.pdf'), pdf)
		const read = squeeze(execFileSync('pdftotext', ['-layout', join(dir, 'minutes.pdf'), '-'], { encoding: 'utf8' }))
		for (const word of texts.flatMap((text) => text.split(' '))) expect(read).toContain(squeeze(word).slice(0, 12))
		expect(execFileSync('pdfinfo', [join(dir, 'minutes.pdf')], { encoding: 'utf8' })).toMatch(/Page size:.*A4/)
	})

	it.each(['ko', 'en'] as const)(
		'keep each time and seat in one piece among 84 people with long names (%s)',
		async (language) => {
			const crowded = { language, timeZone: 'Asia/Seoul' }
			writeFileSync(join(dir, 'office.odt'), odt(crowdedMinutes, crowded))
			office('office.odt', 'pdf')
			writeFileSync(join(dir, 'printed.pdf'), await printPdf(html(crowdedMinutes, crowded), pino({ level: 'silent' })))
			expect(short.length).toBeGreaterThan(200)
			for (const file of ['office.pdf', 'printed.pdf']) {
				const words = wordsOf(file)
				expect(short.filter((word) => !words.has(word))).toEqual([])
				if (language === 'en') for (const head of ['Attendance', 'Seat']) expect(words).toContain(head)
			}
		},
	)
})
