import type { ItemEntry } from '../../../../appliance/protocol/meeting-commands.ts'
import type { AgendaEntry } from '../scene.svelte.ts'

/** An item as it is set again: what it is, without how it goes. */
export function entryOf({ id, title, kind, bureau, presenters, limitMs, documents }: AgendaEntry): ItemEntry {
	const seconds = limitMs === null ? null : Math.round(limitMs / 1000)
	return { id, title, kind, bureau, presenters, seconds, documents }
}
