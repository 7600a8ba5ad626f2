import type { Position, Velocity } from '../camera.ts'
import { DeviceError } from '../device.ts'
import { type Conversation, isRefusal } from './conversation.ts'
import { Lane } from './lane.ts'
import { absoluteMove, continuousMove, gotoHome, gotoPreset, stop } from './ptz.ts'
import type { SoapRequest } from './soap.ts'
import type { Coordinates } from './spaces.ts'

/**
 * What the head of one camera is told, and in which order. A camera answers over several connections at once, so nothing
 * that was sent is done before it is answered: a stop that follows a movement which is still under way is told again after
 * it, and a movement waits for the stop before it.
 */

/** A stop without an answer is told again beside the first one, over and over, until a second is over. */
const stopAgainMs = 250
const stopLimitMs = 950
/** What is said beside a stop is not worth waiting for longer. */
const besideMs = 300
/** No stop is told anew before that for want of obedience. */
const brakeMs = 250
const journeyLimitMs = 1_500
/** Less than the camera goes on by itself, so that one that never answers is told again in time. */
const driveLimitMs = 600
/**
 * How long the camera goes on by itself, at most: the second belt, for the case that we cannot stop it. Half a second is
 * told to break the HTTP of a camera. Some take no less than 5 s, some (Bosch) nothing at all.
 */
const timeouts: readonly (number | null)[] = [1, 5, null]
const still: Velocity = { pan: 0, tilt: 0, zoom: 0 }

export class Head {
	readonly #talk: Conversation
	readonly #profile: string
	readonly #lane = new Lane()
	#coordinates: Coordinates
	/** Seconds, by what the camera says of itself. */
	#offered = timeouts
	/** Those that are left to try, the first in use. */
	#timeouts = timeouts
	#timeoutProven = false
	#speedRefused = false
	/** It does not obey Stop: whoever stops it says zero as well. */
	#stubborn = false
	/** When it was told to stop, if nothing was told to move since then; null: something was. */
	#stoppedAt: number | null = null

	constructor(talk: Conversation, profile: string, coordinates: Coordinates) {
		this.#talk = talk
		this.#profile = profile
		this.#coordinates = coordinates
	}

	/** What was not known when the first stop had to be told. */
	measured(coordinates: Coordinates): void {
		this.#coordinates = coordinates
		const shortest = Math.ceil((coordinates.timeoutMs?.low ?? 0) / 1_000)
		// Some say nothing of it that could be meant: 0 to 0.
		this.#offered = shortest > 1 ? [shortest, null] : timeouts
		this.#timeouts = this.#offered
	}

	/** In time for the next telling to arrive before the camera stops by itself. */
	get renewMs(): number | null {
		const [seconds = null] = this.#timeouts
		return seconds === null ? null : seconds * 400
	}

	drive(velocity: Velocity): Promise<unknown> {
		this.#stoppedAt = null
		return this.#lane.submit((newest) => this.#tellVelocity(velocity, newest), 'done')
	}

	moveTo(position: Position, speed: number): Promise<unknown> {
		const to = (how: number | null) => absoluteMove(this.#coordinates, this.#profile, position, how)
		return this.#travel(async () => {
			if (this.#speedRefused) return this.#order(to(null))
			try {
				return await this.#order(to(speed))
			} catch (error) {
				if (!isRefusal(error)) throw error
				await this.#order(to(null))
				this.#speedRefused = true
			}
		})
	}

	home(): Promise<unknown> {
		return this.#travel(() => this.#order(gotoHome(this.#profile)))
	}

	/** `token`: as found out when it is this order's turn. */
	recall(token: () => Promise<string>): Promise<unknown> {
		return this.#travel(async (newest) => {
			const found = await token()
			if (!newest()) throw new DeviceError('rejected', 'something newer moves the camera')
			return this.#order(gotoPreset(this.#profile, found))
		})
	}

	/** Passes everything. Resolves when the camera has acknowledged it, and whatever it could have overtaken. */
	stop(): Promise<unknown> {
		const now = performance.now()
		const again = this.#stoppedAt !== null
		// Told anew so late, it was seen to move on. Should that be wrong, it costs a request.
		if (this.#stoppedAt !== null && now - this.#stoppedAt > brakeMs) this.#stubborn = true
		this.#stoppedAt ??= now
		const { underWay } = this.#lane
		const told = this.#tellStop()
		const done = underWay ? Promise.all([told, underWay.then(() => this.#tellStop())]) : told
		// It was told before, and somebody thinks that it still moves.
		const zero = again || this.#stubborn ? this.#tellZero(besideMs) : null
		this.#lane.hold(Promise.allSettled([done, zero]))
		return done
	}

	/** For a camera that acknowledges Stop and moves on: some obey nothing but a velocity of zero (Cohu, mnit-rtmc/iris#177). */
	stopHarder(): void {
		this.#stubborn = true
		this.#lane.hold(this.#tellZero(stopLimitMs))
	}

	#travel(order: (newest: () => boolean) => Promise<unknown>): Promise<unknown> {
		this.#stoppedAt = null
		return this.#lane.submit(order, 'rejected')
	}

	/** Places are told twice without harm. */
	#order(request: SoapRequest): Promise<unknown> {
		return this.#talk.ask(request, { lane: 'drive', limitMs: journeyLimitMs, again: 'closed' })
	}

	/** With the timeout that the camera takes, which it may have to be asked once. */
	async #tellVelocity(velocity: Velocity, newest: () => boolean): Promise<unknown> {
		for (let lost = 0; ; ) {
			try {
				const answer = await this.#talk.ask(this.#velocity(velocity), {
					...{ lane: 'drive', limitMs: driveLimitMs, again: 'never' },
				})
				this.#timeoutProven = true
				return answer
			} catch (error) {
				if (!(error instanceof DeviceError)) throw error
				const other = this.#otherTimeouts(error)
				// Closed just then: it may have arrived. Told again as long as it is what is wanted.
				const closed = error.code === 'lost' && lost++ === 0
				if (!newest() || !(other || closed)) throw error
			}
		}
	}

	/** Whether the refusal may be the timeout's, and there is another to try. */
	#otherTimeouts(error: DeviceError): boolean {
		if (this.#timeoutProven || !(isRefusal(error) || error.code === 'protocol')) return false
		const others = this.#timeouts.slice(1)
		// When it takes none at all it is not the timeout that it refuses.
		this.#timeouts = others.length > 0 ? others : this.#offered
		return others.length > 0
	}

	#velocity(velocity: Velocity): SoapRequest {
		const [seconds = null] = this.#timeouts
		return continuousMove(this.#coordinates, this.#profile, velocity, seconds === null ? null : `PT${seconds}S`)
	}

	#tellZero(limitMs: number): Promise<unknown> {
		return this.#talk.ask(this.#velocity(still), { lane: 'stop', limitMs, again: 'closed' })
	}

	/** Until one of several tellings is answered. */
	#tellStop(): Promise<unknown> {
		const { promise, resolve, reject } = Promise.withResolvers<unknown>()
		const until = performance.now() + stopLimitMs
		let open = 0
		const tell = () => {
			const leftMs = until - performance.now()
			if (leftMs < stopAgainMs && open > 0) return
			open += 1
			this.#tellStopOnce(leftMs).then(resolve, (error: unknown) => {
				open -= 1
				if (open === 0 || !isSilence(error)) reject(error)
			})
		}
		tell()
		const again = setInterval(tell, stopAgainMs)
		return promise.finally(() => clearInterval(again))
	}

	async #tellStopOnce(limitMs: number): Promise<unknown> {
		try {
			return await this.#talk.ask(stop(this.#profile), { lane: 'stop', limitMs, again: 'closed' })
		} catch (error) {
			if (!isRefusal(error)) throw error
			return this.#tellZero(limitMs)
		}
	}
}

const isSilence = (error: unknown) =>
	error instanceof DeviceError && (error.code === 'timeout' || error.code === 'lost')
