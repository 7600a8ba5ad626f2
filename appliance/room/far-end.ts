import type { ErrorCode } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { FarDriver } from '../protocol/messages.ts'
import type { Cameras } from './cameras.ts'
import type { Origin } from './leases.ts'

/** What is refused to eighty who press at once is one word to the hub, not eighty. */
const togetherMs = 200

export interface FarEndOptions {
	cameras: Pick<Cameras, 'move' | 'letGo' | 'released'>
	/** The camera of a feed of this room; null: there is none. */
	cameraOf: (feed: string) => string | null
	/** Asks the hub. Rejects with a Refusal. */
	request: (command: MeetingCommand) => Promise<unknown>
}

/**
 * People of the meeting who move the room's cameras from where they are, as far as the hub lets them. Here they are hands
 * among others: panels and facilities staff go before them, they go before the director. What they moved stops and what
 * they held is free when they are no longer there.
 */
export class FarEnd {
	readonly #options: FarEndOptions
	readonly #drivers = new Set<string>()
	readonly #refused = new Map<string, { feed: string; code: ErrorCode; who: Set<string> }>()
	#timer: NodeJS.Timeout | undefined

	constructor(options: FarEndOptions) {
		this.#options = options
	}

	move(feed: string, by: FarDriver, velocity: { pan: number; tilt: number; zoom: number }) {
		const camera = this.#options.cameraOf(feed)
		if (camera === null) return this.#refuse(by.id, feed, 'no-source')
		this.#drivers.add(by.id)
		void this.#options.cameras.move(camera, velocity, originOf(by)).then((result) => {
			if (!result.ok) this.#refuse(by.id, feed, result.code)
		})
	}

	stop(feed: string, person: string) {
		const camera = this.#options.cameraOf(feed)
		if (camera !== null) void this.#options.cameras.letGo(camera, idOf(person))
	}

	/** Those of whom this is not true are gone. */
	follow(isHere: (person: string) => boolean) {
		for (const person of this.#drivers) {
			if (isHere(person)) continue
			this.#drivers.delete(person)
			this.#options.cameras.released(idOf(person))
		}
	}

	close() {
		clearTimeout(this.#timer)
	}

	#refuse(person: string, feed: string, code: ErrorCode) {
		const key = `${feed} ${code}`
		const refused = this.#refused.get(key) ?? { feed, code, who: new Set() }
		this.#refused.set(key, refused)
		refused.who.add(person)
		this.#timer ??= setTimeout(() => this.#tell(), togetherMs)
	}

	#tell() {
		this.#timer = undefined
		for (const { feed, code, who } of this.#refused.values()) {
			// Whoever presses on asks again.
			this.#options.request({ type: 'feed.refused', who: [...who], feed, code }).catch(() => {})
		}
		this.#refused.clear()
	}
}

const idOf = (person: string) => `far-${person}`

/** Whatever somebody calls themselves, panels do not take them for one of the house. */
function originOf({ id, name, presides }: FarDriver): Origin {
	return { id: idOf(id), label: `far ${name}`, role: presides ? 'chair' : 'member' }
}
