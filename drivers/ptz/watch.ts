import { DeviceError } from '../device.ts'

/** Unanswered looks in a row before the camera counts as lost; a mechanism asks each of them several times itself. */
const misses = 2
/** Silence that is told at once, before it is clear what it is. Answers come within a tenth of that. */
const lateMs = 400

export interface WatchOptions {
	/** Milliseconds from look to look, as things are now. */
	everyMs(): number
	/** Rejects with a DeviceError 'timeout' while the camera is silent; with any other it is lost. */
	look(): Promise<void>
	/** A look is not answered yet, told again as long as it is not; the next answer, or the end, follows. */
	late(): void
	/** Once; nothing is looked at after it. */
	gone(reason: DeviceError): void
}

/** Looks at one camera again and again: one look at a time, and what comes often puts none off. */
export class Watch {
	readonly #options: WatchOptions
	#timer: NodeJS.Timeout | undefined
	#at = Number.POSITIVE_INFINITY
	#looking = false
	#running = false
	#missed = 0

	constructor(options: WatchOptions) {
		this.#options = options
	}

	start(): void {
		this.#running = true
		this.soon()
	}

	stop(): void {
		this.#running = false
		clearTimeout(this.#timer)
	}

	/** The next look no later than that from now. */
	soon(afterMs = this.#options.everyMs()): void {
		const at = performance.now() + afterMs
		if (!this.#running || this.#looking || this.#at <= at) return
		clearTimeout(this.#timer)
		this.#at = at
		this.#timer = setTimeout(() => void this.#look(), afterMs)
	}

	async #look(): Promise<void> {
		this.#looking = true
		this.#at = Number.POSITIVE_INFINITY
		const next = await this.#lookOnce()
		this.#looking = false
		this.soon(next)
	}

	/** Answers when to look next, where that differs from what is usual. */
	async #lookOnce(): Promise<number | undefined> {
		const overdue = setInterval(() => this.#running && this.#options.late(), lateMs)
		try {
			await this.#options.look()
			this.#missed = 0
		} catch (error) {
			if (!this.#running) return
			if (!(error instanceof DeviceError) || error.code !== 'timeout') {
				// Who looks no more would not notice that the camera is gone: whatever it is, this connection is over.
				const cause = { cause: error }
				this.#options.gone(
					error instanceof DeviceError ? error : new DeviceError('protocol', 'the driver failed', cause),
				)
				return
			}
			this.#missed += 1
			if (this.#missed >= misses) this.#options.gone(new DeviceError('lost', 'the camera stopped answering'))
			return 0
		} finally {
			clearInterval(overdue)
		}
	}
}
