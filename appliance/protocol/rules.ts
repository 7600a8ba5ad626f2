import { type Static, Type } from 'typebox'
import { Id, oneOf } from './text.ts'

/** What a meeting goes by: data, so that screens can show it and a chair can change it while the meeting goes on. */

export const floorModes = ['open', 'automatic', 'queue', 'chair', 'voice'] as const
/**
 * open: everyone may speak, no gate. automatic: whoever asks is opened at once; beyond the most that may be open, the
 * one who has spoken longest gives way. queue: first come, first served; the next is opened when there is room.
 * chair: the chair grants. voice: whoever begins to speak is opened while there is room.
 */
export type FloorMode = (typeof floorModes)[number]

const seconds = Type.Integer({ minimum: 5, maximum: 86_400 })
const secondsOrNone = Type.Union([Type.Null(), seconds])

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

export const FloorRules = shape({
	mode: oneOf(floorModes),
	/** Microphones open at a time, the chair's not counted. */
	maxOpen: Type.Integer({ minimum: 1, maximum: 25 }),
	/** How those who ask stand in line. Points of order always stand first. */
	order: oneOf(['asked', 'spoken', 'priority']),
	/** Who may take the floor from those who have it: nobody, the chair, or whoever has a higher priority. */
	interrupt: oneOf(['nobody', 'chair', 'higher']),
	/** How long one may speak, by the list that they are on. Null: no limit. */
	speechSeconds: secondsOrNone,
	respondSeconds: secondsOrNone,
	orderSeconds: secondsOrNone,
	/** Time left at which the speaker is warned. */
	warnSeconds: Type.Array(Type.Integer({ minimum: 0, maximum: 3600 }), { maxItems: 5 }),
	/** After the time is up and before it is taken, if it is. */
	graceSeconds: Type.Integer({ minimum: 0, maximum: 600 }),
	atEnd: oneOf(['warn', 'revoke']),
	/** All the time that one person, one bureau may speak in this meeting. */
	personSeconds: secondsOrNone,
	bureauSeconds: secondsOrNone,
	/** Whether a chair's microphone is open without the floor. */
	chairOpen: Type.Boolean(),
})
export type FloorRules = Static<typeof FloorRules>

export const MeetingRules = shape({
	floor: FloorRules,
	/**
	 * Who waits to be let in: nobody; all who come by a shared member's or observer's link; or everybody who was not in
	 * yet, whatever their link, those who preside and the room aside.
	 */
	lobby: oneOf(['off', 'shared', 'locked']),
	/** How many must be there: null none; a number of people; or a part of the roll's members. */
	quorum: Type.Union([
		Type.Null(),
		shape({ people: Type.Integer({ minimum: 1, maximum: 1000 }) }),
		shape({ part: oneOf(['half', 'overHalf', 'twoThirds', 'all']) }),
	]),
	chat: shape({
		/** To whom people may write: nobody, those who preside, or everybody and each other. */
		to: oneOf(['off', 'clerk', 'all']),
		/** Whether what is written to all and to those who preside stays in the journal. */
		kept: Type.Boolean(),
	}),
	/** Which members move the room's cameras from where they are: none, those who were let, or all. Those who preside may. */
	cameras: oneOf(['nobody', 'ask', 'everyone']),
	/** The document whose pages are shown to those who wait to come in, by its id. Null: none. */
	waiting: Type.Union([Type.Null(), Id]),
	/** Whether the hall's display shows captions; everybody else decides for themselves. */
	hallCaptions: Type.Boolean(),
	/** Whether the relay, the recording begin when the meeting is opened. Both end with it. */
	autoRelay: Type.Boolean(),
	autoRecord: Type.Boolean(),
	/** Of a class, what a certificate (수료증) takes: percent of its time, and of its quizzes. Null: quizzes do not count. */
	certificate: shape({
		present: Type.Integer({ minimum: 0, maximum: 100 }),
		quiz: Type.Union([Type.Null(), Type.Integer({ minimum: 0, maximum: 100 })]),
	}),
})
export type MeetingRules = Static<typeof MeetingRules>

/** A meeting nobody has ruled: everyone may speak, nobody waits. */
export const openRules: MeetingRules = {
	floor: {
		mode: 'open',
		maxOpen: 1,
		order: 'asked',
		interrupt: 'chair',
		speechSeconds: null,
		respondSeconds: null,
		orderSeconds: 60,
		warnSeconds: [180, 60, 0],
		graceSeconds: 10,
		atEnd: 'warn',
		personSeconds: null,
		bureauSeconds: null,
		chairOpen: true,
	},
	lobby: 'off',
	quorum: null,
	chat: { to: 'all', kept: false },
	cameras: 'ask',
	waiting: null,
	hallCaptions: false,
	autoRelay: false,
	autoRecord: false,
	certificate: { present: 80, quiz: 60 },
}

/** What a meeting goes by when it becomes one of this kind; what is not named stays as it is. */
export const rulesOfKind = {
	council: { floor: { mode: 'chair', chairOpen: true }, lobby: 'off' },
	class: { floor: { mode: 'queue', chairOpen: true }, lobby: 'off' },
	/** What a visitor says is theirs: nothing is written down, and nobody comes in who is not let in. */
	counsel: { floor: { mode: 'open' }, lobby: 'locked', autoRelay: false, autoRecord: false, chat: { kept: false } },
} as const

/** Priorities 1–5, before a roll says otherwise. */
export const rolePriority = {
	chair: 5,
	clerk: 4,
	member: 3,
	observer: 1,
	viewer: 1,
	room: 1,
	programme: 1,
	captioner: 1,
} as const
