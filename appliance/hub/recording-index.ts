import { evolve } from '../meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { NameStrip } from '../protocol/floor.ts'
import type { RecordingEntry } from '../protocol/relay.ts'
import type { FileChapter } from '../relay/chapters.ts'
import { mediaTime, type Placed, recordedMs, spanOf } from '../relay/media-time.ts'

/** What is where in a recording: items of the agenda and speeches, by the journal. Pure. */

/** What began and may go on. Milliseconds since 1970. */
interface Stretch extends Pick<RecordingEntry, 'type' | 'item' | 'speaker' | 'bureau'> {
	seq: number
	startsAt: number
	endsAt: number
}

/** Less is not worth a word: parts are timed by when their first picture came. */
const toleranceMs = 1_000

/**
 * What lies outside of the recording is left out, and what begins before it or ends after it is cut there. `stripOf`: how
 * somebody is named in the meeting of that moment.
 */
export function recordingEntries(
	events: readonly MeetingEvent[],
	parts: readonly Placed[],
	stripOf: (meeting: Meeting, who: string) => NameStrip,
): RecordingEntry[] {
	const span = spanOf(parts)
	if (!span) return []
	let speeches = 0
	return stretchesOf(events, stripOf).flatMap(({ seq, ...stretch }) => {
		const startsAt = Math.max(stretch.startsAt, span.fromMs)
		const endsAt = Math.min(stretch.endsAt, span.toMs)
		if (startsAt >= endsAt) return []
		const missingMs = endsAt - startsAt - recordedMs(parts, startsAt, endsAt)
		const isThere = missingMs < endsAt - startsAt
		const recorded = !isThere ? 'none' : missingMs > toleranceMs ? 'part' : 'whole'
		const number = stretch.type === 'speech' ? ++speeches : null
		const [fromMs, toMs] = [mediaTime(parts, startsAt), mediaTime(parts, endsAt)]
		return [{ ...stretch, id: `${stretch.type}-${seq}`, number, startsAt, endsAt, fromMs, toMs, recorded }]
	})
}

/** In the order of their beginning. */
function stretchesOf(
	events: readonly MeetingEvent[],
	stripOf: (meeting: Meeting, who: string) => NameStrip,
): Stretch[] {
	const all: Stretch[] = []
	const speaking = new Map<string, Stretch>()
	let item: Stretch | null = null
	let meeting: Meeting | null = null
	const begin = (stretch: Omit<Stretch, 'endsAt'>): Stretch => {
		const begun = { ...stretch, endsAt: Number.POSITIVE_INFINITY }
		all.push(begun)
		return begun
	}
	const end = (stretch: Stretch | null | undefined, at: number) => {
		if (stretch) stretch.endsAt = at
	}
	for (const [seq, event] of events.entries()) {
		meeting = evolve(meeting, event)
		const { at: startsAt } = event
		switch (event.type) {
			case 'item.started': {
				end(item, startsAt)
				const { title, bureau } = meeting?.agenda.find(({ id }) => id === event.item) ?? {
					title: event.item,
					bureau: '',
				}
				item = begin({ seq, type: 'item', item: title, speaker: null, bureau, startsAt })
				break
			}
			case 'item.ended':
				end(item, startsAt)
				item = null
				break
			case 'floor.granted': {
				if (!meeting) break
				end(speaking.get(event.who), startsAt)
				const speaker = stripOf(meeting, event.who)
				const { item: title, bureau } = item ?? { item: null, bureau: '' }
				speaking.set(event.who, begin({ seq, type: 'speech', item: title, speaker, bureau, startsAt }))
				break
			}
			case 'floor.ended':
				end(speaking.get(event.who), startsAt)
				speaking.delete(event.who)
				break
			case 'meeting.closed':
				for (const stretch of [item, ...speaking.values()]) end(stretch, startsAt)
		}
	}
	return all
}

const words = {
	ko: { beginning: '시작', speech: (number: number) => `발언 ${number}` },
	en: { beginning: 'Beginning', speech: (number: number) => `Speech ${number}` },
}

/** The chapters of the file: one after the other, each as far as the next. Whoever speaks goes by a number, see relay/chapters.ts. */
export function chaptersOf(
	entries: readonly RecordingEntry[],
	durationMs: number,
	language: 'ko' | 'en',
): FileChapter[] {
	const { beginning, speech } = words[language]
	const begins = new Map([[0, beginning]])
	for (const { recorded, fromMs, item, number } of entries) {
		// Of two that begin at one moment the later says more: the item, and the speech on it.
		if (recorded !== 'none' && fromMs < durationMs) {
			begins.set(
				Math.round(fromMs),
				[item, number === null ? null : speech(number)].filter((part) => part !== null).join(' · '),
			)
		}
	}
	const sorted = [...begins].sort(([a], [b]) => a - b)
	return sorted.map(([fromMs, title], i) => ({ title, fromMs, toMs: sorted[i + 1]?.[0] ?? durationMs }))
}
