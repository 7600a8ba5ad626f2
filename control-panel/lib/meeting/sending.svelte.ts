import type { Source } from '../../../appliance/protocol/media.ts'
import type { Outgoing } from './media-call.ts'
import type { CallAround } from './stay.ts'

/** What a page sends into its call, and the mute of its microphone, which no return from any loss lifts. */
export class Sending {
	muted = $state(true)
	readonly #around: CallAround
	#asksMute = 0

	constructor(around: CallAround) {
		this.#around = around
	}

	/** Mutes at once and here, online or not. Opening the microphone needs the hub's yes; false: it stays muted. */
	async setMuted(muted: boolean): Promise<boolean> {
		const { ask, call, isIn } = this.#around
		if (!muted && !isIn()) return false
		this.#set(muted)
		this.#asksMute++
		const results = await Promise.all(
			(call()?.sources('microphone') ?? []).map((source) => ask({ type: 'media.mute', source, muted })),
		)
		this.#asksMute--
		if (muted || results.every((result) => result.ok)) return true
		this.#set(true)
		return false
	}

	/** Where the hub knows this microphone as muted, the page says so too; the other way round it is not believed. */
	agreeOnMute(atHub: readonly Source[]) {
		if (this.muted || this.#asksMute > 0 || !this.#around.isIn()) return
		if (atHub.some((source) => source.use === 'microphone' && source.muted)) this.#set(true)
	}

	/** Begins to send one more thing; in a stay that is being brought back, the next join brings it. */
	async add(source: Outgoing): Promise<boolean> {
		const { ask, isIn } = this.#around
		const call = this.#around.call()
		if (!call || !isIn()) return true
		const told = await call.produce([source])
		if (told.producers.length === 0) return false
		const result = await ask({ type: 'media.produce', ...told, send: told.send ? { ...told.send } : null })
		if (!result.ok && call === this.#around.call()) call.end(source.use)
		return result.ok
	}

	async remove(use: Outgoing['use']): Promise<void> {
		const sources = this.#around.call()?.end(use) ?? []
		if (sources.length > 0) await this.#around.ask({ type: 'media.close', sources })
	}

	/** Ends one of several of the same use. */
	async removeTrack(track: MediaStreamTrack): Promise<void> {
		const source = this.#around.call()?.endTrack(track)
		if (source) await this.#around.ask({ type: 'media.close', sources: [source] })
	}

	#set(muted: boolean) {
		this.muted = muted
		this.#around.call()?.setMuted('microphone', muted)
	}
}
