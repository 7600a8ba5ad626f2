import type { DatabaseSync } from 'node:sqlite'
import type { CaptionSource } from '../protocol/captions.ts'
import type { MeetingKind } from '../protocol/room-state.ts'
import type { Caption } from './caption-book.ts'

/**
 * The final words of captions, for the minutes and over a restart. Beside the journal and not in it: what a recogniser hears is
 * no act of the meeting, it is set right any number of times and for good, and somebody who is erased takes what they said
 * with them. The chain, which only grows and forgets nothing, would hold all of that; the minutes tell the words' own hash.
 */
export interface CaptionStore {
	/** Durable when it returns. */
	keep(whose: { meeting: string; kind: MeetingKind }, caption: Caption): void
	/** Retracted ones as well, in the order of their times. */
	read(meeting: string): Caption[]
	/** What this person said in meetings of this kind. */
	erase(whose: { kind: MeetingKind; person: string }): void
}

/** Creates its table in `db`, whose secure_delete the vault turns on: what is erased must not stay in a free page. */
export function openCaptionStore(db: DatabaseSync): CaptionStore {
	db.exec(`
		CREATE TABLE IF NOT EXISTS caption (
			meeting TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, revision INTEGER NOT NULL, source TEXT NOT NULL,
			retracted INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER, text TEXT NOT NULL, person TEXT, name TEXT,
			at INTEGER NOT NULL, PRIMARY KEY (meeting, id)
		) STRICT, WITHOUT ROWID;
		CREATE INDEX IF NOT EXISTS caption_person ON caption (kind, person);
	`)
	const put = db.prepare(`INSERT OR REPLACE INTO caption
		(meeting, id, kind, revision, source, retracted, from_ms, to_ms, text, person, name, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	const all = db.prepare('SELECT * FROM caption WHERE meeting = ? ORDER BY from_ms, id')
	const drop = db.prepare('DELETE FROM caption WHERE kind = ? AND person = ?')

	return {
		keep({ meeting, kind }, { id, revision, source, retracted, fromMs, toMs, text, person, name, at }) {
			// What was not said is not kept either: its id alone, so that it stays unsaid.
			const said = retracted ? { toMs: null, text: '', person: null, name: null } : { toMs, text, person, name }
			const words = [fromMs, said.toMs, said.text, said.person, said.name, at]
			put.run(meeting, id, kind, revision, source, Number(retracted), ...words)
		},
		read: (meeting) => all.all(meeting).map(captionOf),
		erase: ({ kind, person }) => void drop.run(kind, person),
	}
}

function captionOf(row: Record<string, unknown>): Caption {
	const text = (value: unknown) => (value === null ? null : String(value))
	return {
		id: String(row.id),
		revision: Number(row.revision),
		source: row.source as CaptionSource,
		final: true,
		retracted: row.retracted === 1,
		fromMs: Number(row.from_ms),
		toMs: row.to_ms === null ? null : Number(row.to_ms),
		text: String(row.text),
		person: text(row.person),
		name: text(row.name),
		at: Number(row.at),
	}
}
