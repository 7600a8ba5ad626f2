import { DeviceError } from '../device.ts'
import type { Command } from './codec.ts'
import type { Conversation } from './conversation.ts'
import type { AxisGroup } from './pending.ts'

const limitMs = 20_000

/** One leg of a journey: a command with an end, and what it moves. */
export interface Leg {
	command: Command
	axes: readonly AxisGroup[]
}

/** A movement that ends by itself. `done` settles once: on arrival, or with the reason why there is none. */
export class Journey {
	readonly done: Promise<void>
	readonly #talk: Conversation
	readonly #legs: readonly Leg[]
	readonly #completed: () => void
	readonly #silent: (error: DeviceError) => void
	readonly #settle: (error: DeviceError | null) => void
	#turn = 0

	/**
	 * `completed`: the camera says that all legs are done; whether it is there, its position tells. `silent`: it does not
	 * say so, which proves nothing either: some never do.
	 */
	constructor(
		talk: Conversation,
		legs: readonly Leg[],
		{
			completed,
			silent,
		}: { completed: (journey: Journey) => void; silent: (journey: Journey, error: DeviceError) => void },
	) {
		this.#talk = talk
		this.#legs = legs
		this.#completed = () => completed(this)
		this.#silent = (error) => silent(this, error)
		const { promise, resolve, reject } = Promise.withResolvers<void>()
		this.done = promise
		this.#settle = (error) => (error ? reject(error) : resolve())
	}

	/** Tells the camera, synchronously; what a former telling still brings no longer counts. */
	tell(): void {
		const turn = ++this.#turn
		Promise.all(this.#legs.map(({ command, axes }) => this.#talk.act(command, axes, limitMs))).then(
			() => {
				if (turn === this.#turn) this.#completed()
			},
			(error: unknown) => {
				if (turn !== this.#turn || !(error instanceof DeviceError)) return
				if (error.code === 'timeout') this.#silent(error)
				else this.#settle(error)
			},
		)
	}

	end(error: DeviceError | null): void {
		this.#settle(error)
	}
}
