import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Names that nobody can guess, for what is given to whoever knows its name: lists are given to viewers alone, and whoever reads
 * one learns the names in it and nothing of the next. By a key that each station makes anew and keeps nowhere.
 */
export class SealedNames {
	readonly #key = randomBytes(32)

	/** 'high-12.m4s' becomes 'high-12-<32 hexadecimal digits>.m4s'. */
	seal(name: string): string {
		const dot = name.lastIndexOf('.')
		return `${name.slice(0, dot)}-${this.#sealOf(name)}${name.slice(dot)}`
	}

	/** What was sealed. Null: not by us. */
	open(sealed: string): string | null {
		const parts = /^(.+)-([0-9a-f]{32})(\.[a-z0-9]+)$/.exec(sealed)
		if (!parts) return null
		const [, stem = '', seal = '', kind = ''] = parts
		const ours = timingSafeEqual(Buffer.from(this.#sealOf(stem + kind)), Buffer.from(seal))
		return ours ? stem + kind : null
	}

	#sealOf(name: string): string {
		return createHmac('sha256', this.#key).update(name).digest('hex').slice(0, 32)
	}
}
