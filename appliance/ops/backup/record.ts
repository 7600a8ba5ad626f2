import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the newest backup was, for those who ask later whether there is one. It is no part of a backup itself. */

export interface BackupRecord {
	/** Milliseconds. */
	at: number
	file: string
	bytes: number
	/** Where its key was. */
	key: string
}

export const recordFile = 'last-backup.json'

/** Root makes backups and the service reads of them: so it may be read, and says nothing secret. */
export function noteBackup(dataDir: string, record: BackupRecord): void {
	const path = join(dataDir, recordFile)
	writeFileSync(`${path}.partial`, JSON.stringify(record), { mode: 0o644, flush: true })
	renameSync(`${path}.partial`, path)
}

/** Null: none was made. Throws where the record is there and cannot be read. */
export function readBackupRecord(dataDir: string): BackupRecord | null {
	try {
		return JSON.parse(readFileSync(join(dataDir, recordFile), 'utf8')) as BackupRecord
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
		throw error
	}
}
