import { DeviceError } from '../device.ts'
import type { Line } from '../transport/serial-lines.ts'
import { type Addressing, type AddressingOutput, createAddressing } from './addressing.ts'

/** Performs the addressing of one line, once for all cameras on it; it lives as long as the line's port is open. */
export class Chain {
	readonly #line: Line
	readonly #addressing: Addressing = createAddressing()
	/** By address: how a camera is told to begin anew. */
	readonly #places = new Map<number, () => void>()
	/** Settled when there is nothing to wait for. Null: it was not asked yet, or the answer is in doubt. */
	#asked: PromiseWithResolvers<void> | null = null
	#begun = false
	#wake: NodeJS.Timeout | undefined

	constructor(line: Line) {
		this.#line = line
		line.onBytes((bytes) => this.#perform(this.#addressing.receive(bytes, performance.now())))
		line.lost.then(() => {
			clearTimeout(this.#wake)
			this.#asked?.resolve()
		})
	}

	/** How many cameras are talked to. */
	get size(): number {
		return this.#places.size
	}

	/** `changed`: the chain is another one; called at most once. Rejects two cameras with one address. Answers how to leave. */
	take(address: number, changed: () => void): () => void {
		if (this.#places.has(address))
			throw new DeviceError('rejected', `two cameras of one line have the address ${address}`)
		this.#places.set(address, changed)
		return () => {
			if (this.#places.get(address) === changed) this.#places.delete(address)
		}
	}

	/** Until the cameras have their addresses, as far as they tell; half a second where they do not. */
	addressed(): Promise<void> {
		this.#asked ??= this.#ask()
		return this.#asked.promise
	}

	/** A camera did not answer: the next one who wants to know asks anew. */
	doubt(): void {
		this.#asked?.resolve()
		this.#asked = null
	}

	#ask(): PromiseWithResolvers<void> {
		const asked = Promise.withResolvers<void>()
		this.#perform(this.#addressing.begin(performance.now(), !this.#begun))
		this.#begun = true
		return asked
	}

	#perform(outputs: AddressingOutput[]): void {
		clearTimeout(this.#wake)
		for (const output of outputs) {
			switch (output.type) {
				case 'write':
					this.#line.write(output.bytes).catch(() => {}) // the line's end is told to all
					break
				case 'settled':
					this.#asked?.resolve()
					break
				case 'changed':
					this.#asked?.resolve()
					this.#asked = Promise.withResolvers()
					for (const changed of this.#places.values()) changed()
					this.#places.clear()
					break
				case 'wake':
					this.#wake = setTimeout(
						() => this.#perform(this.#addressing.tick(performance.now())),
						Math.max(1, output.at - performance.now()),
					)
			}
		}
	}
}
