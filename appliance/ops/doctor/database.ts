import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Verified, verifyJournals } from '../verify.ts'
import { type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { reasonOf } from './reading.ts'

/** The database, beside a running service: it is read only. */

export interface Database {
	/** What SQLite's own look finds; empty: all is well. */
	faults: Read<readonly string[]>
	journals: Read<readonly Pick<Verified, 'meeting' | 'fault'>[]>
	/** When what was journalled last happened. Null: nothing was yet. */
	lastEventAt: number | null
	/** Of documents that wait for LibreOffice. */
	unconverted: number
}

/** The whole of it is `maru minutes --verify`; here what goes on, and so many of the latest. */
const latest = 30

/** Null: there is none yet, before the first start. */
export function judgeDatabase(read: Database | null): Finding[] {
	if (!read)
		return [ok('database', { ko: '아직 없습니다. 처음 시작할 때 만듭니다', en: 'none yet: the first start makes it' })]
	return [databaseFinding(read.faults), journalFinding(read.journals)]
}

const restore = 'sudo systemctl stop maru && sudo maru restore --key FILE --from FOLDER --replace'

function databaseFinding(faults: Read<readonly string[]>): Finding {
	if (isUnread(faults)) return unread('database', faults, restore)
	if (faults.length === 0) return ok('database', { ko: '온전합니다', en: 'whole' })
	const detail = { ko: `손상되었습니다: ${faults[0]}`, en: `damaged: ${faults[0]}` }
	return fault('database', detail, restore)
}

function journalFinding(journals: Database['journals']): Finding {
	if (isUnread(journals)) return unread('journals', journals, 'maru minutes --verify')
	const broken = journals.filter((one) => one.fault !== null)
	if (broken.length === 0) {
		const count = journals.length
		return ok('journals', {
			ko: `최근 회의 ${count}건의 기록이 온전합니다`,
			en: `of the latest ${count} meetings whole`,
		})
	}
	const named = broken.map((one) => `${one.meeting} (${one.fault})`).join(', ')
	const detail = { ko: `기록된 그대로가 아닙니다: ${named}`, en: `not as they were written: ${named}` }
	const mend = {
		ko: `maru minutes --verify로 모두 확인하고, 백업과 비교하십시오: ${restore}`,
		en: `maru minutes --verify looks at all of them; compare with a backup: ${restore}`,
	}
	return fault('journals', detail, mend)
}

export function readDatabase(dataDir: string): Database | null {
	const path = join(dataDir, 'maru.db')
	if (!existsSync(path)) return null
	return {
		faults: quickCheck(path),
		journals: readJournals(path),
		...factsOf(path),
	}
}

function quickCheck(path: string): Database['faults'] {
	return reading(path, (db) => {
		const rows = db.prepare('PRAGMA quick_check(3)').all()
		return rows.map((row) => String(Object.values(row)[0])).filter((said) => said !== 'ok')
	})
}

function readJournals(path: string): Database['journals'] {
	try {
		return verifyJournals(path, null, latest)
	} catch (error) {
		return { unread: reasonOf(error) }
	}
}

function factsOf(path: string): Pick<Database, 'lastEventAt' | 'unconverted'> {
	const one = (sql: string) => {
		const read = reading(path, (db) => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0))
		return isUnread(read) ? 0 : read
	}
	return {
		lastEventAt: one("SELECT max(json_extract(body, '$.at')) FROM journal") || null,
		unconverted: one("SELECT count(*) FROM documents WHERE reason = 'no-converter'"),
	}
}

function reading<T>(path: string, read: (db: DatabaseSync) => T): Read<T> {
	try {
		const db = new DatabaseSync(path, { readOnly: true })
		try {
			return read(db)
		} finally {
			db.close()
		}
	} catch (error) {
		return { unread: error instanceof Error ? error.message : reasonOf(error) }
	}
}
