import { createHmac, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../chain/transaction.ts'
import type { AccountSession } from '../protocol/accounts.ts'
import { Refusal } from '../protocol/errors.ts'
import { weaknessOf } from '../protocol/passwords.ts'
import type { Principal } from '../protocol/roles.ts'
import { type Opened, openAccountSessions, type Visitor } from './account-sessions.ts'
import { type Account, openAccountStore, plainName } from './account-store.ts'
import type { Identity } from './identity.ts'
import { keysOf, networkKey } from './lockout.ts'
import { asMachineMade, hashPassword, isMade, isPassword } from './passwords.ts'
import type { Named } from './sso-claims.ts'
import { openSsoPeople } from './sso-people.ts'
import { TryLater } from './tries.ts'
import { openTriesStore } from './tries-store.ts'

/** People who sign in with a name and a password of this appliance: what they may try, and what is open to them then. */
export interface Accounts {
	/**
	 * Rejects with a Refusal: 'bad-password' (also where there is no such account, or it is disabled), 'must-change', or
	 * TryLater.
	 */
	signIn(name: string, password: string, by: Visitor): Promise<Opened>
	/** With the password of until now. Ends all that is open to the account. Rejects as `signIn`, and with 'weak-password'. */
	changePassword(name: string, password: string, next: string, by: Visitor): Promise<Opened>
	/**
	 * One of whom the city's sign-in has said who it is. Null: without a role here; then, and where the role is another one
	 * than before, all that is open to them ends.
	 */
	admit(named: Named, by: Visitor): Opened | null
	/** The account's name; null: this is somebody with a link or a token. */
	nameOf(principal: Principal): string | null
	/** Whether it is one of the city's sign-in. */
	isBySso(principal: Principal): boolean
	/** One's own; an admin's: everybody's. */
	sessions(asking: Principal): AccountSession[]
	/** Whether there was one that this one may end. */
	endSession(asking: Principal, id: string): boolean
	signOut(principal: Principal): void
	/** Ends what is over, and tells of what the command line ended. Answers how to stop. */
	attend(): () => void
}

/** So many wait for their password to be looked at, one after the other: each takes some 20 MB and a core. */
const mostWaiting = 32
/** Whom the city lets go has a session here no longer than a day of work. */
const longestBySsoMs = 12 * 3_600_000
const hearMs = 1_000
const sweepMs = 60_000

export function openAccounts({
	db,
	identity,
	now,
}: {
	db: DatabaseSync
	identity: Identity
	now: () => number
}): Accounts {
	const store = openAccountStore(db, now)
	const sessions = openAccountSessions(db, identity, now)
	const ssoPeople = openSsoPeople(db, now)
	const tried = openTriesStore(db, now)
	/** Names that are none are counted as well, and not kept: they may be passwords that went into the wrong field. */
	const nobodysKey = randomBytes(32)
	const inTurn = queue(mostWaiting)

	const audit = (account: Account | null, place: string, action: string) =>
		identity.trail.append({ role: account?.role ?? 'nobody', jti: account?.id ?? '', place, action })

	/** The account whose password this is, and which may use it. Rejects as `signIn`. */
	async function prove(name: string, password: string, { address, device }: Visitor): Promise<Account> {
		const account = store.find(name)
		const id = account?.id ?? createHmac('sha256', nobodysKey).update(plainName(name)).digest('hex')
		const known = account && sessions.deviceOf(account, device)
		const made = asMachineMade(password)
		// By its form alone, which whoever tries knows: it says nothing of whether there is such an account.
		const keys = made ? [networkKey(address)] : keysOf({ account: id, address, device: known })
		const waitMs = tried.waitOf(keys)
		if (waitMs > 0 && !made) throw new TryLater(waitMs)
		const right = made ? isMade(made, account?.made ?? null) : await isPassword(password, account?.hash ?? null)
		if (right && account && store.find(name)?.disabledAt === null) {
			if (known) tried.forget(keys)
			return account
		}
		// Of a network that waits already nothing more is said: it could fill the disk.
		if (waitMs === 0) {
			const nextMs = tried.wrong(keys)
			audit(account, address, nextMs > 0 ? `sign-in.delayed ${nextMs / 1_000} s` : 'sign-in.refused')
		}
		throw new Refusal('bad-password', 'this is no account and its password')
	}

	function open(account: Account, by: Visitor): Opened {
		const opened = sessions.open(account, by)
		store.signedIn(account)
		identity.audit(opened.principal, `sign-in account ${account.id}`, by.address)
		return opened
	}

	return {
		signIn: async (name, password, by) =>
			inTurn(async () => {
				const account = await prove(name, password, by)
				if (account.made) throw new Refusal('must-change', 'the first password is for choosing another one')
				return open(account, by)
			}),
		async changePassword(name, password, next, by) {
			const weakness = weaknessOf(next, plainName(name))
			if (weakness !== null) throw new Refusal('weak-password', `the new password is no good: ${weakness}`)
			return inTurn(async () => {
				const account = await prove(name, password, by)
				if (next === password) throw new Refusal('weak-password', 'the new password is the one of until now')
				const hash = await hashPassword(next)
				let opened = null as Opened | null
				inTransaction(db, () => {
					// The command line may have disabled it, or made another password, while this one was looked at.
					const still = store.find(name)
					if (still?.disabledAt !== null || still.made !== account.made || still.hash !== account.hash) return
					store.choose(account, hash)
					sessions.end(account.id)
					sessions.forgetDevices(account)
					opened = open(account, by)
					identity.audit(opened.principal, `password.changed account ${account.id}`, by.address)
				})
				if (!opened) throw new Refusal('bad-password', 'this is no account and its password')
				return opened
			})
		},
		admit(named, by) {
			const before = ssoPeople.find(named)
			if (before && before.role !== named.role) sessions.end(before.id)
			const { role } = named
			if (role === null) {
				if (before) ssoPeople.forget(before)
				return null
			}
			const person = { id: ssoPeople.keep({ ...named, role }), role }
			const opened = sessions.open(person, by, longestBySsoMs)
			identity.audit(opened.principal, `sign-in sso account ${person.id}`, by.address)
			return opened
		},
		nameOf: (principal) => sessions.ownerOf(principal)?.name ?? null,
		isBySso: (principal) => sessions.ownerOf(principal)?.sso ?? false,
		sessions(asking) {
			const own = sessions.ownerOf(asking)
			return own || asking.role === 'admin'
				? sessions.list(asking.role === 'admin' ? null : (own?.id ?? ''), asking)
				: []
		},
		endSession(asking, id) {
			const own = asking.role === 'admin' ? null : (sessions.ownerOf(asking)?.id ?? '')
			return sessions.end(own, id) > 0
		},
		signOut(principal) {
			const own = sessions.ownerOf(principal)
			if (!own || sessions.end(own.id, principal.jti) === 0) return
			identity.audit(principal, `sign-out account ${own.id}`)
		},
		attend() {
			const hearing = setInterval(identity.hearOthers, hearMs)
			const sweeping = setInterval(sessions.sweep, sweepMs)
			return () => {
				clearInterval(hearing)
				clearInterval(sweeping)
			}
		},
	}
}

/** One after the other; where too many wait already the next is refused. */
function queue(most: number) {
	let waiting = 0
	let last: Promise<unknown> = Promise.resolve()
	return <T>(work: () => Promise<T>): Promise<T> => {
		if (waiting >= most) throw new Refusal('busy', 'too many sign in at the same moment')
		waiting += 1
		const done = last.then(work).finally(() => {
			waiting -= 1
		})
		last = done.catch(() => {})
		return done
	}
}
