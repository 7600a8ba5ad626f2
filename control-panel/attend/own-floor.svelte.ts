import { untrack } from 'svelte'
import type { FloorKind, SpeechView } from '../../appliance/protocol/floor.ts'
import type { Result } from '../../appliance/protocol/messages.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'

/**
 * One's own standing on the floor, and what it means for one's microphone. Asking is consent: once the hub has taken
 * the request, one's own mute is lifted behind the floor's shut gate, so that the grant alone makes one heard; it is
 * put back when the request or the speech ends. Who gets the floor without such consent, or after this page was loaded
 * anew, opens the microphone by their own press.
 */

type Standing =
	| { at: 'none' }
	| { at: 'asking'; kind: FloorKind; place: number }
	| { at: 'speaking'; speech: SpeechView }

const settleMs = 300

export type FloorNews = 'withdrawn' | 'declined' | 'granted' | 'granted-muted' | 'granted-hall' | 'ended'

export interface OwnFloorParts {
	client: MeetingClient
	/** Opens one's microphone, device and all, and lifts one's mute; false: it cannot be opened. */
	openMicrophone(): Promise<boolean>
	/** One speaks by the microphones of the hall, and never by this page. */
	inHall(): boolean
	onNews(news: FloorNews): void
}

export class OwnFloor {
	/** A request, a withdrawal or a yield is on its way. */
	busy = $state(false)
	/** The microphone could not be opened although one asked. */
	failed = $state(false)
	/** Muted by one's own press since one asked or got the floor: that is respected until the next press. */
	mutedByHand = $state(false)

	readonly standing: Standing = $derived.by(() => this.#standing())
	/** Whether one is let through by the rules of the moment, whatever one's own microphone does. */
	readonly gateOpen: boolean = $derived.by(() => {
		const { core, role } = this.#parts.client
		if (!core || core.floor.mode === 'open') return true
		return this.standing.at === 'speaking' || (role === 'chair' && core.rules.floor.chairOpen)
	})
	/** One has the floor and is not heard, because nobody has opened one's microphone yet. */
	readonly prompted: boolean = $derived.by(
		() => this.standing.at === 'speaking' && this.#parts.client.muted && !this.mutedByHand && !this.#parts.inHall(),
	)

	readonly #parts: OwnFloorParts
	/** One has asked here, on this page, and has not taken it back. */
	#consent = false
	/** The mute was lifted for the floor's sake, and goes back. */
	#lifted = false
	#withdrawn = false
	#was: Standing = { at: 'none' }
	#settle: ReturnType<typeof setTimeout> | undefined

	constructor(parts: OwnFloorParts) {
		this.#parts = parts
	}

	/** To be called on every change of what is read here: an effect of the page does so. */
	follow() {
		// While one is being brought back, nothing is known.
		if (this.#parts.client.stay.at !== 'in') return
		const { standing, gateOpen } = this
		untrack(() => {
			this.#take(standing)
			if (standing.at === 'asking' && !gateOpen) void this.#lift()
		})
	}

	async request(kind: FloorKind): Promise<Result> {
		this.busy = true
		this.failed = false
		this.mutedByHand = false
		const result = await this.#parts.client.ask({ type: 'floor.request', kind })
		this.busy = false
		if (!result.ok) return result
		this.#consent = true
		// The list may have come before the answer.
		if (this.standing.at === 'speaking' || (this.standing.at === 'asking' && !this.gateOpen)) await this.#lift()
		return result
	}

	async withdraw(): Promise<Result> {
		this.busy = true
		this.#withdrawn = true
		const result = await this.#parts.client.ask({ type: 'floor.withdraw' })
		this.busy = false
		if (!result.ok) this.#withdrawn = false
		return result
	}

	/** Ends one's speech. The microphone is shut at once, before anybody has answered. */
	async finish(): Promise<Result> {
		this.busy = true
		void this.#parts.client.setMuted(true)
		const result = await this.#parts.client.ask({ type: 'floor.yield' })
		this.busy = false
		return result
	}

	/** What the person did to their microphone by hand. */
	pressed(muted: boolean) {
		this.mutedByHand = muted && this.standing.at !== 'none'
		if (muted) this.#consent = false
		else if (this.standing.at !== 'none') this.#lifted = true
	}

	close() {
		clearTimeout(this.#settle)
	}

	#standing(): Standing {
		const { state, me } = this.#parts.client
		if (me === null) return { at: 'none' }
		const speech = state.speaking.find(({ who }) => who === me)
		if (speech) return { at: 'speaking', speech }
		const asking = state.asking.byId.get(me)
		const place = asking ? state.place(me) : null
		return asking && place !== null ? { at: 'asking', kind: asking.kind, place } : { at: 'none' }
	}

	#take(standing: Standing, settled = false) {
		const was = this.#was
		clearTimeout(this.#settle)
		// A grant takes one out of the line by one message and gives the floor by another: that is no refusal.
		if (was.at === 'asking' && standing.at === 'none' && !settled) {
			this.#settle = setTimeout(() => this.#take(this.standing, true), settleMs)
			return
		}
		this.#was = standing
		if (standing.at === was.at) return
		if (standing.at === 'speaking') {
			// Whoever took back the consent while waiting is asked now.
			this.mutedByHand = false
			void this.#lift()
			const muted = this.#parts.client.muted && !this.#consent
			this.#parts.onNews(this.#parts.inHall() ? 'granted-hall' : muted ? 'granted-muted' : 'granted')
		}
		if (standing.at === 'none') {
			this.#putBack()
			if (was.at === 'speaking') this.#parts.onNews('ended')
			else this.#parts.onNews(this.#withdrawn ? 'withdrawn' : 'declined')
			this.#withdrawn = false
		}
	}

	async #lift(): Promise<void> {
		const { client } = this.#parts
		if (!this.#consent || !client.muted || this.#parts.inHall()) return
		this.#lifted = true
		const opened = await this.#parts.openMicrophone()
		this.failed = !opened
		// Withdrawn or declined while the device was being opened.
		if (opened && !this.#lifted) void client.setMuted(true)
	}

	#putBack() {
		if (this.#lifted) void this.#parts.client.setMuted(true)
		this.#lifted = false
		this.#consent = false
		this.failed = false
		this.mutedByHand = false
	}
}
