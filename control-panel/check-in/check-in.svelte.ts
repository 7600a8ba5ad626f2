import type { Came, Scanned } from '../../appliance/protocol/check-in.ts'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'

/** One phone at the hall of a class: the code that it read, who its owner is, and whether they are in. */

const keptPhone = 'maru.phone'
const keptStay = 'maru.check-in'

interface Stay {
	meeting: string
	title: string
	name: string
	here: boolean
}

export class CheckIn {
	fault = $state<ErrorCode | 'lost' | null>(null)
	busy = $state(false)
	scanned = $state.raw<Scanned | null>(null)
	stay = $state.raw<Stay | null>(null)
	/** Of one name, several: which of them. */
	choices = $state.raw<Extract<Came, { choices: object }>['choices'] | null>(null)
	readonly #phone = phone()

	/** What the code says: it begins with the class, whose stay this tab may know from before it was loaded anew. */
	async scan(code: string): Promise<void> {
		const kept = keptOf(code.split('.')[0] ?? '')
		const scanned = await this.#ask<Scanned>('scan', { code, phone: this.#phone })
		if (!scanned) {
			// The code of a page that is loaded anew has become old meanwhile.
			if (kept && this.fault === 'expired') this.#keep(kept)
			return
		}
		this.scanned = scanned
		const { meeting, title, own } = scanned
		if (own?.here) this.#keep({ meeting, title, name: own.name, here: true })
	}

	/** Nothing named: whoever came by this phone before. */
	async come(who: { name?: string; person?: string; link?: string }): Promise<void> {
		const { scanned } = this
		if (!scanned) return
		const came = await this.#ask<Came>('come', { pass: scanned.pass, phone: this.#phone, ...who })
		if (!came) return
		if ('choices' in came) {
			this.choices = came.choices
			return
		}
		this.choices = null
		this.#keep({ meeting: scanned.meeting, title: scanned.title, name: came.name, here: true })
	}

	async go(): Promise<void> {
		const { stay } = this
		if (!stay || !(await this.#ask('go', { meeting: stay.meeting, phone: this.#phone }))) return
		this.#keep({ ...stay, here: false })
	}

	/** Null: refused, and `fault` says why. */
	async #ask<T extends object>(step: 'scan' | 'come' | 'go', body: object): Promise<T | null> {
		this.busy = true
		this.fault = null
		try {
			const response = await fetch(`/api/v1/check-in/${step}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			})
			const answer = (await response.json()) as T & { code?: ErrorCode }
			if (response.ok) return answer
			this.fault = answer.code ?? 'internal'
		} catch {
			this.fault = 'lost'
		} finally {
			this.busy = false
		}
		return null
	}

	#keep(stay: Stay) {
		this.fault = null
		this.stay = stay
		sessionStorage.setItem(keptStay, JSON.stringify(stay))
	}
}

/** Made once, at random: it says of nobody who they are. */
function phone(): string {
	const known = localStorage.getItem(keptPhone)
	if (known) return known
	const made = [...crypto.getRandomValues(new Uint8Array(16))]
		.map((byte) => byte.toString(16).padStart(2, '0'))
		.join('')
	localStorage.setItem(keptPhone, made)
	return made
}

function keptOf(meeting: string): Stay | null {
	const text = sessionStorage.getItem(keptStay)
	const stay = text === null ? null : (JSON.parse(text) as Stay)
	return stay?.meeting === meeting ? stay : null
}
