import type { Meeting } from '../meeting/meeting.ts'
import type { WatchingRequest } from '../meeting/watching.ts'
import type { Cards } from './cards.ts'
import { cardOf } from './strips.ts'
import type { Viewer } from './viewings.ts'

export interface ClassWatchersSources {
	meeting: () => Meeting
	cards: Cards
	/** The service ends: who watches is found where they were. */
	isOver: () => boolean
	/** Those whose pages watch now. */
	viewers: () => Iterable<Viewer>
	/** Journals, with `keep` in the same transaction. */
	change: (request: WatchingRequest, keep?: () => void) => void
}

/** Those who watch the relay of a class by their pages and are known, as trainees of it: who comes, who has gone. */
export class ClassWatchers {
	readonly #sources: ClassWatchersSources

	constructor(sources: ClassWatchersSources) {
		this.#sources = sources
	}

	/** Somebody came or went, or the meeting has become a class. */
	follow() {
		const { meeting, isOver, cards, viewers, change } = this.#sources
		if (isOver() || meeting().phase === 'closed') return
		const now = new Map([...viewers()].flatMap(({ person, name }) => (person === null ? [] : [[person, name]])))
		for (const [person, { here }] of meeting().lesson.watching) {
			if (here && !now.has(person)) change({ type: 'presence.unwatch', person })
		}
		if (meeting().kind !== 'class') return
		for (const [person, name] of now) {
			if (meeting().lesson.watching.get(person)?.here) continue
			const { roll, members, lesson } = meeting()
			const known = roll.get(person)?.card ?? members.get(person)?.name ?? lesson.watching.get(person)?.name
			const kept = known !== undefined && cardOf(meeting(), person, cards) !== null ? known : null
			const sealed = kept === null ? cards.seal(person, { name: name ?? '—', title: '', email: null }) : null
			change({ type: 'presence.watch', person, name: kept ?? sealed?.hash ?? '' }, sealed?.keep)
		}
	}
}
