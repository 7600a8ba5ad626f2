import type { PresetFile } from '../../../appliance/protocol/facilities.ts'
import type { PresetView } from '../../../appliance/protocol/room-state.ts'

/** Saved views as a file: read, and held against what the camera has. */

/** Null: this is something else. The room checks every value; here only so much that nothing strange is shown. */
export function readPresetFile(text: string): PresetFile | null {
	try {
		const file = JSON.parse(text) as Partial<PresetFile> | null
		if (file?.kind !== 'maru-presets' || file.version !== 1 || !Array.isArray(file.presets)) return null
		const sound = file.presets.every(({ slot, name }) => Number.isInteger(slot) && typeof name === 'string')
		return sound ? (file as PresetFile) : null
	} catch {
		return null
	}
}

export interface Comparison {
	fresh: number
	replaced: { slot: number; before: string; after: string }[]
	/** Views that the file does not have: they are lost, as the room keeps those of the file and no others. */
	others: PresetView[]
	/** How many have no position of their own. */
	ownMemory: number
}

export function compare({ presets: coming }: PresetFile, present: readonly PresetView[]): Comparison {
	const replaced = coming.flatMap(({ slot, name }) => {
		const before = present.find((preset) => preset.slot === slot)
		return before ? [{ slot, before: before.name, after: name }] : []
	})
	return {
		fresh: coming.length - replaced.length,
		replaced,
		others: present.filter(({ slot }) => coming.every((preset) => preset.slot !== slot)),
		ownMemory: coming.filter(({ position }) => position === null).length,
	}
}

/** A file name that says of which room and camera, and when. */
export function presetFileName(room: string, camera: string, now: number): string {
	const day = new Date(now).toISOString().slice(0, 10)
	return `${room}-${camera}-${day}.json`.replace(/[\s/\\:*?"<>|]+/g, '-')
}
