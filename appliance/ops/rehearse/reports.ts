import type { DatabaseSync } from 'node:sqlite'
import type { RehearsalReport } from '../../protocol/rehearsal.ts'

/** The reports of rehearsals: a quarter of a year of mornings. They name cameras and views, and nobody. */
export interface Reports {
	latest(): RehearsalReport | null
	add(report: RehearsalReport): void
}

const kept = 90

/** Opens the table `rehearsals`. What another version wrote is not read. */
export function openReports(db: DatabaseSync): Reports {
	db.exec('CREATE TABLE IF NOT EXISTS rehearsals (id TEXT PRIMARY KEY, report TEXT NOT NULL) STRICT')
	const write = db.prepare('INSERT INTO rehearsals VALUES (?, ?)')
	const prune = db.prepare(
		'DELETE FROM rehearsals WHERE rowid NOT IN (SELECT rowid FROM rehearsals ORDER BY rowid DESC LIMIT ?)',
	)
	let latest = read(db.prepare('SELECT report FROM rehearsals ORDER BY rowid DESC LIMIT 1').get()?.report)
	return {
		latest: () => latest,
		add(report) {
			write.run(report.id, JSON.stringify(report))
			prune.run(kept)
			latest = report
		},
	}
}

function read(text: unknown): RehearsalReport | null {
	try {
		const value: unknown = JSON.parse(String(text))
		const whole = typeof value === 'object' && value !== null && 'steps' in value && Array.isArray(value.steps)
		return whole ? (value as RehearsalReport) : null
	} catch {
		return null
	}
}
