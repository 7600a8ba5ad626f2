import type { MeetingKind } from '../protocol/room-state.ts'
import type { Vault } from './vault.ts'

/** What is personal of somebody, kept sealed; an event carries its hash. */
export interface Card {
	name: string
	title: string
	email: string | null
}

/** The cards of one meeting's people, opened once each. */
export class Cards {
	readonly #vault: Vault
	readonly #kind: MeetingKind
	readonly #opened = new Map<string, Card | null>()

	constructor(vault: Vault, kind: MeetingKind) {
		this.#vault = vault
		this.#kind = kind
	}

	/** Call `keep` in the transaction that journals the hash. */
	seal(person: string, card: Card): { hash: string; keep: () => void } {
		const { name, title, email } = card
		return this.#vault.seal({ kind: this.#kind, person }, JSON.stringify({ name, title, email }))
	}

	/** Null: erased, or never kept. */
	open(person: string, hash: string): Card | null {
		const known = this.#opened.get(hash)
		if (known !== undefined) return known
		const text = this.#vault.open({ kind: this.#kind, person }, hash)
		const card = text === null ? null : (JSON.parse(text) as Card)
		this.#opened.set(hash, card)
		return card
	}

	/** What was opened is forgotten: somebody may have been erased. */
	forget() {
		this.#opened.clear()
	}
}
