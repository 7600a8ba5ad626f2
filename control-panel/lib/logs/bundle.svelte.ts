import type { BundleStep, BundleView } from '../../../appliance/protocol/bundle.ts'
import { type Answer, ask } from '../ask.ts'

/** The bundle of logs as this page knows it: asked for, and followed while it is made. The page's session is its right. */

const lookMs = 700
const awayMs = 3_000

export type Ask = (method: 'GET' | 'POST') => Promise<Answer<BundleView>>
const overHttp: Ask = (method) => ask({ method, path: 'logs/bundle', token: null })

export class LogsBundle {
	standing = $state<'idle' | 'making' | 'ready' | 'failed' | 'away'>('idle')
	step = $state<BundleStep>('logs')
	at = $state<number | null>(null)
	bytes = $state(0)
	/** Whether who is here may take it away. */
	mine = $state(false)
	readonly file = '/api/v1/logs/bundle.zip'
	readonly #ask: Ask
	#timer: ReturnType<typeof setTimeout> | undefined
	#closed = false

	constructor(asked: Ask = overHttp) {
		this.#ask = asked
	}

	/** One may be there already, or in the making. */
	look = () => this.#turn('GET')

	make = () => {
		this.standing = 'making'
		this.step = 'logs'
		return this.#turn('POST')
	}

	/** What shows it is gone. What is being made is made all the same. */
	close() {
		this.#closed = true
		clearTimeout(this.#timer)
	}

	async #turn(method: 'GET' | 'POST') {
		clearTimeout(this.#timer)
		const answer = await this.#ask(method)
		if (this.#closed) return
		if (answer.ok) this.#tell(answer.data)
		else {
			this.standing = 'away'
			this.#timer = setTimeout(this.look, awayMs)
		}
	}

	#tell({ state, step, at, bytes, mine }: BundleView) {
		this.standing = state === 'none' ? 'idle' : state
		this.step = step ?? 'done'
		this.mine = mine
		this.at = at
		this.bytes = bytes ?? 0
		if (state === 'making') this.#timer = setTimeout(this.look, lookMs)
	}
}
