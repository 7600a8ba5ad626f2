import type { DatabaseSync } from 'node:sqlite'
import type { Panel } from './pairing.ts'

/** The panels as rows, so that they are there after a restart. Codes are not kept: a screen asks for another one. */
export function openPanelStore(db: DatabaseSync) {
	db.exec(`CREATE TABLE IF NOT EXISTS panels (
		id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL, address TEXT NOT NULL, browser TEXT NOT NULL,
		since INTEGER NOT NULL, until INTEGER, jti TEXT, revoked INTEGER, seen INTEGER
	) STRICT, WITHOUT ROWID`)
	const all = db.prepare('SELECT id, name, key, address, browser, since, until, jti, revoked FROM panels')
	const put = db.prepare(`INSERT INTO panels (id, name, key, address, browser, since, until, jti, revoked)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address, browser = excluded.browser,
			jti = excluded.jti, revoked = excluded.revoked`)
	const drop = db.prepare('DELETE FROM panels WHERE id = ?')
	const see = db.prepare('UPDATE panels SET seen = ? WHERE id = ?')
	const seen = db.prepare('SELECT seen FROM panels WHERE id = ?')

	return {
		load: (): ReadonlyMap<string, Panel> => new Map(all.all().map((row) => [String(row.id), panelOf(row)])),
		/** What has changed between the two. */
		keep(before: ReadonlyMap<string, Panel>, after: ReadonlyMap<string, Panel>) {
			if (before === after) return
			for (const id of before.keys()) if (!after.has(id)) drop.run(id)
			for (const [id, panel] of after) {
				if (before.get(id) === panel) continue
				const { name, key, address, browser, since, until, jti, revokedAt } = panel
				put.run(id, name, key, address, browser, since, until, jti, revokedAt)
			}
		},
		saw: (id: string, at: number) => void see.run(at, id),
		seenAt: (id: string): number | null => numberOf(seen.get(id)?.seen),
	}
}

const numberOf = (value: unknown) => (value === null || value === undefined ? null : Number(value))

function panelOf(row: Record<string, unknown>): Panel {
	const [id, name, key, address, browser] = [row.id, row.name, row.key, row.address, row.browser].map(String) as [
		string,
		string,
		string,
		string,
		string,
	]
	const jti = row.jti === null ? null : String(row.jti)
	return {
		id,
		name,
		key,
		address,
		browser,
		since: Number(row.since),
		until: numberOf(row.until),
		jti,
		revokedAt: numberOf(row.revoked),
	}
}
