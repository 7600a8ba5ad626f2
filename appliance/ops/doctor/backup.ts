import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type BackupRecord, readBackupRecord } from '../backup/record.ts'
import { advice, type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { reasonOf } from './reading.ts'

/** Whether there is a backup, how old it is, and whether the key is where it was. */

/** 'hidden': not ours to look at, as it should be where root makes backups. */
type Found = 'there' | 'gone' | 'hidden'

export interface Backup {
	/** Null: none was ever made. */
	record: Read<BackupRecord> | null
	file: Found
	/** 'open': others may read it. */
	key: Found | 'open'
	/** Since when there is something to lose. Null: nothing is. */
	since: number | null
	now: number
}

const dayMs = 86_400_000
const days = { good: 2, most: 8 }
const command = 'sudo maru backup --key /root/maru.key --to /mnt/backups'

export function judgeBackup(read: Backup): Finding[] {
	const { record, file, key, since, now } = read
	if (record === null) {
		if (since === null) return [ok('backup', { ko: '아직 지킬 것이 없습니다', en: 'nothing to lose yet' })]
		const detail = { ko: '한 번도 만들지 않았습니다', en: 'none was ever made' }
		const first = 'sudo maru backup --new-key /root/maru.key --to /mnt/backups'
		return [(now - since > days.most * dayMs ? fault : advice)('backup', detail, first)]
	}
	if (isUnread(record)) return [unread('backup', record, command)]
	const again = command.replace('/root/maru.key', record.key)
	if (file === 'gone') {
		const detail = { ko: `없어졌습니다: ${record.file}`, en: `it is gone: ${record.file}` }
		return [fault('backup', detail, again)]
	}
	if (key === 'gone') {
		const detail = {
			ko: `열쇠가 없어졌습니다: ${record.key}. 사본이 없으면 백업을 열 수 없습니다`,
			en: `its key is gone: ${record.key}. Without a copy no backup can be opened`,
		}
		const mend = {
			ko: '사본을 되돌리거나, sudo maru backup --new-key로 새로 시작하십시오',
			en: 'put a copy back, or begin anew: sudo maru backup --new-key',
		}
		return [fault('backup', detail, mend)]
	}
	if (key === 'open') {
		const detail = {
			ko: `다른 사용자가 열쇠를 읽을 수 있습니다: ${record.key}`,
			en: `others may read its key: ${record.key}`,
		}
		return [fault('backup', detail, `sudo chmod 600 ${record.key}`)]
	}
	const age = Math.floor((now - record.at) / dayMs)
	const detail = {
		ko: age === 0 ? `오늘, ${record.file}` : `${age}일 전, ${record.file}`,
		en: age === 0 ? `of today, ${record.file}` : `${age} days old, ${record.file}`,
	}
	if (age >= days.most) return [fault('backup', detail, again)]
	return [age >= days.good ? advice('backup', detail, again) : ok('backup', detail)]
}

export function readBackup(dataDir: string): Backup {
	const record = recordIn(dataDir)
	const known = record && !isUnread(record) ? record : null
	const database = statSync(join(dataDir, 'maru.db'), { throwIfNoEntry: false })
	return {
		record,
		file: known ? found(known.file) : 'hidden',
		key: known ? keyFound(known.key) : 'hidden',
		since: database ? database.birthtimeMs : null,
		now: Date.now(),
	}
}

function recordIn(dataDir: string): Backup['record'] {
	try {
		return readBackupRecord(dataDir)
	} catch (error) {
		return { unread: reasonOf(error) }
	}
}

function found(path: string): Found {
	try {
		statSync(path)
		return 'there'
	} catch (error) {
		return reasonOf(error) === 'ENOENT' ? 'gone' : 'hidden'
	}
}

function keyFound(path: string): Backup['key'] {
	const standing = found(path)
	return standing === 'there' && (statSync(path).mode & 0o077) !== 0 ? 'open' : standing
}
