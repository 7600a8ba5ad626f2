import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import { inTransaction } from '../chain/transaction.ts'
import type { Principal } from '../protocol/roles.ts'
import { bridgeMs, sign, type Viewing, type ViewingWay } from '../relay/viewing.ts'
import type { Card, Cards } from './cards.ts'

/**
 * Who watches the relay of a meeting, and has watched it for how long: counted in memory, written down every ten seconds. It
 * is not in the journal: it decides nothing, and changes with every playlist that is read. Names lie in the vault, so that whoever is
 * erased is erased from here too.
 */

/** One who watches. */
export interface Viewer {
	/** What tells them from others: the person, or for a shared link the address that they come from. */
	readonly key: string
	/** Null: nobody knows who. */
	readonly person: string | null
	readonly name: string | null
}

/** As it is told. */
export interface Watched extends Viewing {
	readonly person: string | null
	/** Null: shared link, or erased since. */
	readonly name: string | null
}

interface Row extends Viewing {
	readonly viewer: string
	readonly person: string | null
	/** Of the name, in the vault. */
	readonly card: string | null
}

export interface ViewingStore {
	/** In the order in which they came. */
	read(meeting: string): Row[]
	/** All that `rows` answers, in one transaction with what it does itself. */
	write(meeting: string, rows: () => readonly Row[]): void
	/** In all meetings. */
	forget(person: string): void
}

const writeMs = 10_000
/** So many rows take about 10 ms; others are served before the next are written. */
const rowsAtOnce = 1_000
const most = 20_000

/** Null: one of the house's own machines or screens, which is no viewer. `address`: from where they ask. */
export function viewerOf(principal: Principal, address: string): Viewer | null {
	if (principal.kind === 'house' || principal.role === 'programme') return null
	const { person, name, jti } = principal
	if (person !== null) return { key: person, person, name }
	const shared = createHash('sha256').update(`${jti} ${address}`).digest('base64url').slice(0, 22)
	return { key: `shared-${shared}`, person: null, name: null }
}

/** Creates its table in `db`. */
export function openViewings(db: DatabaseSync): ViewingStore {
	db.exec(`
		CREATE TABLE IF NOT EXISTS viewing (
			meeting TEXT NOT NULL, viewer TEXT NOT NULL, person TEXT, card TEXT,
			first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, watched_ms INTEGER NOT NULL, ways TEXT NOT NULL,
			PRIMARY KEY (meeting, viewer)
		) STRICT, WITHOUT ROWID;
		CREATE INDEX IF NOT EXISTS viewing_person ON viewing (person)`)
	const read = db.prepare('SELECT * FROM viewing WHERE meeting = ? ORDER BY first_at')
	const put = db.prepare(`INSERT INTO viewing (meeting, viewer, person, card, first_at, last_at, watched_ms, ways)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (meeting, viewer) DO UPDATE SET
		last_at = excluded.last_at, watched_ms = excluded.watched_ms, ways = excluded.ways`)
	const forget = db.prepare('DELETE FROM viewing WHERE person = ?')
	const text = (value: unknown) => (value === null ? null : String(value))
	return {
		read: (meeting) =>
			read.all(meeting).map((row) => ({
				...{ viewer: String(row.viewer), person: text(row.person), card: text(row.card) },
				...{ firstAt: Number(row.first_at), lastAt: Number(row.last_at), watchedMs: Number(row.watched_ms) },
				ways: String(row.ways).split(' ') as ViewingWay[],
			})),
		write(meeting, rows) {
			// A power cut may take the last ten seconds of it, and nobody waits for the disk.
			db.exec('PRAGMA synchronous = NORMAL')
			try {
				inTransaction(db, () => {
					for (const { viewer, person, card, firstAt, lastAt, watchedMs, ways } of rows()) {
						put.run(meeting, viewer, person, card, firstAt, lastAt, watchedMs, ways.join(' '))
					}
				})
			} finally {
				db.exec('PRAGMA synchronous = FULL')
			}
		},
		forget: (person) => void forget.run(person),
	}
}

export function watchedOf(rows: readonly Row[], open: (person: string, hash: string) => Card | null): Watched[] {
	return rows.map(({ viewer: _, card, ...row }) => {
		const name = row.person !== null && card !== null ? (open(row.person, card)?.name ?? null) : null
		return { ...row, name }
	})
}

interface ViewingsOptions {
	meeting: string
	store: ViewingStore
	cards: Pick<Cards, 'seal'>
	/** Whether there is something to be watched. */
	onAir: () => boolean
	now: () => number
	log: Logger
}

/** Of one meeting that goes on. */
export class Viewings {
	readonly #options: ViewingsOptions
	/** By what tells viewers apart. */
	readonly #rows = new Map<string, Row>()
	/** Names that are not in the vault yet. */
	readonly #names = new Map<string, string>()
	readonly #changed = new Set<string>()
	/** How many connections of each stand. */
	readonly #standing = new Map<string, { viewer: Viewer; count: number }>()
	#timer: NodeJS.Timeout | null = null
	#full = false
	#closed = false

	constructor(options: ViewingsOptions) {
		this.#options = options
		for (const row of options.store.read(options.meeting)) this.#rows.set(row.viewer, row)
	}

	/** All that ever watched it. */
	get size(): number {
		return this.#rows.size
	}

	/** Those who read playlists within the last half minute and have no connection. */
	get readers(): number {
		const now = this.#options.now()
		let count = 0
		for (const { viewer, lastAt, ways } of this.#rows.values()) {
			if (now - lastAt <= bridgeMs && ways.includes('http') && !this.#standing.has(viewer)) count++
		}
		return count
	}

	/** They read a playlist. */
	reads(viewer: Viewer) {
		this.#sign(viewer, 'http')
	}

	/** A connection with media begins. Answers how to tell its end. */
	enter(viewer: Viewer): () => void {
		const before = this.#standing.get(viewer.key)
		this.#standing.set(viewer.key, { viewer, count: (before?.count ?? 0) + 1 })
		this.#stands(viewer)
		return () => {
			this.#stands(viewer)
			const standing = this.#standing.get(viewer.key)
			if (standing && standing.count > 1) standing.count--
			else this.#standing.delete(viewer.key)
		}
	}

	/** Something begins or ends to be there to be watched: what stands is counted up to here, or from here. */
	turn() {
		for (const { viewer } of this.#standing.values()) this.#sign(viewer, 'webrtc')
	}

	/** What is not written yet is. */
	write() {
		this.#writeDown([...this.#changed])
	}

	/** Somebody was erased. */
	forget(person: string) {
		for (const { viewer, person: whose } of [...this.#rows.values()]) if (whose === person) this.#drop(viewer)
	}

	close() {
		if (this.#closed) return
		for (const { viewer } of this.#standing.values()) this.#stands(viewer)
		this.write()
		this.#closed = true
		if (this.#timer) clearTimeout(this.#timer)
	}

	#stands(viewer: Viewer) {
		if (this.#options.onAir()) this.#sign(viewer, 'webrtc')
	}

	#sign({ key, person, name }: Viewer, way: ViewingWay) {
		if (this.#closed) return
		const before = this.#rows.get(key) ?? null
		if (!before && this.#rows.size >= most) return this.#tellFull()
		if (!before && name !== null) this.#names.set(key, name)
		const viewing = sign(before, way, this.#options.now())
		this.#rows.set(key, { viewer: key, person, card: before?.card ?? null, ...viewing })
		this.#changed.add(key)
		this.#soon()
	}

	#soon() {
		if (this.#timer) return
		this.#timer = setTimeout(() => {
			this.#timer = null
			for (const { viewer } of this.#standing.values()) this.#stands(viewer)
			this.#writeSome([...this.#changed])
			if (this.#standing.size > 0) this.#soon()
		}, writeMs)
		this.#timer.unref()
	}

	#writeSome(keys: readonly string[]) {
		if (this.#closed || keys.length === 0) return
		this.#writeDown(keys.slice(0, rowsAtOnce))
		setImmediate(() => this.#writeSome(keys.slice(rowsAtOnce)))
	}

	#writeDown(keys: readonly string[]) {
		const { meeting, store, cards, log } = this.#options
		const rows = keys.flatMap((key) => this.#rows.get(key) ?? [])
		try {
			store.write(meeting, () => {
				const named = rows.map((row) => this.#named(row, cards))
				for (const row of named) this.#rows.set(row.viewer, row)
				return named
			})
		} catch (error) {
			// Kept in memory, and tried again with the next: a disk that is full stops no relay.
			return log.error({ err: error }, 'who watched could not be written down')
		}
		for (const key of keys) {
			this.#changed.delete(key)
			this.#names.delete(key)
		}
	}

	/** With the name in the vault. */
	#named(row: Row, cards: Pick<Cards, 'seal'>): Row {
		const name = this.#names.get(row.viewer)
		if (name === undefined || row.person === null) return row
		const { hash, keep } = cards.seal(row.person, { name, title: '', email: null })
		keep()
		return { ...row, card: hash }
	}

	#drop(key: string) {
		this.#rows.delete(key)
		this.#changed.delete(key)
		this.#names.delete(key)
	}

	#tellFull() {
		if (!this.#full) this.#options.log.warn({ most }, 'more have watched than are kept')
		this.#full = true
	}
}
