import { evolve } from '../meeting/evolve.ts'
import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { NameStrip } from '../protocol/floor.ts'
import type { RecordingEntry } from '../protocol/relay.ts'
import type { FileChapter } from '../relay/chapters.ts'
import { mediaTime, type Placed, recordedMs, spanOf } from '../relay/media-time.ts'

/** What is where in a recording: items of the agenda and speeches, and the slides of a class, by the journal. Pure. */

/** What began and may go on. Milliseconds since 1970. */
interface Stretch extends Pick<RecordingEntry, 'type' | 'item' | 'speaker' | 'bureau'> {
	seq: number
	/** Of a slide. */
	page: number | null
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
	return stretchesOf(events, stripOf).flatMap(({ seq, page, ...stretch }) => {
		const startsAt = Math.max(stretch.startsAt, span.fromMs)
		const endsAt = Math.min(stretch.endsAt, span.toMs)
		if (startsAt >= endsAt) return []
		const missingMs = endsAt - startsAt - recordedMs(parts, startsAt, endsAt)
		const isThere = missingMs < endsAt - startsAt
		const recorded = !isThere ? 'none' : missingMs > toleranceMs ? 'part' : 'whole'
		const number = stretch.type === 'speech' ? ++speeches : page
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
	let slide: Stretch | null = null
	let meeting: Meeting | null = null
	const begin = (stretch: Omit<Stretch, 'endsAt' | 'page'> & { page?: number }): Stretch => {
		const begun = { page: null, ...stretch, endsAt: Number.POSITIVE_INFINITY }
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
			case 'slide.shown': {
				end(slide, startsAt)
				slide = null
				// A council pages through many while somebody speaks; a class goes by them.
				if (meeting?.kind !== 'class') break
				const { item: title, bureau } = item ?? { item: null, bureau: '' }
				slide = begin({ seq, type: 'slide', item: title, speaker: null, bureau, page: event.page, startsAt })
				break
			}
			case 'slide.hidden':
				end(slide, startsAt)
				slide = null
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
				for (const stretch of [item, slide, ...speaking.values()]) end(stretch, startsAt)
		}
	}
	return all
}

const words = {
	ko: { beginning: '시작', speech: (number: number) => `발언 ${number}`, slide: (page: number) => `자료 ${page}쪽` },
	en: {
		beginning: 'Beginning',
		speech: (number: number) => `Speech ${number}`,
		slide: (page: number) => `Slide ${page}`,
	},
}

/** The chapters of the file: one after the other, each as far as the next. Whoever speaks goes by a number, see relay/chapters.ts. */
export function chaptersOf(
	entries: readonly RecordingEntry[],
	durationMs: number,
	language: 'ko' | 'en',
): FileChapter[] {
	const { beginning, speech, slide } = words[language]
	const begins = new Map([[0, beginning]])
	for (const { type, recorded, fromMs, item, number } of entries) {
		const said = number === null ? null : type === 'slide' ? slide(number) : speech(number)
		// Of two that begin at one moment the later says more: the item, and the speech on it.
		if (recorded !== 'none' && fromMs < durationMs) {
			begins.set(Math.round(fromMs), [item, said].filter((part) => part !== null).join(' · '))
		}
	}
	const sorted = [...begins].sort(([a], [b]) => a - b)
	return sorted.map(([fromMs, title], i) => ({ title, fromMs, toMs: sorted[i + 1]?.[0] ?? durationMs }))
}
