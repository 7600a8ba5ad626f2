import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * The form of the database. It goes up with a change that an older version would read wrongly, never for a new table: an
 * update to a version that knows only a lower one is refused, and a service of such a version does not touch the data.
 */
export const databaseSchema = 1

/** The one database. What is committed survives a kill and a power cut (synchronous=FULL); only its owner reads it. */
export function openDatabase(path: string): DatabaseSync {
	const db = new DatabaseSync(path)
	const [found] = db.prepare('PRAGMA user_version').all()
	const schema = Number(found?.user_version)
	if (schema > databaseSchema) {
		db.close()
		throw new Error(
			`${path} is of a newer Maru (form ${schema}; this one knows ${databaseSchema}): install that, or restore a backup`,
		)
	}
	db.exec(
		'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA busy_timeout = 3000',
	)
	if (schema !== databaseSchema) db.exec(`PRAGMA user_version = ${databaseSchema}`)
	if (path !== ':memory:') chmodSync(path, 0o600)
	return db
}
