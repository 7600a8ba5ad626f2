import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../chain/transaction.ts'
import type { SourceUse } from '../protocol/media.ts'

/**
 * What lets a person come back as they were after a cut, a reload or a restart of this service: a secret that names
 * them, and what they had muted. Not in the journal: it is of use only while the meeting lasts.
 */
export interface Returns {
	/** A new secret for this person; only its hash is kept. */
	give(meeting: string, person: string): string
	/** Whose secret this is, in this meeting. */
	find(meeting: string, secret: string): string | null
	/** Whether this person's sources of this use were muted when last heard of. */
	isMuted(meeting: string, person: string, use: SourceUse): boolean
	setMuted(meeting: string, person: string, use: SourceUse, muted: boolean): void
	/** They left of their own accord: what they muted is forgotten, the secret still names them. */
	forgetMutes(meeting: string, person: string): void
	/** The meeting is closed. */
	forget(meeting: string): void
}

/** Secrets that one person may have at a time: a few tabs and devices, not every reload since the morning. */
const secretsEach = 8

/** Creates its tables in `db`. */
export function openReturns(db: DatabaseSync): Returns {
	db.exec(`
		CREATE TABLE IF NOT EXISTS return_secret (
			id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, meeting TEXT NOT NULL, person TEXT NOT NULL
		) STRICT;
		CREATE INDEX IF NOT EXISTS return_secret_person ON return_secret (meeting, person);
		CREATE TABLE IF NOT EXISTS return_mute (
			meeting TEXT NOT NULL, person TEXT NOT NULL, use TEXT NOT NULL, PRIMARY KEY (meeting, person, use)
		) STRICT, WITHOUT ROWID;
	`)
	const add = db.prepare('INSERT INTO return_secret (hash, meeting, person) VALUES (?, ?, ?)')
	const trim = db.prepare(`DELETE FROM return_secret WHERE meeting = ? AND person = ? AND id NOT IN (
		SELECT id FROM return_secret WHERE meeting = ? AND person = ? ORDER BY id DESC LIMIT ${secretsEach})`)
	const find = db.prepare('SELECT person FROM return_secret WHERE hash = ? AND meeting = ?')
	const muted = db.prepare('SELECT 1 FROM return_mute WHERE meeting = ? AND person = ? AND use = ?')
	const mute = db.prepare('INSERT INTO return_mute (meeting, person, use) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
	const unmute = db.prepare('DELETE FROM return_mute WHERE meeting = ? AND person = ? AND use = ?')
	const unmuteAll = db.prepare('DELETE FROM return_mute WHERE meeting = ? AND person = ?')
	const forgetMutes = db.prepare('DELETE FROM return_mute WHERE meeting = ?')
	const forgetSecrets = db.prepare('DELETE FROM return_secret WHERE meeting = ?')

	/**
	 * Without waiting for the disk, which two hundred who come at once would all wait for: whoever kills this process takes
	 * nothing, a power cut takes the last secrets, and their pages come back as those of somebody new.
	 */
	function lightly(write: () => void) {
		db.exec('PRAGMA synchronous = NORMAL')
		try {
			inTransaction(db, write)
		} finally {
			db.exec('PRAGMA synchronous = FULL')
		}
	}

	return {
		give(meeting, person) {
			const secret = randomBytes(32).toString('base64url')
			lightly(() => {
				add.run(hashOf(secret), meeting, person)
				trim.run(meeting, person, meeting, person)
			})
			return secret
		},
		find(meeting, secret) {
			const row = find.get(hashOf(secret), meeting)
			return row ? String(row.person) : null
		},
		isMuted: (meeting, person, use) => muted.get(meeting, person, use) !== undefined,
		setMuted(meeting, person, use, now) {
			if (now === (muted.get(meeting, person, use) !== undefined)) return
			;(now ? mute : unmute).run(meeting, person, use)
		},
		forgetMutes: (meeting, person) => void unmuteAll.run(meeting, person),
		forget(meeting) {
			forgetMutes.run(meeting)
			forgetSecrets.run(meeting)
		},
	}
}

function hashOf(secret: string): string {
	return createHash('sha256').update(secret).digest('hex')
}
