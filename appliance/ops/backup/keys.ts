import type { DatabaseSync } from 'node:sqlite'

/**
 * The keys of people's personal fields. A backup of the data is made without them, and beside all backups lies one file with
 * the keys of the newest: whoever is erased here is gone from every older backup with the next one (design.md §2).
 */

interface PersonKey {
	kind: string
	person: string
	/** Base64. */
	key: string
}

/** Takes the keys out of a copy of the database, for good: no free page has them afterwards. */
export function takeKeys(copy: DatabaseSync): string {
	if (!hasKeys(copy)) return '[]'
	const rows = copy.prepare('SELECT kind, person, key FROM vault_key ORDER BY kind, person').all()
	const keys = rows.map(({ kind, person, key }): PersonKey => {
		return { kind: String(kind), person: String(person), key: Buffer.from(key as Uint8Array).toString('base64') }
	})
	copy.exec('PRAGMA secure_delete = ON; DELETE FROM vault_key; VACUUM')
	return JSON.stringify(keys)
}

/** Puts them back; answers how many. Those of people whom this database does not know are left out. */
export function giveKeys(db: DatabaseSync, text: string): number {
	const keys = JSON.parse(text) as PersonKey[]
	if (keys.length === 0 || !hasKeys(db)) return 0
	const known = db.prepare('SELECT 1 FROM vault WHERE kind = ? AND person = ? LIMIT 1')
	const add = db.prepare('INSERT INTO vault_key (kind, person, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
	db.exec('BEGIN')
	const mine = keys.filter(({ kind, person }) => known.get(kind, person))
	for (const { kind, person, key } of mine) add.run(kind, person, Buffer.from(key, 'base64'))
	db.exec('COMMIT')
	return mine.length
}

/** Not where no meeting was ever planned. */
function hasKeys(db: DatabaseSync): boolean {
	return db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'vault_key'`).get() !== undefined
}
