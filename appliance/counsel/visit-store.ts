import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../chain/transaction.ts'
import type { Vault } from '../hub/vault.ts'
import { type Counter, emptyCounter, type Outcome, type Visit } from './counter.ts'

/**
 * The counter on the disk. What is personal of a visit (name, code, the token of the session) is one card, sealed in the
 * vault under a key of this visit alone: deleting the key erases it, in backups too. The rows here carry its hash.
 */

export interface VisitCard {
	/** Null: a walk-up. */
	readonly name: string | null
	readonly code: string
	/** When the code was used first, and the digest of what its page was given then. */
	readonly used: { readonly at: number; readonly pass: string } | null
	/** Of the session that goes on: the visitor's token, and everybody's ids in its meeting. */
	readonly token: string | null
	readonly people: readonly string[]
}

/** What stays of a visit where the law asks for it: nothing of the person. */
interface VisitRecord {
	visit: Visit
	outcome: Outcome
	at: number
}

export interface VisitStore {
	load(): { counter: Counter; cards: Map<string, VisitCard> }
	/** The counter as it is now, and this visit of it. */
	keep(counter: Counter, visit: Visit): void
	keepCard(visit: string, card: VisitCard): void
	/** Its row, its card and the card's key. */
	erase(counter: Counter, visit: string): void
	record(record: VisitRecord): void
	forgetRecordsBefore(at: number): void
}

/** Creates its tables in `db`. */
export function openVisitStore(db: DatabaseSync, vault: Vault): VisitStore {
	db.exec(`
		CREATE TABLE IF NOT EXISTS counsel_visit (
			id TEXT PRIMARY KEY, body TEXT NOT NULL, card TEXT
		) STRICT, WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS counsel_counter (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
		CREATE TABLE IF NOT EXISTS counsel_record (
			id INTEGER PRIMARY KEY, number INTEGER NOT NULL, department TEXT NOT NULL, topic TEXT NOT NULL,
			arrived_at INTEGER, began_at INTEGER, ended_at INTEGER NOT NULL, outcome TEXT NOT NULL
		) STRICT;
	`)
	const all = db.prepare('SELECT id, body, card FROM counsel_visit')
	const put = db.prepare(`INSERT INTO counsel_visit (id, body) VALUES (?, ?)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body`)
	const putCard = db.prepare('UPDATE counsel_visit SET card = ? WHERE id = ?')
	const drop = db.prepare('DELETE FROM counsel_visit WHERE id = ?')
	const counterRow = db.prepare('SELECT body FROM counsel_counter WHERE id = 1')
	const putCounter = db.prepare(`INSERT INTO counsel_counter (id, body) VALUES (1, ?)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body`)
	const addRecord = db.prepare(`INSERT INTO counsel_record
		(number, department, topic, arrived_at, began_at, ended_at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	const dropRecords = db.prepare('DELETE FROM counsel_record WHERE ended_at < ?')
	const whose = (person: string) => ({ kind: 'counsel', person }) as const

	function keepCounter({ visits: _, tookMs, ...numbers }: Counter) {
		putCounter.run(JSON.stringify({ ...numbers, tookMs: [...tookMs] }))
	}

	return {
		load() {
			const row = counterRow.get()
			const known = row ? (JSON.parse(String(row.body)) as Counter & { tookMs: [string, number[]][] }) : null
			const rows = all.all().map(({ id, body, card }) => {
				const text = typeof card === 'string' ? vault.open(whose(String(id)), card) : null
				return {
					// What came later is missing in older rows.
					visit: { emptySince: null, ...(JSON.parse(String(body)) as Omit<Visit, 'emptySince'>) },
					card: text === null ? null : (JSON.parse(text) as VisitCard),
				}
			})
			const visits = new Map(rows.map(({ visit }) => [visit.id, visit]))
			const cards = new Map(rows.flatMap(({ visit, card }) => (card ? [[visit.id, card] as const] : [])))
			return { counter: { ...emptyCounter, ...known, tookMs: new Map(known?.tookMs ?? []), visits }, cards }
		},
		keep(counter, visit) {
			inTransaction(db, () => {
				put.run(visit.id, JSON.stringify(visit))
				keepCounter(counter)
			})
		},
		keepCard(visit, card) {
			inTransaction(db, () => {
				const sealed = vault.seal(whose(visit), JSON.stringify(card))
				sealed.keep()
				putCard.run(sealed.hash, visit)
			})
		},
		erase(counter, visit) {
			inTransaction(db, () => {
				drop.run(visit)
				keepCounter(counter)
			})
			vault.erase(whose(visit))
		},
		record({ visit: { number, department, topic, arrivedAt, beganAt }, outcome, at }) {
			addRecord.run(number, department, topic, arrivedAt, beganAt, at, outcome)
		},
		forgetRecordsBefore: (at) => void dropRecords.run(at),
	}
}
