import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openJournal } from '../hub/journal.ts'
import { hasAudit, readAudit } from '../identity/audit.ts'
import { evolve } from '../meeting/evolve.ts'
import type { Meeting } from '../meeting/meeting.ts'

export interface Verified {
	meeting: string
	title: string
	events: number
	/** Of the last entry: what signed minutes name. */
	head: string
	/** Null: the chain is whole and replays. */
	fault: string | null
}

/**
 * Looks at the journals of a data folder, beside a running service or without one: those that go on, and the `latest` of
 * those that are closed. Nothing is written.
 */
export function verifyJournals(path: string, only: string | null, latest = 1_000_000): Verified[] {
	if (!existsSync(path)) throw new Error(`there is no ${path}: is MARU_DATA right?`)
	const db = new DatabaseSync(path, { readOnly: true })
	try {
		// The command line may have made it for its own entries, before the first start.
		const started = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'journal'").get() !== undefined
		if (!started && only === null) return []
		if (!started) throw new Error(`there is no meeting ${only}`)
		const journal = openJournal(db)
		const ids = [...journal.going(), ...journal.closed(latest)].filter((id) => only === null || id === only)
		if (only !== null && ids.length === 0) throw new Error(`there is no meeting ${only}`)
		return ids.map((id) => verify(journal, id))
	} finally {
		db.close()
	}
}

/** Looks at the audit in the same way. Null: there is none yet, or from before it was a chain, which the next start makes it. */
export async function verifyAudit(path: string) {
	const db = new DatabaseSync(path, { readOnly: true })
	try {
		if (!hasAudit(db)) return null
		const { entries, head, fault } = await readAudit(db).verify()
		return { entries, head, fault: fault && `entry ${fault.seq} is ${fault.fault}` }
	} finally {
		db.close()
	}
}

function verify(journal: ReturnType<typeof openJournal>, id: string): Verified {
	const broken = journal.verify(id)
	try {
		const entries = journal.read(id)
		const meeting = entries.reduce<Meeting | null>(evolve, null)
		const fault = broken ? `event ${broken.seq} is ${broken.fault}` : meeting ? null : 'it does not begin with a plan'
		return {
			meeting: id,
			title: meeting?.title ?? '—',
			events: entries.length,
			head: entries.at(-1)?.hash ?? '',
			fault,
		}
	} catch (error) {
		const fault = broken ? `event ${broken.seq} is ${broken.fault}` : String(error)
		return { meeting: id, title: '—', events: 0, head: '', fault }
	}
}
