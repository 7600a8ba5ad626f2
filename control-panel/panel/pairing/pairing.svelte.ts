import type { PairingCode, PairingStanding } from '../../../appliance/protocol/pairing.ts'
import { signedText } from '../../../appliance/protocol/pairing-text.ts'
import type { Answer } from '../../lib/ask.ts'
import type { Language } from '../../lib/i18n.svelte.ts'

/** What this page asks and does while it is no panel; given from outside, so that it can be tried without any of it. */
export interface PairingWays {
	ask(): Promise<Answer<PairingCode>>
	standing(id: string): Promise<Answer<PairingStanding>>
	claim(id: string, proof: string): Promise<Answer<{ token: string }>>
	sign(text: string): Promise<string>
	/** Whether the token that this page had is taken again, or somebody signed in here. */
	isIn(): Promise<boolean>
	onToken(token: string): void
	onIn(): void
	onLanguage(language: Language): void
	now(): number
	pause(ms: number): Promise<void>
}

type Phase = 'asking' | 'shown' | 'approved' | 'full' | 'away'

const pollMs = 2_000
const againMs = 5_000
/** A token that was refused may be good again once the room's clock is. */
const isInEvery = 10

/** Shows one code after another until somebody lets this page in. */
export class Pairing {
	phase = $state<Phase>('asking')
	code = $state('')
	/** By `now`. */
	until = $state(0)
	readonly #ways: PairingWays
	#ended = false

	constructor(ways: PairingWays) {
		this.#ways = ways
	}

	async run() {
		while (!this.#ended) {
			if (await this.#ways.isIn()) return this.#end(() => this.#ways.onIn())
			const asked = await this.#ways.ask()
			if (asked.ok) {
				await this.#show(asked.data)
			} else {
				this.code = ''
				this.phase = asked.code === 'full' || asked.code === 'too-many' ? 'full' : 'away'
				await this.#ways.pause(againMs)
			}
		}
	}

	close() {
		this.#ended = true
	}

	async #show({ id, code, leftMs, language }: PairingCode) {
		const { now, pause } = this.#ways
		this.#ways.onLanguage(language)
		this.code = code
		this.until = now() + leftMs
		this.phase = 'shown'
		for (let polls = 1; !this.#ended && now() < this.until; polls += 1) {
			await pause(Math.min(pollMs, Math.max(0, this.until - now())))
			if (polls % isInEvery === 0 && (await this.#ways.isIn())) return this.#end(() => this.#ways.onIn())
			const standing = await this.#ways.standing(id)
			if (!standing.ok) {
				this.phase = 'away'
				continue
			}
			if (standing.data.state === 'gone') return
			this.phase = standing.data.state === 'approved' ? 'approved' : 'shown'
			if (this.phase !== 'approved') continue
			// Let in: there is as long for this as for the code.
			this.until = Math.max(this.until, now() + standing.data.leftMs)
			const claimed = await this.#ways.claim(id, await this.#ways.sign(signedText(id)))
			if (claimed.ok) return this.#end(() => this.#ways.onToken(claimed.data.token))
			if (claimed.code === 'forged') return
		}
	}

	#end(act: () => void) {
		this.#ended = true
		act()
	}
}
