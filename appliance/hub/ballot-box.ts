import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { isStorageFault } from '../protocol/errors.ts'

const sealAgainMs = 1_000

/**
 * The ballots of secret votes while these are open. A ballot is a random key and a choice; no person, no time, no order.
 * The journal says, with the time, who has voted, and never what. Both are written in one transaction, so that no ballot
 * that was acknowledged is lost or counted twice, wherever the service is killed.
 *
 * What holds while a vote is open. The database file alone tells who has voted and what was voted, not who what: SQLite
 * puts new rows into a page in the order they come, which would be the order of the journal, so every ballot writes the
 * box anew, sorted by the random keys. But the write-ahead log keeps every state of the box, one after the other, until
 * it is truncated: whoever copies the log (or looks at the database again and again, or at the memory of the service)
 * while the vote is open can link ballots to people. So can whoever runs the appliance. That is the price of losing no
 * ballot in a crash; a vote that must withstand its own administrator needs paper.
 *
 * What holds afterwards. The vote's end goes into the journal with all keys and choices, sorted, and in that transaction
 * the box is emptied; secure_delete overwrites its pages, `seal` truncates the log. Neither database, log nor a backup
 * made then links a person to a ballot. A backup made during the vote holds no log and only sorted ballots. What a file
 * system or a flash disk keeps of blocks that it was told to forget is beyond a program: encrypt the disk.
 */
export interface BallotBox {
	/** Within the transaction that journals ballot.cast. Throws outside of one. */
	put(vote: string, choice: string): void
	/** All ballots of this vote, sorted by key (32 hex digits). */
	take(vote: string): { key: string; choice: string }[]
	/** Within the transaction that journals the end of the vote, counted or cancelled. Throws outside of one. */
	empty(vote: string): void
	/**
	 * After that transaction: nothing of the ballots stays in the log. False: somebody reads the database at this moment
	 * (a backup), or the disk takes nothing, so that the log could not be cut; to be called again.
	 */
	seal(): boolean
}

/** Creates its table in `db`, which must be synchronous=FULL with secure_delete, and seals what a crash left unsealed. */
export function openBallotBox(db: DatabaseSync): BallotBox {
	if (Number(db.prepare('PRAGMA secure_delete').get()?.secure_delete) !== 1) {
		throw new Error('a ballot box needs a database with secure_delete')
	}
	db.exec('CREATE TABLE IF NOT EXISTS ballot_box (key BLOB PRIMARY KEY, vote TEXT, choice TEXT) STRICT, WITHOUT ROWID')
	const all = db.prepare('SELECT key, vote, choice FROM ballot_box ORDER BY key')
	const ofVote = db.prepare('SELECT key, choice FROM ballot_box WHERE vote = ? ORDER BY key')
	// Without a condition SQLite drops whole pages, and overwrites them whole.
	const clear = db.prepare('DELETE FROM ballot_box')
	const insert = db.prepare('INSERT INTO ballot_box (key, vote, choice) VALUES (?, ?, ?)')

	/** Rows in pages lie as they came: so all come anew, by key. */
	function rewrite(change: (rows: Row[]) => Row[]) {
		if (!db.isTransaction) throw new Error('the ballot box changes only together with the journal')
		const rows = change(all.all().map(rowOf)).sort((a, b) => Buffer.compare(a.key, b.key))
		clear.run()
		for (const { key, vote, choice } of rows) insert.run(key, vote, choice)
	}

	/** Without waiting for a reader, because nothing else is done meanwhile. */
	function seal(): boolean {
		const timeoutMs = Number(db.prepare('PRAGMA busy_timeout').get()?.timeout)
		db.exec('PRAGMA busy_timeout = 0')
		try {
			return Number(db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy) === 0
		} catch (error) {
			if (isStorageFault(error)) return false
			throw error
		} finally {
			db.exec(`PRAGMA busy_timeout = ${timeoutMs}`)
		}
	}

	/** A full disk keeps nobody from starting. */
	function sealAtStart() {
		if (!seal()) setTimeout(() => db.isOpen && sealAtStart(), sealAgainMs).unref()
	}

	sealAtStart()
	return {
		put: (vote, choice) => rewrite((rows) => [...rows, { key: randomBytes(16), vote, choice }]),
		take: (vote) => ofVote.all(vote).map(({ key, choice }) => ({ key: hex(key), choice: String(choice) })),
		empty: (vote) => rewrite((rows) => rows.filter((row) => row.vote !== vote)),
		seal,
	}
}

interface Row {
	key: Uint8Array
	vote: string
	choice: string
}

function rowOf({ key, vote, choice }: Record<string, unknown>): Row {
	return { key: key as Uint8Array, vote: String(vote), choice: String(choice) }
}

function hex(key: unknown): string {
	return Buffer.from(key as Uint8Array).toString('hex')
}
