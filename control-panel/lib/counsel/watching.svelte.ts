import { type Ask, Refused } from './api.ts'

/** What the counter says now, asked for again and again while somebody looks. */
export class Watching<T> {
	current = $state.raw<T | null>(null)
	/** Why there is nothing new; null: there is. */
	fault = $state.raw<Refused | null>(null)
	readonly #ask: Ask
	readonly #path: string
	readonly #everyMs: number
	#timer: ReturnType<typeof setTimeout> | undefined
	#closed = false

	constructor(ask: Ask, path: string, everyMs: number) {
		this.#ask = ask
		this.#path = path
		this.#everyMs = everyMs
	}

	/** Looks now, and from now on. */
	async look(): Promise<void> {
		clearTimeout(this.#timer)
		try {
			const found = await this.#ask<T>('GET', this.#path)
			if (this.#closed) return
			this.current = found
			this.fault = null
		} catch (error) {
			if (!(error instanceof Refused)) throw error
			this.fault = error
		}
		if (!this.#closed) this.#timer = setTimeout(() => void this.look(), this.#everyMs)
	}

	close() {
		this.#closed = true
		clearTimeout(this.#timer)
	}
}
