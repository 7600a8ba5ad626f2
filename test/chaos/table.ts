import { percentile } from '../scene/wait.ts'
import { known } from './parts.ts'
import { parts, ways } from './plan.ts'
import type { Struck } from './strike.ts'

/** What a campaign found, for people to read. */

export interface Row {
	what: string
	figures: number[]
	/** Null: nothing is promised. */
	promisedMs: number | null
}

/** Two rows for each way in which each part failed, and one more for the panel of a service that was away. */
export function rowsOf(struck: readonly Struck[]): Row[] {
	return parts.flatMap((part) =>
		ways.flatMap((way) => {
			const those = struck.filter((one) => one.part === part && one.way === way)
			const { name, promised } = known[part]
			const { noticedMs, backMs } = promised[way]
			const row = (what: string, of: (one: Struck) => number | null, promisedMs: number | null) => ({
				what: `${name}, ${way}: ${what}`,
				figures: those.flatMap((one) => of(one) ?? []),
				promisedMs,
			})
			return [
				row('noticed', (one) => one.noticedMs, noticedMs),
				row('back', (one) => one.backMs, backMs),
				row('panel', (one) => one.panelMs, way === 'killed' ? 5_000 : null),
			].filter(({ figures }) => figures.length > 0)
		}),
	)
}

export function tableOf(rows: readonly Row[]): string {
	const ms = (value: number) => String(Math.round(value))
	const lines = rows.map(({ what, figures, promisedMs }) => {
		const [p50, p95] = [percentile(figures, 0.5), percentile(figures, 0.95)]
		const verdict = promisedMs === null ? '' : p95 <= promisedMs ? 'kept' : 'MISSED'
		const cells = [what, figures.length, ms(p50), ms(p95), ms(Math.max(...figures)), promisedMs ?? '', verdict]
		return `| ${cells.join(' | ')} |`
	})
	return [
		'| what fails | times | p50, ms | p95, ms | most, ms | promised (p95), ms | |',
		'|---|---|---|---|---|---|---|',
		...lines,
	].join('\n')
}
