import type { ErrorCode } from '../../appliance/protocol/errors.ts'

const kept = 'maru.panel'
const out = 'maru.panel.out'

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * The right to operate the room comes in the address's fragment, or by pairing. It is taken out of the address bar, so
 * that nobody reads it over a shoulder, and kept for this tab alone. Null: this page was opened without one.
 */
export function takeToken(
	location: { hash: string; pathname: string; search: string },
	history: { replaceState(data: null, unused: string, url: string): void },
	storage: Pick<Storage, 'getItem' | 'setItem'>,
	lasting: Pick<Storage, 'getItem'> | null = null,
): string | null {
	const fragment = location.hash.slice(1)
	if (!fragment) return storage.getItem(kept) ?? lasting?.getItem(kept) ?? null
	storage.setItem(kept, fragment)
	history.replaceState(null, '', location.pathname + location.search)
	return fragment
}

/** What pairing gave, for as long as this browser is used. */
export function keepToken(token: string, storage: Pick<Storage, 'removeItem'>, lasting: Pick<Storage, 'setItem'>) {
	storage.removeItem(kept)
	lasting.setItem(kept, token)
}

/** Refusals after which this page is no panel any more, and shows a code. */
const ends: readonly ErrorCode[] = ['revoked', 'expired', 'forged', 'unauthorized']

export const isEnd = (code: ErrorCode | null): code is ErrorCode => code !== null && ends.includes(code)

/**
 * The page is opened anew, and shows a code and why. Only a token that was withdrawn is thrown away: one that is refused
 * because the room's clock or keys are not what they were is tried again.
 */
export function leaveWith(code: ErrorCode, token: string | null, storage: Kept, lasting: Kept) {
	storage.setItem(out, code)
	if (code !== 'revoked') return
	for (const one of [storage, lasting]) if (one.getItem(kept) === token) one.removeItem(kept)
}

/** Why this page is no panel any more; null: it is one, or never was. */
export const whyOut = (storage: Pick<Storage, 'getItem'>) => storage.getItem(out) as ErrorCode | null

export const backIn = (storage: Pick<Storage, 'removeItem'>) => storage.removeItem(out)
