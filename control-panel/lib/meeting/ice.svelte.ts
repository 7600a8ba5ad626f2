import type { IceState, MediaCall } from './media-call.ts'
import { probeAnswerMs } from './probing.ts'
import type { CallAround } from './stay.ts'

/** A short gap mends itself. */
const graceMs = 1000
/** For a new way that was looked for. */
const restartMs = 5000

/** Whether the media of a call have a way, and what is done when they lose it. */
export class Ice {
	state = $state<IceState>('new')
	readonly #around: CallAround
	#grace: ReturnType<typeof setTimeout> | undefined

	constructor(around: CallAround) {
		this.#around = around
	}

	/** One of its transports has changed. */
	follow(call: MediaCall, transport: 'send' | 'receive') {
		if (call !== this.#around.call()) return
		this.state = call.ice
		clearTimeout(this.#grace)
		if (this.state === 'failed') this.#around.again()
		// After the gap that mends itself a new way is looked for, and if there is none, everything begins anew.
		if (this.state === 'disconnected') this.#grace = setTimeout(() => this.#restart(call, transport), graceMs)
	}

	/** The call is over. */
	reset() {
		clearTimeout(this.#grace)
		this.state = 'new'
	}

	async #restart(call: MediaCall, transport: 'send' | 'receive'): Promise<void> {
		const { ask, again, isIn } = this.#around
		const current = () => call === this.#around.call()
		const result = await ask({ type: 'media.restart-ice', transport }, probeAnswerMs)
		if (!current() || !isIn()) return
		if (!result.ok) return again()
		await call.restartIce(transport, (result.data as { iceParameters: object }).iceParameters).catch(again)
		if (!current()) return
		this.#grace = setTimeout(() => current() && call.ice !== 'connected' && again(), restartMs)
	}
}
