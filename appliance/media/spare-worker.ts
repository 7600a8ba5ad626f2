import { setTimeout as sleep } from 'node:timers/promises'
import type { types } from 'mediasoup'
import type { Logger } from 'pino'
import { endWorker, killWorker } from './worker-process.ts'

/** When everything is at rest again: to start a worker takes half a second of a busy machine, which those who return need. */
const restMs = 5_000
/** One that stood by and does not answer in this is of no use. */
const answerMs = 500

/** A worker that stands by, so that the place of one that is lost is taken at once. It carries nothing and holds no port. */
export class SpareWorker {
	readonly #start: () => Promise<types.Worker>
	readonly #log: Logger
	#worker: types.Worker | null = null
	#timer: NodeJS.Timeout | undefined
	#closed = false

	/** `start`: starts a worker process. None stands by before one was taken. */
	constructor(start: () => Promise<types.Worker>, log: Logger) {
		this.#start = start
		this.#log = log
	}

	get pid(): number | null {
		return this.#worker?.pid ?? null
	}

	/** The one that stands by, or else one that is started now; another stands by a while later. Rejects when none starts. */
	async take(): Promise<types.Worker> {
		const worker = this.#worker
		this.#worker = null
		this.#prepareLater()
		if (worker && (await answers(worker))) return worker
		if (worker) killWorker(worker)
		return this.#start()
	}

	async close(): Promise<void> {
		this.#closed = true
		clearTimeout(this.#timer)
		const worker = this.#worker
		this.#worker = null
		if (worker) await endWorker(worker)
	}

	#prepareLater() {
		clearTimeout(this.#timer)
		if (!this.#closed) this.#timer = setTimeout(() => void this.#prepare(), restMs)
	}

	async #prepare() {
		if (this.#worker) return
		try {
			const worker = await this.#start()
			if (this.#closed || this.#worker) return void endWorker(worker)
			worker.once('died', () => {
				if (this.#worker !== worker) return
				this.#worker = null
				this.#log.info({ pid: worker.pid }, 'the SFU worker that stood by is gone')
				this.#prepareLater()
			})
			this.#worker = worker
			this.#log.info({ pid: worker.pid }, 'another SFU worker stands by')
		} catch (error) {
			this.#log.warn({ reason: String(error) }, 'no SFU worker could be started to stand by')
			this.#prepareLater()
		}
	}
}

/** Killed or stopped a moment ago, it would keep a meeting waiting. */
async function answers(worker: types.Worker): Promise<boolean> {
	if (worker.closed) return false
	const asked = worker.getResourceUsage().then(
		() => true,
		() => false,
	)
	return Promise.race([asked, sleep(answerMs, false, { ref: false })])
}
