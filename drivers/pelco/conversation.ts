import { DeviceError, type Log } from '../device.ts'
import type { Line } from '../transport/serial-lines.ts'
import type { Axis, Command } from './codec.ts'
import { createExchange, type Exchange, type Output } from './exchange.ts'
import type { Drive, Message } from './orders.ts'

/** One dome's part in what is said on the line. */
export interface Dome {
	/** Resolves when it is out, or something newer took its place. `first`: said before it. */
	drive(drive: Drive, first?: readonly Command[]): Promise<unknown>
	/** Resolves when it was told; `unseen`: as often as it is going to be. `instead`: said as urgently, in place of it. */
	stop(unseen: boolean, instead?: readonly Command[]): Promise<unknown>
	/** Resolves when all of it is out; rejects with 'rejected' when something newer moves the dome. */
	act(commands: readonly Command[], moves: boolean): Promise<unknown>
	ask(axis: Axis): Promise<number>
	/** It was asked and did not answer, or not yet. */
	isSilent(): boolean
	/** Milliseconds to the last general response, requests without an answer so far. */
	health(): { ackMs: number | null; timeouts: number }
	/** What waits is rejected with 'lost'. */
	close(): void
}

/** A timer that rings so much too late was not late by itself. */
const heldUpMs = 8

interface Member {
	log: Log
	timeouts: number
}

type Settled = Extract<Output, { type: 'settled' }>

/** Performs what is to be said on one line, for all who hang on it. Whatever may go is on its way when a call returns. */
export class Conversation {
	readonly #exchange: Exchange
	readonly #line: Line
	readonly #members = new Map<number, Member>()
	readonly #waiting = new Map<number, { address: number; settle: (settled: Settled) => void }>()
	#lastId = 0
	#wake: NodeJS.Timeout | undefined
	#ended = false

	/** `byteMs`: how long the wire is busy with one byte. */
	constructor(line: Line, byteMs: number) {
		this.#exchange = createExchange(byteMs)
		this.#line = line
		line.onBytes((bytes) => {
			if (this.#ended) return
			const { talkingTo } = this.#exchange
			if (talkingTo !== null) this.#members.get(talkingTo)?.log.trace({ rx: hex(bytes) })
			this.#perform(this.#exchange.receive(bytes, performance.now()))
		})
		line.lost.then(() => {
			this.#ended = true
			clearTimeout(this.#wake)
		})
	}

	/** Throws a DeviceError 'rejected': there is one of this address already. */
	join(address: number, log: Log): Dome {
		if (this.#members.has(address)) {
			throw new DeviceError('rejected', `another camera has address ${address} on this line`)
		}
		const member: Member = { log, timeouts: 0 }
		this.#members.set(address, member)
		let ackMs: number | null = null
		const { ask, submit } = this.#exchange
		const send = (message: Message) => this.#send(address, member, (id, now) => submit(id, address, message, now))
		const timed = async (message: Message) => {
			const sentAt = performance.now()
			const { taken } = await send(message)
			if (taken) ackMs = Math.round(performance.now() - sentAt)
		}
		return {
			drive: (drive, first = []) => timed({ kind: 'drive', drive, first }),
			stop: (unseen, instead) => timed({ kind: 'stop', unseen, instead: instead ?? null }),
			act: (commands, moves) => send({ kind: 'act', commands, moves }),
			ask: async (axis) => {
				const { steps } = await this.#send(address, member, (id, now) => ask(id, address, axis, now))
				return steps ?? 0
			},
			isSilent: () => this.#exchange.isSilent(address),
			health: () => ({ ackMs, timeouts: member.timeouts }),
			close: () => this.#leave(address, member),
		}
	}

	#leave(address: number, member: Member): void {
		if (this.#members.get(address) !== member) return
		this.#members.delete(address)
		this.#exchange.forget(address)
		const error = new DeviceError('lost', 'the connection is closed')
		for (const [id, { address: whose, settle }] of this.#waiting) {
			if (whose !== address) continue
			this.#waiting.delete(id)
			settle({ type: 'settled', id, error, steps: null, taken: false })
		}
	}

	#send(address: number, member: Member, say: (id: number, now: number) => Output[]): Promise<Settled> {
		if (this.#ended || this.#members.get(address) !== member) {
			return Promise.reject(new DeviceError('lost', 'the connection is closed'))
		}
		const id = ++this.#lastId
		const { promise, resolve, reject } = Promise.withResolvers<Settled>()
		const settle = (settled: Settled) => (settled.error ? reject(settled.error) : resolve(settled))
		this.#waiting.set(id, { address, settle })
		this.#perform(say(id, performance.now()))
		return promise
	}

	#perform(outputs: Output[]): void {
		clearTimeout(this.#wake)
		for (const output of outputs) {
			switch (output.type) {
				case 'write':
					this.#members.get(output.address)?.log.trace({ tx: hex(output.bytes) })
					// A line that takes no more is lost, and says so to each who hangs on it.
					this.#line.write(output.bytes).catch(() => {})
					break
				case 'settled': {
					const { id, error } = output
					const waiting = this.#waiting.get(id)
					this.#waiting.delete(id)
					if (!waiting) break
					const member = this.#members.get(waiting.address)
					if (member && error?.code === 'timeout') member.timeouts += 1
					waiting.settle(output)
					break
				}
				case 'wake':
					this.#sleep(output.at)
			}
		}
	}

	#sleep(until: number): void {
		const ring = () => this.#perform(this.#exchange.tick(performance.now()))
		this.#wake = setTimeout(
			() => {
				// A process that was held up has not read yet what came meanwhile: that is no silence.
				if (performance.now() - until > heldUpMs) this.#wake = setTimeout(ring, heldUpMs)
				else ring()
			},
			Math.max(1, until - performance.now()),
		)
	}
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
