import type { Table } from './blocks.ts'

/**
 * How wide the columns of a table stand, for the forms that are paper. A short column (a time, a number, a state) gets
 * what its longest cell needs, so that no clock is broken over two lines; so does one of text up to five ems, and what
 * is left is shared by what they hold. From the text alone: every form stands alike, the same minutes give the same bytes.
 */

/** What a line of the page holds, in ems: 174 mm at 10.5 pt. */
const lineEms = 47
/** Left and right of a cell, in ems. */
const paddingEms = 1.2
/** What a column of text has before the rest is shared, and what it counts for at most then, in ems. */
const [ownEms, mostEms] = [5, 24]

/** A table so small is not parted by the end of a page. */
export function staysWhole({ rows }: Table): boolean {
	return rows.length <= 6
}

/** The width of each column in hundredths of a percent; together 10 000. */
export function widthsOf({ head, columns, rows }: Table): number[] {
	const longest = head.map((label, i) => Math.max(emsOf(label), ...rows.map((row) => emsOf(row[i] ?? ''))))
	const isText = (i: number) => columns[i] === 'text'
	const own = longest.map((ems, i) => (isText(i) ? Math.min(ems, ownEms) : ems) + paddingEms)
	const weight = longest.map((ems, i) => (isText(i) ? Math.min(ems, mostEms) : 0))
	const rest = Math.max(lineEms - sum(own), 0)
	const ems = own.map((least, i) => least + (rest * (weight[i] ?? 0)) / (sum(weight) || 1))
	const all = sum(ems)
	const widths = ems.map((one) => Math.floor((one / all) * 10_000))
	const [first = 0, ...others] = widths
	return [first + 10_000 - sum(widths), ...others]
}

/** Hangul, ideographs and full-width signs are an em wide; what else there is, 0.6 in bold. */
function emsOf(text: string): number {
	return sum(Array.from(text, (sign) => (sign >= '\u1100' ? 1 : 0.6)))
}

function sum(some: readonly number[]): number {
	return some.reduce((all, one) => all + one, 0)
}
