import { spokenMsOf } from '../meeting/clock.ts'
import type { Meeting } from '../meeting/meeting.ts'
import type { DocumentView, LobbyView, ReadinessView, RollView } from '../protocol/floor.ts'
import type { DeskLists, ListItem, ListName, ListPatch, Lists } from '../protocol/messages.ts'
import type { Cards } from './cards.ts'
import type { ClassQuestions } from './class-questions.ts'
import { KeyedList, type Patch } from './keyed-list.ts'
import type { Questions } from './questions.ts'
import { askingView, itemView, lobbyView, rollView } from './views.ts'

/** Told to those who preside alone. */
const closed: ReadonlySet<ListName> = new Set(['roll', 'lobby', 'readiness', 'questions'])

/** What a meeting's lists are made from, besides its state. */
export interface ListSources {
	meeting: () => Meeting
	cards: Cards
	documents: () => DocumentView[]
	questions: Pick<Questions, 'ids' | 'view'>
	asked: Pick<ClassQuestions, 'ids' | 'view'>
	now: () => number
	tell: (patch: ListPatch) => void
	tellPresiding: (patch: ListPatch) => void
}

/** The keyed lists of a meeting: who waits, seats, agenda, documents; for those who preside roll, lobby, readiness, and what viewers and trainees ask. */
export class MeetingLists {
	readonly #sources: ListSources
	readonly #lists: { [N in ListName]: KeyedList<ListItem<N>> }
	readonly #ready = new Map<string, ReadinessView>()

	constructor(sources: ListSources) {
		this.#sources = sources
		const { meeting, cards, documents, questions, asked } = sources
		const list = <N extends ListName>(name: N, all: () => Iterable<string>, find: (id: string) => ListItem<N> | null) =>
			new KeyedList<ListItem<N>>({ all, find, tell: (patch) => this.#tell(name, patch) })
		this.#lists = {
			asking: list(
				'asking',
				() => meeting().floor.asking.map(({ who }) => who),
				(id) => {
					const asking = meeting().floor.asking.find(({ who }) => who === id)
					return asking ? askingView(asking) : null
				},
			),
			seats: list(
				'seats',
				() => meeting().seats.keys(),
				(id) => {
					const seat = meeting().seats.get(id)
					return seat ? { id, ...seat } : null
				},
			),
			agenda: list(
				'agenda',
				() => meeting().agenda.map(({ id }) => id),
				(id) => {
					const place = meeting().agenda.findIndex((item) => item.id === id)
					const item = meeting().agenda[place]
					return item ? itemView(item, place) : null
				},
			),
			documents: list(
				'documents',
				() => documents().map(({ id }) => id),
				(id) => documents().find((one) => one.id === id) ?? null,
			),
			roll: list(
				'roll',
				() => meeting().roll.keys(),
				(id) => this.#roll(id),
			),
			lobby: list(
				'lobby',
				() => meeting().lobby.keys(),
				(id) => this.#lobby(id, cards),
			),
			readiness: list(
				'readiness',
				() => this.#ready.keys(),
				(id) => this.#ready.get(id) ?? null,
			),
			questions: list(
				'questions',
				() => [...questions.ids(), ...asked.ids()],
				(id) => questions.view(id) ?? asked.view(id),
			),
		}
	}

	/** One of the lists. */
	whole<N extends ListName>(name: N): (Lists & DeskLists)[N] {
		// Each is of its own kind; the compiler cannot see that name and entries go together.
		return this.#lists[name].whole() as unknown as (Lists & DeskLists)[N]
	}

	get public(): Lists {
		const { asking, seats, agenda, documents } = this.#lists
		return { asking: asking.whole(), seats: seats.whole(), agenda: agenda.whole(), documents: documents.whole() }
	}

	get desk(): DeskLists {
		const { roll, lobby, readiness, questions } = this.#lists
		return {
			...{ roll: roll.whole(), lobby: lobby.whole() },
			...{ readiness: readiness.whole(), questions: questions.whole() },
		}
	}

	/** Touches whatever is different. States are made anew only where they change, so that a look at each is enough. */
	follow(before: Meeting, after: Meeting) {
		const { asking, seats, agenda, roll, lobby } = this.#lists
		const byWho = (meeting: Meeting) => new Map(meeting.floor.asking.map((one) => [one.who, one]))
		if (before.floor.asking !== after.floor.asking) touchChanged(asking, byWho(before), byWho(after))
		touchChanged(seats, before.seats, after.seats)
		if (before.agenda !== after.agenda) {
			const placed = ({ agenda: items }: Meeting) => new Map(items.map((item, i) => [item.id, { item, i }]))
			const was = placed(before)
			for (const [id, { item, i }] of placed(after)) {
				if (was.get(id)?.item !== item || was.get(id)?.i !== i) agenda.touch(id)
				was.delete(id)
			}
			for (const id of was.keys()) agenda.touch(id)
		}
		touchChanged(roll, before.roll, after.roll)
		// Where somebody sits, and how long they have spoken.
		if (before.seats !== after.seats) {
			for (const { person } of [...before.seats.values(), ...after.seats.values()]) if (person) roll.touch(person)
		}
		if (before.floor !== after.floor) {
			for (const { who } of before.floor.speaking) if (after.roll.has(who)) roll.touch(who)
		}
		touchChanged(lobby, before.lobby, after.lobby)
	}

	touchRoll(id: string) {
		this.#lists.roll.touch(id)
	}

	documentChanged(id: string) {
		this.#lists.documents.touch(id)
	}

	questionChanged(id: string) {
		this.#lists.questions.touch(id)
	}

	report(view: ReadinessView) {
		const before = this.#ready.get(view.id)
		this.#ready.set(view.id, view)
		// The same again is no news to a clerk, but for the numbers once in a while.
		const same =
			before && (['microphone', 'camera', 'network', 'slides'] as const).every((key) => before[key] === view[key])
		if (!same || view.at - before.at > 9_000) this.#lists.readiness.touch(view.id)
	}

	/** Somebody has gone: what was found of them holds no longer. */
	forgetReadiness(person: string) {
		if (this.#ready.delete(person)) this.#lists.readiness.touch(person)
	}

	close() {
		for (const list of Object.values(this.#lists)) list.close()
	}

	#roll(id: string): RollView | null {
		const { meeting: state, cards, now } = this.#sources
		const meeting = state()
		const entry = meeting.roll.get(id)
		if (!entry) return null
		return rollView(meeting, entry, { card: cards.open(id, entry.card), spokenMs: spokenMsOf(meeting, id, now()) })
	}

	#lobby(id: string, cards: Cards): LobbyView | null {
		const meeting = this.#sources.meeting()
		const knocking = meeting.lobby.get(id)
		if (!knocking) return null
		const name = cards.open(id, knocking.name)?.name ?? '—'
		const plain = (text: string | undefined) => text?.replace(/\s+/g, '').toLowerCase()
		const alike = [...meeting.roll.values()].filter(
			(entry) => plain(cards.open(entry.id, entry.card)?.name) === plain(name),
		)
		return lobbyView(knocking, name, alike.length === 1 ? (alike[0]?.id ?? null) : null)
	}

	#tell<N extends ListName>(list: N, patch: Patch<ListItem<N>>) {
		// One of the union for each name; the compiler cannot see that they go together.
		const message = { type: 'list', list, ...patch } as unknown as ListPatch
		if (closed.has(list)) this.#sources.tellPresiding(message)
		else this.#sources.tell(message)
	}
}

function touchChanged<T>(
	list: { touch(id: string): void },
	before: ReadonlyMap<string, T>,
	after: ReadonlyMap<string, T>,
) {
	if (before === after) return
	for (const [id, value] of after) if (before.get(id) !== value) list.touch(id)
	for (const id of before.keys()) if (!after.has(id)) list.touch(id)
}
