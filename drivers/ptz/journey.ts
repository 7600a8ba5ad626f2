import { DeviceError } from '../device.ts'

/** A movement that ends by itself. `done` settles once: on arrival, or with the reason why there is none. */
export class Journey {
	readonly done: Promise<void>
	readonly #order: () => Promise<unknown>
	readonly #completed: () => void
	readonly #silent: (error: DeviceError) => void
	readonly #settle: (error: DeviceError | null) => void
	#turn = 0

	/**
	 * `completed`: the camera says that all is done; whether it is there, its position tells. `silent`: it does not say
	 * so, which proves nothing either: some never do.
	 */
	constructor(
		order: () => Promise<unknown>,
		{
			completed,
			silent,
		}: { completed: (journey: Journey) => void; silent: (journey: Journey, error: DeviceError) => void },
	) {
		this.#order = order
		this.#completed = () => completed(this)
		this.#silent = (error) => silent(this, error)
		const { promise, resolve, reject } = Promise.withResolvers<void>()
		this.done = promise
		this.#settle = (error) => (error ? reject(error) : resolve())
	}

	/** Tells the camera, synchronously; what a former telling still brings no longer counts. */
	tell(): void {
		const turn = ++this.#turn
		this.#order().then(
			() => {
				if (turn === this.#turn) this.#completed()
			},
			(error: unknown) => {
				if (turn !== this.#turn) return
				// Anything but a DeviceError is a bug, and waits for nobody: who asked learns of it.
				if (!(error instanceof DeviceError)) this.#settle(error as DeviceError)
				else if (error.code === 'timeout') this.#silent(error)
				else this.#settle(error)
			},
		)
	}

	end(error: DeviceError | null): void {
		this.#settle(error)
	}
}
