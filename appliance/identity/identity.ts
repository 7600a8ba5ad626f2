import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { Refusal } from '../protocol/errors.ts'
import type { Principal, Role } from '../protocol/roles.ts'
import { type Act, type Audit, openAudit } from './audit.ts'
import { openTokens, type Tokens } from './tokens.ts'

/** Who is who: tokens and links, their revocation, browsers' sessions, and what was done by whom. */
export interface Identity {
	readonly issue: Tokens['issue']
	/** Throws a Refusal: 'expired', 'forged' or 'revoked'. */
	verify(token: string): Promise<Principal>
	/** Whether it was verified before, by this process. It may have been revoked since. */
	readonly knows: Tokens['knows']
	/** This token opens nothing any more; those who are in by it are told through `onRevoked`. */
	revoke(jti: string): void
	onRevoked(listener: (jti: string) => void): () => void
	/** What another process (the command line) has revoked is told as well, when this is asked. */
	hearOthers(): void
	/**
	 * A browser's session with the rights of the token that it shows. `value` is the cookie. It ends twelve hours after it
	 * was last used, and never later than the token. Rejects as `verify` does.
	 */
	startSession(token: string): Promise<{ principal: Principal; value: string; maxAgeSeconds: number }>
	/** A session of one who showed something else than a token, for as long at most. */
	openSession(principal: Principal, longestMs: number): { value: string; maxAgeSeconds: number }
	findSession(value: string): Principal | null
	/** Whether one of this id is open, which it was given by `openSession`. */
	hasSession(jti: string): boolean
	endSession(value: string): void
	/** Keeps who did what, and from where: roles, ids, commands and routes; never names or contents. */
	audit(principal: Principal, action: string, place?: string | null): void
	/** All that was kept so, and what nobody did whom we know. */
	readonly trail: Audit
}

const sessionMs = 12 * 3_600_000
/** So much less it may be: not every request is written down. */
const prolongMs = 5 * 60_000

export async function openIdentity({
	db,
	dir,
	now,
}: {
	db: DatabaseSync
	dir: string
	now: () => number
}): Promise<Identity> {
	db.exec(`CREATE TABLE IF NOT EXISTS revoked (jti TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS browser_sessions (
			digest TEXT PRIMARY KEY, principal TEXT NOT NULL, expires INTEGER NOT NULL, latest INTEGER NOT NULL
		) STRICT, WITHOUT ROWID`)
	const trail = openAudit(db, now)
	const tokens = await openTokens(dir, now)
	const revokedAt = db.prepare('SELECT at FROM revoked WHERE jti = ?')
	const addRevoked = db.prepare('INSERT OR IGNORE INTO revoked (jti, at) VALUES (?, ?)')
	const addSession = db.prepare('INSERT INTO browser_sessions (digest, principal, expires, latest) VALUES (?, ?, ?, ?)')
	const session = db.prepare('SELECT principal, expires, latest FROM browser_sessions WHERE digest = ?')
	const prolong = db.prepare('UPDATE browser_sessions SET expires = ? WHERE digest = ?')
	const dropSession = db.prepare('DELETE FROM browser_sessions WHERE digest = ?')
	const dropExpired = db.prepare('DELETE FROM browser_sessions WHERE expires < ?')
	const listeners = new Set<(jti: string) => void>()

	const liveSession = db.prepare(
		"SELECT 1 FROM browser_sessions WHERE json_extract(principal, '$.jti') = ? AND expires > ?",
	)
	/** Changes with what other processes write, and with nothing else. */
	const dataVersion = db.prepare('PRAGMA data_version')
	const everyRevoked = db.prepare('SELECT jti FROM revoked')
	const revokedNow = () => new Set(everyRevoked.all().map(({ jti }) => String(jti)))
	let version = dataVersion.get()?.data_version
	let told = revokedNow()

	const isRevoked = (jti: string) => revokedAt.get(jti) !== undefined

	async function read(token: string) {
		const found = await tokens.read(token)
		if (isRevoked(found.principal.jti)) throw new Refusal('revoked', 'this link has been withdrawn')
		return found
	}

	function openSession(principal: Principal, latest: number) {
		dropExpired.run(now())
		const value = randomBytes(32).toString('base64url')
		addSession.run(digest(value), JSON.stringify(principal), Math.min(now() + sessionMs, latest), latest)
		return { value, maxAgeSeconds: Math.ceil((latest - now()) / 1_000) }
	}

	return {
		issue: tokens.issue,
		knows: tokens.knows,
		verify: async (token) => (await read(token)).principal,
		revoke(jti) {
			addRevoked.run(jti, now())
			told.add(jti)
			for (const listener of listeners) listener(jti)
		},
		hearOthers() {
			const latest = dataVersion.get()?.data_version
			if (latest === version) return
			version = latest
			const before = told
			told = revokedNow()
			for (const jti of told) {
				if (before.has(jti)) continue
				for (const listener of listeners) listener(jti)
			}
		},
		onRevoked(listener) {
			listeners.add(listener)
			return () => listeners.delete(listener)
		},
		async startSession(token) {
			const { principal, expires: latest } = await read(token)
			return { principal, ...openSession(principal, latest) }
		},
		openSession: (principal, longestMs) => openSession(principal, now() + longestMs),
		findSession(value) {
			const row = session.get(digest(value))
			if (!row || Number(row.expires) <= now()) return null
			const principal = JSON.parse(String(row.principal)) as Principal
			if (isRevoked(principal.jti)) return null
			// Sliding, but not written at every request.
			const expires = Math.min(now() + sessionMs, Number(row.latest))
			if (expires - Number(row.expires) > prolongMs) prolong.run(expires, digest(value))
			return principal
		},
		hasSession: (jti) => !isRevoked(jti) && liveSession.get(jti, now()) !== undefined,
		endSession: (value) => void dropSession.run(digest(value)),
		audit: (principal, action, place = null) => trail.append({ ...doer(principal), place, action }),
		trail,
	}
}

/** Who did something, as the audit has it. */
export function doer(by: Principal): Pick<Act, 'role' | 'jti' | 'person'> {
	return { role: by.role, jti: by.jti, person: by.kind === 'meeting' ? by.person : null }
}

/** Whether one who has this role may use what is for these. */
export function allowed(principal: Principal, roles: readonly Role[]): boolean {
	return roles.includes(principal.role)
}

/** Cookies are random and long, so a plain digest keeps a copied database from being a way in. */
const digest = (value: string) => createHash('sha256').update(value).digest('hex')
