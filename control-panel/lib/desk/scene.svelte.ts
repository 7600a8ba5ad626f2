import type {
	AgendaItemView,
	AskingView,
	DocumentView,
	FloorKind,
	LobbyView,
	NameStrip,
	Readiness,
	ReadinessView,
	RollView,
	SeatPlace,
	SpeechView,
} from '../../../appliance/protocol/floor.ts'
import type { MeetingCore, Person } from '../../../appliance/protocol/messages.ts'
import type { QuestionView } from '../../../appliance/protocol/relay.ts'
import type { MeetingRole } from '../../../appliance/protocol/roles.ts'
import { slidesOf } from '../../../appliance/protocol/slides.ts'
import { whoIsSeat } from '../../../appliance/protocol/who.ts'
import { byVotes } from '../meeting/asked.ts'
import type { MeetingState } from '../meeting/state.svelte.ts'

/** The meeting's lists in the order of the screens, and somebody's whole standing in one value. */

/** Somebody who may be given the floor, or whose attendance counts: of the roll, in the meeting, or both. */
export interface Standing extends NameStrip {
	id: string
	role: MeetingRole
	order: number
	/** Null: not of the roll, a guest. */
	roll: RollView | null
	/** Null: not in the meeting by a page of their own. */
	person: Person | null
	seat: SeatPlace | null
	asking: AskingView | null
	speech: SpeechView | null
	spokenMs: number
}

export type AgendaEntry = AgendaItemView & { place: number }

const kinds: readonly FloorKind[] = ['order', 'speak', 'respond']

export class Scene {
	readonly #state: MeetingState
	readonly seats: SeatPlace[] = $derived.by(() => [...this.#state.seats.byId.values()])
	readonly agenda: AgendaEntry[] = $derived.by(() =>
		[...this.#state.agenda.byId.values()].sort((a, b) => a.place - b.place),
	)
	readonly documents: DocumentView[] = $derived.by(() =>
		[...this.#state.documents.byId.values()].sort((a, b) => a.at - b.at),
	)
	readonly roll: RollView[] = $derived.by(() =>
		[...this.#state.roll.byId.values()].sort((a, b) => a.order - b.order || a.name.localeCompare(b.name, 'ko')),
	)
	readonly lobby: LobbyView[] = $derived.by(() => [...this.#state.lobby.byId.values()].sort((a, b) => a.at - b.at))
	/** What viewers and trainees ask: what waits first, most wanted first. */
	readonly questions: QuestionView[] = $derived.by(() => {
		const rank = ({ state }: QuestionView) => (state === 'answered' ? 1 : 0)
		return [...this.#state.questions.byId.values()].sort((a, b) => rank(a) - rank(b) || byVotes(a, b))
	})
	/** Those who wait, points of order first, those who respond last. */
	readonly asking: AskingView[] = $derived.by(() =>
		[...this.#state.asking.byId.values()].sort(
			(a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.rank - b.rank,
		),
	)
	/** Everybody of the roll and everybody in the meeting, by order of precedence. */
	readonly everyone: Standing[] = $derived.by(() => this.#everyone())
	readonly byId: ReadonlyMap<string, Standing> = $derived(new Map(this.everyone.map((one) => [one.id, one])))
	readonly bureaus: string[] = $derived.by(() => [
		...new Set(this.everyone.map(({ bureau }) => bureau).filter((bureau) => bureau !== '')),
	])

	constructor(state: MeetingState) {
		this.#state = state
	}

	get core(): MeetingCore | null {
		return this.#state.core
	}

	/** How many questions nobody has answered. */
	get openQuestions(): number {
		return this.#state.openQuestions
	}

	readiness(id: string): ReadinessView | null {
		const view = this.#state.readiness.byId.get(id)
		return view ? { ...view, slides: this.slides(id) } : null
	}

	/** Of those who have not come yet, too. */
	slides(id: string): Readiness {
		return slidesOf(id, this.agenda, this.documents)
	}

	line(kind: FloorKind): AskingView[] {
		return this.asking.filter((one) => one.kind === kind)
	}

	/** How somebody is named, wherever they are known from. */
	strip(who: string): NameStrip {
		const { name, title, bureau } = this.byId.get(who) ?? this.#state.strip(who)
		return { name, title, bureau }
	}

	seatOf(who: string): SeatPlace | null {
		return this.seats.find(({ id, person }) => person === who || whoIsSeat(id) === who) ?? null
	}

	/** The hub's clock, for a moment of ours. */
	at(now: number): number {
		return this.#state.nowAtHub(now)
	}

	/** The one who got the floor last. */
	get speaker(): SpeechView | null {
		return this.core?.floor.speaking.at(-1) ?? null
	}

	/** The item that is on, with its clock. */
	get item(): AgendaEntry | null {
		return this.#state.item
	}

	/** The item that comes next. */
	get onDeck(): AgendaEntry | null {
		return this.agenda.find(({ status }) => status === 'pending') ?? null
	}

	/** Everybody in the meeting now but the room itself. */
	get here(): Person[] {
		return [...this.#state.people.byId.values()].filter(({ here, role }) => here && role !== 'room')
	}

	#everyone(): Standing[] {
		const people = this.#state.people.byId
		const asking = this.#state.asking.byId
		const speaking = new Map(this.core?.floor.speaking.map((speech) => [speech.who, speech]))
		const seats = new Map(this.seats.flatMap((seat) => (seat.person === null ? [] : [[seat.person, seat]])))
		const standing = (id: string) => ({
			person: people.get(id) ?? null,
			seat: seats.get(id) ?? null,
			asking: asking.get(id) ?? null,
			speech: speaking.get(id) ?? null,
		})
		const listed = this.roll.map((roll): Standing => {
			const { id, name, title, bureau, role, order, spokenMs } = roll
			return { id, name, title, bureau, role, order, spokenMs, roll, ...standing(id) }
		})
		const ids = new Set(listed.map(({ id }) => id))
		const guests = [...people.values()]
			.filter(({ id, role }) => role !== 'room' && !ids.has(id))
			.sort((a, b) => a.order - b.order || a.joinedAt - b.joinedAt)
			.map(({ id, name, title, bureau, role, order }): Standing => {
				return { id, name, title, bureau, role, order, spokenMs: 0, roll: null, ...standing(id) }
			})
		return [...listed, ...guests]
	}
}

/** Whether a search finds somebody: every word is in the name, title or bureau. */
export function found({ name, title, bureau }: NameStrip, query: string): boolean {
	const text = `${name} ${title} ${bureau}`.toLocaleLowerCase()
	return query
		.toLocaleLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word))
}
