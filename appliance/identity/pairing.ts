import { Refusal } from '../protocol/errors.ts'
import { type Tries, TryLater, waitOf, withRight, withWrong } from './tries.ts'

/**
 * How a tablet becomes a panel. It shows six digits; whoever may let it in types them, sees who it is, and says yes. The
 * digits alone open nothing: the token goes to the browser that has the key which the code was asked with. Pure: ids,
 * digits and the clock are arguments.
 *
 * Whoever lets panels in cannot be led to let in a stranger's by chance: codes that are open at once differ in three
 * digits, so that no slip of a finger makes one of another, and all wrong tries of a day together have a chance of one in
 * ten thousand.
 */

export interface Pairings {
	readonly asks: ReadonlyMap<string, Ask>
	readonly panels: ReadonlyMap<string, Panel>
	readonly tries: Tries
	/** Of each wrong try of the last day: how many of a million codes would have been right. */
	readonly chances: readonly { readonly at: number; readonly of: number }[]
}

/** A code on a screen. */
interface Ask {
	readonly id: string
	readonly code: string
	/** Of the browser that shows it. */
	readonly key: string
	readonly address: string
	readonly browser: string
	readonly at: number
	readonly until: number
	/** Null: nobody has let it in. */
	readonly grant: Grant | null
}

/** As which panel it was let in. */
interface Grant {
	readonly panel: string
	readonly name: string
	readonly until: number | null
}

export interface Panel {
	readonly id: string
	readonly name: string
	readonly key: string
	readonly address: string
	readonly browser: string
	readonly since: number
	/** Null: until it is revoked. */
	readonly until: number | null
	/** Of its token; null: it was brought back, and has not fetched another one yet. */
	readonly jti: string | null
	readonly revokedAt: number | null
}

export type PairingCommand =
	/** `codes`: drawn at random, of which the first that fits is taken. */
	| { type: 'ask'; id: string; key: string; address: string; browser: string; codes: readonly string[] }
	/** `by`: from where somebody tries a code. */
	| { type: 'look'; code: string; by: string }
	| { type: 'approve'; id: string; name: string; hours: number | null }
	/** The one who asked has shown the key, and gets this token. */
	| { type: 'claim'; id: string; jti: string }
	| { type: 'revoke' | 'restore'; id: string }
	/** Whatever is due by now. */
	| { type: 'tick' }

export type PairingEvent =
	| { type: 'asked'; ask: Ask }
	| { type: 'missed'; by: string; of: number; at: number }
	| { type: 'found'; by: string; id: string }
	| { type: 'approved'; id: string; grant: Grant; until: number }
	| { type: 'lapsed'; id: string }
	| { type: 'paired'; panel: Panel }
	| { type: 'revoked'; id: string; at: number }
	| { type: 'restored'; id: string }
	/** A panel's time is over, or it is another one now. */
	| { type: 'ended'; id: string }

export const codeMs = 5 * 60_000
/** So long a panel that was revoked may be brought back. */
export const restoreMs = 10 * 60_000
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const most = { perAddress: 3, open: 10 }
/** Of a million, in a day. */
const mostChances = 100
const apart = 3

export const noPairings: Pairings = { asks: new Map(), panels: new Map(), tries: new Map(), chances: [] }

/** The events that follow, or why not. */
export function decide(pairings: Pairings, command: PairingCommand, now: number): PairingEvent[] | Refusal {
	switch (command.type) {
		case 'ask':
			return ask(pairings, command, now)
		case 'look':
			return look(pairings, command, now)
		case 'approve': {
			const { id, name, hours } = command
			if (!isOpen(pairings.asks.get(id), now))
				return new Refusal('no-panel', 'this code is over: ask for the one of now')
			const grant = { panel: id, name, until: hours === null ? null : now + hours * hourMs }
			return [{ type: 'approved', id, grant, until: now + codeMs }]
		}
		case 'claim':
			return claim(pairings, command, now)
		case 'revoke':
			return pairings.panels.get(command.id)?.revokedAt === null
				? [{ type: 'revoked', id: command.id, at: now }]
				: noPanel()
		case 'restore': {
			const panel = pairings.panels.get(command.id)
			if (panel === undefined || panel.revokedAt === null || isOver(panel, now)) return noPanel()
			return [{ type: 'restored', id: panel.id }]
		}
		case 'tick':
			return [
				...[...pairings.asks.values()]
					.filter(({ until }) => until <= now)
					.map(({ id }): PairingEvent => ({ type: 'lapsed', id })),
				...[...pairings.panels.values()]
					.filter((panel) => isOver(panel, now))
					.map(({ id }): PairingEvent => ({ type: 'ended', id })),
			]
	}
}

export function evolve(pairings: Pairings, event: PairingEvent): Pairings {
	const { asks, panels, tries, chances } = pairings
	switch (event.type) {
		case 'asked': {
			const others = [...asks].filter(([, { key }]) => key !== event.ask.key)
			return { ...pairings, asks: new Map([...others, [event.ask.id, event.ask]]) }
		}
		case 'missed': {
			const { by, of, at } = event
			const fresh = chances.filter((one) => at - one.at < dayMs)
			return { ...pairings, tries: withWrong(tries, [by], at), chances: of > 0 ? [...fresh, { at, of }] : fresh }
		}
		case 'found':
			return { ...pairings, tries: withRight(tries, [event.by]) }
		case 'approved': {
			const { id, grant, until } = event
			return { ...pairings, asks: changed(asks, id, { grant, until }) }
		}
		case 'lapsed':
			return { ...pairings, asks: without(asks, event.id) }
		case 'paired':
			return { ...pairings, panels: new Map([...panels, [event.panel.id, event.panel]]) }
		case 'revoked':
			return { ...pairings, panels: changed(panels, event.id, { revokedAt: event.at }) }
		case 'restored': {
			const panel = panels.get(event.id)
			if (!panel) return pairings
			const waiting = [...asks.values()].find(({ key, grant }) => key === panel.key && grant === null)
			return {
				...pairings,
				panels: changed(panels, event.id, { jti: null, revokedAt: null }),
				asks: waiting ? changed(asks, waiting.id, { grant: grantOf(panel) }) : asks,
			}
		}
		case 'ended':
			return { ...pairings, panels: without(panels, event.id) }
	}
}

function ask(pairings: Pairings, command: Extract<PairingCommand, { type: 'ask' }>, now: number) {
	const { id, key, address, browser, codes } = command
	const asks = [...pairings.asks.values()]
	// Who asks again is shown one code, not two.
	const open = asks.filter((one) => isOpen(one, now) && one.key !== key)
	if (open.filter((one) => one.address === address).length >= most.perAddress) {
		return new Refusal('too-many', 'this address shows as many codes as it may')
	}
	const code = codes.find((drawn) => open.every((one) => distance(one.code, drawn) >= apart))
	if (open.length >= most.open || code === undefined) return new Refusal('full', 'as many codes are shown as may be')
	const before = asks.find((one) => one.key === key && one.until > now)?.grant ?? null
	const back = [...pairings.panels.values()].find((one) => one.key === key && isAwaited(one, now))
	// Let in already, and not come for its token yet: the page was opened anew, or the panel was brought back.
	const grant = before && !pairings.panels.has(before.panel) ? before : back ? grantOf(back) : null
	const asked: Ask = { id, code, key, address, browser, at: now, until: now + codeMs, grant }
	return [{ type: 'asked', ask: asked } as const]
}

function look({ asks, tries, chances }: Pairings, { code, by }: { code: string; by: string }, now: number) {
	const open = [...asks.values()].filter((one) => isOpen(one, now))
	const waitMs = Math.max(waitOf(tries, [by], now), chanceWait(chances, open.length, now))
	if (waitMs > 0) return new TryLater(waitMs)
	const found = open.find((one) => one.code === code)
	const event: PairingEvent = found
		? { type: 'found', by, id: found.id }
		: { type: 'missed', by, of: open.length, at: now }
	return [event]
}

/** Until so many chances more are within what a day may have. */
function chanceWait(chances: Pairings['chances'], more: number, now: number): number {
	const recent = chances.filter(({ at }) => now - at < dayMs)
	let sum = recent.reduce((sum, { of }) => sum + of, more)
	for (const { at, of } of recent) {
		if (sum <= mostChances) return 0
		sum -= of
		if (sum <= mostChances) return at + dayMs - now
	}
	return 0
}

function claim({ asks, panels }: Pairings, { id, jti }: { id: string; jti: string }, now: number) {
	const asked = asks.get(id)
	if (!asked?.grant || asked.until <= now) return new Refusal('no-panel', 'nobody has let this code in')
	const { panel: panelId, name, until } = asked.grant
	const known = panels.get(panelId)
	if (known && !isAwaited(known, now)) return new Refusal('no-panel', 'this code has been used')
	const { key, address, browser } = asked
	const panel: Panel = {
		id: panelId,
		name,
		key,
		address,
		browser,
		since: known?.since ?? now,
		until,
		jti,
		revokedAt: null,
	}
	const before = [...panels.values()].filter((one) => one.key === key && one.id !== panelId)
	return [...before.map((one): PairingEvent => ({ type: 'ended', id: one.id })), { type: 'paired', panel } as const]
}

function isOpen(ask: Ask | undefined, now: number): boolean {
	return ask !== undefined && ask.grant === null && ask.until > now
}

const isAwaited = (panel: Panel, now: number) => panel.jti === null && !isOver(panel, now)

function isOver({ until, revokedAt }: Panel, now: number): boolean {
	return (until !== null && until <= now) || (revokedAt !== null && revokedAt + restoreMs <= now)
}

const grantOf = ({ id, name, until }: Panel): Grant => ({ panel: id, name, until })
const noPanel = () => new Refusal('no-panel', 'there is no such panel')

/** In how many places two codes differ. */
function distance(a: string, b: string): number {
	return [...a].filter((digit, index) => digit !== b[index]).length
}

function changed<T>(map: ReadonlyMap<string, T>, id: string, change: Partial<T>): ReadonlyMap<string, T> {
	const one = map.get(id)
	return one === undefined ? map : new Map([...map, [id, { ...one, ...change }]])
}

function without<T>(map: ReadonlyMap<string, T>, id: string): ReadonlyMap<string, T> {
	return new Map([...map].filter(([one]) => one !== id))
}
