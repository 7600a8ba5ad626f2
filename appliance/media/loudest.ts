import type { types } from 'mediasoup'
import type { LiveSource } from './source.ts'

/**
 * So many microphones are connected to everybody, by the measure of people who can be followed at once. Where more are
 * open than that, as in a discussion without a floor, it is those that spoke or were opened last.
 */
export const mostHeard = 12
/** One who is connected stays so this much longer than one who is not: nobody is taken out for a breath. */
const heldMs = 3_000
/** Speech is louder than this; the noise of an office is not. dBov. */
const threshold = -50
/** The shortest that the SFU knows. */
const intervalMs = 250

export interface Voice {
	readonly id: string
	/** Never among those that are left out: the hall's, and the sound of a screen. */
	readonly firm: boolean
	/** When it spoke or was opened last. */
	readonly lastAt: number
	readonly heard: boolean
}

/** The ids of those that are connected. */
export function loudestOf(voices: readonly Voice[]): Set<string> {
	const rank = ({ firm, lastAt, heard }: Voice) => (firm ? Number.POSITIVE_INFINITY : lastAt + (heard ? heldMs : 0))
	const sorted = [...voices].sort((a, b) => rank(b) - rank(a))
	return new Set(sorted.slice(0, mostHeard).map(({ id }) => id))
}

/** Follows who speaks, and says which of the open microphones everybody is connected to. */
export class Loudest {
	readonly #sources: ReadonlyMap<string, LiveSource>
	readonly #roomOf: (person: string) => string | null
	readonly #onChange: () => void
	readonly #spoke = new Map<string, number>()
	readonly #watched = new Set<string>()
	readonly #observers = new Map<types.Router, Promise<types.AudioLevelObserver>>()

	/** `sources`: all that the meeting has, at any time. `roomOf`: who is heard where. `onChange`: others are connected now. */
	constructor(
		sources: ReadonlyMap<string, LiveSource>,
		roomOf: (person: string) => string | null,
		onChange: () => void,
	) {
		this.#sources = sources
		this.#roomOf = roomOf
		this.#onChange = onChange
	}

	/** Looks again: sources came, went, were opened or shut. Listens only where it matters, which is nearly never. */
	look(): void {
		const opened = [...this.#sources.values()].filter(({ kind, opened }) => kind === 'audio' && opened)
		for (const id of this.#spoke.keys()) if (!this.#sources.has(id)) this.#spoke.delete(id)
		for (const id of this.#watched) if (!this.#sources.has(id)) this.#watched.delete(id)
		if (opened.length > mostHeard) for (const source of opened) void this.#listen(source)
		if (this.#choose(opened)) this.#onChange()
	}

	/** A router is gone, and with it whoever was watched in it. */
	forget(router: types.Router): void {
		this.#observers.delete(router)
	}

	async #listen({ id, home: { router } }: LiveSource): Promise<void> {
		if (this.#watched.has(id)) return
		this.#watched.add(id)
		const observer = this.#observers.get(router) ?? this.#open(router)
		this.#observers.set(router, observer)
		try {
			// Closed meanwhile; the observer forgets those by itself.
			await (await observer).addProducer({ producerId: id })
		} catch {
			this.#watched.delete(id)
		}
	}

	async #open(router: types.Router): Promise<types.AudioLevelObserver> {
		const observer = await router.createAudioLevelObserver({ maxEntries: mostHeard, threshold, interval: intervalMs })
		observer.on('volumes', (volumes) => {
			const now = performance.now()
			for (const { producer } of volumes) this.#spoke.set(producer.id, now)
			this.look()
		})
		return observer
	}

	#choose(opened: readonly LiveSource[]): boolean {
		const halls = new Set([...this.#sources.values()].filter(({ use }) => use === 'feed').map(({ person }) => person))
		const voices = opened.map(({ id, person, use, openedAt, heard }) => ({
			...{ id, heard, firm: use !== 'microphone' || halls.has(person) },
			lastAt: Math.max(openedAt, this.#spoke.get(id) ?? 0),
			room: this.#roomOf(person),
		}))
		const rooms = Map.groupBy(voices, ({ room }) => room)
		const chosen = new Set([...rooms.values()].flatMap((those) => [...loudestOf(those)]))
		let different = false
		for (const source of opened) {
			if (source.heard === chosen.has(source.id)) continue
			source.heard = !source.heard
			different = true
		}
		return different
	}
}
