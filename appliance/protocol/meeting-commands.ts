import { type Static, Type } from 'typebox'
import { ChatText, ChatTo } from './chat.ts'
import { errorCodes } from './errors.ts'
import { lessonCommands, Poll } from './lesson.ts'
import { Dtls, FeedSrtp, ProducerSpec, RtpCapabilities, Wanted } from './media.ts'
import { reactionKinds } from './reactions.ts'
import { ProgrammeChange } from './relay.ts'
import { attending, inside, operating, presiding, publishing, type Role } from './roles.ts'
import { FloorRules, floorModes, MeetingRules } from './rules.ts'
import { Id, Line, oneOf } from './text.ts'

/** What a client of `/ws/meeting` may ask, who may, and its shape. The only list there is. */

const none = Type.Object({}, { additionalProperties: false })
const question = shape({ question: Id })

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

/** Those who may run a meeting: chair and clerk in it, and whoever runs the room, from a desk. */
const running = [...presiding, ...operating] as const
/** Those who may speak for themselves. `who` is another's id, for those who run the meeting. */
const speaking = [...running, 'member'] as const
const who = Type.Optional(Id)
/** Those who have a hand of their own in the meeting: a camera is moved from a page that is in it. */
const handed = [...presiding, 'member'] as const
const fraction = Type.Number({ minimum: -1, maximum: 1 })
const seconds = Type.Integer({ minimum: 5, maximum: 86_400 })
const Text = Type.String({ minLength: 1, maxLength: 2000 })

const RollEntry = shape({
	/** Absent: somebody new. */
	id: Type.Optional(Id),
	name: Line,
	title: Type.String({ maxLength: 80 }),
	bureau: Type.String({ maxLength: 80 }),
	role: oneOf(['chair', 'clerk', 'member', 'observer']),
	email: Type.Union([Type.Null(), Type.String({ maxLength: 254 })]),
	order: Type.Integer({ minimum: 0, maximum: 100_000 }),
	priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
	weight: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
	seat: Type.Optional(Type.Union([Type.Null(), Id])),
})
export type RollEntry = Static<typeof RollEntry>

const Item = shape({
	/** Absent: a new one. */
	id: Type.Optional(Id),
	title: Line,
	kind: oneOf(['report', 'discussion', 'vote', 'other']),
	bureau: Type.String({ maxLength: 80 }),
	presenters: Type.Array(Id, { maxItems: 20 }),
	seconds: Type.Union([Type.Null(), seconds]),
	documents: Type.Array(Id, { maxItems: 50 }),
})
export type ItemEntry = Static<typeof Item>

export const VotePlan = shape({
	title: Line,
	kind: oneOf(['hands', 'recorded', 'secret']),
	/** Absent: for, against, abstain (찬성, 반대, 기권). */
	choices: Type.Optional(Type.Array(shape({ id: Id, label: Line }), { minItems: 2, maxItems: 20 })),
	majority: Type.Optional(oneOf(['more', 'overHalf', 'overHalfOfAll', 'twoThirds'])),
	/** How many must take part. Absent: as the meeting's quorum says. */
	quorum: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
	/** Absent: all members and the chair of the roll, or who is in where there is none. */
	eligible: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 500 })),
	/** Votes count as the roll weighs them. Refused where the vote is secret. */
	weighted: Type.Optional(Type.Boolean()),
	/** Who votes for whom: {absent one: the one who votes for them}. */
	proxies: Type.Optional(Type.Record(Id, Id)),
	/** Closes by itself after so long. */
	seconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 86_400 })),
	/** A question to the trainees of a class, with choices of its own. */
	poll: Type.Optional(Poll),
})
export type VotePlan = Static<typeof VotePlan>

/** Everybody who may have media: those in the meeting, its programme, and a desk that looks at what viewers see. */
const connected = [...attending, 'programme', ...operating] as const

const readiness = oneOf(['ok', 'weak', 'bad', 'none', 'unknown'])

export const meetingCommands = {
	// --- A room's standing connection to its hub, before any meeting (house roles).
	/** → { meetings: MeetingView[] }: today's, closed ones left out. Pushed anew as `meetings` when they change. */
	'meetings.list': { roles: operating, body: none },
	/** → { meeting: MeetingView, links: Links } */
	'meetings.create': {
		roles: operating,
		body: shape({
			title: Line,
			kind: oneOf(['council', 'class', 'counsel']),
			startsAt: Type.Optional(Type.Integer({ minimum: 0 })),
		}),
	},
	/** → { link }: the room's own link for one of today's meetings; opens the meeting if it is still planned. */
	'meetings.enter': { roles: operating, body: shape({ meeting: Id }) },
	/** Ends a meeting for all. */
	'meetings.close': { roles: operating, body: shape({ meeting: Id }) },

	// --- In the meeting that the link names.
	/**
	 * → JoinResult. `media` false: control only (the room's Node client). `resume` comes from an earlier JoinResult. `asks`:
	 * refused with 'elsewhere' where this person has another page with media; else that one gives way.
	 */
	'meeting.join': {
		// Who watches is told what is public, by relay.join: of a closed part they neither see nor hear anything.
		roles: [...inside, 'programme'],
		body: shape({
			device: shape({
				media: Type.Boolean(),
				resume: Type.Optional(Type.String({ maxLength: 256 })),
				asks: Type.Optional(Type.Boolean()),
			}),
			name: Type.Optional(Line),
		}),
	},
	'meeting.leave': { roles: connected, body: none },
	'meeting.open': { roles: running, body: none },
	'meeting.suspend': { roles: running, body: none },
	'meeting.resume': { roles: running, body: none },
	'meeting.close': { roles: running, body: none },

	// --- The desk: a meeting run from a screen that is nobody in it (the touch panel, a clerk's second screen).
	/** → DeskResult. House roles name the meeting; a chair's or clerk's link names its own. Everything is told as to a clerk. */
	'desk.open': { roles: running, body: shape({ meeting: Type.Optional(Id) }) },
	'desk.close': { roles: running, body: none },

	// --- The floor. Answers { events } of what was journaled, and `warnings` that the asker should see.
	'floor.request': { roles: speaking, body: shape({ who, kind: Type.Optional(oneOf(['speak', 'respond', 'order'])) }) },
	'floor.withdraw': { roles: speaking, body: shape({ who }) },
	'floor.yield': { roles: speaking, body: shape({ who }) },
	/** Takes the floor from those who have it, where the rules let one. */
	'floor.interrupt': { roles: speaking, body: shape({ who }) },
	/** Gives the floor, to somebody who has asked or not. In a meeting where everybody may speak this begins the ruled floor. */
	'floor.grant': {
		roles: running,
		body: shape({
			who: Id,
			seconds: Type.Optional(seconds),
			kind: Type.Optional(oneOf(['speak', 'respond', 'order'])),
		}),
	},
	/** The next in line. */
	'floor.next': { roles: running, body: none },
	'floor.decline': { roles: running, body: shape({ who: Id }) },
	'floor.revoke': { roles: running, body: shape({ who: Id }) },
	'floor.revokeAll': { roles: running, body: none },
	'floor.extend': {
		roles: running,
		body: shape({ who: Id, seconds: Type.Integer({ minimum: -3600, maximum: 3600 }) }),
	},
	/** Sorts those who wait: by time already spoken, as they asked, by priority, or as given. */
	'floor.sort': {
		roles: running,
		body: shape({
			by: Type.Optional(oneOf(['asked', 'spoken', 'priority'])),
			order: Type.Optional(Type.Array(Id, { maxItems: 500 })),
		}),
	},
	'floor.mode': { roles: running, body: shape({ mode: oneOf(floorModes) }) },
	'rules.set': {
		roles: running,
		body: shape({
			floor: Type.Optional(Type.Partial(FloorRules, { additionalProperties: false })),
			lobby: Type.Optional(MeetingRules.properties.lobby),
			quorum: Type.Optional(MeetingRules.properties.quorum),
			chat: Type.Optional(Type.Partial(MeetingRules.properties.chat, { additionalProperties: false })),
			cameras: Type.Optional(MeetingRules.properties.cameras),
			/** A document of this meeting, with pages to show. */
			waiting: Type.Optional(MeetingRules.properties.waiting),
			hallCaptions: Type.Optional(MeetingRules.properties.hallCaptions),
			autoRelay: Type.Optional(MeetingRules.properties.autoRelay),
			autoRecord: Type.Optional(MeetingRules.properties.autoRecord),
			certificate: Type.Optional(MeetingRules.properties.certificate),
		}),
	},

	// --- People.
	/** → { ids }. Adds to the roll or changes who is there already (by id). */
	'roll.enter': { roles: running, body: shape({ entries: Type.Array(RollEntry, { minItems: 1, maxItems: 500 }) }) },
	'roll.remove': { roles: running, body: shape({ who: Id }) },
	/** → { links: [{ id, name, title, bureau, email, link }] }: personal links, made anew. */
	'roll.links': { roles: running, body: none },
	/** Present or absent, as the clerk finds; see also roll.call. */
	'roll.mark': {
		roles: running,
		body: shape({ who: Id, attendance: oneOf(['present', 'late', 'absent', 'excused']) }),
	},
	/** Roll call (점호): who is in is present, all others expected are absent until they come (late). */
	'roll.call': { roles: running, body: none },
	'seat.take': { roles: running, body: shape({ seat: Id, person: Type.Union([Type.Null(), Id]) }) },
	/** From the lobby into the meeting, as one of the roll or as a guest. */
	'lobby.admit': { roles: running, body: shape({ who: Id, as: Type.Optional(Id) }) },
	'lobby.admitAll': { roles: running, body: none },
	'lobby.refuse': { roles: running, body: shape({ who: Id }) },
	'person.role': { roles: running, body: shape({ who: Id, role: oneOf(attending) }) },
	/** Shuts somebody's microphone in the SFU. Only they open it again. */
	'person.mute': { roles: running, body: shape({ who: Id }) },
	/** Everybody's but the asker's, those of others who preside, and the hall's. */
	'person.muteAll': { roles: running, body: none },
	/** Ends somebody's camera and screen. They may begin again. */
	'person.stopCamera': { roles: running, body: shape({ who: Id }) },
	/** Asks somebody to open something; their page asks them, and does nothing by itself. */
	'person.ask': { roles: running, body: shape({ who: Id, for: oneOf(['microphone', 'camera']) }) },
	/** In counselling: they are told that whoever counsels them takes a still of their picture. What it shows goes nowhere. */
	'person.still': { roles: running, body: shape({ who: Id }) },
	/** Out of the meeting. Whoever comes again, by whatever link of their own, waits at the door until they are let in. */
	'person.remove': { roles: running, body: shape({ who: Id }) },
	/** Names a guest. One of the roll is named there. */
	'person.rename': { roles: running, body: shape({ who: Id, name: Line }) },
	/** Everybody sees this one large who has chosen nobody themselves. Null: whoever speaks again. */
	'spotlight.set': { roles: running, body: shape({ who: Type.Union([Type.Null(), Id]) }) },
	/** Seen by all for a moment, and kept nowhere. */
	'reaction.show': { roles: [...speaking, 'observer'], body: shape({ kind: oneOf(reactionKinds) }) },
	/** What a page found out of its own microphone, camera and network, every few seconds and on change. */
	'readiness.report': {
		roles: attending,
		body: shape({
			microphone: readiness,
			camera: readiness,
			network: readiness,
			rttMs: Type.Union([Type.Null(), Type.Number({ minimum: 0, maximum: 60_000 })]),
			lossPercent: Type.Union([Type.Null(), Type.Number({ minimum: 0, maximum: 100 })]),
		}),
	},

	// --- Agenda and slides.
	'agenda.set': { roles: running, body: shape({ items: Type.Array(Item, { maxItems: 200 }) }) },
	'agenda.start': { roles: running, body: shape({ item: Id }) },
	'agenda.end': { roles: running, body: none },
	'agenda.skip': { roles: running, body: shape({ item: Id }) },
	/** Puts an item at this place, 0 the first. */
	'agenda.move': { roles: running, body: shape({ item: Id, to: Type.Integer({ minimum: 0, maximum: 199 }) }) },
	/** Shows a page to all: those who run the meeting, whoever has the floor, a presenter of the item. */
	'slide.show': { roles: speaking, body: shape({ document: Id, page: Type.Integer({ minimum: 1, maximum: 5000 }) }) },
	'slide.hide': { roles: speaking, body: none },

	// --- Votes.
	/** → { vote }. */
	'vote.open': { roles: running, body: VotePlan },
	/** Whoever watches a class answers its questions alone. One's own ballot, or that of one who gave a proxy (`for`). Once cast it stays, secret or not; recorded ones may be changed until the close. */
	'vote.cast': { roles: [...speaking, 'viewer'], body: shape({ vote: Id, choice: Id, for: Type.Optional(Id), who }) },
	/** Hands in the hall, counted by eye. */
	'vote.count': {
		roles: running,
		body: shape({ vote: Id, counts: Type.Record(Id, Type.Integer({ minimum: 0, maximum: 1000 })) }),
	},
	'vote.close': { roles: running, body: shape({ vote: Id }) },
	'vote.cancel': { roles: running, body: shape({ vote: Id }) },

	// --- What people write to each other, as far as the rules let them.
	/** → { line }: its id. Told to those who may read it. */
	'chat.say': { roles: [...speaking, 'observer'], body: shape({ to: ChatTo, text: ChatText }) },
	/** One's own line, or, by those who run the meeting, any but what one person wrote to another. */
	'chat.remove': { roles: [...speaking, 'observer'], body: shape({ line: Id }) },

	// --- A class (교육): see lesson.ts.
	...lessonCommands,

	// --- Minutes.
	'minutes.note': { roles: running, body: shape({ text: Text }) },
	/** Sets right what an event says, by another event. `of`: its number in the journal. */
	'minutes.correct': { roles: running, body: shape({ of: Type.Integer({ minimum: 1 }), text: Text }) },

	// --- The room, about its hall.
	/** The seats of the hall, and whether the room's microphone is muted here. */
	'hall.declare': {
		roles: ['room'],
		body: shape({
			seats: Type.Array(shape({ id: Id, name: Line }), { maxItems: 200 }),
			/** Whether each seat's microphone can be opened and closed by itself. */
			gated: Type.Boolean(),
		}),
	},
	/** Shuts the hall's microphone, at once in the SFU and then in the room. There is no opening it from elsewhere. */
	'hall.mute': { roles: running, body: none },
	/** A seat's button or microphone. */
	'hall.mic': {
		roles: ['room', ...operating],
		body: shape({ seat: Id, state: oneOf(['off', 'on', 'request', 'priority']) }),
	},
	/** How a step of a grant went: the camera's picture, the name strip. */
	'grant.step': {
		roles: ['room'],
		body: shape({
			who: Id,
			grantedAt: Type.Integer({ minimum: 0 }),
			step: oneOf(['camera', 'strip', 'gate']),
			state: oneOf(['done', 'wide', 'failed']),
			reason: Type.Union([Type.Null(), Line]),
			/** For the camera: which of the room's pictures shows them now. */
			feed: Type.Optional(Type.Union([Type.Null(), Id])),
		}),
	},

	/** → { consumers: ConsumerOffer[] }. `send` null: this one publishes nothing. */
	'media.open': {
		roles: connected,
		body: shape({
			send: Type.Union([Type.Null(), Dtls]),
			producers: Type.Array(ProducerSpec, { maxItems: 8 }),
			rtpCapabilities: RtpCapabilities,
			wanted: Wanted,
		}),
	},
	/** The client has built these consumers: connect (first time: `receive`) and resume them. Nobody waits for it. */
	'media.ready': {
		roles: connected,
		body: shape({
			receive: Type.Union([Type.Null(), Dtls]),
			consumers: Type.Array(Id, { maxItems: 200 }),
		}),
	},
	/** New tiles, new sizes. Consumers come and go by `media` messages. */
	'media.show': { roles: connected, body: shape({ wanted: Wanted }) },
	/** More sources after the join. `send` only when the sending transport was never connected. */
	'media.produce': {
		roles: publishing,
		body: shape({
			send: Type.Union([Type.Null(), Dtls]),
			producers: Type.Array(ProducerSpec, { minItems: 1, maxItems: 8 }),
		}),
	},
	'media.close': { roles: publishing, body: shape({ sources: Type.Array(Id, { minItems: 1, maxItems: 8 }) }) },
	/** One's own mute: the SFU forwards nothing of this source until it is lifted by the same person. */
	'media.mute': { roles: publishing, body: shape({ source: Id, muted: Type.Boolean() }) },
	/** → { iceParameters } after a change of network. */
	'media.restart-ice': { roles: connected, body: shape({ transport: oneOf(['send', 'receive']) }) },

	// --- The relay and the recording.
	/** Begins to relay the programme, or ends it. → { events } */
	'relay.start': { roles: running, body: none },
	'relay.stop': { roles: running, body: none },
	/** Refused with 'no-consent' where both sides have to agree first. → { events } */
	'recording.start': { roles: running, body: none },
	'recording.stop': { roles: running, body: none },
	/**
	 * In counselling (민원 상담), before it is recorded: those who run it ask, everybody who is in answers for themselves, and the
	 * recording begins with the last one's word. `consent.withdraw` says no, or takes one's word back, which ends the recording.
	 */
	'consent.ask': { roles: running, body: none },
	'consent.give': { roles: [...handed, 'observer', 'viewer'], body: none },
	'consent.withdraw': { roles: [...handed, 'observer', 'viewer'], body: none },
	/** What the programme shows, by hand. → { events } */
	'programme.set': { roles: running, body: ProgrammeChange },
	/** What viewers are shown now, small. → { look: a JPEG in base64; null: nothing is, or not yet } */
	'relay.look': { roles: running, body: none },
	/**
	 * Watches the relay, as nobody in the meeting. → JoinResult: a core for the public, and one person, 'programme', whose
	 * sources are the programme's while it is on air. House roles name the meeting. Nothing can be sent.
	 */
	'relay.join': {
		roles: [...attending, ...operating],
		body: shape({
			device: shape({
				media: Type.Boolean(),
				resume: Type.Optional(Type.String({ maxLength: 256 })),
				asks: Type.Optional(Type.Boolean()),
			}),
			name: Type.Optional(Line),
			meeting: Type.Optional(Id),
		}),
	},
	/**
	 * A question of somebody who watches, to those who run the meeting. `question`: made by the page, which asks by the same
	 * again after a cut. `speaks`: they would come in and say it. → QuestionView, and `question` messages from then on
	 */
	'relay.ask': {
		roles: attending,
		body: shape({
			question: Id,
			text: Type.String({ minLength: 1, maxLength: 500 }),
			speaks: Type.Optional(Type.Boolean()),
			name: Type.Optional(Line),
		}),
	},
	/** Of a viewer or a trainee. An empty text: it was answered aloud. */
	'question.answer': { roles: running, body: shape({ question: Id, text: Type.String({ maxLength: 500 }) }) },
	/** It is not to be answered. A trainee may take back their own. */
	'question.drop': { roles: [...running, 'member', 'observer'], body: question },
	/** The asker's page becomes one of the meeting. → { person } */
	'question.bring': { roles: running, body: question },
	/** Who was called in goes back to watching. */
	'question.send-back': { roles: running, body: question },

	// --- Pictures of IP cameras, sent by the room without decoding.
	/** → { feed, ip, rtpPort, rtcpPort, srtp, low }. H.264, packetization-mode 1. */
	'feed.open': {
		roles: ['room'],
		body: shape({
			name: Line,
			camera: Id,
			codec: oneOf(['h264']),
			ssrc: Type.Integer({ minimum: 1, maximum: 0xffffffff }),
			payloadType: Type.Integer({ minimum: 96, maximum: 127 }),
			srtp: FeedSrtp,
			/** How much later than the room's sound its picture comes: whoever plays both holds the sound back. */
			delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
			/** Its camera can be moved. Default: it cannot. */
			movable: Type.Optional(Type.Boolean()),
			/** The camera's smaller stream, sent from the same port, for small tiles. `height`: its lines. */
			low: Type.Optional(
				shape({
					ssrc: Type.Integer({ minimum: 1, maximum: 0xffffffff }),
					height: Type.Integer({ minimum: 1, maximum: 4320 }),
				}),
			),
		}),
	},
	'feed.close': { roles: ['room'], body: shape({ feed: Id }) },

	// --- The cameras behind them, moved from afar, as far as the rules let one.
	/** As `camera.move` of a panel: renewed every 150 ms while pressed; what the room makes of it comes as `feed.refused`. */
	'feed.move': { roles: handed, body: shape({ feed: Id, pan: fraction, tilt: fraction, zoom: fraction }) },
	/** What this one moves. */
	'feed.stop': { roles: handed, body: shape({ feed: Id }) },
	/** Asks those who preside; one of them answers by `feed.let`. */
	'feed.ask': { roles: handed, body: shape({ feed: Id }) },
	/** Lets a member move the room's cameras while they are in, or no longer; to one who asked: not now. */
	'feed.let': { roles: running, body: shape({ who: Id, on: Type.Boolean() }) },
	/** What the room did not do for these. */
	'feed.refused': {
		roles: ['room'],
		body: shape({ who: Type.Array(Id, { minItems: 1, maxItems: 500 }), feed: Id, code: oneOf(errorCodes) }),
	},
} as const satisfies Record<string, { roles: readonly Role[]; body: Type.TSchema }>

export type MeetingCommandType = keyof typeof meetingCommands
export type MeetingCommand = {
	[T in MeetingCommandType]: { type: T } & Static<(typeof meetingCommands)[T]['body']>
}[MeetingCommandType]
