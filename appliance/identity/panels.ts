import { createPublicKey, randomInt, randomUUID, verify } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type {
	PairingApproval,
	PairingAsk,
	PairingCode,
	PairingRequest,
	PairingStanding,
	PanelView,
} from '../protocol/pairing.ts'
import { signedText } from '../protocol/pairing-text.ts'
import type { Identity } from './identity.ts'
import { decide, evolve, noPairings, type PairingCommand, type Pairings } from './pairing.ts'
import { openPanelStore } from './panel-store.ts'

/** Pairing at work: codes that are shown, and the panels that were let in by them. */
export interface Panels {
	/** A code for the browser that has this key. Throws a Refusal: 'too-many', 'full', 'bad-message'. */
	ask(request: PairingRequest, from: { address: string; browser: string }): Omit<PairingCode, 'language'>
	standing(id: string): PairingStanding
	/** Rejects with a Refusal: 'forged', 'no-panel'. The same proof gets the same token while its code lasts. */
	claim(id: string, proof: string): Promise<string>
	/** `by`: from where it is tried. Throws a Refusal: 'bad-code', or TryLater. */
	look(code: string, by: string): PairingAsk
	approve(id: string, approval: PairingApproval): void
	list(): PanelView[]
	/** Its token opens nothing any more, and its sockets are closed. */
	revoke(id: string): void
	/** For ten minutes after: the tablet comes back by itself, without a code. */
	restore(id: string): void
	/** The panel of this token; null: it has another token, or none. */
	ofToken(jti: string): { id: string; name: string; since: number; until: number | null } | null
	/** It is connected until the answer is called. */
	connected(jti: string): () => void
	close(): void
}

interface PanelsOptions {
	db: DatabaseSync
	identity: Pick<Identity, 'issue' | 'verify' | 'revoke' | 'audit'>
	now: () => number
	log: Pick<Logger, 'error' | 'warn'>
}

const tickMs = 1_000
/** For good: as long as a machine lasts. */
const lastingSeconds = 3_650 * 86_400
/** Of a million, with ten others in three digits apart: the first one fits nearly always. */
const draws = 32

export function openPanels({ db, identity, now, log }: PanelsOptions): Panels {
	const store = openPanelStore(db)
	let pairings: Pairings = { ...noPairings, panels: store.load() }
	/** Handed out by its panel, once more where the answer was lost on its way. */
	const tokens = new Map<string, string>()
	/** How many sockets each token has open. */
	const sockets = new Map<string, number>()
	let closed = false
	let failing = false

	/** The one way to change what is paired: decided, kept, then followed. Throws the Refusal. */
	function run(command: PairingCommand): Pairings {
		const events = decide(pairings, command, now())
		if (events instanceof Refusal) throw events
		for (const event of events) {
			const { panels, asks } = pairings
			const next = evolve(pairings, event)
			store.keep(panels, next.panels)
			if (event.type === 'revoked' || event.type === 'ended') {
				const gone = panels.get(event.id)
				if (gone?.jti && gone.revokedAt === null) identity.revoke(gone.jti)
				tokens.delete(event.id)
			}
			if (event.type === 'lapsed') tokens.delete(asks.get(event.id)?.grant?.panel ?? '')
			pairings = next
		}
		return pairings
	}

	/** What is due and cannot be kept, because the disk is full, is due again a second later. */
	function tick() {
		try {
			run({ type: 'tick' })
			failing = false
		} catch (error) {
			if (!failing) log.error({ err: error }, 'panels whose time is over could not be shut out')
			failing = true
		}
	}

	/** When somebody was seen is nothing to fail for. */
	function saw(panel: string) {
		try {
			store.saw(panel, now())
		} catch (error) {
			if (!closed) log.warn({ err: error }, 'when a panel was seen could not be kept')
		}
	}

	const find = (jti: string) => [...pairings.panels.values()].find((panel) => panel.jti === jti && !panel.revokedAt)
	const left = (until: number) => Math.max(0, until - now())
	const timer = setInterval(tick, tickMs)
	timer.unref()
	tick()

	return {
		ask({ key: { x, y } }, from) {
			publicKey(`${x}.${y}`)
			const id = randomUUID()
			const codes = Array.from({ length: draws }, () => String(randomInt(1_000_000)).padStart(6, '0'))
			const asked = run({ type: 'ask', id, key: `${x}.${y}`, ...from, codes }).asks.get(id)
			return { id, code: asked?.code ?? '', leftMs: left(asked?.until ?? 0) }
		},
		standing(id) {
			const asked = pairings.asks.get(id)
			const leftMs = left(asked?.until ?? 0)
			if (!asked || leftMs === 0) return { state: 'gone', leftMs: 0 }
			return { state: asked.grant ? 'approved' : 'open', leftMs }
		},
		async claim(id, proof) {
			const asked = pairings.asks.get(id)
			if (!asked || !isSigned(id, asked.key, proof)) throw new Refusal('forged', 'this is not the browser that asked')
			const given = asked.grant && tokens.get(asked.grant.panel)
			if (given) return given
			const until = asked.grant?.until ?? null
			const seconds = until === null ? lastingSeconds : Math.max(1, Math.ceil(left(until) / 1_000))
			const token = await identity.issue({ role: 'panel', seconds })
			const principal = await identity.verify(token)
			// Two may have come this far at once: the second is told that the code is used, and asks once more.
			run({ type: 'claim', id, jti: principal.jti })
			const panel = find(principal.jti)
			tokens.set(panel?.id ?? id, token)
			identity.audit(principal, `panel.paired ${panel?.id}`, asked.address)
			return token
		},
		look(code, by) {
			const { asks } = run({ type: 'look', code, by })
			const found = [...asks.values()].find((one) => one.code === code && one.grant === null && left(one.until) > 0)
			if (!found) throw new Refusal('bad-code', 'no screen shows this code')
			const { id, address, browser, at, until } = found
			return { id, address, browser, at, leftMs: left(until) }
		},
		approve(id, { name, hours }) {
			run({ type: 'approve', id, name, hours: hours ?? null })
		},
		list: () =>
			[...pairings.panels.values()]
				.filter(({ revokedAt }) => revokedAt === null)
				.map(({ id, name, browser, address, since, until, jti }) => {
					const here = jti !== null && sockets.has(jti)
					return { id, name, browser, address, since, until, here, seenAt: here ? now() : store.seenAt(id) }
				})
				.sort((a, b) => a.since - b.since),
		revoke: (id) => void run({ type: 'revoke', id }),
		restore: (id) => void run({ type: 'restore', id }),
		ofToken(jti) {
			const panel = find(jti)
			return panel ? { id: panel.id, name: panel.name, since: panel.since, until: panel.until } : null
		},
		connected(jti) {
			const panel = find(jti)
			if (!panel) return () => {}
			sockets.set(jti, (sockets.get(jti) ?? 0) + 1)
			saw(panel.id)
			return () => {
				const others = (sockets.get(jti) ?? 1) - 1
				if (others > 0) sockets.set(jti, others)
				else sockets.delete(jti)
				saw(panel.id)
			}
		},
		close() {
			closed = true
			clearInterval(timer)
		},
	}
}

/** Throws Refusal('bad-message') where the point is not on the curve. */
function publicKey(key: string) {
	const [x = '', y = ''] = key.split('.')
	try {
		return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
	} catch {
		throw new Refusal('bad-message', 'this is no key on P-256')
	}
}

function isSigned(id: string, key: string, proof: string): boolean {
	const options = { key: publicKey(key), dsaEncoding: 'ieee-p1363' } as const
	return verify('sha256', Buffer.from(signedText(id)), options, Buffer.from(proof, 'base64url'))
}
