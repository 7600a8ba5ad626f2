import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** The one database. What is committed survives a kill and a power cut (synchronous=FULL); only its owner reads it. */
export function openDatabase(path: string): DatabaseSync {
	const db = new DatabaseSync(path)
	db.exec(
		'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA busy_timeout = 3000',
	)
	if (path !== ':memory:') chmodSync(path, 0o600)
	return db
}
