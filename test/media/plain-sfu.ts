import type { types } from 'mediasoup'
import type { Attendee } from '../../appliance/media/attendee.ts'
import { MeetingMedia, type MeetingMediaOptions } from '../../appliance/media/meeting-media.ts'
import type { Sfu } from '../../appliance/media/sfu.ts'
import type { ProducerSpec, Source } from '../../appliance/protocol/media.ts'
import { microphone } from '../hub/site.ts'
import { log } from './open.ts'
import { openEar, type openSender } from './stamped.ts'

export interface PlainSfu extends Sfu {
	/** Where what a transport takes is to be sent. */
	portOf(transport: string): number
}

/**
 * A real SFU whose doors are plain: where a browser has ICE and DTLS there is a port for whoever speaks to it first. What
 * lies behind them is the same, so that every packet that goes in and comes out is ours to make and to count.
 * `isPlain`: whether the doors that are opened now are; by default all are.
 */
export function plainSfu(sfu: Sfu, isPlain: () => boolean = () => true): PlainSfu {
	const ports = new Map<string, number>()
	return {
		...sfu,
		async openRouter(but) {
			const hold = await sfu.openRouter(but)
			const { router } = hold
			async function createWebRtcTransport(options: types.WebRtcTransportOptions) {
				if (!isPlain()) return router.createWebRtcTransport(options)
				const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const
				const transport = await router.createPlainTransport({ listenInfo, comedia: true })
				ports.set(transport.id, transport.tuple.localPort)
				const ice = { iceParameters: {}, iceCandidates: [], dtlsParameters: {} }
				return Object.assign(transport, ice, { connect: async () => {} })
			}
			const plain = new Proxy(router, {
				get(target, key) {
					if (key === 'createWebRtcTransport') return createWebRtcTransport
					const value = Reflect.get(target, key)
					return typeof value === 'function' ? value.bind(target) : value
				},
			})
			return { ...hold, router: plain }
		},
		portOf: (transport) => ports.get(transport) ?? 0,
	}
}

/** A meeting's media, and somebody who sends without end to whatever port they are given. */
export function openHall(
	sfu: PlainSfu,
	sender: ReturnType<typeof openSender>,
	options: Partial<MeetingMediaOptions> = {},
) {
	const media = new MeetingMedia({ sfu, log, onSources: () => {}, onLost: () => {}, ...options })
	const closing: (() => void)[] = [() => media.close()]

	/** Comes with a page that may send. */
	async function enter(person: string): Promise<Attendee> {
		return (await media.attend({ person, publishes: true, onChange: () => {} })).attendee
	}

	/** Begins to send, and only then makes it known: from its first moment on there is something to forward. */
	async function speak(attendee: Attendee, spec: ProducerSpec = microphone()): Promise<Source> {
		hammer(attendee, spec)
		await media.publish(attendee, [spec], () => spec.muted)
		const source = media.sourcesOf(attendee.person).find(({ id }) => id === spec.id)
		if (!source) throw new Error('what was just published is not there')
		return source
	}

	/** Sends what belongs to this source, whether it is there or not. */
	function hammer(attendee: Attendee, spec: ProducerSpec) {
		const { ssrc, payloadType } = streamOf(spec)
		const key = `${ssrc}`
		sender.send(key, { port: sfu.portOf(attendee.offers.send?.id ?? ''), ssrc, payloadType })
		closing.push(() => sender.stop(key))
	}

	/** Hears all sound, and sees these pictures. Its consumers are resumed as soon as they are offered. */
	async function listen(pictures: readonly string[] = [], person = 'listener') {
		const ear = await openEar()
		const offered: string[] = []
		const { attendee, capabilities } = await media.attend({
			person,
			publishes: false,
			onChange: ({ offers }) => void build(offers),
		})
		async function build(offers: readonly { id: string; source: string }[]) {
			offered.push(...offers.map(({ source }) => source))
			await attendee.ready(
				null,
				offers.map(({ id }) => id),
			)
		}
		ear.greet(sfu.portOf(attendee.offers.receive.id))
		const video = pictures.map((source) => ({ source, height: 180 }))
		await build(await attendee.watch(capabilities, { audio: true, video }))
		closing.push(() => ear.close())
		/** `offered`: the sources that consumers were made of, in their order. */
		return { ...ear, offered, attendee }
	}

	return {
		media,
		enter,
		/** Where this one's packets go. */
		portOf: (attendee: Attendee) => sfu.portOf(attendee.offers.send?.id ?? ''),
		speak,
		hammer,
		listen,
		close() {
			for (const one of closing) one()
		},
	}
}

/** A picture that these doors can be sent: VP8, and of several layers each by its own SSRC. Default: one, of a new SSRC. */
export function picture(ssrcs: readonly number[] = []): ProducerSpec {
	const { rtpParameters } = microphone()
	const codecs = [{ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 96, parameters: {} }]
	const layers = ssrcs.length > 0 ? { encodings: ssrcs.map((ssrc) => ({ ssrc, scalabilityMode: 'L1T1' })) } : {}
	return microphone({ kind: 'video', use: 'camera', rtpParameters: { ...rtpParameters, codecs, ...layers } })
}

/** What is sent for this source: its one encoding, by the payload type of its first codec. */
export function streamOf({ rtpParameters }: ProducerSpec): { ssrc: number; payloadType: number } {
	const { codecs, encodings } = rtpParameters as {
		codecs: { payloadType: number }[]
		encodings: { ssrc: number }[]
	}
	const [codec] = codecs
	const [encoding] = encodings
	if (!codec || !encoding) throw new Error('a source without a codec or an encoding')
	return { ssrc: encoding.ssrc, payloadType: codec.payloadType }
}
