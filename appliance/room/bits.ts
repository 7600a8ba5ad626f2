/**
 * Reads a bit stream from its first bit on, with the numbers of ITU-T H.264 §9.1. Behind its end there are only zeros, and
 * `exhausted` says that some were read.
 */
export class BitReader {
	readonly #bytes: Uint8Array
	#at = 0

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes
	}

	get exhausted(): boolean {
		return this.#at > this.#bytes.length * 8
	}

	bit(): number {
		const byte = this.#bytes[this.#at >> 3] ?? 0
		const bit = (byte >> (7 - (this.#at & 7))) & 1
		this.#at += 1
		return bit
	}

	flag(): boolean {
		return this.bit() === 1
	}

	/** u(n), up to 32 bits. */
	bits(count: number): number {
		let value = 0
		for (let i = 0; i < count; i++) value = value * 2 + this.bit()
		return value
	}

	/** ue(v). */
	unsigned(): number {
		let zeros = 0
		// More than 32 zeros are in no stream: it ends there.
		while (!this.flag()) {
			zeros += 1
			if (zeros <= 32 && !this.exhausted) continue
			this.#at = this.#bytes.length * 8 + 1
			return 0
		}
		return 2 ** zeros - 1 + this.bits(zeros)
	}

	/** se(v). */
	signed(): number {
		const code = this.unsigned()
		return code % 2 === 1 ? (code + 1) / 2 : -code / 2
	}
}
