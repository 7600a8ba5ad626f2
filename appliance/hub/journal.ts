import type { DatabaseSync } from 'node:sqlite'
import { canonical } from '../chain/canonical.ts'
import { type Break, hashOf, walk } from '../chain/chain.ts'
import { inTransaction } from '../chain/transaction.ts'
import { evolve } from '../meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'

/** What happened in each meeting, for ever: one chain of hashes a meeting, in SQLite. Signed minutes name its last hash. */

/** An event as the journal holds it. */
export type Entry = MeetingEvent & { seq: number; hash: string }

export interface Journal {
	/** Durable when it returns, or nothing was written. `also` writes in the same transaction. Throws on a stale `after`. */
	append(meeting: string, after: number, events: readonly MeetingEvent[], also?: () => void): void
	read(meeting: string): Entry[]
	/** What came after `seq`. */
	readAfter(meeting: string, seq: number): Entry[]
	/** The hash of one entry; null: there is none. */
	hashAt(meeting: string, seq: number): string | null
	/** Only the meeting's own steps (`meeting.*`), without its people. */
	readSteps(meeting: string): Entry[]
	/** Only what was written (`chat.*`). */
	readChat(meeting: string): Entry[]
	/** Only who of a class was in which group (`groups.*`). */
	readGroups(meeting: string): Entry[]
	/** Where the certificate of this number was given; null: nowhere. */
	findCertificate(number: string): { meeting: string; person: string } | null
	/** Ids of meetings that may go on. */
	going(): string[]
	/** Ids of meetings that were closed, the latest first. */
	closed(limit: number): string[]
	/** Null: the chain is whole. Else the first entry that is not what was written. */
	verify(meeting: string): Break | null
}

/** Creates its tables in `db`, which must be synchronous=FULL for an append to be durable. */
export function openJournal(db: DatabaseSync): Journal {
	db.exec(`
		CREATE TABLE IF NOT EXISTS journal (
			meeting TEXT NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
			PRIMARY KEY (meeting, seq)
		) STRICT, WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS journal_head (
			meeting TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, closed_at INTEGER
		) STRICT, WITHOUT ROWID;
		CREATE INDEX IF NOT EXISTS journal_chat ON journal (meeting, seq) WHERE type >= 'chat.' AND type < 'chat/';
		CREATE INDEX IF NOT EXISTS journal_groups ON journal (meeting, seq) WHERE type >= 'groups.' AND type < 'groups/';
		CREATE INDEX IF NOT EXISTS journal_steps ON journal (meeting, seq) WHERE type >= 'meeting.' AND type < 'meeting/';
		CREATE INDEX IF NOT EXISTS journal_certificates ON journal (json_extract(body, '$.number'))
			WHERE type = 'certificate.issued';
	`)
	const insert = db.prepare('INSERT INTO journal (meeting, seq, type, body, hash) VALUES (?, ?, ?, ?, ?)')
	const headOf = db.prepare('SELECT seq, hash FROM journal_head WHERE meeting = ?')
	const setHead = db.prepare(`INSERT INTO journal_head (meeting, seq, hash, closed_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (meeting) DO UPDATE SET seq = excluded.seq, hash = excluded.hash,
			closed_at = coalesce(excluded.closed_at, closed_at)`)
	const all = db.prepare('SELECT seq, body, hash FROM journal WHERE meeting = ? ORDER BY seq')
	const after = db.prepare('SELECT seq, body, hash FROM journal WHERE meeting = ? AND seq > ? ORDER BY seq')
	const hashAt = db.prepare('SELECT hash FROM journal WHERE meeting = ? AND seq = ?')
	const steps = db.prepare(`SELECT seq, body, hash FROM journal
		WHERE meeting = ? AND type >= 'meeting.' AND type < 'meeting/' ORDER BY seq`)
	const chat = db.prepare(`SELECT seq, body, hash FROM journal
		WHERE meeting = ? AND type >= 'chat.' AND type < 'chat/' ORDER BY seq`)
	const groups = db.prepare(`SELECT seq, body, hash FROM journal
		WHERE meeting = ? AND type >= 'groups.' AND type < 'groups/' ORDER BY seq`)
	const certificate = db.prepare(`SELECT meeting, json_extract(body, '$.person') AS person FROM journal
		WHERE type = 'certificate.issued' AND json_extract(body, '$.number') = ?`)
	const going = db.prepare('SELECT meeting FROM journal_head WHERE closed_at IS NULL')
	const closed = db.prepare(`SELECT meeting FROM journal_head WHERE closed_at IS NOT NULL
		ORDER BY closed_at DESC LIMIT ?`)

	function append(meeting: string, after: number, events: readonly MeetingEvent[], also: () => void = () => {}) {
		if (events.length === 0) return
		inTransaction(db, () => {
			const head = headOf.get(meeting)
			let seq = Number(head?.seq ?? 0)
			let hash = String(head?.hash ?? '')
			if (seq !== after) throw new Error(`the journal of ${meeting} stands at ${seq}, not at ${after}`)
			also()
			let closedAt: number | null = null
			for (const event of events) {
				const body = canonical(event)
				seq += 1
				hash = hashOf(meeting, seq, hash, body)
				insert.run(meeting, seq, event.type, body, hash)
				if (event.type === 'meeting.closed') closedAt = event.at
			}
			setHead.run(meeting, seq, hash, closedAt)
		})
	}

	function verify(meeting: string) {
		const going = walk(meeting)
		for (const { seq, body, hash } of all.iterate(meeting)) {
			const broken = going.step({ seq: Number(seq), body: String(body), hash: String(hash) })
			if (broken) return broken
		}
		const head = headOf.get(meeting)
		return going.end(head && { seq: Number(head.seq), hash: String(head.hash) })
	}

	return {
		append,
		verify,
		read: (meeting) => all.all(meeting).map(entryOf),
		readAfter: (meeting, seq) => after.all(meeting, seq).map(entryOf),
		hashAt(meeting, seq) {
			const row = hashAt.get(meeting, seq)
			return row ? String(row.hash) : null
		},
		readSteps: (meeting) => steps.all(meeting).map(entryOf),
		readChat: (meeting) => chat.all(meeting).map(entryOf),
		readGroups: (meeting) => groups.all(meeting).map(entryOf),
		findCertificate(number) {
			const row = certificate.get(number)
			return row ? { meeting: String(row.meeting), person: String(row.person) } : null
		},
		going: () => going.all().map((row) => String(row.meeting)),
		closed: (limit) => closed.all(limit).map((row) => String(row.meeting)),
	}
}

function entryOf(row: Record<string, unknown>): Entry {
	return { ...(JSON.parse(String(row.body)) as MeetingEvent), seq: Number(row.seq), hash: String(row.hash) }
}

/** How a meeting stands after these events. `from`: how it stood before them; null: there was none. */
export function replay(events: readonly MeetingEvent[], from: Meeting | null = null): Meeting | null {
	return events.reduce<Meeting | null>(evolve, from)
}
