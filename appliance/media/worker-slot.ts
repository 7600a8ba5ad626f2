import type { types } from 'mediasoup'
import type { Logger } from 'pino'
import { Heart } from './heart.ts'
import { endWorker, isRunnable, killWorker } from './worker-process.ts'

const beatMs = 500
/** Between attempts to start a worker, when the one before came to nothing (its port may still be closing). */
const restartMs = [0, 50, 200, 500, 1000, 2000]

export interface WorkerSlotOptions {
	/** A worker process that was just started. */
	start: () => Promise<types.Worker>
	/** Its sockets: the same for every worker of this slot. */
	listenInfos: types.TransportListenInfo[]
	port: number
	log: Logger
}

/** A worker that runs, with its one port. */
export interface RunningWorker {
	worker: types.Worker
	webRtcServer: types.WebRtcServer
	/** Calls back once, when the process is gone or given up. */
	onLost(listener: () => void): void
}

/**
 * One place for a worker. There is always one in it, or one being started: whichever dies or hangs is replaced at once,
 * on the same port.
 */
export class WorkerSlot {
	readonly port: number
	restarts = 0
	/** Routers in the worker that runs now. */
	load = 0
	readonly #options: WorkerSlotOptions
	#running: RunningWorker | null = null
	#heart: NodeJS.Timeout | undefined
	#waiting: (() => void)[] = []
	#closed = false

	private constructor(options: WorkerSlotOptions) {
		this.#options = options
		this.port = options.port
	}

	/** Rejects when the first worker cannot be started: a port in use, a binary that does not run. */
	static async open(options: WorkerSlotOptions): Promise<WorkerSlot> {
		const slot = new WorkerSlot(options)
		await slot.#start()
		return slot
	}

	get running(): RunningWorker | null {
		return this.#running
	}

	get pid(): number | null {
		return this.#running?.worker.pid ?? null
	}

	/** Resolves when a worker runs in this slot; never while it is closed. */
	async ready(): Promise<void> {
		while (!this.#running && !this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve))
	}

	async close(): Promise<void> {
		this.#closed = true
		clearInterval(this.#heart)
		const worker = this.#running?.worker
		this.#running = null
		for (const go of this.#waiting.splice(0)) go()
		if (worker) await endWorker(worker)
	}

	async #start(): Promise<void> {
		const { start, listenInfos, log, port } = this.#options
		const worker = await start()
		try {
			const webRtcServer = await worker.createWebRtcServer({ listenInfos })
			if (worker.closed) throw new Error('the worker died while it started')
			const lost: (() => void)[] = []
			const onLost = (listener: () => void) => {
				if (worker.closed) queueMicrotask(listener)
				else lost.push(listener)
			}
			const running = { worker, webRtcServer, onLost }
			worker.once('died', () => this.#lost(running, lost))
			this.#running = running
			this.load = 0
			this.#heart = setInterval(this.#beat(worker), beatMs)
			log.info({ pid: worker.pid, port }, 'SFU worker runs')
			if (this.#closed) return this.close()
			for (const go of this.#waiting.splice(0)) go()
		} catch (error) {
			await endWorker(worker)
			throw error
		}
	}

	/** Asks the worker something small, again and again; kills one that has stopped answering. */
	#beat(worker: types.Worker): () => void {
		const heart = new Heart()
		return () => {
			if (heart.beat(isRunnable(worker.pid))) {
				this.#options.log.warn({ pid: worker.pid }, 'SFU worker hangs, it is killed')
				heart.answered()
				killWorker(worker)
				return
			}
			worker.getResourceUsage().then(
				() => heart.answered(),
				() => {}, // closed meanwhile
			)
		}
	}

	#lost(running: RunningWorker, listeners: readonly (() => void)[]) {
		clearInterval(this.#heart)
		if (this.#running === running) this.#running = null
		if (this.#closed) return
		this.restarts += 1
		this.#options.log.warn({ pid: running.worker.pid, port: this.port }, 'SFU worker is gone, another is started')
		for (const listener of listeners) listener()
		this.#restart(0)
	}

	#restart(attempt: number) {
		const pause = restartMs[Math.min(attempt, restartMs.length - 1)] ?? 0
		setTimeout(() => {
			if (this.#closed) return
			this.#start().catch((error: unknown) => {
				this.#options.log.error({ reason: String(error), port: this.port }, 'no SFU worker could be started')
				this.#restart(attempt + 1)
			})
		}, pause)
	}
}
