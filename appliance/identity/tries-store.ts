import type { DatabaseSync } from 'node:sqlite'
import { afterWrong } from './lockout.ts'
import { type Tried, type Tries, waitOf } from './tries.ts'

/** What was tried wrongly, kept over a new start: whoever could cause one would have new tries. */

/** Of networks and names that are none; accounts are few, and always counted. */
const mostKept = 10_000
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
	const dropMost = db.prepare(`DELETE FROM sign_in_tries WHERE key IN (
		SELECT key FROM sign_in_tries WHERE substr(key, 9) NOT IN (SELECT id FROM accounts)
			ORDER BY at DESC LIMIT -1 OFFSET ${mostKept})`)

	function triesOf(keys: readonly string[]): Tries {
		return new Map(
			keys.flatMap((key): [string, Tried][] => {
				const row = get.get(key)
				return row ? [[key, { wrong: Number(row.wrong), until: Number(row.until), at: Number(row.at) }]] : []
			}),
		)
	}

	return {
		/** Milliseconds; 0: now. */
		waitOf: (keys: readonly string[]) => waitOf(triesOf(keys), keys, now()),
		/** For how long the next one waits. */
		wrong(keys: readonly string[]): number {
			const { tries, waitMs } = afterWrong(triesOf(keys), keys, now())
			for (const [key, { wrong, until, at }] of tries) keep.run(key, wrong, until, at)
			dropOld.run(now() - dayMs)
			dropMost.run()
			return waitMs
		},
		forget(keys: readonly string[]) {
			for (const key of keys) drop.run(key)
		},
	}
}
