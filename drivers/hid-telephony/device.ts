import { DeviceError, type Log } from '../device.ts'
import type {
	CallLamps,
	Speakerphone,
	SpeakerphoneCapabilities,
	SpeakerphoneEvent,
	SpeakerphoneState,
} from '../speakerphone.ts'
import type { HidPort } from '../transport/hidraw.ts'
import type { Layout } from './layout.ts'
import { createSession, type Output, type Session } from './session.ts'

/** The kernel itself waits five seconds for a device that does not take a report; until then its lamps lie. */
const writeMs = 500

export interface HidSpeakerphoneOptions {
	layout: Layout
	model: Speakerphone['model']
	lamps: CallLamps
	log: Log
	/** Monotonic milliseconds. */
	now?: () => number
}

/** A device with call control over an open port: performs what its session says. */
export class HidSpeakerphone implements Speakerphone {
	readonly lost: Promise<DeviceError | undefined>
	readonly model: Speakerphone['model']
	readonly capabilities: SpeakerphoneCapabilities
	readonly #session: Session
	readonly #port: HidPort
	readonly #lamps: CallLamps
	readonly #log: Log
	readonly #now: () => number
	readonly #lose: (reason: DeviceError | undefined) => void
	readonly #calls = new Map<number, PromiseWithResolvers<void>>()
	readonly #watchers = new Set<(state: SpeakerphoneState) => void>()
	readonly #listeners = new Set<(event: SpeakerphoneEvent) => void>()
	#unheard: SpeakerphoneEvent[] = []
	#lastId = 0
	#timer: NodeJS.Timeout | undefined
	#ended: Promise<void> | null = null

	constructor(port: HidPort, { layout, model, lamps, log, now = () => performance.now() }: HidSpeakerphoneOptions) {
		this.#session = createSession(layout, lamps)
		this.#port = port
		this.#lamps = lamps
		this.#log = log
		this.#now = now
		this.model = model
		this.capabilities = layout.capabilities
		const { promise, resolve } = Promise.withResolvers<DeviceError | undefined>()
		this.lost = promise
		this.#lose = resolve
		port.lost.then((reason) => this.#end(reason))
	}

	/** Listens, and tells the lamps before anything else. Rejects with 'lost' or 'timeout'. */
	async start(): Promise<void> {
		this.#port.onReport((report) => {
			if (this.#ended) return
			this.#log.trace({ rx: Buffer.from(report).toString('hex') })
			this.#perform(this.#session.receive(report, this.#now()))
		})
		await this.show(this.#lamps)
	}

	watch(listener: (state: SpeakerphoneState) => void): () => void {
		this.#watchers.add(listener)
		listener(this.#session.state)
		return () => this.#watchers.delete(listener)
	}

	onEvent(listener: (event: SpeakerphoneEvent) => void): () => void {
		this.#listeners.add(listener)
		for (const event of this.#unheard.splice(0)) listener(event)
		return () => this.#listeners.delete(listener)
	}

	show(lamps: CallLamps): Promise<void> {
		if (this.#ended) return Promise.reject(new DeviceError('lost', 'the connection has ended'))
		const id = ++this.#lastId
		const call = Promise.withResolvers<void>()
		this.#calls.set(id, call)
		this.#perform(this.#session.show(id, lamps, this.#now()))
		return call.promise
	}

	/** Its lamps stay as they are. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.#end(undefined)
	}

	#perform(outputs: Output[]): void {
		for (const output of outputs) {
			if (this.#ended) return
			switch (output.type) {
				case 'write':
					void this.#write(output.reports)
					break
				case 'settled':
					this.#calls.get(output.id)?.resolve()
					this.#calls.delete(output.id)
					break
				case 'event':
					if (this.#listeners.size === 0) this.#unheard.push(output.event)
					for (const listener of this.#listeners) listener(output.event)
					break
				case 'state':
					for (const watcher of this.#watchers) watcher(output.state)
					break
				case 'wake':
					clearTimeout(this.#timer)
					this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.ceil(output.at - this.#now())))
			}
		}
	}

	#tick(): void {
		if (!this.#ended) this.#perform(this.#session.tick(this.#now()))
	}

	/** One after the other; a device that takes no more is lost, because nobody knows what it shows. */
	async #write(reports: readonly Uint8Array[]): Promise<void> {
		const late = () => void this.#end(new DeviceError('timeout', `${this.model.name} takes no reports`))
		const deadline = setTimeout(late, writeMs)
		try {
			for (const report of reports) {
				if (this.#ended) return
				this.#log.trace({ tx: Buffer.from(report).toString('hex') })
				await this.#port.write(report)
			}
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error
			return void this.#end(error)
		} finally {
			clearTimeout(deadline)
		}
		if (!this.#ended) this.#perform(this.#session.written(this.#now()))
	}

	#end(reason: DeviceError | undefined): Promise<void> {
		this.#ended ??= (async () => {
			clearTimeout(this.#timer)
			for (const call of this.#calls.values()) {
				call.reject(reason ?? new DeviceError('lost', 'the connection was closed'))
			}
			this.#calls.clear()
			this.#lose(reason)
			await this.#port[Symbol.asyncDispose]()
		})()
		return this.#ended
	}
}
