import type { SourceUse, Wanted } from '../protocol/media.ts'

/** Who gets what, design.md §5: only what is shown and heard, whatever a client asks for. */

export interface Choosable {
	readonly id: string
	readonly person: string
	readonly kind: 'audio' | 'video'
	readonly use: SourceUse
	/** Whether it was ever to be heard: its gate open, and not muted. */
	readonly opened: boolean
	/** Whether it may be opened any moment, and so is made ready. */
	readonly prepared: boolean
	/** Whether it is among the microphones that everybody is connected to. */
	readonly heard: boolean
}

/** The protocol's own limit, kept here too: a page shows at most so many pictures. */
const mostPictures = 25

/**
 * The microphones that somebody hears: one that was never audible costs nothing; one that was stays connected and paused while
 * muted, so that no first syllable is lost to signalling, as far as the room for it goes (loudest.ts). The same for everybody,
 * so that with two hundred people nobody looks through two hundred microphones for each.
 */
export function audibleOf<T extends Choosable>(sources: Iterable<T>): T[] {
	return [...sources].filter(({ kind, opened, heard, prepared }) => kind === 'audio' && ((opened && heard) || prepared))
}

/**
 * The sources to forward to this person, each with the height of its tile (null: sound). Never their own, and nothing of
 * those with whom they are not `together` (groups of a class). A picture is
 * forwarded where it is shown. Sound follows from the meeting: `audible` is what `audibleOf` says of the same sources.
 */
export function choose<T extends Choosable>(
	sources: ReadonlyMap<string, T>,
	audible: readonly T[],
	wanted: Wanted,
	person: string,
	together: (other: string) => boolean = () => true,
): Map<T, number | null> {
	const chosen = new Map<T, number | null>()
	for (const { source: id, height } of wanted.video) {
		const source = sources.get(id)
		if (source?.kind !== 'video' || source.person === person || !together(source.person)) continue
		if (chosen.size >= mostPictures && !chosen.has(source)) continue
		chosen.set(source, Math.max(height, chosen.get(source) ?? 0))
	}
	if (!wanted.audio) return chosen
	for (const source of audible) {
		if (source.person !== person && together(source.person)) chosen.set(source, null)
	}
	return chosen
}

/** Lines of the layers that browsers send: ¼, ½ and full size of 720 lines or more. */
export const browserLayers = [180, 360, 720] as const

/**
 * The simulcast layer for a tile: `lines` of the layers, the smallest first. A tenth more than the layer has is not seen,
 * and the next costs four times as much.
 */
export function layerFor(height: number, lines: readonly number[]): number {
	const fits = lines.findIndex((layer) => height <= layer * 1.12)
	return fits < 0 ? lines.length - 1 : fits
}
