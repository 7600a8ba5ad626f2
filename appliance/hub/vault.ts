import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { MeetingKind } from '../protocol/room-state.ts'

/**
 * Personal fields, beside the journal: each person has a random key for each kind of meeting, and what is personal is
 * kept only encrypted under it (AES-256-GCM). The journal holds the hash of the ciphertext. Erasing a person is deleting
 * the key: the chain stays whole, and what the hash stands for can never be read again.
 */
interface Whose {
	kind: MeetingKind
	person: string
}

export interface Vault {
	/** Call `keep` in the transaction that journals the hash; until then nothing is stored. */
	seal(whose: Whose, text: string): { hash: string; keep: () => void }
	/** Null: erased, or never kept. */
	open(whose: Whose, hash: string): string | null
	erase(whose: Whose): void
}

const ivBytes = 12
const tagBytes = 16

/** Creates its tables in `db`, and turns on secure_delete there: a deleted key must not stay in a free page. */
export function openVault(db: DatabaseSync): Vault {
	db.exec(`
		PRAGMA secure_delete = ON;
		CREATE TABLE IF NOT EXISTS vault_key (
			kind TEXT NOT NULL, person TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (kind, person)
		) STRICT, WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS vault (
			hash TEXT PRIMARY KEY, kind TEXT NOT NULL, person TEXT NOT NULL, sealed BLOB NOT NULL
		) STRICT, WITHOUT ROWID;
		CREATE INDEX IF NOT EXISTS vault_person ON vault (kind, person);
	`)
	const findKey = db.prepare('SELECT key FROM vault_key WHERE kind = ? AND person = ?')
	const addKey = db.prepare('INSERT INTO vault_key (kind, person, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
	const find = db.prepare('SELECT sealed FROM vault WHERE hash = ? AND kind = ? AND person = ?')
	const add = db.prepare('INSERT INTO vault (hash, kind, person, sealed) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
	const deleteKey = db.prepare('DELETE FROM vault_key WHERE kind = ? AND person = ?')
	const deleteSealed = db.prepare('DELETE FROM vault WHERE kind = ? AND person = ?')

	function keyOf({ kind, person }: Whose): Uint8Array | null {
		const key = findKey.get(kind, person)?.key
		return key instanceof Uint8Array ? key : null
	}

	return {
		seal(whose, text) {
			const known = keyOf(whose)
			const key = known ?? randomBytes(32)
			const iv = randomBytes(ivBytes)
			const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(context(whose))
			const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
			const hash = createHash('sha256').update(sealed).digest('hex')
			const keep = () => {
				if (!known) addKey.run(whose.kind, whose.person, key)
				add.run(hash, whose.kind, whose.person, sealed)
			}
			return { hash, keep }
		},

		open(whose, hash) {
			const key = keyOf(whose)
			const sealed = find.get(hash, whose.kind, whose.person)?.sealed
			if (!key || !(sealed instanceof Uint8Array)) return null
			const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes))
			decipher.setAAD(context(whose)).setAuthTag(sealed.subarray(-tagBytes))
			const text = decipher.update(sealed.subarray(ivBytes, -tagBytes))
			return Buffer.concat([text, decipher.final()]).toString('utf8')
		},

		erase({ kind, person }) {
			deleteKey.run(kind, person)
			deleteSealed.run(kind, person)
			// The write-ahead log may hold the page with the key still.
			db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
		},
	}
}

/** Bound to the ciphertext, so that one person's field cannot be passed off as another's. */
function context({ kind, person }: Whose): Buffer {
	return Buffer.from(`${kind}/${person}`)
}
