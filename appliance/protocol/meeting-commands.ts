import { type Static, Type } from 'typebox'
import { Dtls, FeedSrtp, ProducerSpec, RtpCapabilities, Wanted } from './media.ts'
import { attending, operating, presiding, publishing, type Role } from './roles.ts'
import { Id, Line, oneOf } from './text.ts'

/** What a client of `/ws/meeting` may ask, who may, and its shape. The only list there is. */

const none = Type.Object({}, { additionalProperties: false })

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

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
	/** → JoinResult. `media` false: control only (the room's Node client). `resume` comes from an earlier JoinResult. */
	'meeting.join': {
		roles: attending,
		body: shape({
			device: shape({
				media: Type.Boolean(),
				resume: Type.Optional(Type.String({ maxLength: 256 })),
			}),
			name: Type.Optional(Line),
		}),
	},
	'meeting.leave': { roles: attending, body: none },
	'meeting.open': { roles: presiding, body: none },
	'meeting.suspend': { roles: presiding, body: none },
	'meeting.resume': { roles: presiding, body: none },
	'meeting.close': { roles: presiding, body: none },

	/** → { consumers: ConsumerOffer[] }. `send` null: this one publishes nothing. */
	'media.open': {
		roles: attending,
		body: shape({
			send: Type.Union([Type.Null(), Dtls]),
			producers: Type.Array(ProducerSpec, { maxItems: 8 }),
			rtpCapabilities: RtpCapabilities,
			wanted: Wanted,
		}),
	},
	/** The client has built these consumers: connect (first time: `receive`) and resume them. Nobody waits for it. */
	'media.ready': {
		roles: attending,
		body: shape({
			receive: Type.Union([Type.Null(), Dtls]),
			consumers: Type.Array(Id, { maxItems: 200 }),
		}),
	},
	/** New tiles, new sizes. Consumers come and go by `media` messages. */
	'media.show': { roles: attending, body: shape({ wanted: Wanted }) },
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
	'media.restart-ice': { roles: attending, body: shape({ transport: oneOf(['send', 'receive']) }) },

	// --- Pictures of IP cameras, sent by the room without decoding.
	/** → { feed, ip, rtpPort, rtcpPort, srtp }. H.264, packetization-mode 1. */
	'feed.open': {
		roles: ['room'],
		body: shape({
			name: Line,
			camera: Id,
			codec: oneOf(['h264']),
			ssrc: Type.Integer({ minimum: 1, maximum: 0xffffffff }),
			payloadType: Type.Integer({ minimum: 96, maximum: 127 }),
			srtp: FeedSrtp,
		}),
	},
	'feed.close': { roles: ['room'], body: shape({ feed: Id }) },
} as const satisfies Record<string, { roles: readonly Role[]; body: Type.TSchema }>

export type MeetingCommandType = keyof typeof meetingCommands
export type MeetingCommand = {
	[T in MeetingCommandType]: { type: T } & Static<(typeof meetingCommands)[T]['body']>
}[MeetingCommandType]
