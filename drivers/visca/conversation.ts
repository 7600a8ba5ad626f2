import { DeviceError, type Log } from '../device.ts'
import type { Command, Inquiry } from './codec.ts'
import type { AxisGroup, Message } from './pending.ts'
import type { Output, Session } from './session.ts'

/** What a session writes to and hears from: a datagram socket, a stream, a serial line. */
export interface Link {
	send(bytes: Uint8Array, urgent: boolean): void
	onDatagram(listener: (bytes: Uint8Array) => void): void
	/** Where bytes wait for their turn: what to do when some have left, and a way to take back those that have not. */
	readonly turns?: { onSent(listener: (bytes: Uint8Array) => void): void; withdraw(bytes: Uint8Array): void }
	close(): void
}

/**
 * Performs what the session says: writes, timers, promises. Whatever is sent is on the wire when the call returns, as far
 * as that is free.
 */
export class Conversation {
	readonly #session: Session
	readonly #link: Link
	readonly #log: Log
	readonly #waiting = new Map<number, (error: DeviceError | null, payload: Uint8Array | null) => void>()
	#lastId = 0
	#ackMs: number | null = null
	#timeouts = 0
	#answeredAt = performance.now()
	#wake: NodeJS.Timeout | undefined
	/** While the session's outputs are performed: what has left meanwhile. */
	#leaving: Uint8Array[] | null = null
	#closed = false

	constructor(session: Session, link: Link, log: Log) {
		this.#session = session
		this.#link = link
		this.#log = log
		link.onDatagram((bytes) => {
			if (this.#closed) return
			log.trace({ rx: hex(bytes) })
			this.#perform(session.receive(bytes, performance.now()))
		})
		link.turns?.onSent((bytes) => {
			if (this.#closed) return
			log.trace({ tx: hex(bytes) })
			if (this.#leaving) this.#leaving.push(bytes)
			else this.#perform(session.sent(bytes, performance.now()))
		})
	}

	begin(): void {
		this.#perform(this.#session.begin())
	}

	drive(axis: AxisGroup, command: Command): Promise<unknown> {
		return this.#timed(this.#send({ kind: 'drive', axis, command }))
	}

	/** Resolves when the camera has acknowledged it. */
	stop(axis: AxisGroup, command: Command): Promise<unknown> {
		return this.#timed(this.#send({ kind: 'stop', axis, command }))
	}

	/** Resolves on the camera's completion; rejects with 'rejected' when something newer moves these axes. */
	act(command: Command, axes: readonly AxisGroup[], limitMs: number): Promise<unknown> {
		return this.#send({ kind: 'act', command, axes, limitMs })
	}

	ask(inquiry: Inquiry): Promise<Uint8Array> {
		return this.#send({ kind: 'inquiry', inquiry })
	}

	/** Milliseconds to the last ACK, and requests without an answer so far. */
	health(): { ackMs: number | null; timeouts: number } {
		return { ackMs: this.#ackMs, timeouts: this.#timeouts }
	}

	/** How long nothing that was told or asked has been answered. */
	silentMs(): number {
		return performance.now() - this.#answeredAt
	}

	/** What waits is rejected with 'lost'. */
	close(): void {
		this.#closed = true
		clearTimeout(this.#wake)
		for (const settle of this.#waiting.values()) settle(new DeviceError('lost', 'the connection is closed'), null)
		this.#waiting.clear()
		this.#link.close()
	}

	#send(message: Message): Promise<Uint8Array> {
		if (this.#closed) return Promise.reject(new DeviceError('lost', 'the connection is closed'))
		const id = ++this.#lastId
		const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
		this.#waiting.set(id, (error, payload) => (error ? reject(error) : resolve(payload ?? new Uint8Array())))
		this.#perform(this.#session.submit(id, message, performance.now()))
		return promise
	}

	async #timed(acknowledged: Promise<unknown>): Promise<unknown> {
		const sentAt = performance.now()
		const answer = await acknowledged
		this.#ackMs = Math.round(performance.now() - sentAt)
		return answer
	}

	#perform(outputs: Output[]): void {
		clearTimeout(this.#wake)
		const leaving: Uint8Array[] = []
		this.#leaving = leaving
		for (const output of outputs) this.#performOne(output)
		this.#leaving = null
		for (const bytes of leaving) this.#perform(this.#session.sent(bytes, performance.now()))
	}

	#performOne(output: Output): void {
		switch (output.type) {
			case 'write':
				// First the camera, then the log: a hand waits for this.
				this.#link.send(output.bytes, output.urgent)
				if (!this.#link.turns) this.#log.trace({ tx: hex(output.bytes) })
				break
			case 'withdraw':
				this.#link.turns?.withdraw(output.bytes)
				break
			case 'settled': {
				const settle = this.#waiting.get(output.id)
				this.#waiting.delete(output.id)
				if (output.error?.code === 'timeout') this.#timeouts += 1
				else this.#answeredAt = performance.now()
				settle?.(output.error, output.payload)
				break
			}
			case 'wake':
				this.#wake = setTimeout(
					() => this.#perform(this.#session.tick(performance.now())),
					Math.max(1, output.at - performance.now()),
				)
		}
	}
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
