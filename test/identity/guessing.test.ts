import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCounsel } from '../../appliance/counsel/counsel.ts'
import { codeOf } from '../../appliance/hub/hall-codes.ts'
import { openVault } from '../../appliance/hub/vault.ts'
import { openAccountStore } from '../../appliance/identity/account-store.ts'
import { openAccounts } from '../../appliance/identity/accounts.ts'
import { type Identity, openIdentity } from '../../appliance/identity/identity.ts'
import { decide, evolve, noPairings, type PairingCommand } from '../../appliance/identity/pairing.ts'
import { makePassword } from '../../appliance/identity/passwords.ts'
import { openPin } from '../../appliance/identity/pin.ts'
import { TryLater } from '../../appliance/identity/tries.ts'
import { codeDigits } from '../../appliance/protocol/counsel-code.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { fewestLetters, machineLetters } from '../../appliance/protocol/passwords.ts'

/**
 * Whoever has 1,000 addresses and a whole day, tries at each moment that the appliance lets them, and knows all of it but
 * the secret. Meanwhile its owner uses it, which must not give them more. By a clock of our own.
 */

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const most = 1e-4

let dir: string
let db: DatabaseSync
let time: number
let identity: Identity
const now = () => time
const log = pino({ level: 'silent' })

beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-guessing-'))
	db = new DatabaseSync(':memory:')
	time = Date.UTC(2027, 0, 4)
	identity = await openIdentity({ db, dir, now })
})
afterEach(() => {
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

interface Secret {
	/** Tries a wrong one. */
	guess(address: string): unknown
	/** What its owner does with it, so often. */
	use(): unknown
	everyMs: number
	/** Whether its owner has another way in, and may have to wait as long as somebody tries. */
	waits?: boolean
	close?(): void
}

const addresses = Array.from({ length: 1_000 }, (_, i) => `198.18.${i >> 8}.${i & 255}`)

/** How many tries of a day were looked at. */
async function triesInADay({ guess, use, everyMs, waits = false, close }: Secret): Promise<number> {
	const end = time + day
	const mayAt = new Map(addresses.map((address) => [address, time]))
	let [looked, used] = [0, time - everyMs]
	while (time < end) {
		let refused = 0
		for (const [address, at] of mayAt) {
			if (at > time) continue
			const wait = await waitOf(() => guess(address))
			if (wait === 0) looked += 1
			else mayAt.set(address, time + wait)
			// What makes several of them wait is none of theirs: the others would be told the same.
			if (wait > 0 && ++refused > 5) break
		}
		if (time - used >= everyMs) {
			if ((await waitOf(use)) === 0) used = time
			else expect(waits, 'the owner is kept out').toBe(true)
		}
		const next = Math.min(...mayAt.values())
		time = Math.max(time + second, Math.min(next, used + everyMs))
	}
	close?.()
	return looked
}

/** Milliseconds until it would be looked at; 0: it was. */
async function waitOf(attempt: () => unknown): Promise<number> {
	try {
		await attempt()
		return 0
	} catch (error) {
		if (error instanceof TryLater) return error.seconds * second
		if (error instanceof Refusal && ['bad-code', 'bad-password'].includes(error.code)) return 0
		throw error
	}
}

/** Staff have the console, which asks for none. */
async function panelsPin(): Promise<Secret> {
	const pin = openPin({ db, dir, now })
	await pin.set('482913')
	return { guess: () => pin.check('000000'), use: () => pin.check('482913'), everyMs: hour, waits: true }
}

/** Of a browser that is new to the appliance; the owner's own is counted apart. */
async function accountsPassword(): Promise<Secret> {
	const accounts = openAccounts({ db, identity, now })
	const made = openAccountStore(db, now).create('kim', 'admin').password
	const owner = { address: '192.0.2.9', agent: undefined, device: null }
	const password = '비 오는 날의 회의실 창가 자리'
	const { device } = await accounts.changePassword('kim', made, password, owner)
	return {
		guess: (address) => accounts.signIn('kim', '눈 오는 날의 회의실 창가 자리', { ...owner, address }),
		use: () => accounts.signIn('kim', password, { ...owner, device }),
		everyMs: 2 * hour,
	}
}

function counter() {
	return createCounsel({
		...{ db, vault: openVault(db), now, log, language: 'ko', sms: null, recordDays: 0 },
		hub: {
			create: async () => ({ id: 'm1', links: {} as never }),
			transition: () => ({}) as never,
			invite: async () => ({ person: 'p1', link: '' }),
			erase: () => {},
			onEvent: () => () => {},
		},
		departments: [{ id: 'civil', ko: 'civil', en: 'civil' }],
		topics: [{ id: 'passport', ko: 'passport', en: 'passport', department: 'civil' }],
		rules: { callSeconds: 120, calls: 2, awaySeconds: 1_800, emptySeconds: 90, minutes: 10 },
		linkBase: () => 'https://maru.test/',
		removeDocuments: async () => {},
		onRing: () => {},
		onQuiet: () => {},
	})
}

/** Of one who walked in, and asks every few minutes how many are before. */
async function ticketsCode(): Promise<Secret> {
	const counsel = counter()
	const { number, code } = counsel.ticket('passport')
	const other = String((Number(code) + 1) % 10 ** codeDigits).padStart(codeDigits, '0')
	return {
		guess: (address) => counsel.enter({ who: String(number), code: other }, address),
		use: () => counsel.enter({ who: String(number), code }, '192.0.2.9'),
		everyMs: 5 * minute,
		close: counsel.close,
	}
}

/** How often a code that somebody with the right to let panels in types by mistake could be a stranger's: ten show one. */
async function pairingCode(): Promise<Secret> {
	let pairings = noPairings
	const run = (command: PairingCommand) => {
		const events = decide(pairings, command, time)
		if (events instanceof Refusal) throw events
		for (const event of events) pairings = evolve(pairings, event)
		return events
	}
	const codes = Array.from({ length: 10 }, (_, i) => String(i).repeat(6))
	const show = () => {
		run({ type: 'tick' })
		for (const [i, code] of codes.entries()) {
			run({ type: 'ask', id: `t${i}`, key: `k${i}`, address: `192.0.2.${i}`, browser: '', codes: [code] })
		}
	}
	show()
	return {
		guess(by) {
			show()
			const [event] = run({ type: 'look', code: '012345', by })
			if (event?.type !== 'missed') throw new Error('it was looked at')
			for (let more = 1; more < event.of; more++) extra += 1
		},
		use: () => {},
		everyMs: hour,
	}
}
/** Chances beyond the one of each try. */
let extra = 0

describe('Within a day, by 1,000 addresses', () => {
	it.each<[string, number, number, () => Promise<Secret>]>([
		// What it is, one of so many, and so many tries of it are looked at.
		['the PIN of the panels', 10 ** 6, 90, panelsPin],
		// 15 letters or more, no pattern: no easier than one of 2²⁰ (protocol/passwords.ts).
		['the password of an account', 2 ** 20, 36, accountsPassword],
		['the code of a visit to the counter', 10 ** codeDigits, 50_000, ticketsCode],
		['a code that pairs a stranger’s tablet', 10 ** 6, 100, pairingCode],
	])('%s (one of %i) is tried %i times at most, a chance of 10⁻⁴ at most', async (_, of, atMost, open) => {
		extra = 0
		const tries = (await triesInADay(await open())) + extra
		expect(tries).toBeGreaterThan(5) // they did try
		expect(tries).toBeLessThanOrEqual(atMost)
		expect(tries / of, `${tries} tries of ${of}`).toBeLessThanOrEqual(most)
	})

	it('is found out where too many are looked at', async () => {
		let looked = 0
		const lax = () => {
			if (++looked > 200) throw new TryLater(day)
		}
		const tries = await triesInADay({ guess: lax, use: () => {}, everyMs: hour })
		expect(tries / 10 ** 6).toBeGreaterThan(most)
	})

	// Of these a million million tries a day are nothing, whatever limits them.
	it.each<[string, () => Promise<number> | number]>([
		['the signature of a link or a token', async () => bitsOf((await identity.issue({ role: 'admin' })).split('.')[2])],
		['the cookie of a session', () => bitsOf(identity.openSession(admin, hour).value)],
		['a first password', () => makePassword().replaceAll('-', '').length * Math.log2(machineLetters.length)],
		['the code in the hall of a class', () => bitsOf(codeOf(Buffer.alloc(32), 'm1', 0).code.split('.')[2])],
	])('%s is too long to be guessed', async (_, bits) => {
		expect(1e12 / 2 ** (await bits())).toBeLessThan(1e-15)
	})

	it('an account has no short password', () => {
		expect(fewestLetters).toBeGreaterThanOrEqual(15)
	})
})

const admin = { kind: 'house', role: 'admin', jti: '00000000-0000-4000-8000-000000000000' } as const
const bitsOf = (text = '') => Buffer.from(text, 'base64url').length * 8
