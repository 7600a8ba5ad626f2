import { randomBytes, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { Refusal } from '../protocol/errors.ts'
import type { PinView } from '../protocol/pairing.ts'
import { argon2id, cost } from './argon2id.ts'
import { makeSecret } from './secret-file.ts'
import { type Tried, type Tries, TryLater, waitOf, withWrong } from './tries.ts'

/**
 * The six digits before the settings of a panel. A million is soon tried out by whoever has the database: the digest needs
 * a key as well, which stands in a file of its own. Wrong tries are counted for all panels together and kept on the disk:
 * to pull the plug of the machine begins nothing anew. A right one forgives the wrong ones before it, but not for ever: whoever
 * opens the settings every quarter of an hour would give others new tries each time.
 */
export interface Pin {
	view(): PinView
	/** Milliseconds until it may be tried. */
	waitMs(): number
	set(pin: string): Promise<void>
	clear(): void
	/** Rejects with a Refusal: 'bad-code', TryLater; 'unsupported' where there is none. */
	check(pin: string): Promise<void>
}

const key = 'pin'
const dayMs = 24 * 3_600_000
/** With so many wrong ones in a day a right one forgives nothing: with all that follow, a day has fewer than 100 of a million. */
const mostForgiven = 50

export function openPin({ db, dir, now }: { db: DatabaseSync; dir: string; now: () => number }): Pin {
	db.exec(`CREATE TABLE IF NOT EXISTS admin_pin (
		id INTEGER PRIMARY KEY CHECK (id = 1), salt BLOB NOT NULL, digest BLOB NOT NULL, at INTEGER NOT NULL,
		wrong INTEGER NOT NULL, until INTEGER NOT NULL, tried INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS admin_pin_wrong (id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT`)
	const read = db.prepare('SELECT salt, digest, at, wrong, until, tried FROM admin_pin')
	const write = db.prepare('INSERT OR REPLACE INTO admin_pin VALUES (1, ?, ?, ?, 0, 0, 0)')
	const count = db.prepare('UPDATE admin_pin SET wrong = ?, until = ?, tried = ?')
	const forget = db.prepare('DELETE FROM admin_pin')
	const addWrong = db.prepare('INSERT INTO admin_pin_wrong (at) VALUES (?)')
	const dropWrong = db.prepare('DELETE FROM admin_pin_wrong WHERE id = ?')
	// The clock may have been set back.
	const dropOld = db.prepare('DELETE FROM admin_pin_wrong WHERE at < ? OR at > ?')
	const countWrong = db.prepare('SELECT count(*) AS wrong FROM admin_pin_wrong')

	// At each use, not once: the command line may have been first to need it.
	const digestOf = (pin: string, nonce: Uint8Array) =>
		argon2id({ ...cost, message: pin, nonce, secret: Buffer.from(pepper(), 'hex') })
	const pepper = () => makeSecret(join(dir, 'pin.key'), randomBytes(32).toString('hex'))

	const keep = ({ wrong, until, at }: Tried) => void count.run(wrong, until, at)

	function tries(): Tries {
		const row = read.get()
		if (!row || Number(row.wrong) === 0) return new Map()
		// A clock that was set back does not make a wait of a minute one of a year.
		const back = Math.max(0, Number(row.tried) - now())
		const tried = { wrong: Number(row.wrong), until: Number(row.until) - back, at: Number(row.tried) - back }
		if (back > 0) keep(tried)
		return new Map([[key, tried]])
	}

	return {
		view() {
			const row = read.get()
			return { set: row !== undefined, at: row ? Number(row.at) : null }
		},
		waitMs: () => waitOf(tries(), [key], now()),
		async set(pin) {
			const salt = randomBytes(16)
			write.run(salt, await digestOf(pin, salt), now())
		},
		clear: () => void forget.run(),
		async check(pin) {
			const row = read.get()
			if (!row) throw new Refusal('unsupported', 'there is no PIN: set one at the console, or by `maru pin set`')
			const before = tries()
			const waitMs = waitOf(before, [key], now())
			if (waitMs > 0) throw new TryLater(waitMs)
			// Counted before it is looked at: many at once are many.
			const wrong = withWrong(before, [key], now()).get(key)
			if (wrong) keep(wrong)
			dropOld.run(now() - dayMs, now())
			const { lastInsertRowid } = addWrong.run(now())
			const digest = await digestOf(pin, row.salt as Uint8Array)
			if (!timingSafeEqual(digest, row.digest as Uint8Array)) throw new Refusal('bad-code', 'this is not the PIN')
			dropWrong.run(lastInsertRowid)
			if (Number(countWrong.get()?.wrong) < mostForgiven) count.run(0, 0, 0)
			else keep({ wrong: (tries().get(key)?.wrong ?? 1) - 1, until: now(), at: now() })
		},
	}
}

/** Settings stay open so long after the PIN was right. */
const openMs = 5 * 60_000

/** The lock of one panel. `now` is monotonic. */
export function createLock(now: () => number) {
	let until = 0
	return {
		unlock() {
			until = now() + openMs
		},
		lock() {
			until = 0
		},
		leftMs: () => Math.max(0, until - now()),
	}
}
