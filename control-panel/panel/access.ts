const kept = 'maru.panel'

/**
 * The right to operate the room comes in the address's fragment. It is taken out of the address bar, so that nobody
 * reads it over a shoulder, and kept for this tab alone. Null: this page was opened without one.
 */
export function takeToken(
	location: { hash: string; pathname: string; search: string },
	history: { replaceState(data: null, unused: string, url: string): void },
	storage: Pick<Storage, 'getItem' | 'setItem'>,
): string | null {
	const fragment = location.hash.slice(1)
	if (!fragment) return storage.getItem(kept)
	storage.setItem(kept, fragment)
	history.replaceState(null, '', location.pathname + location.search)
	return fragment
}

/** Trades the token for a session cookie, which pictures need: they are asked for without a header of ours. */
export async function openSession(token: string): Promise<boolean> {
	try {
		const response = await fetch('/api/v1/session', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ token }),
		})
		return response.ok
	} catch {
		return false // the room is away: the socket says so, and the next connection asks again
	}
}
