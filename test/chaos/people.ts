import { Generator } from '../bench/load/generator.ts'
import { GeneratedPerson } from '../bench/load/person.ts'

/** One sound each, and some to spare. */
const ssrcsEach = 4

/**
 * Generated people who come back by themselves, as pages do: whoever has lost the hub or their media joins anew by the
 * same personal link. Their microphones send all the time; every second one is muted as well. What is heard of them is
 * the gate's doing.
 */
export class Returning {
	readonly #generator: Generator
	readonly #origin: string
	readonly #tokens: readonly string[]
	readonly #here: (GeneratedPerson | null)[]
	readonly #coming = new Set<number>()
	readonly #looking: NodeJS.Timeout
	#ssrc = 10_000
	#closed = false

	private constructor(generator: Generator, origin: string, tokens: readonly string[]) {
		this.#generator = generator
		this.#origin = origin
		this.#tokens = tokens
		this.#here = tokens.map(() => null)
		this.#looking = setInterval(() => this.#look(), 200)
		this.#look()
	}

	/** One by each of these links. They are on their way when this resolves. */
	static async open(origin: string, tokens: readonly string[]): Promise<Returning> {
		return new Returning(await Generator.start(), origin, tokens)
	}

	/** Everybody is in, and something of somebody else has come to each. */
	get areIn(): boolean {
		return this.#here.every((one) => one !== null && one.dropped === null && one.arrival.firstMs !== null)
	}

	/** Whose sound comes to anybody here. */
	async heard(): Promise<Set<string>> {
		const streams = await Promise.all(this.#here.map((one) => (one && !one.dropped ? one.streams() : [])))
		return new Set(
			streams.flat().flatMap(({ kind, packets, person }) => (kind === 'audio' && packets > 0 ? [person] : [])),
		)
	}

	async close(): Promise<void> {
		this.#closed = true
		clearInterval(this.#looking)
		for (const one of this.#here) one?.vanish()
		await this.#generator.close()
	}

	#look() {
		for (const [i, one] of this.#here.entries()) {
			if (one?.dropped) {
				one.vanish()
				this.#here[i] = null
			}
			if (this.#here[i] || this.#coming.has(i)) continue
			this.#coming.add(i)
			void this.#come(i).finally(() => this.#coming.delete(i))
		}
	}

	async #come(i: number): Promise<void> {
		const ssrc = this.#ssrc
		this.#ssrc += ssrcsEach
		const microphone = { level: 60, kbps: 24, muted: i % 2 === 1 }
		try {
			const one = await GeneratedPerson.join({
				generator: this.#generator,
				origin: this.#origin,
				token: this.#tokens[i] ?? '',
				sends: { microphone, camera: null },
				ssrc,
				hears: true,
				pictures: (people, me) =>
					people
						.filter(({ id }) => id !== me)
						.flatMap(({ sources }) => sources.filter(({ kind }) => kind === 'video'))
						.map(({ id: source }) => ({ source, height: 180 })),
			})
			if (this.#closed) one.vanish()
			else this.#here[i] = one
		} catch {
			// The hub is away or not ready: tried again at the next look.
		}
	}
}
