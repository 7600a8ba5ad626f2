import type { RecordingEntry } from '../../appliance/protocol/relay.ts'

/** Which of the entries are looked for, and which one is playing. Pure. */

/** Those with each word of the query in a name, title, bureau or item. */
export function found(entries: readonly RecordingEntry[], query: string): readonly RecordingEntry[] {
	const words = query.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
	if (words.length === 0) return entries
	return entries.filter(({ item, bureau, speaker }) => {
		const { name = '', title = '', bureau: own = '' } = speaker ?? {}
		const text = [item ?? '', bureau, name, title, own].join('\n').normalize('NFC').toLowerCase()
		return words.every((word) => text.includes(word))
	})
}

/** What is playing at this place in the file: the speech that began last, else the item. */
export function playingAt(entries: readonly RecordingEntry[], ms: number): RecordingEntry | null {
	const here = entries.filter(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
	return here.findLast(({ type }) => type === 'speech') ?? here.at(-1) ?? null
}
