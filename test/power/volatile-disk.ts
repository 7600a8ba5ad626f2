/**
 * A disk with a cache that forgets, as real ones have: what is written is kept for certain only once the machine has asked
 * for a flush (or wrote with FUA). Until then any of it may be on the disk, in any order, and a block by half of its sectors.
 *
 * It decides what a power cut takes. Killing QEMU alone would be no power cut: whatever the guest's kernel has handed to its
 * disk stays in the host's page cache, flushed or not, and a flush that somebody forgot is never missed.
 */

/** What is kept for certain. */
export interface Store {
	read(offset: number, length: number): Buffer
	write(offset: number, data: Buffer): void
}

/** Blocks that were written and not flushed when the power went. `torn`: some of their sectors are new, others old. */
export interface Cut {
	kept: number
	lost: number
	torn: number
}

const blockBytes = 4_096
/** What a disk writes whole or not at all. */
const sectorBytes = 512
/** A cache that is written over has perhaps put the older on the disk, perhaps not. */
const passedOn = 0.5
/** Of blocks that were not flushed. */
const tornShare = 0.05

export class VolatileDisk {
	readonly #store: Store
	/** From 0 to less than 1: the same numbers, the same losses. */
	readonly #random: () => number
	/** By number. */
	readonly #cache = new Map<number, Buffer>()
	flushes = 0

	constructor(store: Store, random: () => number) {
		this.#store = store
		this.#random = random
	}

	get unflushed(): number {
		return this.#cache.size
	}

	read(offset: number, length: number): Buffer {
		const data = this.#store.read(offset, length)
		if (this.#cache.size === 0) return data
		for (const { block, from, to, at } of piecesOf(offset, length)) {
			this.#cache.get(block)?.copy(data, at, from, to)
		}
		return data
	}

	/** `through`: kept for certain when it returns (FUA). */
	write(offset: number, data: Buffer, through = false): void {
		for (const { block, from, to, at } of piecesOf(offset, data.length)) {
			const before = this.#cache.get(block)
			if (before && this.#random() < passedOn) this.#store.write(block * blockBytes, before)
			const whole = from === 0 && to === blockBytes
			const next = whole
				? Buffer.alloc(blockBytes)
				: Buffer.from(before ?? this.#store.read(block * blockBytes, blockBytes))
			data.copy(next, from, at, at + to - from)
			this.#cache.set(block, next)
			if (through) this.#settle(block)
		}
	}

	flush(): void {
		this.flushes += 1
		for (const block of [...this.#cache.keys()]) this.#settle(block)
	}

	/** The power goes. How much of what was not flushed is lost is another share each time. */
	cut(): Cut {
		const cut = this.#lose(this.#store)
		this.#cache.clear()
		return cut
	}

	/** What a cut at this moment would leave is on the disk while `look` looks; then all is as it was. Nobody may use it meanwhile. */
	async rehearse<T>(look: () => Promise<T>): Promise<{ cut: Cut; seen: T }> {
		const before: { at: number; data: Buffer }[] = []
		const cut = this.#lose({
			read: this.#store.read,
			write: (at, data) => {
				before.push({ at, data: this.#store.read(at, data.length) })
				this.#store.write(at, data)
			},
		})
		try {
			return { cut, seen: await look() }
		} finally {
			for (const { at, data } of before.reverse()) this.#store.write(at, data)
		}
	}

	#lose(store: Store): Cut {
		const cut = { kept: 0, lost: 0, torn: 0 }
		const share = this.#random()
		for (const [block, data] of this.#cache) {
			const fate = this.#random() < tornShare ? 'torn' : this.#random() < share ? 'lost' : 'kept'
			cut[fate] += 1
			if (fate === 'kept') store.write(block * blockBytes, data)
			if (fate !== 'torn') continue
			for (let at = 0; at < blockBytes; at += sectorBytes) {
				if (this.#random() < 0.5) store.write(block * blockBytes + at, data.subarray(at, at + sectorBytes))
			}
		}
		return cut
	}

	#settle(block: number): void {
		const data = this.#cache.get(block)
		if (data) this.#store.write(block * blockBytes, data)
		this.#cache.delete(block)
	}
}

/** What of each block is meant: its bytes from `from` to `to`, which are those at `at` of what is asked for. */
function* piecesOf(offset: number, length: number) {
	for (let at = 0; at < length; ) {
		const block = Math.floor((offset + at) / blockBytes)
		const from = (offset + at) % blockBytes
		const to = Math.min(blockBytes, from + length - at)
		yield { block, from, to, at }
		at += to - from
	}
}
