import type { DatabaseSync } from 'node:sqlite'

/** All that is written, or nothing of it; within another one, a part of that. Throws what `write` throws. */
export function inTransaction(db: DatabaseSync, write: () => void): void {
	if (db.isTransaction) {
		write()
		return
	}
	db.exec('BEGIN IMMEDIATE')
	try {
		write()
		db.exec('COMMIT')
	} catch (error) {
		if (db.isTransaction) db.exec('ROLLBACK')
		throw error
	}
}
