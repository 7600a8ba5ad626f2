import { availableParallelism } from 'node:os'
import type { types } from 'mediasoup'
import * as mediasoup from 'mediasoup'
import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import { workerPath } from '../setup/worker-path.mjs'
import { codecs, withoutCaptureTime } from './codecs.ts'
import { freePorts, isLoopback, type Listen, listenAddresses, listenInfos } from './listen.ts'
import { type Carry, pipesFrom } from './pipes.ts'
import { SpareWorker } from './spare-worker.ts'
import { WorkerSlot } from './worker-slot.ts'

/** The SFU: mediasoup's workers, one a core, each with one port, and one that stands by. Nothing else imports mediasoup. */

/** A meeting that finds every worker being replaced waits so long for one. */
const readyMs = 5000

export interface SfuOptions {
	/** How many workers; 0: one a core. */
	workers: number
	listen: Listen
	/** Where rooms send their cameras. The range is shared by all workers. */
	feeds: { host: string; portRange: readonly [number, number] }
	/** The worker's binary, default what set-up left. */
	workerBin?: string
	log: Logger
}

/** A router of one meeting, in some worker. */
export interface MeetingRouter {
	router: types.Router
	webRtcServer: types.WebRtcServer
	/** Its worker's port, which no other worker has. */
	port: number
	/** Takes what it is sent to another router. */
	carry: Carry
	/** What clients are told that the router can do. */
	capabilities: types.RtpCapabilities
	/** Calls back once, when its worker is gone and everything in the router with it. */
	onLost(listener: () => void): void
	close(): void
}

/** Where a feed's transport listens. `ip` is what the room is told. */
export interface FeedListen {
	ip: string
	listenInfo: types.TransportListenInfo
	/** Off this machine nothing travels in the clear. */
	srtpRequired: boolean
}

/** What a worker has used so far. Null: it does not answer at this moment. */
export interface WorkerUsage {
	port: number
	running: boolean
	restarts: number
	meetings: number
	usage: { cpuSeconds: number; memoryBytes: number } | null
}

export interface SfuHealth {
	workers: { pid: number | null; port: number; restarts: number; meetings: number }[]
}

export interface Sfu {
	/**
	 * In the worker that carries the fewest meetings, none of those on the ports `but`. Rejects with 'media-unavailable' when
	 * none runs within 5 s; at once where it would be another than these.
	 */
	openRouter(but?: ReadonlySet<number>): Promise<MeetingRouter>
	readonly feedListen: FeedListen
	health(): SfuHealth
	usage(): Promise<WorkerUsage[]>
	close(): Promise<void>
}

/** Starts the workers. Rejects when one cannot start: its port is in use, its binary does not run here. */
export async function openSfu(options: SfuOptions): Promise<Sfu> {
	const { listen, feeds, log } = options
	const workerBin = options.workerBin ?? workerPath()
	const count = options.workers > 0 ? options.workers : availableParallelism()
	const addresses = listenAddresses(listen)
	const firstPort =
		listen.port ||
		(await freePorts(
			addresses.map(({ ip }) => ip),
			count,
		))

	// In mediasoup's own words, for whoever looks for a fault in it; what matters is logged by those who see its effect.
	mediasoup.setLogEventListeners({
		onwarn: (namespace, text) => log.debug({ namespace }, text),
		onerror: (namespace, text) => log.debug({ namespace }, text),
	})

	const spare = new SpareWorker(() => mediasoup.createWorker({ workerBin, logLevel: 'warn' }), log)
	const opening = Array.from({ length: count }, (_, i) =>
		WorkerSlot.open({
			start: () => spare.take(),
			listenInfos: listenInfos(addresses, firstPort + i),
			port: firstPort + i,
			log,
		}),
	)
	const opened = await Promise.allSettled(opening)
	const slots = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
	const close = async () => void (await Promise.all([spare, ...slots].map((one) => one.close())))
	const failed = opened.find((one) => one.status === 'rejected')
	if (failed) {
		await close()
		const ports = count === 1 ? `port ${firstPort}` : `ports ${firstPort} to ${firstPort + count - 1}`
		throw new Error(`The SFU could not start on ${ports}: ${reasonOf(failed.reason)}`)
	}

	/** A place in the worker that has the fewest meetings, counted at once: several may ask at the same time. */
	async function takePlace(but: ReadonlySet<number>): Promise<WorkerSlot> {
		const [freest] = slots.filter(({ running, port }) => running && !but.has(port)).sort((a, b) => a.load - b.load)
		if (freest) {
			freest.load += 1
			return freest
		}
		if (but.size > 0) throw unavailable()
		const deadline = AbortSignal.timeout(readyMs)
		const late = new Promise<never>((_, reject) => deadline.addEventListener('abort', () => reject(unavailable())))
		await Promise.race([...slots.map((slot) => slot.ready()), late])
		return takePlace(but)
	}

	async function openRouter(but: ReadonlySet<number> = new Set()): Promise<MeetingRouter> {
		const slot = await takePlace(but)
		const { running } = slot
		if (!running) throw unavailable()
		const router = await running.worker.createRouter({ mediaCodecs: codecs }).catch(() => {
			slot.load = Math.max(0, slot.load - 1)
			throw unavailable()
		})
		return {
			router,
			webRtcServer: running.webRtcServer,
			port: slot.port,
			carry: pipesFrom(router),
			capabilities: withoutCaptureTime(router.rtpCapabilities),
			onLost: running.onLost,
			close() {
				if (router.closed) return
				router.close()
				slot.load = Math.max(0, slot.load - 1)
			},
		}
	}

	const [min, max] = feeds.portRange
	return {
		openRouter,
		feedListen: {
			ip: feeds.host === '0.0.0.0' ? (addresses.find(({ ip }) => !isLoopback(ip))?.ip ?? '127.0.0.1') : feeds.host,
			listenInfo: { protocol: 'udp', ip: feeds.host, portRange: { min, max } },
			srtpRequired: !isLoopback(feeds.host),
		},
		health: () => ({
			workers: slots.map(({ pid, port, restarts, load }) => ({ pid, port, restarts, meetings: load })),
		}),
		usage: () => Promise.all(slots.map(usageOf)),
		close,
	}
}

async function usageOf({ port, restarts, load, running }: WorkerSlot): Promise<WorkerUsage> {
	const used = (await running?.worker.getResourceUsage().catch(() => null)) ?? null
	// getrusage: times in milliseconds here, memory in KiB, its most so far.
	const usage = used && { cpuSeconds: (used.ru_utime + used.ru_stime) / 1_000, memoryBytes: used.ru_maxrss * 1_024 }
	return { port, running: running !== null, restarts, meetings: load, usage }
}

/** Throws a TypeError for capabilities that are none. mediasoup normalises what it is given: a copy. */
export function checkCapabilities(capabilities: object): types.RtpCapabilities {
	const copy = structuredClone(capabilities) as types.RtpCapabilities
	mediasoup.ortc.validateAndNormalizeRtpCapabilities(copy)
	return copy
}

function unavailable(): Refusal {
	return new Refusal('media-unavailable', 'no SFU worker runs at this moment')
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error)
}
