import { createHash } from 'node:crypto'
import type { Name, Verbatim } from './minutes.ts'

/** What was said, word by word, as captions have it: by item of the agenda and by turn of speaking. Pure. */

/** A final word of a caption. Milliseconds since 1970. */
export interface SaidWords {
	id: string
	fromMs: number
	/** Null: it was not told. */
	toMs: number | null
	text: string
	/** Who said it, as the meeting knows them; else as they were called. Both null: nobody knows. */
	person: string | null
	name: string | null
	/** It was not said after all; there is no text. */
	retracted: boolean
	/** When it was last written. */
	at: number
}

/** An item of the agenda, from its beginning to its end. */
export interface Stretch {
	title: string
	fromMs: number
	toMs: number
}

/** After so long without a word the same speaker begins anew. */
const pauseMs = 120_000

/** Null: there is nothing. `said` in the order of its times. */
export function verbatimOf(
	said: readonly SaidWords[],
	items: readonly Stretch[],
	closedAt: number | null,
	nameOf: (person: string) => Name,
	/** The group of a class that it was said in, as it is called; null: none. */
	groupOf: (words: SaidWords) => string | null,
): Verbatim | null {
	const isLate = ({ at }: SaidWords) => closedAt !== null && at > closedAt
	const kept = said.filter(({ retracted }) => !retracted)
	if (said.length === 0) return null
	const parts: Verbatim['parts'] = []
	let latest: { words: SaidWords; item: Stretch | null; group: string | null } | null = null
	for (const words of kept) {
		const item = items.find(({ fromMs, toMs }) => fromMs <= words.fromMs && words.fromMs < toMs) ?? null
		const group = groupOf(words)
		if (!latest || latest.item !== item) parts.push({ item: item?.title ?? null, turns: [] })
		const turns = parts.at(-1)?.turns ?? []
		const turn = turns.at(-1)
		const same = latest !== null && latest.group === group && isSame(latest.words, words)
		const goesOn = turn && latest && same && words.fromMs - latest.words.fromMs < pauseMs
		if (goesOn) {
			turn.text += ` ${words.text}`
			turn.changedAfter ||= isLate(words)
		} else {
			const { person, name, fromMs: at, text } = words
			const named = name === null ? null : { name, title: '', bureau: '' }
			const who = person === null ? named : nameOf(person)
			turns.push({ at, who, group, text, changedAfter: isLate(words) })
		}
		latest = { words, item, group }
	}
	const removedAfter = said.filter((one) => one.retracted && isLate(one)).length
	if (parts.length + removedAfter === 0) return null
	return { parts, removedAfter, sha256: hashOf(kept) }
}

const isSame = (a: SaidWords, b: SaidWords) => a.person === b.person && a.name === b.name

/** Of all that stands in it, so that two drafts can be told apart. */
function hashOf(kept: readonly SaidWords[]): string {
	const all = kept.map(({ id, fromMs, text, person, name }) => [id, fromMs, text, person, name])
	return createHash('sha256').update(JSON.stringify(all)).digest('hex')
}
