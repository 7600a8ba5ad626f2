import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { Refusal } from '../protocol/errors.ts'
import type { AccountRole } from '../protocol/roles.ts'
import { digestOf, makePassword } from './passwords.ts'

/** The accounts of this appliance as they are kept: the service reads them, the command line makes them. */

export interface Account {
	readonly id: string
	readonly name: string
	readonly role: AccountRole
	/** Of the password that the machine made, for as long as nobody has chosen another one. */
	readonly made: string | null
	/** Of the password that was chosen. */
	readonly hash: string | null
	readonly disabledAt: number | null
	readonly createdAt: number
	/** When its password was chosen last. */
	readonly chosenAt: number | null
	readonly signedInAt: number | null
}

/** Letters of any script, and what stands in addresses of mail. Whether it is small or capital says nothing. */
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,63}$/u
export const plainName = (name: string) => name.normalize('NFKC').trim().toLowerCase()

const table = `CREATE TABLE IF NOT EXISTS accounts (
	id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, made TEXT, hash TEXT,
	disabledAt INTEGER, createdAt INTEGER NOT NULL, chosenAt INTEGER, signedInAt INTEGER
) STRICT, WITHOUT ROWID`

/** Creates its table in `db`. */
export function openAccountStore(db: DatabaseSync, now: () => number) {
	db.exec(table)
	const all = db.prepare('SELECT * FROM accounts ORDER BY name')
	const byName = db.prepare('SELECT * FROM accounts WHERE name = ?')
	const insert = db.prepare('INSERT INTO accounts (id, name, role, made, createdAt) VALUES (?, ?, ?, ?, ?)')
	const remake = db.prepare(
		'UPDATE accounts SET made = ?, hash = NULL, chosenAt = NULL, disabledAt = NULL WHERE id = ?',
	)
	const choose = db.prepare('UPDATE accounts SET hash = ?, made = NULL, chosenAt = ? WHERE id = ?')
	const disable = db.prepare('UPDATE accounts SET disabledAt = ? WHERE id = ?')
	const signedIn = db.prepare('UPDATE accounts SET signedInAt = ? WHERE id = ?')

	const find = (name: string) => (byName.get(plainName(name)) as unknown as Account | undefined) ?? null

	return {
		list: () => all.all() as unknown as Account[],
		find,
		/** Answers the first password, which nobody is told again. Throws a Refusal: 'bad-message', 'already-so'. */
		create(name: string, role: AccountRole): { account: Account; password: string } {
			const plain = plainName(name)
			if (!namePattern.test(plain)) {
				throw new Refusal(
					'bad-message',
					'a name has 2 to 64 letters, digits and . _ @ + -, and begins with one of the former',
				)
			}
			if (find(plain)) throw new Refusal('already-so', `there is an account of this name already`)
			const password = makePassword()
			insert.run(randomUUID(), plain, role, digestOf(password), now())
			return { account: find(plain) as Account, password }
		},
		/** Another first password, also for one who was kept out. */
		remake({ id }: Account): string {
			const password = makePassword()
			remake.run(digestOf(password), id)
			return password
		},
		choose: ({ id }: Account, hash: string) => void choose.run(hash, now(), id),
		disable: ({ id }: Account) => void disable.run(now(), id),
		signedIn: ({ id }: Account) => void signedIn.run(now(), id),
	}
}
