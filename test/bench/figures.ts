import { percentile } from '../scene/wait.ts'

/** One line of the table: a figure, and its floor or peer measured in the same run. */
export interface Figure {
	name: string
	unit: string
	value: number
	floor: number
	/** What the floor is, in a few words. */
	against: string
	/** The ratio that the product promises, null where none is promised. */
	limit: number | null
}

export function figure(
	name: string,
	unit: string,
	value: number,
	floor: number,
	against: string,
	limit: number | null,
): Figure {
	return { name, unit, value, floor, against, limit }
}

export const ratio = ({ value, floor }: Figure) => value / floor

/** Percentile lines of two series that were measured the same way. */
export function compare(
	name: string,
	ours: number[],
	floor: number[],
	against: string,
	limits: Record<string, number>,
): Figure[] {
	return [0.5, 0.95, 0.99].map((p) => {
		const label = `p${Math.round(p * 100)}`
		return figure(`${name} ${label}`, 'ms', percentile(ours, p), percentile(floor, p), against, limits[label] ?? null)
	})
}

export function table(figures: Figure[]): string {
	const rows = figures.map((f) => [
		f.name,
		`${f.value.toFixed(f.value < 10 ? 2 : 0)} ${f.unit}`,
		`${f.floor.toFixed(f.floor < 10 ? 2 : 0)} ${f.unit}`,
		`${ratio(f).toFixed(2)} ×`,
		f.limit === null ? '' : ratio(f) <= f.limit ? `≤ ${f.limit} ok` : `≤ ${f.limit} MISSED`,
		f.against,
	])
	const head = ['figure', 'ours', 'floor', 'ratio', 'promise', 'floor is']
	const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
	return [head, ...rows]
		.map((row) =>
			row
				.map((cell, i) => cell.padEnd(widths[i] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n')
}
