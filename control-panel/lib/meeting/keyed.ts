/** A list that the hub tells whole once and then by patches, one revision each. Values are never changed in place. */
export interface Keyed<T> {
	revision: number
	byId: ReadonlyMap<string, T>
}

export function emptyList<T>(): Keyed<T> {
	return { revision: 0, byId: new Map() }
}

export function wholeList<T extends { id: string }>(whole: { revision: number; set: readonly T[] }): Keyed<T> {
	return { revision: whole.revision, byId: new Map(whole.set.map((one) => [one.id, one])) }
}

/** A patch on top. Null: one is missing in between, and the whole must be fetched anew. */
export function patchList<T extends { id: string }>(
	list: Keyed<T>,
	patch: { revision: number; set: readonly T[]; gone: readonly string[] },
): Keyed<T> | null {
	if (patch.revision <= list.revision) return list
	if (patch.revision !== list.revision + 1) return null
	const byId = new Map(list.byId)
	for (const id of patch.gone) byId.delete(id)
	for (const one of patch.set) byId.set(one.id, one)
	return { revision: patch.revision, byId }
}
