import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { canonical } from '../chain/canonical.ts'
import { hashOf, type Link, walk } from '../chain/chain.ts'
import { inTransaction } from '../chain/transaction.ts'
import type { AuditChain, AuditEntry, AuditKind, AuditPage } from '../protocol/audit.ts'
import { kindOf } from './audit-kinds.ts'

/**
 * Who did what in this house, and from where: one chain of hashes, only ever added to. The database itself refuses to
 * change or remove an entry; whoever takes that away by hand breaks the chain, which everybody can see who reads it.
 * Somebody who writes all of it anew is found out by a hash kept elsewhere: the log has one from each start, backups
 * have one, and readers are shown it.
 *
 * Nobody erases it, an `admin` neither: there is no command for that. What bounds its growth is what is written: what
 * people do, not what machines repeat. A hold of a camera's pad is one entry (http/trail.ts), so is a film that is watched
 * by parts; of tokens that open nothing the first of an address is kept, the tenth, the hundredth, and six hundred an hour in
 * all. An entry takes some 400 bytes: a busy room of a thousand acts a day, 150 MB a year.
 */

export interface Act {
	role: string
	jti: string
	person?: string | null
	place?: string | null
	action: string
}

export interface AuditQuery {
	/** Milliseconds; `to` is not in it any more. */
	from?: number | undefined
	to?: number | undefined
	kind?: AuditKind | undefined
	/** Those behind this one, the oldest first. That is the order without either, too. */
	after?: number | undefined
	/** Those before this one, the newest first. */
	before?: number | undefined
	limit: number
}

export interface AuditReader {
	page(query: AuditQuery): AuditPage
	/** The last entry of this kind whose action begins so. */
	latest(kind: AuditKind, beginning: string): AuditEntry | null
	/** Looks at all of it, in slices: whoever asks meanwhile does not wait. */
	verify(): Promise<AuditChain>
	head(): { seq: number; hash: string }
}

export interface Audit extends AuditReader {
	/** Durable when it returns. Within a transaction of the caller's, a part of that. */
	append(act: Act): void
}

const chain = 'audit'
const sliceOf = 1_000
/** Of one text: a path can be long. */
const mostLetters = 300

/** Creates its tables in `db`; entries of before there was a chain become its first. */
export function openAudit(db: DatabaseSync, now: () => number): Audit {
	inTransaction(db, () => {
		const older = isOlder(db)
		if (older) db.exec('ALTER TABLE audit RENAME TO audit_unchained')
		db.exec(tables)
		if (older) takeOver(db)
	})
	const { append } = writer(db)
	return {
		...readAudit(db),
		append: ({ role, jti, person = null, place = null, action }) =>
			append({ at: now(), role, jti, person, place, action: action.slice(0, mostLetters) }),
	}
}

/** What is asked is computed from the very text that the hash is of, so that neither can say something else. */
const tables = `
	CREATE TABLE IF NOT EXISTS audit (
		seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL,
		at INTEGER GENERATED ALWAYS AS (json_extract(body, '$.at')) VIRTUAL,
		kind TEXT GENERATED ALWAYS AS (json_extract(body, '$.kind')) VIRTUAL,
		role TEXT GENERATED ALWAYS AS (json_extract(body, '$.role')) VIRTUAL,
		jti TEXT GENERATED ALWAYS AS (json_extract(body, '$.jti')) VIRTUAL,
		place TEXT GENERATED ALWAYS AS (json_extract(body, '$.place')) VIRTUAL,
		action TEXT GENERATED ALWAYS AS (json_extract(body, '$.action')) VIRTUAL
	) STRICT;
	CREATE TABLE IF NOT EXISTS audit_head (
		id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL
	) STRICT;
	CREATE INDEX IF NOT EXISTS audit_at ON audit (at);
	CREATE INDEX IF NOT EXISTS audit_kind ON audit (kind, seq);
	CREATE TRIGGER IF NOT EXISTS audit_kept BEFORE DELETE ON audit
		BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END;
	CREATE TRIGGER IF NOT EXISTS audit_unchanged BEFORE UPDATE ON audit
		BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END;
	-- INSERT OR REPLACE asks no trigger for what it removes.
	CREATE TRIGGER IF NOT EXISTS audit_behind BEFORE INSERT ON audit
		WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)
		BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END;
	CREATE TRIGGER IF NOT EXISTS audit_head_kept BEFORE DELETE ON audit_head
		BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END`

const columnsOf = (db: DatabaseSync) => db.prepare('SELECT name FROM pragma_table_info(?)').all('audit')
/** Whether its entries are those of before there was a chain. */
const isOlder = (db: DatabaseSync) => columnsOf(db).some(({ name }) => name === 'id')
/** Whether there is a chain to be read. */
export const hasAudit = (db: DatabaseSync) => columnsOf(db).some(({ name }) => name === 'body')

function takeOver(db: DatabaseSync) {
	const { append } = writer(db)
	for (const { at, role, jti, action } of db.prepare('SELECT * FROM audit_unchained ORDER BY id').all()) {
		append({
			at: Number(at),
			role: String(role),
			jti: String(jti),
			person: null,
			place: null,
			action: String(action),
		})
	}
	db.exec('DROP TABLE audit_unchained')
}

function writer(db: DatabaseSync) {
	const head = db.prepare('SELECT seq, hash FROM audit_head')
	const insert = db.prepare('INSERT INTO audit (seq, body, hash) VALUES (?, ?, ?)')
	const setHead = db.prepare(`INSERT INTO audit_head (id, seq, hash) VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`)
	return {
		append(said: Omit<AuditEntry, 'seq' | 'hash' | 'kind'>) {
			const body = canonical({ ...said, kind: kindOf(said.action) })
			// The command line may write at the same time: the end is looked at within the transaction.
			inTransaction(db, () => {
				const last = head.get()
				const seq = Number(last?.seq ?? 0) + 1
				const hash = hashOf(chain, seq, String(last?.hash ?? ''), body)
				insert.run(seq, body, hash)
				setHead.run(seq, hash)
			})
		},
	}
}

/** Reads what is there, also in a database that may not be written. */
export function readAudit(db: DatabaseSync): AuditReader {
	const where = `FROM audit WHERE seq > :after AND seq < :before AND (:from IS NULL OR at >= :from)
		AND (:to IS NULL OR at < :to) AND (:kind IS NULL OR kind = :kind)`
	const forwards = db.prepare(`SELECT seq, body, hash ${where} ORDER BY seq LIMIT :limit`)
	const backwards = db.prepare(`SELECT seq, body, hash ${where} ORDER BY seq DESC LIMIT :limit`)
	const last = db.prepare(
		'SELECT seq, body, hash FROM audit WHERE kind = ? AND action LIKE ? ORDER BY seq DESC LIMIT 1',
	)
	const slice = db.prepare('SELECT seq, body, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?')
	const head = db.prepare('SELECT seq, hash FROM audit_head')
	let looking: Promise<AuditChain> | null = null

	const headNow = () => {
		const row = head.get()
		return row && { seq: Number(row.seq), hash: String(row.hash) }
	}

	async function look(): Promise<AuditChain> {
		const going = walk(chain)
		for (;;) {
			const { seq, hash } = going.at()
			const kept = headNow()
			const links = slice.all(seq, sliceOf).map(linkOf)
			if (links.length === 0) return { entries: seq, head: hash, fault: going.end(kept) }
			for (const link of links) {
				const before = going.at()
				const fault = going.step(link)
				if (fault) return { entries: before.seq, head: before.hash, fault }
			}
			await turn()
		}
	}

	return {
		page({ from, to, kind, after, before, limit }) {
			const back = before !== undefined
			const bounds = { after: after ?? 0, before: before ?? Number.MAX_SAFE_INTEGER }
			const asked = { ...bounds, from: from ?? null, to: to ?? null, kind: kind ?? null, limit: limit + 1 }
			const entries = (back ? backwards : forwards).all(asked).map(linkOf).map(entryOf)
			const shown = entries.slice(0, limit)
			return { entries: shown, next: entries.length > limit ? (shown.at(-1)?.seq ?? null) : null }
		},
		latest(kind, beginning) {
			const row = last.get(kind, `${beginning}%`)
			return row ? entryOf(linkOf(row)) : null
		},
		verify() {
			looking ??= look().finally(() => {
				looking = null
			})
			return looking
		},
		head: () => headNow() ?? { seq: 0, hash: '' },
	}
}

const linkOf = ({ seq, body, hash }: Record<string, unknown>): Link => ({
	seq: Number(seq),
	body: String(body),
	hash: String(hash),
})

function entryOf({ seq, body, hash }: Link): AuditEntry {
	return { ...(JSON.parse(body) as Omit<AuditEntry, 'seq' | 'hash'>), seq, hash }
}
