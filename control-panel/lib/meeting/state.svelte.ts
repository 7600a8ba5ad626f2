import type { CaptionView } from '../../../appliance/protocol/captions.ts'
import type { ChatLine } from '../../../appliance/protocol/chat.ts'
import type {
	AgendaItemView,
	AskingView,
	DocumentView,
	FloorKind,
	LobbyView,
	NameStrip,
	ReadinessView,
	RollView,
	SeatPlace,
	SpeechView,
} from '../../../appliance/protocol/floor.ts'
import type { AskedView, OwnAsked, OwnCheck } from '../../../appliance/protocol/lesson.ts'
import type {
	DeskLists,
	DeskResult,
	JoinResult,
	ListPatch,
	Lists,
	MeetingCore,
	MeetingMessage,
} from '../../../appliance/protocol/messages.ts'
import type { BroadcastFigures, QuestionView } from '../../../appliance/protocol/relay.ts'
import { seatIn } from '../../../appliance/protocol/who.ts'
import { patchAsked } from './asked.ts'
import { patchCaptions } from './captions.ts'
import { emptyList, type Keyed, patchList, wholeList } from './keyed.ts'
import { nobody, type People } from './people.ts'

/**
 * What a page knows of a meeting, whoever told it: the page's own stay in it, or a desk. It asks nothing and shows
 * nothing; it only takes what the hub says, in order.
 */

type PlacedItem = AgendaItemView & { place: number }

/** A hub's time is worth so long what the quickest message said. */
const sampleMs = 60_000
const nothingOwn: OwnAsked = { own: [], voted: [] }

export class MeetingState {
	core = $state.raw<MeetingCore | null>(null)
	people = $state.raw<People>(nobody)
	/** One's own standing in the vote that is open. */
	ballots = $state.raw<JoinResult['ballots']>(null)
	/** The presence check of a class that one is asked now. */
	check = $state.raw<OwnCheck>(null)
	/** What trainees of a class ask in writing, oldest first, and which of it is one's own; empty for who is none. */
	asked = $state.raw<readonly AskedView[]>([])
	ownAsked = $state.raw<OwnAsked>(nothingOwn)
	/** How the relay and the recording go, as those who preside are told; null: nothing goes, or nothing was told. */
	broadcast = $state.raw<BroadcastFigures | null>(null)
	/** What one may read of what was written, oldest first. */
	chat = $state.raw<readonly ChatLine[]>([])
	/** The latest of what was said, by their times. */
	captions = $state.raw<readonly CaptionView[]>([])
	/**
	 * The hub's clock minus ours, in milliseconds. Each core is some milliseconds old when it is read; the least old one
	 * of the last minute is the one to go by, so that all displays agree.
	 */
	ahead = $state(0)

	asking = $state.raw<Keyed<AskingView>>(emptyList())
	seats = $state.raw<Keyed<SeatPlace>>(emptyList())
	agenda = $state.raw<Keyed<PlacedItem>>(emptyList())
	documents = $state.raw<Keyed<DocumentView>>(emptyList())
	/** Empty for those who do not preside, as are the lobby, the readiness and the questions. */
	roll = $state.raw<Keyed<RollView>>(emptyList())
	lobby = $state.raw<Keyed<LobbyView>>(emptyList())
	readiness = $state.raw<Keyed<ReadinessView>>(emptyList())
	questions = $state.raw<Keyed<QuestionView>>(emptyList())
	/** How many of them nobody has answered. */
	readonly openQuestions: number = $derived(
		[...this.questions.byId.values()].filter(({ state }) => state === 'waiting').length,
	)
	/** Whether the lists of those who preside have been told. */
	presiding = $state(false)
	#samples: { at: number; ahead: number }[] = []
	readonly #now: () => number

	readonly #lines = $derived.by(() => {
		const sorted = [...this.asking.byId.values()].sort((a, b) => a.rank - b.rank)
		const of = (kind: FloorKind) => sorted.filter((one) => one.kind === kind)
		return { speak: of('speak'), respond: of('respond'), order: of('order') }
	})

	/** `now`: this page's clock, epoch milliseconds. */
	constructor(now: () => number = Date.now) {
		this.#now = now
	}

	/** The whole anew, as a join or a desk is answered. */
	load(result: JoinResult | DeskResult) {
		this.#setCore(result.core)
		this.people = wholeList(result.people)
		this.#loadLists(result.lists)
		this.#loadDesk(result.desk)
		this.chat = result.chat
		if (!('ballots' in result)) return
		this.ballots = result.ballots
		this.check = result.check
		this.asked = result.asked?.list ?? []
		this.ownAsked = result.asked ?? nothingOwn
	}

	/** 'gap': a patch is missing, and the whole must be asked for. 'other': not about what is kept here. */
	hear(message: MeetingMessage): 'ok' | 'gap' | 'other' {
		switch (message.type) {
			case 'core':
				this.#setCore(message.core)
				return 'ok'
			case 'people': {
				const patched = patchList(this.people, message)
				if (patched) this.people = patched
				return patched ? 'ok' : 'gap'
			}
			case 'list':
				return this.#patch(message) ? 'ok' : 'gap'
			case 'chat': {
				const { set, gone } = message
				const kept = this.chat.filter(({ id }) => !gone.includes(id) && !set.some((one) => one.id === id))
				this.chat = [...kept, ...set]
				return 'ok'
			}
			case 'captions':
				this.captions = patchCaptions(this.captions, message)
				return 'ok'
			case 'ballots':
				this.ballots = message.ballots
				return 'ok'
			case 'check':
				this.check = message.check
				return 'ok'
			case 'asked':
				this.asked = patchAsked(this.asked, message)
				return 'ok'
			case 'asked.own':
				this.ownAsked = message
				return 'ok'
			case 'broadcast': {
				const { type: _, ...figures } = message
				this.broadcast = figures
				return 'ok'
			}
			default:
				return 'other'
		}
	}

	/** Those who do not preside any more know nothing of these. */
	dropDesk() {
		this.#loadDesk(null)
	}

	/** Those who wait in one list, the first in line first. */
	line(kind: FloorKind): readonly AskingView[] {
		return this.#lines[kind]
	}

	/** The place in one's own list, from 1; null: in none. */
	place(who: string): number | null {
		const kind = this.asking.byId.get(who)?.kind
		if (!kind) return null
		return this.line(kind).findIndex((one) => one.id === who) + 1
	}

	/** Those who have the floor, the one who got it last at the end. */
	get speaking(): readonly SpeechView[] {
		return this.core?.floor.speaking ?? []
	}

	/** How somebody is named. A seat goes by who sits there, else by its own name; empty for somebody unknown. */
	strip(who: string): NameStrip {
		const at = seatIn(who)
		if (at !== null) {
			const seat = this.seats.byId.get(at)
			const sitting = seat?.person ? this.#named(seat.person) : null
			if (sitting) return sitting
			if (seat) return { name: seat.name, title: '', bureau: '' }
		}
		return this.#named(who) ?? { name: '', title: '', bureau: '' }
	}

	/** The item that is on, with its clock. */
	get item(): PlacedItem | null {
		const on = this.core?.item
		const item = on ? this.agenda.byId.get(on.id) : undefined
		return on && item ? { ...item, ...on } : null
	}

	/** The hub's time at this moment of ours. */
	nowAtHub(now: number): number {
		return now + this.ahead
	}

	#named(who: string): NameStrip | null {
		// A speech is named for as long as it lasts, also when its speaker's page is gone.
		const found =
			this.people.byId.get(who) ?? this.roll.byId.get(who) ?? this.speaking.find((speech) => speech.who === who)
		return found ? { name: found.name, title: found.title, bureau: found.bureau } : null
	}

	#setCore(core: MeetingCore) {
		this.core = core
		const now = this.#now()
		this.#samples = this.#samples.filter(({ at }) => now - at < sampleMs)
		this.#samples.push({ at: now, ahead: core.at - now })
		this.ahead = Math.max(...this.#samples.map(({ ahead }) => ahead))
	}

	#loadLists(lists: Lists) {
		this.asking = wholeList(lists.asking)
		this.seats = wholeList(lists.seats)
		this.agenda = wholeList(lists.agenda)
		this.documents = wholeList(lists.documents)
	}

	#loadDesk(desk: DeskLists | null) {
		this.presiding = desk !== null
		this.roll = desk ? wholeList(desk.roll) : emptyList()
		this.lobby = desk ? wholeList(desk.lobby) : emptyList()
		this.readiness = desk ? wholeList(desk.readiness) : emptyList()
		this.questions = desk ? wholeList(desk.questions) : emptyList()
	}

	/** Answers whether nothing was missing. */
	#patch(patch: ListPatch): boolean {
		switch (patch.list) {
			case 'asking':
				return taken(patchList(this.asking, patch), (list) => (this.asking = list))
			case 'seats':
				return taken(patchList(this.seats, patch), (list) => (this.seats = list))
			case 'agenda':
				return taken(patchList(this.agenda, patch), (list) => (this.agenda = list))
			case 'documents':
				return taken(patchList(this.documents, patch), (list) => (this.documents = list))
		}
		// What is not told to this page from the start is no gap when a last patch of it still arrives.
		if (!this.presiding) return true
		switch (patch.list) {
			case 'roll':
				return taken(patchList(this.roll, patch), (list) => (this.roll = list))
			case 'lobby':
				return taken(patchList(this.lobby, patch), (list) => (this.lobby = list))
			case 'readiness':
				return taken(patchList(this.readiness, patch), (list) => (this.readiness = list))
			case 'questions':
				return taken(patchList(this.questions, patch), (list) => (this.questions = list))
		}
	}
}

function taken<T>(list: Keyed<T> | null, set: (list: Keyed<T>) => void): boolean {
	if (list) set(list)
	return list !== null
}
