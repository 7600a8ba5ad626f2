import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { HubFigures } from '../hub/figures.ts'
import type { WorkerUsage } from '../media/sfu.ts'

/** What Prometheus reads: names and meanings stay as they are, since alarms and charts elsewhere rely on them. */

/** Counted at the moment of asking. */
export interface Figures extends HubFigures {
	build: string
	workers: readonly WorkerUsage[]
	/** Cameras of the room, each by its state. */
	cameras: readonly string[]
	inCall: boolean
	muted: boolean
	stageReady: boolean
	devicesRun: boolean
}

export interface Metrics {
	contentType: string
	/** The whole text, in Prometheus' exposition format. */
	text(): Promise<string>
	/** A command of a socket, known by its table, has been answered so long after it came. */
	answered(command: string, seconds: number): void
}

/** From what nobody feels to what everybody does, close enough together that a percentile can be told from them. */
const answerBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5]

/** `figures` is asked at each scrape. */
export function createMetrics(figures: () => Promise<Figures>): Metrics {
	/** Ours are counted anew each time; those of Node count on. */
	const [ours, nodes] = [new Registry(), new Registry()]
	const registers = [ours]
	const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
		new Gauge({ name: `maru_${name}`, help, labelNames, registers })
	const build = gauge('build_info', 'The version that runs', ['build'])
	const meetings = gauge('meetings', 'Meetings by phase', ['phase'])
	const people = gauge('people', 'People in open meetings by role', ['role'])
	const away = gauge('people_away', 'Of those, whose page is away and waited for')
	const waiting = gauge('lobby_waiting', 'People before a door')
	const networks = gauge('people_network', 'What pages say of their own network', ['quality'])
	const sources = gauge('sources', 'Microphones, cameras, screens and feeds that are sent', ['use'])
	const live = gauge('sources_live', 'Of those, whose packets arrive', ['use'])
	const consumers = gauge('consumers', 'Streams that the SFU forwards to somebody')
	const running = gauge('sfu_worker_up', 'Whether the SFU worker of this port runs', ['port'])
	const routers = gauge('sfu_worker_meetings', 'Meetings that the worker carries', ['port'])
	const memory = gauge('sfu_worker_memory_bytes', 'Memory of the worker, its most so far', ['port'])
	const seconds = new Counter({
		...{ name: 'maru_sfu_worker_cpu_seconds_total', help: 'CPU of the worker', labelNames: ['port'], registers },
	})
	const restarts = new Counter({
		...{ name: 'maru_sfu_worker_restarts_total', help: 'Times it was replaced', labelNames: ['port'], registers },
	})
	const cameras = gauge('cameras', 'Cameras of the room by state', ['status'])
	const room = gauge('room', 'Of the room, 1 or 0: in_call, muted, stage_ready, devices_run', ['is'])
	collectDefaultMetrics({ register: nodes })
	const answers = new Histogram({
		...{ name: 'maru_command_seconds', help: 'From a command to its answer, in the service' },
		...{ labelNames: ['command'], buckets: answerBuckets, registers: [nodes] },
	})

	async function collect() {
		const now = await figures()
		ours.resetMetrics()
		build.set({ build: now.build }, 1)
		for (const [phase, count] of Object.entries(now.meetings)) meetings.set({ phase }, count)
		for (const [role, count] of Object.entries(now.people)) people.set({ role }, count)
		away.set(now.away)
		waiting.set(now.waiting)
		for (const [quality, count] of Object.entries(now.networks)) networks.set({ quality }, count)
		for (const [use, count] of Object.entries(now.sources)) {
			sources.set({ use }, count.all)
			live.set({ use }, count.live)
		}
		consumers.set(now.consumers)
		for (const worker of now.workers) {
			const port = String(worker.port)
			running.set({ port }, Number(worker.running))
			routers.set({ port }, worker.meetings)
			restarts.inc({ port }, worker.restarts)
			if (!worker.usage) continue
			seconds.inc({ port }, worker.usage.cpuSeconds)
			memory.set({ port }, worker.usage.memoryBytes)
		}
		for (const status of now.cameras) cameras.inc({ status })
		const is = { in_call: now.inCall, muted: now.muted, stage_ready: now.stageReady, devices_run: now.devicesRun }
		for (const [name, value] of Object.entries(is)) room.set({ is: name }, Number(value))
	}

	return {
		contentType: ours.contentType,
		async text() {
			await collect()
			return Registry.merge([ours, nodes]).metrics()
		},
		answered: (command, seconds) => answers.observe({ command }, seconds),
	}
}
