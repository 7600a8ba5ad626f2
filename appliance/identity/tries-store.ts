import type { DatabaseSync } from 'node:sqlite'
import { mostKept, triesKept } from './tries-kept.ts'

/** What was tried wrongly, kept over a new start: whoever could cause one would have new tries. */

const dayMs = 24 * 3_600_000

/** Creates its table in `db`. */
export function openTriesStore(db: DatabaseSync, now: () => number) {
	db.exec(`CREATE TABLE IF NOT EXISTS sign_in_tries (
		key TEXT PRIMARY KEY, wrong INTEGER NOT NULL, until INTEGER NOT NULL, at INTEGER NOT NULL
	) STRICT, WITHOUT ROWID`)
	const get = db.prepare('SELECT wrong, until, at FROM sign_in_tries WHERE key = ?')
	const keep = db.prepare(`INSERT INTO sign_in_tries (key, wrong, until, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET wrong = excluded.wrong, until = excluded.until, at = excluded.at`)
	const drop = db.prepare('DELETE FROM sign_in_tries WHERE key = ?')
	const dropOld = db.prepare('DELETE FROM sign_in_tries WHERE at < ?')
	// Accounts are few, and always counted.
	const dropMost = db.prepare(`DELETE FROM sign_in_tries WHERE key IN (
		SELECT key FROM sign_in_tries WHERE substr(key, 9) NOT IN (SELECT id FROM accounts)
			ORDER BY at DESC LIMIT -1 OFFSET ${mostKept})`)

	return triesKept(
		{
			get(key) {
				const row = get.get(key)
				return row ? { wrong: Number(row.wrong), until: Number(row.until), at: Number(row.at) } : null
			},
			put: (key, { wrong, until, at }) => void keep.run(key, wrong, until, at),
			drop: (key) => void drop.run(key),
			prune() {
				dropOld.run(now() - dayMs)
				dropMost.run()
			},
		},
		now,
	)
}
