import type { DatabaseSync } from 'node:sqlite'
import type { DocumentView } from '../protocol/floor.ts'
import type { OfficeFormat } from './formats.ts'

/** What is known of a document. The file itself lies beside the database. */
export interface DocumentFacts extends DocumentView {
	meeting: string
	sha256: string
	/** Its proven media type. */
	type: string
	/** Of what can be converted. */
	format: OfficeFormat | null
}

export interface Records {
	insert(facts: DocumentFacts): void
	find(id: string): DocumentFacts | null
	/** In the order they came. */
	of(meeting: string): DocumentFacts[]
	converting(): DocumentFacts[]
	/** False: it has been removed. */
	settle(id: string, settled: Pick<DocumentView, 'state' | 'pages' | 'reason'>): boolean
	remove(id: string): void
}

/** Creates its table in `db`. */
export function openRecords(db: DatabaseSync): Records {
	db.exec(`
		CREATE TABLE IF NOT EXISTS documents (
			seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, meeting TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
			type TEXT NOT NULL, format TEXT, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL, pages INTEGER,
			reason TEXT, uploader TEXT NOT NULL, at INTEGER NOT NULL
		) STRICT;
		CREATE INDEX IF NOT EXISTS documents_meeting ON documents (meeting, seq);
		CREATE INDEX IF NOT EXISTS documents_converting ON documents (seq) WHERE state = 'converting';
	`)
	const insert = db.prepare(`INSERT INTO documents
		(id, meeting, name, kind, type, format, bytes, sha256, state, pages, reason, uploader, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	const find = db.prepare('SELECT * FROM documents WHERE id = ?')
	const ofMeeting = db.prepare('SELECT * FROM documents WHERE meeting = ? ORDER BY seq')
	const converting = db.prepare("SELECT * FROM documents WHERE state = 'converting' ORDER BY seq")
	const settle = db.prepare('UPDATE documents SET state = ?, pages = ?, reason = ? WHERE id = ?')
	const remove = db.prepare('DELETE FROM documents WHERE id = ?')

	return {
		insert({ id, meeting, name, kind, type, format, bytes, sha256, state, pages, reason, by, at }) {
			insert.run(id, meeting, name, kind, type, format, bytes, sha256, state, pages, reason, by, at)
		},
		find(id) {
			const row = find.get(id)
			return row ? factsOf(row) : null
		},
		of: (meeting) => ofMeeting.all(meeting).map(factsOf),
		converting: () => converting.all().map(factsOf),
		settle: (id, { state, pages, reason }) => Number(settle.run(state, pages, reason, id).changes) > 0,
		remove: (id) => void remove.run(id),
	}
}

function factsOf(row: Record<string, unknown>): DocumentFacts {
	return {
		id: String(row.id),
		meeting: String(row.meeting),
		name: String(row.name),
		kind: row.kind as DocumentFacts['kind'],
		type: String(row.type),
		format: row.format as OfficeFormat | null,
		bytes: Number(row.bytes),
		sha256: String(row.sha256),
		state: row.state as DocumentFacts['state'],
		pages: row.pages === null ? null : Number(row.pages),
		reason: row.reason === null ? null : String(row.reason),
		by: String(row.uploader),
		at: Number(row.at),
	}
}
