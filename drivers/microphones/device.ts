import { DeviceError, type Log } from '../device.ts'
import type { Microphones, MicrophonesState, SeatEvent } from '../microphones.ts'
import type { ByteLink } from '../transport/link.ts'
import type { Output, Session } from './session.ts'

const answerMs = 3_000

/** A microphone system over an open link: performs what its session says. */
export class LineMicrophones implements Microphones {
	readonly lost: Promise<DeviceError | undefined>
	readonly takesCommands: boolean
	readonly #session: Session
	readonly #link: ByteLink
	readonly #log: Log
	readonly #lose: (reason: DeviceError | undefined) => void
	readonly #calls = new Map<number, PromiseWithResolvers<void>>()
	readonly #watchers = new Set<(state: MicrophonesState) => void>()
	readonly #listeners = new Set<(event: SeatEvent) => void>()
	readonly #answered = Promise.withResolvers<void>()
	#unheard: SeatEvent[] = []
	#state: MicrophonesState = { unconfirmed: [] }
	#lastId = 0
	#timer: NodeJS.Timeout | undefined
	#ended: Promise<void> | null = null

	constructor(session: Session, link: ByteLink, log: Log) {
		this.#session = session
		this.#link = link
		this.#log = log
		this.takesCommands = session.takesCommands
		const { promise, resolve } = Promise.withResolvers<DeviceError | undefined>()
		this.lost = promise
		this.#lose = resolve
		link.lost.then((reason) => this.#end(reason))
	}

	/**
	 * Begins to speak and sets the seats right where somebody holds them. `answers`: resolves with the first line that the
	 * system sends; rejects with 'timeout' after three seconds without one.
	 */
	async start(open: readonly string[] | null, answers: boolean): Promise<void> {
		this.#link.onBytes((bytes) => {
			this.#log.trace({ hex: Buffer.from(bytes).toString('hex') }, 'received')
			this.#answered.resolve()
			this.#perform(this.#session.receive(bytes, performance.now()))
		})
		this.#perform(this.#session.begin(performance.now()))
		if (open) this.hold(open)
		if (!answers) return
		const late = Promise.withResolvers<never>()
		const timer = setTimeout(() => late.reject(new DeviceError('timeout', 'the system does not answer')), answerMs)
		const lost = this.lost.then((reason) => {
			throw reason ?? new DeviceError('lost', 'no longer wanted')
		})
		try {
			await Promise.race([this.#answered.promise, late.promise, lost])
		} finally {
			clearTimeout(timer)
		}
	}

	watch(listener: (state: MicrophonesState) => void): () => void {
		this.#watchers.add(listener)
		listener(this.#state)
		return () => this.#watchers.delete(listener)
	}

	onSeat(listener: (event: SeatEvent) => void): () => void {
		this.#listeners.add(listener)
		for (const event of this.#unheard.splice(0)) listener(event)
		return () => this.#listeners.delete(listener)
	}

	set(seat: string, open: boolean): Promise<void> {
		if (this.#ended) return Promise.reject(new DeviceError('lost', 'the connection has ended'))
		const id = ++this.#lastId
		const call = Promise.withResolvers<void>()
		this.#calls.set(id, call)
		this.#perform(this.#session.set(id, seat, open, performance.now()))
		return call.promise
	}

	hold(open: readonly string[]): void {
		if (!this.#ended) this.#perform(this.#session.hold(open, performance.now()))
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#end(undefined)
	}

	#perform(outputs: Output[]): void {
		for (const output of outputs) {
			if (this.#ended) return
			switch (output.type) {
				case 'write':
					this.#write(output.bytes)
					break
				case 'seat':
					if (this.#listeners.size === 0) this.#unheard.push(output.event)
					for (const listener of this.#listeners) listener(output.event)
					break
				case 'settled':
					this.#settle(output.id, output.error)
					break
				case 'unconfirmed':
					this.#state = { unconfirmed: output.seats }
					for (const watcher of this.#watchers) watcher(this.#state)
					break
				case 'stranger':
					this.#log.warn({ number: output.number }, 'the microphone system names a seat that is not configured')
					break
				case 'lost':
					void this.#end(output.error)
					break
				case 'wake':
					clearTimeout(this.#timer)
					this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.ceil(output.at - performance.now())))
			}
		}
	}

	#tick(): void {
		this.#perform(this.#session.tick(performance.now()))
	}

	#write(bytes: Uint8Array): void {
		this.#log.trace({ hex: Buffer.from(bytes).toString('hex') }, 'sent')
		// A failed write ends the link, and `lost` says why.
		this.#link.write(bytes).catch(() => {})
	}

	#settle(id: number, error: DeviceError | null): void {
		const call = this.#calls.get(id)
		this.#calls.delete(id)
		if (error) call?.reject(error)
		else call?.resolve()
	}

	#end(reason: DeviceError | undefined): Promise<void> {
		this.#ended ??= (async () => {
			clearTimeout(this.#timer)
			for (const call of this.#calls.values()) {
				call.reject(reason ?? new DeviceError('lost', 'the connection was closed'))
			}
			this.#calls.clear()
			this.#lose(reason)
			await this.#link[Symbol.asyncDispose]()
		})()
		return this.#ended
	}
}
