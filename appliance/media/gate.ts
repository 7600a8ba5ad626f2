import type { LiveSource } from './source.ts'

/** Microphones connected to everybody that nobody was to hear yet; a longer line costs no more than these. */
const preparedMost = 16

/** What became of one source when the floor's rule was set. */
export interface GateReport {
	person: string
	source: string
	open: boolean
	/** Until the worker had confirmed it. */
	ms: number
	/** Null: confirmed. A source that could not be shut is closed. */
	error: unknown
}

/**
 * The floor over the sound of one meeting (design.md §5, "Audible" and "Hard floor"): whose is let through, and whose is
 * made ready. The sound of a screen is under it as well, or it would be a way around it; pictures are not.
 */
export class Gate {
	readonly #sources: ReadonlyMap<string, LiveSource>
	#isOpen: (person: string) => boolean = () => true
	/** Who may be heard next: the latest line in its order, then those of earlier ones. */
	#line: readonly string[] = []

	/** `sources`: all that the meeting has, at any time. */
	constructor(sources: ReadonlyMap<string, LiveSource>) {
		this.#sources = sources
	}

	/** Whether the rule of the moment lets this through. */
	lets(person: string, kind: 'audio' | 'video'): boolean {
		return kind === 'video' || this.#isOpen(person)
	}

	/**
	 * The rule from now on, ordered of the worker before this returns. Resolves when the worker has confirmed all of it, with
	 * whatever was changed, or was still on its way, or had failed before. Never rejects. A newer rule waits for no older one.
	 */
	async set(isOpen: (person: string) => boolean): Promise<GateReport[]> {
		this.#isOpen = isOpen
		const begun = performance.now()
		const ruled = [...this.#sources.values()]
			.filter(({ kind }) => kind === 'audio')
			.map((source) => ({ source, open: isOpen(source.person) }))
			// What must be silent first.
			.sort((a, b) => Number(a.open) - Number(b.open))
		const orders = ruled.map(({ source, open }) => {
			const changed = source.open !== open
			const confirmed = source.setOpen(open)
			return changed || confirmed ? reportOf(source, open, begun, confirmed) : null
		})
		return (await Promise.all(orders)).filter((report) => report !== null)
	}

	/** The line, first come first. Returns whether other microphones are to be connected now. */
	prepare(persons: ReadonlySet<string>): boolean {
		const earlier = this.#line.filter((person) => !persons.has(person))
		this.#line = [...persons, ...earlier].slice(0, Math.max(persons.size, preparedMost))
		return this.makeReady()
	}

	/** Looks again which microphones the line means: one for each person, the one that began last. */
	makeReady(): boolean {
		const unheard = new Map<string, LiveSource>()
		for (const source of this.#sources.values()) {
			if (source.use === 'microphone' && !source.opened) unheard.set(source.person, source)
		}
		const ready = new Set(this.#line.flatMap((person) => unheard.get(person) ?? []).slice(0, preparedMost))
		let different = false
		for (const source of this.#sources.values()) {
			if (source.prepared === ready.has(source)) continue
			source.prepared = !source.prepared
			different = true
		}
		return different
	}
}

async function reportOf(
	{ person, id }: LiveSource,
	open: boolean,
	begun: number,
	confirmed: Promise<void> | null,
): Promise<GateReport> {
	let error: unknown = null
	try {
		await confirmed
	} catch (reason) {
		error = reason
	}
	return { person, source: id, open, ms: performance.now() - begun, error }
}
