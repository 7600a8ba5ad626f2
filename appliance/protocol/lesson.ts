import { Type } from 'typebox'
import { operating, presiding } from './roles.ts'
import { Id, Line, oneOf } from './text.ts'

/** What a class (교육) asks and shows beyond a meeting. Times are epoch milliseconds. */

const none = Type.Object({}, { additionalProperties: false })
const running = [...presiding, ...operating] as const
const learning = ['member', 'observer'] as const
const inClass = [...presiding, ...operating, 'member', 'observer'] as const

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

/** Absent from a vote: it decides something. `right`: the choice that is right, of a quiz; null: no answer is. */
export const Poll = shape({ right: Type.Union([Type.Null(), Id]) })

const GroupPlan = shape({ name: Line, people: Type.Array(Id, { maxItems: 500 }) })

export const lessonCommands = {
	/** The same people under the rules of another kind: council, class or counsel (회의, 교육, 민원 상담). */
	'meeting.kind': { roles: running, body: shape({ kind: oneOf(['council', 'class', 'counsel']) }) },
	/** Asks the trainees who are in whether they are there; each has so many seconds to answer. */
	'presence.ask': { roles: running, body: shape({ seconds: Type.Integer({ minimum: 10, maximum: 600 }) }) },
	'presence.answer': { roles: [...inClass, 'viewer'], body: shape({ check: Id }) },
	/** Who is named talks in that group, and hears and sees it alone. All come back after so long, or by `groups.close`. */
	'groups.open': {
		roles: running,
		body: shape({
			groups: Type.Array(GroupPlan, { minItems: 2, maxItems: 50 }),
			seconds: Type.Optional(Type.Integer({ minimum: 10, maximum: 14_400 })),
		}),
	},
	/** Back to the class (null); those who run it go into any group, and send others. */
	'groups.move': {
		roles: inClass,
		body: shape({ who: Type.Optional(Id), group: Type.Union([Type.Null(), Id]) }),
	},
	'groups.close': { roles: running, body: none },
	/** Said to everybody in a group, and kept nowhere. */
	'groups.tell': { roles: running, body: shape({ text: Type.String({ minLength: 1, maxLength: 200 }) }) },
	/** What a trainee would like to know, in writing, seen by the class without their name. → { question } */
	'question.ask': { roles: learning, body: shape({ text: Type.String({ minLength: 1, maxLength: 300 }) }) },
	/** That one would like it answered as well, or no longer. */
	'question.vote': { roles: learning, body: shape({ question: Id, on: Type.Boolean() }) },
	/** Certificates (수료증) for all who meet the rule now and have none; the end of the class does the same. */
	'certificates.issue': { roles: running, body: none },
} as const

/** What a trainee asked in writing, as trainees see it: without a name. */
export interface AskedView {
	id: string
	text: string
	at: number
	/** How many others would like it answered as well. */
	votes: number
	/** Null: it waits. Empty: it was answered aloud. */
	answer: string | null
}

/** To one trainee: which of these they asked, and which they voted for. */
export interface OwnAsked {
	own: string[]
	voted: string[]
}

/** Of the meeting's core; only a class has it. */
export interface LessonView {
	/** The presence check that goes on. */
	check: { id: string; until: number; asked: number; answered: number } | null
	groups: { list: { id: string; name: string }[]; endsAt: number | null } | null
	/** How many certificates were given. */
	certificates: number
}

/** To one person: what they are asked now, and whether they have answered. Null: nothing. */
export type OwnCheck = { id: string; until: number; answered: boolean } | null

/** How a trainee stands, for those who run the class. Percentages are whole, rounded down. */
export interface TraineeView {
	id: string
	/** Null: erased since. */
	name: string | null
	bureau: string
	title: string
	/**
	 * By a page of their own; checked in at the hall; one and the other; or watching the relay, where who is connected and
	 * known is asked as the others are.
	 */
	way: 'class' | 'hall' | 'both' | 'relay'
	firstAt: number
	lastAt: number
	presentS: number
	presentPercent: number
	checks: { asked: number; answered: number }
	/** `percent` null: there was no quiz. */
	quizzes: { asked: number; right: number; percent: number | null }
	passes: boolean
	/** The number of theirs. */
	certificate: string | null
}

export interface ClassView {
	classS: number
	rule: { present: number; quiz: number | null }
	trainees: TraineeView[]
}

/** What a certificate says, by its number. */
export interface CertificateView {
	number: string
	meeting: string
	title: string
	heldAt: number
	issuedAt: number
	person: string
	/** Null: erased since; then there is nothing to print any more. */
	name: string | null
	bureau: string
	jobTitle: string
	classS: number
	presentPercent: number
	quizPercent: number | null
}
