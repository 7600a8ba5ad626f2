import { askingRefusal, drivingRefusal } from '../meeting/drivers.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingMessage } from '../protocol/messages.ts'
import { presides } from '../protocol/roles.ts'
import { Often } from './often.ts'

/** What one person does goes on to the room so often at most: a page renews every 150 ms, the newest counts. */
const everyMs = 80
/** One person asks at most so many times in so long. */
const mostAsked = 3
const askedWithinMs = 60_000

type Move = Extract<MeetingMessage, { type: 'feed.move' }>
type Velocity = Pick<Move, 'pan' | 'tilt' | 'zoom'>

export interface DrivingOptions {
	meeting: () => Meeting
	nameOf: (person: string) => string
	/** Whether this is a feed of a camera that can be moved. */
	isMovable: (feed: string) => boolean
	now: () => number
	/** To the room that sends this feed. */
	tellRoom: (feed: string, message: MeetingMessage) => void
	tellPresiding: (message: MeetingMessage) => void
	tellPerson: (person: string, message: MeetingMessage) => void
}

/** What somebody moves from where they are: one camera at a time. */
interface Hand {
	/** What the room was told to move and not yet to stop. */
	moving: string | null
	toldAt: number
	/** What is told next, and when its time has come. */
	next: { feed: string; velocity: Velocity; timer: NodeJS.Timeout } | null
}

/**
 * Cameras of the room that people move from their own pages. Whether they may is the meeting's rule; whether the camera is
 * free, and that it stops when nobody renews, is the room's. Whoever goes, or may no longer, has let go.
 */
export class Driving {
	readonly #options: DrivingOptions
	readonly #hands = new Map<string, Hand>()
	readonly #asked = new Often(mostAsked, askedWithinMs)

	constructor(options: DrivingOptions) {
		this.#options = options
	}

	/** Throws the Refusal: 'no-source', 'not-allowed', 'not-joined'. */
	move(person: string, feed: string, velocity: Velocity): void {
		this.#check(feed, drivingRefusal(this.#options.meeting(), person))
		const hand = this.#hands.get(person) ?? { moving: null, toldAt: Number.NEGATIVE_INFINITY, next: null }
		this.#hands.set(person, hand)
		if (hand.next) Object.assign(hand.next, { feed, velocity })
		else {
			const rest = hand.toldAt + everyMs - performance.now()
			if (rest <= 0) this.#tell(person, hand, feed, velocity)
			else hand.next = { feed, velocity, timer: setTimeout(() => this.#tellNext(person, hand), rest) }
		}
	}

	/** Passes everything. Throws the Refusal: 'no-source'. */
	stop(person: string, feed: string): void {
		this.#check(feed, null)
		const hand = this.#hands.get(person)
		if (hand?.next?.feed === feed) dropNext(hand)
		if (hand?.moving === feed) this.#let(person, hand)
	}

	/** Asks those who preside. Throws the Refusal: 'no-source', 'not-allowed', 'already-so', 'too-many'. */
	ask(person: string, feed: string): void {
		const { meeting, now, tellPresiding } = this.#options
		this.#check(feed, askingRefusal(meeting(), person))
		if (!this.#asked.take(person, now())) throw new Refusal('too-many', 'they were asked more than once')
		tellPresiding({ type: 'feed.asks', person, feed })
	}

	answered(person: string, on: boolean) {
		this.#options.tellPresiding({ type: 'feed.asks', person, feed: null })
		this.#options.tellPerson(person, { type: 'feed.let', on })
	}

	/** The meeting has changed: whoever may no longer drive has let go. */
	look() {
		for (const person of this.#hands.keys()) {
			if (drivingRefusal(this.#options.meeting(), person)) this.gone(person)
		}
	}

	/** A page of theirs is gone. Another one that still presses says so within its next renewal. */
	gone(person: string) {
		const hand = this.#hands.get(person)
		if (!hand) return
		dropNext(hand)
		this.#let(person, hand)
		this.#hands.delete(person)
	}

	close() {
		for (const hand of this.#hands.values()) dropNext(hand)
		this.#hands.clear()
	}

	#check(feed: string, refusal: Refusal | null) {
		if (!this.#options.isMovable(feed)) throw new Refusal('no-source', 'no camera that can be moved is behind this')
		if (refusal) throw refusal
	}

	#tellNext(person: string, hand: Hand) {
		const { next } = hand
		hand.next = null
		if (next && this.#options.isMovable(next.feed)) this.#tell(person, hand, next.feed, next.velocity)
	}

	#tell(person: string, hand: Hand, feed: string, velocity: Velocity) {
		const { meeting, nameOf, tellRoom } = this.#options
		if (hand.moving !== feed) this.#let(person, hand)
		hand.moving = feed
		hand.toldAt = performance.now()
		const by = { id: person, name: nameOf(person), presides: presides(meeting().members.get(person)?.role ?? null) }
		tellRoom(feed, { type: 'feed.move', feed, by, ...velocity })
	}

	#let(person: string, hand: Hand) {
		if (hand.moving !== null) this.#options.tellRoom(hand.moving, { type: 'feed.stop', feed: hand.moving, by: person })
		hand.moving = null
	}
}

function dropNext(hand: Hand) {
	clearTimeout(hand.next?.timer)
	hand.next = null
}
