import { setTimeout as sleep } from 'node:timers/promises'
import type { types } from 'mediasoup'
import * as mediasoup from 'mediasoup'
import { pino } from 'pino'
import { codecs, withoutCaptureTime } from '../../appliance/media/codecs.ts'
import { listenInfos } from '../../appliance/media/listen.ts'
import { MeetingMedia } from '../../appliance/media/meeting-media.ts'
import { RelayMedia } from '../../appliance/media/relay-media.ts'
import { openSfu } from '../../appliance/media/sfu.ts'
import type { TransportOffer } from '../../appliance/protocol/media.ts'
import { workerPath } from '../../appliance/setup/worker-path.mjs'
import { descendants } from '../scene/processes.ts'
import { percentile } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'
import { type Span, span } from './load/cost.ts'
import { Generator } from './load/generator.ts'
import { announced, camera, microphone, transportCcOf } from './load/streams.ts'

/**
 * Three hundred who watch the relay over WebRTC, each with a real DTLS and SRTP of their own, beside a bare worker that sends
 * the same to as many. They get the small rung, which is what the generator and two slow cores carry together; MARU_LAYER=large
 * gives them the large one, MARU_PEOPLE lowers their number.
 */
const viewers = Number(process.env.MARU_PEOPLE ?? 300)
const large = process.env.MARU_LAYER === 'large'
const layers = [400, 2_500]
const fps = 25
const rounds = Number(process.env.MARU_ROUNDS ?? 3)
const windowSeconds = 15
const settleMs = 6_000
const perSecond = 40
const load = `${viewers} viewers, ${large ? '720p' : '360p'}`

interface Round extends Span {
	/** Of all workers together. */
	percent: number
}

/** What the programme's page sends. */
const programme = () => [microphone({ level: 40, kbps: 64, muted: false }, 10_000), camera({ layers, fps }, 10_001)]

/** So many a second, one after the other. */
async function bring(one: () => Promise<void>): Promise<void> {
	await Promise.all(
		Array.from({ length: viewers }, async (_, i) => {
			await sleep((i * 1_000) / perSecond)
			await one()
		}),
	)
}

async function count(pids: readonly number[], generator: Generator): Promise<Round> {
	await sleep(settleMs)
	const counted = await span(pids, generator, windowSeconds)
	const { streams, flowing } = await generator.stat()
	if (flowing < streams) throw new Error(`of ${streams} streams only ${flowing} flow`)
	return { ...counted, percent: counted.cores.reduce((sum, one) => sum + one, 0) }
}

const workers = () =>
	descendants(process.pid)
		.filter(({ command }) => command.includes('mediasoup-worker'))
		.map(({ pid }) => pid)

async function product(port: number): Promise<Round> {
	const sfu = await openSfu({
		...{ workers: 2, listen: { host: '127.0.0.1', announce: ['127.0.0.1'], port } },
		...{ feeds: { host: '127.0.0.1', portRange: [port + 20, port + 99] }, log: pino({ level: 'silent' }) },
	})
	const media: MeetingMedia = new MeetingMedia({
		...{ sfu, log: pino({ level: 'silent' }), onSources: () => {}, onLost: () => {} },
		viewersIn: (hold) => relay.viewersIn(hold),
	})
	const relay = new RelayMedia({ routers: media, turn: null, onSources: () => {}, onLost: () => {} })
	const generator = await Generator.start()
	try {
		const { attendee: page } = await media.attend({ person: 'programme', publishes: true, onChange: () => {} })
		const sent = programme()
		await page.connectSend(generator.dtls)
		await relay.publish(
			page,
			sent.map(({ spec }) => spec),
		)
		const sending = generator.connect(page.offers.send as TransportOffer, 0, {})
		for (const one of sent) one.begin(generator, sending)
		await sleep(1_000)
		let joined = 0
		await bring(async () => {
			const person = `viewer-${++joined}`
			let ready: Promise<void> = Promise.resolve()
			let peer: number | null = null
			const take = (offers: readonly { id: string; rtpParameters: object }[]) => {
				if (offers.length === 0) return
				const first = peer === null
				peer ??= generator.connect(attendee.offers.receive, transportCcOf(capabilities), {})
				for (const offer of offers) {
					const { ssrc, codec } = announced(offer)
					generator.order('expect', peer, ssrc, codec)
				}
				ready = attendee.ready(
					first ? generator.dtls : null,
					offers.map(({ id }) => id),
				)
			}
			const { attendee, capabilities } = await relay.attend({ person, onChange: ({ offers }) => take(offers) })
			const picture = relay.sources.find(({ kind }) => kind === 'video')
			const video = picture ? [{ source: picture.id, height: large ? 720 : 360 }] : []
			take(await attendee.watch(capabilities, { audio: true, video }))
			await ready
		})
		return await count(workers(), generator)
	} finally {
		await generator.close()
		relay.close()
		media.close()
		await sfu.close()
	}
}

async function bare(port: number): Promise<Round> {
	const worker = await mediasoup.createWorker({ workerBin: workerPath(), logLevel: 'none' })
	const generator = await Generator.start()
	try {
		const infos = listenInfos([{ ip: '127.0.0.1', announced: null }], port)
		const webRtcServer = await worker.createWebRtcServer({ listenInfos: infos })
		const router = await worker.createRouter({ mediaCodecs: codecs })
		const rtpCapabilities = withoutCaptureTime(router.rtpCapabilities)
		const dtlsParameters = generator.dtls as types.DtlsParameters
		const open = () => router.createWebRtcTransport({ webRtcServer, preferUdp: true })
		const send = await open()
		await send.connect({ dtlsParameters })
		const sent = programme()
		const producers = await Promise.all(
			sent.map(({ spec: { id, kind, rtpParameters } }) =>
				send.produce({ id, kind, rtpParameters: rtpParameters as unknown as types.RtpParameters }),
			),
		)
		const sending = generator.connect(send, 0, {})
		for (const one of sent) one.begin(generator, sending)
		await sleep(1_000)
		await bring(async () => {
			const receive = await open()
			const consumers = await Promise.all(
				producers.map(({ id, kind }) =>
					receive.consume({
						...{ producerId: id, rtpCapabilities, paused: true },
						...(kind === 'video' ? { preferredLayers: { spatialLayer: large ? 1 : 0 } } : {}),
					}),
				),
			)
			const peer = generator.connect(receive, transportCcOf(rtpCapabilities), {})
			await receive.connect({ dtlsParameters })
			for (const consumer of consumers) {
				const { ssrc, codec } = announced(consumer)
				generator.order('expect', peer, ssrc, codec)
			}
			await Promise.all(consumers.map((consumer) => consumer.resume()))
		})
		return await count([worker.pid], generator)
	} finally {
		await generator.close()
		worker.close()
	}
}

const middle = (spans: readonly Round[], of: (one: Round) => number) => percentile(spans.map(of), 0.5)

export async function relayViewers(port: number): Promise<Figure[]> {
	const ours: Round[] = []
	const floor: Round[] = []
	for (let round = 0; round < rounds; round++) {
		floor.push(await bare(port + 900))
		ours.push(await product(port))
	}
	const line = (name: string, unit: string, of: (one: Round) => number, limit: number | null) =>
		figure(`${name}, ${load}`, unit, middle(ours, of), middle(floor, of), 'bare worker', limit)
	const lost = (spans: readonly Round[]) => spans.reduce((sum, { stat }) => sum + stat.lost, 0)
	return [
		line('SFU, a viewer', '% core', ({ percent }) => percent / viewers, 1.05),
		line('SFU, each packet out', 'µs', ({ percent, stat }) => (percent * 1e4 * stat.seconds) / stat.received, 1.05),
		line('packets out', '/s', ({ stat }) => stat.received / stat.seconds, null),
		line('transit p50', 'ms', ({ stat }) => stat.p50Ms, null),
		line('transit p99', 'ms', ({ stat }) => stat.p99Ms, null),
		figure(`lost, ${load}`, 'packets', lost(ours), Math.max(0.5, lost(floor)), lost(floor) ? 'bare worker' : 'none', 1),
		line('machine busy', '%', ({ busyPercent }) => busyPercent, null),
	]
}
