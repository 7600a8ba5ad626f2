import type { DatabaseSync } from 'node:sqlite'

/** All that is written, or nothing of it. Throws what `write` throws. */
export function inTransaction(db: DatabaseSync, write: () => void): void {
	db.exec('BEGIN IMMEDIATE')
	try {
		write()
		db.exec('COMMIT')
	} catch (error) {
		if (db.isTransaction) db.exec('ROLLBACK')
		throw error
	}
}
