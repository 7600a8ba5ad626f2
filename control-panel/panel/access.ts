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
