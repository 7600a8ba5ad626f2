import { isIPv6 } from 'node:net'
import { type Tried, type Tries, waitOf, withWrong } from './tries.ts'

/**
 * Who may try a password now. Counted by the account and by the network that tries (tries.ts): 12 wrong ones in the first
 * hour, then one an hour. A password that people choose by our rules (protocol/passwords.ts) is no easier to hit than one
 * of 2²⁰, so that all tries of a day together, from however many places, have a chance of 4 · 10⁻⁵.
 *
 * That alone would let anybody keep an account's owner out, by a wrong try an hour. So a browser that its owner has signed
 * in with before is counted by itself (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"), and what strangers
 * try is nothing to it. And a password that the machine made is too long to be guessed at all: whoever has one comes in
 * whatever was tried before, which is the way out for an owner with a new browser (`maru account reset`).
 *
 * What is right forgives nothing but the own browser's slips: else an owner who comes and goes would give strangers new tries.
 */

export interface From {
	/** The account's id, or the digest of a name that is none. */
	readonly account: string
	readonly address: string
	/** A browser that this account was signed in with before; null: none that is known. */
	readonly device: string | null
}

/** How often one network may err before the first wait: an office mistypes more than one person. */
const freeOfNetwork = 20
const freeOfOne = 5

/** By what a try is counted. */
export function keysOf({ account, address, device }: From): string[] {
	return device === null ? [`account ${account}`, networkKey(address)] : [`device ${device} ${account}`]
}

/** By what one is counted that the machine may have made: to keep the journal short, not to keep anybody out. */
export const networkKey = (address: string) => `network ${networkOf(address)}`

/** What is counted now, and for how long the next try waits. */
export function afterWrong(tries: Tries, keys: readonly string[], now: number): { tries: Tries; waitMs: number } {
	let next: Tries = new Map<string, Tried>(tries)
	for (const key of keys) next = withWrong(next, [key], now, key.startsWith('network ') ? freeOfNetwork : freeOfOne)
	return { tries: next, waitMs: waitOf(next, keys, now) }
}

/** An address of IPv6 is one of 2⁶⁴ that its owner may use. */
export function networkOf(address: string): string {
	if (!isIPv6(address)) return address
	const [mapped] = /(?<=^::ffff:)[\d.]+$/i.exec(address) ?? []
	if (mapped !== undefined) return mapped
	const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
	const [first, last] = [head.split(':'), tail?.split(':') ?? []].map((part) => part.filter((group) => group !== ''))
	const missing = tail === undefined ? 0 : Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0))
	const groups = [...(first ?? []), ...Array.from({ length: missing }, () => '0'), ...(last ?? [])]
	return `${groups
		.slice(0, 4)
		.map((group) => Number.parseInt(group, 16).toString(16))
		.join(':')}::/64`
}
