import { setTimeout as sleep } from 'node:timers/promises'
import type { types } from 'mediasoup'
import * as mediasoup from 'mediasoup'
import { codecs, withoutCaptureTime } from '../../../appliance/media/codecs.ts'
import { listenInfos } from '../../../appliance/media/listen.ts'
import { workerPath } from '../../../appliance/setup/worker-path.mjs'
import { Generator } from './generator.ts'
import { announced, camera, microphone, type Sends, transportCcOf, usualSends } from './streams.ts'

/**
 * The floor of eighty people: the same worker and the least script that can feed it. No signalling, no rules, nobody is told
 * anything; the same people send, and get the same sounds and pictures.
 */
export interface Bare {
	readonly generator: Generator
	readonly workerPid: number
	/** What it took to let each one in, in milliseconds. */
	readonly joins: number[]
	/** Everybody gets so many sounds (of the first who came) and pictures. Answers how many consumers that are. */
	watch(sounds: number, pictures: number): Promise<number>
	close(): Promise<void>
}

interface One {
	receive: types.WebRtcTransport
	peer: number | null
	audio: types.Producer
	video: types.Producer
}

interface BareOptions {
	count: number
	/** Of the worker. */
	port: number
	perSecond: number
	sends?: Sends
	/** Sounds and pictures that each one gets with the join; as far as those who send them are in. */
	sounds?: number
	pictures?: number
}

export async function openBare(options: BareOptions): Promise<Bare> {
	const { count, port, perSecond, sends = usualSends, sounds = 0, pictures = 0 } = options
	const worker = await mediasoup.createWorker({ workerBin: workerPath(), logLevel: 'none' })
	const webRtcServer = await worker.createWebRtcServer({
		listenInfos: listenInfos([{ ip: '127.0.0.1', announced: null }], port),
	})
	const router = await worker.createRouter({ mediaCodecs: codecs })
	const rtpCapabilities = withoutCaptureTime(router.rtpCapabilities)
	const generator = await Generator.start()
	const dtlsParameters = generator.dtls as types.DtlsParameters
	const people: One[] = []
	const joins: number[] = []

	const open = () =>
		router.createWebRtcTransport({ webRtcServer, preferUdp: true, initialAvailableOutgoingBitrate: 1_000_000 })

	async function join(i: number) {
		const begun = performance.now()
		const [send, receive] = await Promise.all([open(), open()])
		await send.connect({ dtlsParameters })
		const ssrc = 10_000 + i * 4
		const outgoing = [
			microphone(sends.microphone ?? { level: 60, kbps: 32, muted: false }, ssrc),
			camera(sends.camera ?? { layers: [100, 400], fps: 15 }, ssrc + 1),
		]
		const produce = ({ spec: { id, kind, rtpParameters } }: (typeof outgoing)[number]) =>
			send.produce({
				id,
				kind,
				rtpParameters: rtpParameters as unknown as types.RtpParameters,
				...(kind === 'video' ? { keyFrameRequestDelay: 1000 } : {}),
			})
		const [audio, video] = await Promise.all(outgoing.map(produce))
		if (!audio || !video) throw new Error('two things were sent')
		const peer = generator.connect(send, 0, {})
		for (const one of outgoing) one.begin(generator, peer)
		const one: One = { receive, peer: null, audio, video }
		people.push(one)
		await give(people.length - 1, sounds, pictures)
		joins.push(performance.now() - begun)
	}

	/** Consumers of what this one is to get: the last speaker large, and a strip of those who came after. */
	async function give(i: number, sounds: number, pictures: number): Promise<number> {
		const one = people[i]
		if (!one) return 0
		const speakers = people.slice(0, sounds).filter((other) => other !== one)
		const line = [...people.slice(i + 1), ...people.slice(0, i)]
		const last = people[sounds - 1]
		const others = [...line.filter((other) => other === last), ...line.filter((other) => other !== last)]
		const consumers = await Promise.all([
			...speakers.map(({ audio }) => one.receive.consume({ producerId: audio.id, rtpCapabilities, paused: true })),
			...others.slice(0, pictures).map(({ video }, place) =>
				one.receive.consume({
					producerId: video.id,
					rtpCapabilities,
					paused: true,
					preferredLayers: { spatialLayer: place === 0 ? 1 : 0 },
				}),
			),
		])
		if (consumers.length === 0) return 0
		if (one.peer === null) {
			one.peer = generator.connect(one.receive, transportCcOf(rtpCapabilities), {})
			await one.receive.connect({ dtlsParameters })
		}
		for (const consumer of consumers) {
			const { ssrc, codec } = announced(consumer)
			generator.order('expect', one.peer, ssrc, codec)
		}
		await Promise.all(consumers.map((consumer) => consumer.resume()))
		return consumers.length
	}

	await Promise.all(
		Array.from({ length: count }, async (_, i) => {
			await sleep((i * 1_000) / perSecond)
			await join(i)
		}),
	)

	return {
		generator,
		workerPid: worker.pid,
		joins,
		async watch(sounds, pictures) {
			const given = await Promise.all(people.map((_, i) => give(i, sounds, pictures)))
			return given.reduce((sum, consumers) => sum + consumers, 0)
		},
		async close() {
			await generator.close()
			worker.close()
		},
	}
}
