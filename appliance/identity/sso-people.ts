import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { AccountRole } from '../protocol/roles.ts'
import type { Named } from './sso-claims.ts'

/**
 * People of the city's sign-in as they came the last time. They are no accounts: whoever is called as one is somebody else, and no
 * password ever opens anything of theirs. The audit knows them by their id here.
 */

interface SsoPerson {
	readonly id: string
	readonly name: string
	readonly role: AccountRole
	readonly signedInAt: number
}

export const ssoPeopleTable = `CREATE TABLE IF NOT EXISTS sso_people (
	id TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
	signedInAt INTEGER NOT NULL, UNIQUE (issuer, subject)
) STRICT, WITHOUT ROWID`

/** Its table is there already (account-sessions.ts). */
export function openSsoPeople(db: DatabaseSync, now: () => number) {
	const all = db.prepare('SELECT id, name, role, signedInAt FROM sso_people ORDER BY name')
	const bySubject = db.prepare('SELECT id, name, role, signedInAt FROM sso_people WHERE issuer = ? AND subject = ?')
	const put = db.prepare(`INSERT INTO sso_people (id, issuer, subject, name, role, signedInAt) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (issuer, subject)
		DO UPDATE SET name = excluded.name, role = excluded.role, signedInAt = excluded.signedInAt RETURNING id`)
	const drop = db.prepare('DELETE FROM sso_people WHERE id = ?')

	return {
		list: () => all.all() as unknown as SsoPerson[],
		find: ({ issuer, subject }: Pick<Named, 'issuer' | 'subject'>) =>
			(bySubject.get(issuer, subject) as unknown as SsoPerson | undefined) ?? null,
		/** Answers the id. */
		keep: ({ issuer, subject, name, role }: Named & { role: AccountRole }) =>
			String(put.get(randomUUID(), issuer, subject, name, role, now())?.id),
		forget: ({ id }: SsoPerson) => void drop.run(id),
	}
}
