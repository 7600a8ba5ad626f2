import { setTimeout as sleep } from 'node:timers/promises'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { Result } from '../../../appliance/protocol/messages.ts'
import { GeneratedPerson, type PersonOptions } from './person.ts'
import { openSignalling } from './signalling.ts'

/** One stay of somebody, from coming in to going. */
export interface Stay {
	/** Why it is over, though nobody ended it; null: it goes on. */
	readonly lost: string | null
	/** Null: by signalling alone. */
	readonly media: GeneratedPerson | null
	ask(command: MeetingCommand): Promise<Result>
	/** Says good-bye, or is just gone. */
	end(saysSo: boolean): Promise<void>
}

/** Comes in; rejects where the hub does not let them. */
export type Entrance = () => Promise<Stay>

export function withMedia(options: PersonOptions): Entrance {
	return async () => {
		const media = await GeneratedPerson.join(options)
		return {
			media,
			ask: media.ask,
			get lost() {
				return media.dropped
			},
			end: async (saysSo) => (saysSo ? media.leave() : media.vanish()),
		}
	}
}

export function bySignalling(origin: string, token: string): Entrance {
	return async () => {
		let lost: string | null = null
		let ended = false
		const lose = (reason: string) => {
			if (!ended) lost ??= reason
		}
		const line = await openSignalling(origin, token, {
			onMessage(message) {
				if (message.type === 'ended' || message.type === 'error') lose(message.code)
			},
			onClosed: () => lose('the hub closed the socket'),
		})
		try {
			await line.get({ type: 'meeting.join', device: { media: false } })
		} catch (error) {
			line.close()
			throw error
		}
		return {
			media: null,
			ask: line.ask,
			get lost() {
				return lost
			},
			async end(saysSo) {
				ended = true
				if (saysSo) await line.ask({ type: 'meeting.leave' })
				line.close()
			},
		}
	}
}

export interface Loss {
	who: number
	reason: string
	/** performance.now(). */
	atMs: number
}

const lookMs = 500
const againMs = 1_000

/** The same people in a meeting for hours. Whoever falls out, or is not let in, comes again by themselves, as pages do. */
export class Regulars {
	readonly losses: Loss[] = []
	readonly #entrances: readonly Entrance[]
	readonly #stays: (Stay | null)[]
	/** Who comes or goes at this moment. */
	readonly #moving = new Set<number>()
	readonly #looking: NodeJS.Timeout
	#comings = 0
	#closed = false

	private constructor(entrances: readonly Entrance[]) {
		this.#entrances = entrances
		this.#stays = entrances.map(() => null)
		this.#looking = setInterval(() => this.#look(), lookMs)
	}

	/** Everybody is in when this resolves. They come one after the other. */
	static async open(entrances: readonly Entrance[]): Promise<Regulars> {
		const all = new Regulars(entrances)
		for (const i of entrances.keys()) await all.#come(i)
		all.#comings = 0
		return all
	}

	/** How often somebody came in since everybody was. */
	get comings(): number {
		return this.#comings
	}

	/** Everybody is in, and nobody on their way. */
	get complete(): boolean {
		return this.#moving.size === 0 && this.#stays.every((stay) => stay !== null && stay.lost === null)
	}

	/** Null: not in at this moment. */
	at(i: number): Stay | null {
		return this.#stays[i] ?? null
	}

	/** Goes, and is in again when this resolves. Nothing happens where they are on their way already. */
	async goAndCome(i: number, saysSo: boolean): Promise<void> {
		const stay = this.#stays[i]
		if (!stay || stay.lost !== null || this.#moving.has(i)) return
		this.#moving.add(i)
		this.#stays[i] = null
		await stay.end(saysSo)
		await this.#come(i)
	}

	close() {
		this.#closed = true
		clearInterval(this.#looking)
		for (const stay of this.#stays) void stay?.end(false)
	}

	#look() {
		for (const [i, stay] of this.#stays.entries()) {
			if (!stay || stay.lost === null || this.#moving.has(i)) continue
			this.#lose(i, stay.lost)
			this.#stays[i] = null
			void stay.end(false)
			void this.#come(i)
		}
	}

	async #come(i: number): Promise<void> {
		this.#moving.add(i)
		while (!this.#closed) {
			try {
				this.#stays[i] = (await this.#entrances[i]?.()) ?? null
				this.#comings += 1
				break
			} catch (error) {
				this.#lose(i, `could not come in: ${error instanceof Error ? error.message : error}`)
				await sleep(againMs)
			}
		}
		this.#moving.delete(i)
		if (this.#closed) void this.#stays[i]?.end(false)
	}

	#lose(who: number, reason: string) {
		this.losses.push({ who, reason, atMs: performance.now() })
	}
}
