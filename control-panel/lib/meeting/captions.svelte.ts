import { latestFinal, type Turn, turnsAt } from './captions.ts'
import type { MeetingState } from './state.svelte.ts'

/** The captions of a meeting as one page shows them: there where there are any, and on where this browser's user wants them. */

const key = 'maru.captions'

interface Around {
	state(): MeetingState | null
	/** The hub's clock. */
	now(): number
	storage: Pick<Storage, 'getItem' | 'setItem'>
}

export class Captions {
	on = $state(false)
	readonly there: boolean = $derived.by(() => (this.#around.state()?.captions.length ?? 0) > 0)
	readonly turns: Turn[] = $derived.by(() => {
		return this.on ? turnsAt(this.#around.state()?.captions ?? [], this.#around.now()) : []
	})
	/** Read out as it changes: whole sentences, each once. */
	readonly aloud: string = $derived.by(() => {
		const said = latestFinal(this.#around.state()?.captions ?? [])
		return this.on ? said : ''
	})
	readonly #around: Around

	constructor(around: Around) {
		this.#around = around
		this.on = around.storage.getItem(key) === 'yes'
	}

	show(on: boolean) {
		this.on = on
		this.#around.storage.setItem(key, on ? 'yes' : 'no')
	}
}
