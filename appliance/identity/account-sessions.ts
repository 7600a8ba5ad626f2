import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { AccountSession } from '../protocol/accounts.ts'
import type { Principal } from '../protocol/roles.ts'
import type { Account } from './account-store.ts'
import { browserKind } from './browser-kind.ts'
import type { Identity } from './identity.ts'
import { ssoPeopleTable } from './sso-people.ts'

/** Browsers in which accounts are signed in, and browsers that their owners have used before. */

export interface Visitor {
	address: string
	/** Its User-Agent. */
	agent: string | undefined
	/** What it keeps of earlier times; null: nothing. */
	device: string | null
}

export interface Opened {
	principal: Principal
	/** The cookie of the session. */
	value: string
	maxAgeSeconds: number
	/** The cookie by which this browser is known the next time. */
	device: string
}

/** Within this, twelve hours without use end it (identity.ts). */
const longestMs = 7 * 24 * 3_600_000
/** Chrome keeps no cookie for longer. */
export const deviceDays = 400
const dayMs = 24 * 3_600_000
/** The one that was used longest ago is forgotten for a new one. */
const mostDevices = 20

const tables = `
	CREATE TABLE IF NOT EXISTS account_sessions (
		jti TEXT PRIMARY KEY, account TEXT NOT NULL, browser TEXT NOT NULL, address TEXT NOT NULL, since INTEGER NOT NULL,
		latest INTEGER NOT NULL, endedAt INTEGER
	) STRICT, WITHOUT ROWID;
	CREATE TABLE IF NOT EXISTS account_devices (
		device TEXT NOT NULL, account TEXT NOT NULL, usedAt INTEGER NOT NULL, PRIMARY KEY (device, account)
	) STRICT, WITHOUT ROWID;
	${ssoPeopleTable}`

/** Who may have a session: by an account of this appliance, or by the city's sign-in. */
const owners = `(SELECT id, name, role, 0 AS sso FROM accounts UNION ALL SELECT id, name, role, 1 FROM sso_people)`

/** Creates its tables in `db`. */
export function openAccountSessions(db: DatabaseSync, identity: Identity, now: () => number) {
	db.exec(tables)
	const insert = db.prepare(
		'INSERT INTO account_sessions (jti, account, browser, address, since, latest) VALUES (?, ?, ?, ?, ?, ?)',
	)
	const owner = db.prepare(
		`SELECT a.id, a.name, a.sso FROM account_sessions s JOIN ${owners} a ON a.id = s.account WHERE s.jti = ?`,
	)
	const all = db.prepare(`SELECT s.jti AS id, s.account, s.browser, s.address, s.since, a.name, a.role, a.sso
		FROM account_sessions s JOIN ${owners} a ON a.id = s.account WHERE s.endedAt IS NULL ORDER BY s.since DESC`)
	const ended = db.prepare('UPDATE account_sessions SET endedAt = ? WHERE jti = ?')
	// That it was revoked need not be remembered of one that is over anyway.
	const dropRevoked = db.prepare('DELETE FROM revoked WHERE jti IN (SELECT jti FROM account_sessions WHERE latest < ?)')
	const dropOver = db.prepare('DELETE FROM account_sessions WHERE latest < ?')
	const known = db.prepare('SELECT usedAt FROM account_devices WHERE device = ? AND account = ?')
	const anybodys = db.prepare('SELECT 1 FROM account_devices WHERE device = ?')
	const keepDevice = db.prepare(`INSERT INTO account_devices (device, account, usedAt) VALUES (?, ?, ?)
		ON CONFLICT (device, account) DO UPDATE SET usedAt = excluded.usedAt`)
	const dropDevices = db.prepare('DELETE FROM account_devices WHERE account = ?')
	const dropOlder = db.prepare(`DELETE FROM account_devices WHERE account = :account AND device NOT IN
		(SELECT device FROM account_devices WHERE account = :account ORDER BY usedAt DESC LIMIT ${mostDevices})`)

	const isLive = ({ id }: Record<string, unknown>) => identity.hasSession(String(id))
	/** Who is in by it is told: in this process, and by the table of what is revoked in the service. */
	function endOne({ id }: Record<string, unknown>) {
		identity.revoke(String(id))
		ended.run(now(), String(id))
	}

	return {
		/** `most`: how long it may be used, however often. */
		open(account: Pick<Account, 'id' | 'role'>, { address, agent, device }: Visitor, most = longestMs): Opened {
			const principal: Principal = { kind: 'house', role: account.role, jti: randomUUID() }
			const session = identity.openSession(principal, most)
			insert.run(principal.jti, account.id, browserKind(agent), address, now(), now() + most)
			// What was not given out here may be known to somebody else.
			const given = device !== null && anybodys.get(digest(device)) ? device : null
			const kept = given ?? randomBytes(32).toString('base64url')
			keepDevice.run(digest(kept), account.id, now())
			dropOlder.run({ account: account.id })
			return { principal, ...session, device: kept }
		},
		/** As what this browser is counted; null: this account was never signed in with it, or not for long. */
		deviceOf(account: Account, device: string | null): string | null {
			const found = device === null ? undefined : known.get(digest(device), account.id)
			return found && now() - Number(found.usedAt) < deviceDays * dayMs ? digest(device ?? '') : null
		},
		/** Whose this session is; null: it is one of a link or a token. */
		ownerOf(principal: Principal): { id: string; name: string; sso: boolean } | null {
			const row = owner.get(principal.jti)
			return row ? { id: String(row.id), name: String(row.name), sso: row.sso === 1 } : null
		},
		/** Of this account; null: of everybody. */
		list(account: string | null, asking: Principal): AccountSession[] {
			const rows = all.all().filter((row) => (account === null || row.account === account) && isLive(row))
			return rows.map(({ account: _, ...row }) => {
				const told = row as unknown as Omit<AccountSession, 'own' | 'sso'>
				return { ...told, sso: row.sso === 1, own: row.id === asking.jti }
			})
		},
		/** Ends those of this account; null: of everybody. `id`: one of them. Answers how many there were. */
		end(account: string | null, id: string | null = null): number {
			const meant = all.all().filter((row) => {
				return (account === null || row.account === account) && (id === null || row.id === id) && isLive(row)
			})
			for (const row of meant) endOne(row)
			return meant.length
		},
		/** What was used too long ago is over for open sockets as well; what is long over is forgotten. */
		sweep() {
			for (const row of all.all()) if (!isLive(row)) endOne(row)
			const before = now() - dayMs
			dropRevoked.run(before)
			dropOver.run(before)
		},
		/** No browser is known any more. */
		forgetDevices: ({ id }: Account) => void dropDevices.run(id),
	}
}

/** Random and long, so a plain digest keeps a copied database from being a way in. */
const digest = (value: string) => createHash('sha256').update(value).digest('hex')
