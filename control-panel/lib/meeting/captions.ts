import type { CaptionChange, CaptionView } from '../../../appliance/protocol/captions.ts'

/** What of the captions is read now. Pure. */

/** Kept by a page, the latest: more is read in the minutes. */
const mostKept = 60
/** A word of so long ago does not come back to the screen because it was set right. */
const oldMs = 60_000
/** Of a recogniser that says nothing more in the midst of a sentence. */
const brokenOffMs = 8_000

export function patchCaptions(known: readonly CaptionView[], { set, gone }: CaptionChange): readonly CaptionView[] {
	const rest = known.filter(({ id }) => !gone.includes(id) && !set.some((one) => one.id === id))
	return [...rest, ...set].sort((a, b) => a.from - b.from).slice(-mostKept)
}

/** As long as it takes to read it. */
function untilMs({ final, at, to, text }: CaptionView): number {
	if (!final) return at + brokenOffMs
	return Math.max(at, to ?? at) + Math.min(8_000, 3_000 + text.length * 70)
}

/** What one speaker says, one caption after the other. */
export interface Turn {
	/** That of its first caption. */
	id: string
	/** Null: nobody knows. */
	speaker: string | null
	text: string
}

/** `now`: the hub's clock. */
export function turnsAt(captions: readonly CaptionView[], now: number): Turn[] {
	const turns: Turn[] = []
	for (const caption of captions) {
		if (now - caption.from > oldMs || untilMs(caption) < now) continue
		const { id, speaker, text } = caption
		const last = turns.at(-1)
		if (last && last.speaker === speaker) last.text += ` ${text}`
		else turns.push({ id, speaker, text })
	}
	return turns
}

/** For a screen reader: the latest that was said to its end, and nothing that still grows or was only set right. */
export function latestFinal(captions: readonly CaptionView[]): string {
	const last = captions.findLast(({ final }) => final)
	return last ? `${last.speaker ? `${last.speaker}: ` : ''}${last.text}` : ''
}
