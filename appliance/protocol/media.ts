import { type Static, Type } from 'typebox'
import { Id, Line, oneOf } from './text.ts'

/** Shapes of the media signalling. RTP and DTLS parameters are mediasoup's own and checked by it, within bounds. */

/** A value that mediasoup defines and validates; here only its type and size are bounded (by the socket's limit). */
const Opaque = Type.Unsafe<Record<string, unknown>>({ type: 'object' })

export type SourceUse = 'microphone' | 'camera' | 'screen' | 'feed'

export const ProducerSpec = Type.Object(
	{
		/** Made by the client (a UUID), so that joining needs no round trip for it. */
		id: Id,
		kind: oneOf(['audio', 'video']),
		use: oneOf(['microphone', 'camera', 'screen']),
		label: Line,
		rtpParameters: Opaque,
		muted: Type.Boolean(),
	},
	{ additionalProperties: false },
)
export type ProducerSpec = Static<typeof ProducerSpec>

/** What a client shows: each picture with the height of its tile in device pixels, and whether it plays sound. */
export const Wanted = Type.Object(
	{
		audio: Type.Boolean(),
		video: Type.Array(
			Type.Object({ source: Id, height: Type.Integer({ minimum: 1, maximum: 4320 }) }, { additionalProperties: false }),
			{ maxItems: 25 },
		),
	},
	{ additionalProperties: false },
)
export type Wanted = Static<typeof Wanted>

export const Dtls = Opaque
export const RtpCapabilities = Opaque

/** Key material of a feed, RFC 4568 names. Null on loopback. */
export const FeedSrtp = Type.Union([
	Type.Null(),
	Type.Object(
		{ cryptoSuite: oneOf(['AES_CM_128_HMAC_SHA1_80']), keyBase64: Type.String({ minLength: 40, maxLength: 40 }) },
		{ additionalProperties: false },
	),
])
export type FeedSrtp = Static<typeof FeedSrtp>

/** What the hub answers to a join: mediasoup's transport parameters, ready for mediasoup-client. */
export interface TransportOffer {
	id: string
	iceParameters: object
	iceCandidates: object[]
	dtlsParameters: object
	/** Ways around a closed network; absent: none are needed. */
	iceServers?: IceServer[]
	/** 'relay': by those alone. */
	iceTransportPolicy?: 'relay'
}

/** A TURN server, as RTCPeerConnection takes it. */
export interface IceServer {
	urls: string[]
	username: string
	credential: string
}

/** A consumer, paused until the client says `media.ready` with its id. */
export interface ConsumerOffer {
	id: string
	/** The source it carries: a producer's id as people list it. */
	source: string
	person: string
	kind: 'audio' | 'video'
	rtpParameters: object
}

/** Something a person sends. `live`: its packets reach the SFU now. */
export interface Source {
	id: string
	kind: 'audio' | 'video'
	use: SourceUse
	label: string
	/** Their own mute. */
	muted: boolean
	/** The floor's gate: heard where it is open and they are not muted. Pictures have none, and it is open. */
	open: boolean
	live: boolean
	/** Of a feed: how much later than the sound of its room its picture comes; absent: not at all. */
	delayMs?: number
	/** Of a feed: its camera can be moved; see `feed.move`. */
	movable?: true
}
