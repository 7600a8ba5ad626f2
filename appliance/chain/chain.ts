import { createHash } from 'node:crypto'

/**
 * What both journals are made of, the meetings' and the audit's. An entry's hash covers the entry before it, so nothing
 * can be changed, taken out or put in between without every later hash telling. The head is kept apart, so that a cut-off
 * end tells as well. Somebody who rewrites all of it is found out only by a hash kept elsewhere.
 */

/** An entry as it is stored: its body is canonical JSON. */
export interface Link {
	seq: number
	body: string
	hash: string
}

/** Where a chain is not what was written. */
export interface Break {
	seq: number
	fault: 'changed' | 'missing'
}

/** sha256 over the hash before, of which chain it is, where the entry stands, and what it says. */
export function hashOf(chain: string, seq: number, previous: string, body: string): string {
	return createHash('sha256').update(`${previous}\n${chain}\n${seq}\n${body}`).digest('hex')
}

/** Goes along a chain from its first entry. `step` and `end` say the first fault, and are not called again after it. */
export function walk(chain: string) {
	let seq = 0
	let hash = ''
	return {
		/** How far it has come. */
		at: () => ({ seq, hash }),
		step(link: Link): Break | null {
			seq += 1
			if (link.seq !== seq) return { seq, fault: 'missing' }
			hash = hashOf(chain, seq, hash, link.body)
			return hash === link.hash ? null : { seq, fault: 'changed' }
		},
		/** `head`: of the last entry, as it was kept apart; undefined: nothing was. */
		end(head: Omit<Link, 'body'> | undefined): Break | null {
			if (!head && seq === 0) return null
			if ((head?.seq ?? 0) !== seq) return { seq: seq + 1, fault: 'missing' }
			return head?.hash === hash ? null : { seq, fault: 'changed' }
		},
	}
}
