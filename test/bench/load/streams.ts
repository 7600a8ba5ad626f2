import { randomUUID } from 'node:crypto'
import type { ConsumerOffer, ProducerSpec } from '../../../appliance/protocol/media.ts'
import type { Generator } from './generator.ts'

/**
 * What a person sends, as Chromium describes it through mediasoup-client: Opus, and VP8 in simulcast layers that are told
 * apart by `rid` and whose SSRCs are nowhere announced. Ids of header extensions as in outgoing.h.
 */

export interface Sends {
	microphone: {
		/** -dBov; 127: silent, one packet every 400 ms. */
		level: number
		kbps: number
		muted: boolean
	} | null
	camera: {
		/** kbit/s of each layer, the smallest first. */
		layers: readonly number[]
		fps: number
		/** IVF files of VP8, one a layer, that are shown in place of noise; see film.ts. */
		films?: readonly string[]
	} | null
}

/** W80: Opus at fifty packets a second, and two layers. */
export const usualSends: Sends = {
	microphone: { level: 60, kbps: 32, muted: false },
	camera: { layers: [100, 400], fps: 15 },
}

const mid = { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 }
const absSendTime = { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time', id: 4 }
const transportCc = { uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01', id: 5 }
const audioLevel = { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 6 }
const types = { opus: 111, vp8: 96, rtx: 97 }

/** Something that is sent: what the hub is told, and the orders that make it flow once its transport is there. */
export interface Outgoing {
	spec: ProducerSpec
	ssrcs: number[]
	begin(generator: Generator, peer: number): void
}

/** `ssrc`: any that nobody else of this transport uses; the layers of a camera count up from it. */
export function microphone({ level, kbps, muted }: NonNullable<Sends['microphone']>, ssrc: number): Outgoing {
	return {
		spec: {
			id: randomUUID(),
			kind: 'audio',
			use: 'microphone',
			label: 'generated',
			muted,
			rtpParameters: {
				mid: '0',
				codecs: [
					{
						mimeType: 'audio/opus',
						payloadType: types.opus,
						clockRate: 48_000,
						channels: 2,
						parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
						rtcpFeedback: [{ type: 'transport-cc' }],
					},
				],
				headerExtensions: [mid, absSendTime, transportCc, audioLevel],
				encodings: [{ ssrc, dtx: true }],
				rtcp: { cname: `person-${ssrc}`, reducedSize: true },
			},
		},
		ssrcs: [ssrc],
		begin: (generator, peer) => generator.order('opus', peer, ssrc, types.opus, '0', kbps, muted ? 127 : level),
	}
}

export function camera({ layers, fps, films }: NonNullable<Sends['camera']>, ssrc: number): Outgoing {
	const feedback = [{ type: 'ccm', parameter: 'fir' }, { type: 'nack' }, { type: 'nack', parameter: 'pli' }]
	return {
		spec: {
			id: randomUUID(),
			kind: 'video',
			use: 'camera',
			label: 'generated',
			muted: false,
			rtpParameters: {
				mid: '1',
				codecs: [
					{
						mimeType: 'video/VP8',
						payloadType: types.vp8,
						clockRate: 90_000,
						parameters: {},
						rtcpFeedback: [{ type: 'transport-cc' }, ...feedback],
					},
					{ mimeType: 'video/rtx', payloadType: types.rtx, clockRate: 90_000, parameters: { apt: types.vp8 } },
				],
				headerExtensions: [
					mid,
					{ uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 2 },
					{ uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id', id: 3 },
					absSendTime,
					transportCc,
				],
				encodings: layers.map((_, i) => ({ rid: `r${i}`, scalabilityMode: films ? 'L1T1' : 'L1T3' })),
				rtcp: { cname: `person-${ssrc}`, reducedSize: true },
			},
		},
		ssrcs: layers.map((_, i) => ssrc + i),
		begin(generator, peer) {
			for (const [i, kbps] of layers.entries()) {
				const film = films?.[i]
				const stream = [peer, ssrc + i, types.vp8, '1', `r${i}`] as const
				if (film) generator.order('film', ...stream, fps, film)
				else generator.order('vp8', ...stream, kbps, fps)
			}
		},
	}
}

/** Which extension numbers the packets that this router sends; 0: none does. */
export function transportCcOf(capabilities: object): number {
	const { headerExtensions = [] } = capabilities as { headerExtensions?: { uri: string; preferredId: number }[] }
	return headerExtensions.find(({ uri }) => uri === transportCc.uri)?.preferredId ?? 0
}

/** The SSRC that an offer announces, and what the generator calls its codec. */
export function announced({ rtpParameters }: Pick<ConsumerOffer, 'rtpParameters'>): { ssrc: number; codec: string } {
	const { codecs, encodings } = rtpParameters as { codecs: { mimeType: string }[]; encodings: { ssrc: number }[] }
	const codec = codecs[0]?.mimeType.toLowerCase()
	return {
		ssrc: encodings[0]?.ssrc ?? 0,
		codec: codec === 'audio/opus' ? 'opus' : codec === 'video/vp8' ? 'vp8' : 'other',
	}
}
