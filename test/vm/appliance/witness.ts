import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openJournal } from '../../../appliance/hub/journal.ts'
import { readAudit } from '../../../appliance/identity/audit.ts'
import { verifyAudit, verifyJournals } from '../../../appliance/ops/verify.ts'
import { lineOf } from '../../power/ledger.ts'

/** What is on the disk of a machine that lost its power, read without that machine and before it starts again. */
export interface Testimony {
	/** What is wrong with the file system, a database or a chain of hashes, in sentences. */
	faults: string[]
	/** All that the ledger can know, in its words. */
	found: Set<string>
}

/**
 * Looks at an image that nobody has open. The file system's journal is played back as the kernel would, data are copied
 * out, and all that is undone again: the kernel does it itself at the next boot.
 */
export async function examine(image: string, folder: string): Promise<Testimony> {
	const undo = join(folder, 'undo')
	const data = join(folder, 'var-lib-maru')
	for (const path of [undo, data]) rmSync(path, { recursive: true, force: true })
	mkdirSync(data)
	const faults: string[] = []
	// 1: it had a journal to play back. 4 and more: something was left as it must not be.
	const played = spawnSync('/usr/sbin/e2fsck', ['-p', '-z', undo, '-E', 'journal_only', image], { encoding: 'utf8' })
	if ((played.status ?? 99) > 1) faults.push(`the journal of the file system: ${played.stdout}${played.stderr}`)
	const looked = spawnSync('/usr/sbin/e2fsck', ['-f', '-n', image], { encoding: 'utf8' })
	if (looked.status !== 0) faults.push(`the file system: ${looked.stdout}`)
	execFileSync('/usr/sbin/debugfs', ['-R', `rdump /var/lib/maru ${data}`, image], {
		stdio: ['ignore', 'ignore', 'ignore'],
	})
	const undone = existsSync(undo) ? spawnSync('/usr/sbin/e2undo', [undo, image], { stdio: 'ignore' }).status : 0
	if (undone !== 0) faults.push('the journal of the file system was played back, and that cannot be undone')
	const found = new Set<string>()
	try {
		faults.push(...(await examineData(join(data, 'maru'), found)))
	} catch (error) {
		faults.push(`what is kept cannot be read: ${error}`)
	}
	return { faults, found }
}

async function examineData(folder: string, found: Set<string>): Promise<string[]> {
	const main = join(folder, 'maru.db')
	if (!existsSync(main)) return ['there is no database']
	const faults = globSync('**/*.db', { cwd: folder }).flatMap((name) => faultsOf(join(folder, name)))
	if (faults.length > 0) return faults
	for (const { meeting, fault } of verifyJournals(main, null)) {
		if (fault) faults.push(`journal of ${meeting}: ${fault}`)
	}
	const audit = await verifyAudit(main)
	if (!audit || audit.fault) faults.push(`the audit: ${audit?.fault ?? 'there is none'}`)
	for (const line of linesOf(main, join(folder, 'documents'))) found.add(line)
	return faults
}

function faultsOf(path: string): string[] {
	const db = new DatabaseSync(path)
	try {
		const said = db
			.prepare('PRAGMA integrity_check')
			.all()
			.map((row) => String(row.integrity_check))
		const strays = db.prepare('PRAGMA foreign_key_check').all().length
		return [...said.filter((one) => one !== 'ok'), ...(strays > 0 ? [`${strays} rows refer to nothing`] : [])].map(
			(fault) => `${path}: ${fault}`,
		)
	} catch (error) {
		return [`${path}: ${error}`]
	} finally {
		db.close()
	}
}

function* linesOf(path: string, documents: string): Generator<string> {
	const db = new DatabaseSync(path, { readOnly: true })
	try {
		const journal = openJournal(db)
		for (const meeting of [...journal.going(), ...journal.closed(1_000_000)]) {
			const titles = new Map<string, string>()
			for (const event of journal.read(meeting)) {
				if (event.type === 'meeting.planned' || event.type === 'meeting.opened') {
					yield lineOf.step(meeting, event.type.slice('meeting.'.length))
				}
				if (event.type === 'minutes.noted') yield lineOf.note(meeting, event.text)
				if (event.type === 'chat.said') yield lineOf.chat(event.id)
				if (event.type === 'vote.opened') {
					titles.set(event.vote, event.title)
					yield lineOf.vote(meeting, event.title, 'opened')
				}
				if (event.type === 'vote.closed') yield lineOf.vote(meeting, titles.get(event.vote) ?? '', 'closed')
			}
		}
		for (const { id, meeting } of db.prepare('SELECT id, meeting FROM documents').all()) {
			const file = join(documents, String(meeting), String(id), 'original')
			if (existsSync(file)) yield lineOf.document(String(id), sha256(readFileSync(file)))
		}
		const times = new Map<string, number>()
		for (const { action } of readAudit(db).page({ limit: 1_000_000_000 }).entries) {
			// A request; behind it stands what was said along with it, and the id of what it made.
			const what = /^\w+ \/\S+/.exec(action)?.[0]
			if (what === undefined) continue
			times.set(what, (times.get(what) ?? 0) + 1)
			yield lineOf.audit(what, times.get(what) ?? 0)
		}
	} finally {
		db.close()
	}
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
