import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { isMachineMade, machineLetters, plainPassword } from '../protocol/passwords.ts'
import { argon2id, cost } from './argon2id.ts'

/** How passwords are kept: what people choose by argon2id, what the machine makes by a plain digest. */

/**
 * As PHC strings have it: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, so that one of today is read when the cost is another.
 */
export async function hashPassword(password: string): Promise<string> {
	const nonce = randomBytes(16)
	const hash = await argon2id({ ...cost, message: plainPassword(password), nonce })
	const { memory, passes, parallelism } = cost
	return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain64(nonce)}$${plain64(hash)}`
}

/** Null in the place of what is kept: there is none, and finding that out takes as long. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
	const { salt, hash, ...known } = read(kept ?? nobodys)
	const made = await argon2id({
		...known,
		message: plainPassword(password),
		nonce: salt,
		tagLength: hash.length,
	})
	return timingSafeEqual(made, hash) && kept !== null
}

function read(kept: string) {
	const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(kept)
	if (!found) throw new Error('a password is kept in a way that this version does not know')
	const [, memory, passes, parallelism, salt = '', hash = ''] = found
	return {
		...{ memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
		...{ salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') },
	}
}

const plain64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
const nobodys = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${plain64(Buffer.alloc(16))}$${plain64(Buffer.alloc(32))}`

/** One that nobody guesses, to be typed once: 99 bits. */
export function makePassword(): string {
	const group = () => Array.from({ length: 5 }, () => machineLetters[randomInt(machineLetters.length)]).join('')
	return Array.from({ length: 4 }, group).join('-')
}

/** What is kept of one that the machine made: it is random and long, so stretching it would gain nothing. */
export const digestOf = (password: string) => createHash('sha256').update(password).digest('hex')

/** Typed from paper: its case and the spaces around it say nothing. Null: the machine makes no such passwords. */
export function asMachineMade(password: string): string | null {
	const typed = plainPassword(password).trim().toLowerCase()
	return isMachineMade(typed) ? typed : null
}

/** `kept`: the digest; null: there is none. */
export function isMade(made: string, kept: string | null): boolean {
	const known = Buffer.from(kept ?? '0'.repeat(64), 'hex')
	return timingSafeEqual(Buffer.from(digestOf(made), 'hex'), known) && kept !== null
}
