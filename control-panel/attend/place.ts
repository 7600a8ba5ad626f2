/** What a page leaves for the one that is loaded in its place. */
export interface Place {
	resume: string
	name: string
	devices: boolean
	pins: readonly string[]
	follows: boolean
}

const kept = 'maru.stay'
/** The hub keeps a place for 60 s. */
const keptMs = 60_000

export function leavePlace(place: Place, now: number, storage: Pick<Storage, 'setItem'> = sessionStorage) {
	storage.setItem(kept, JSON.stringify({ ...place, at: now }))
}

/** Written when the page goes and taken when it comes back, so that a copied tab finds none and takes nobody's place. */
export function takePlace(
	now: number,
	storage: Pick<Storage, 'getItem' | 'removeItem'> = sessionStorage,
): Place | null {
	const text = storage.getItem(kept)
	storage.removeItem(kept)
	if (!text) return null
	const { at, ...place } = JSON.parse(text) as Place & { at: number }
	return now - at < keptMs ? place : null
}
