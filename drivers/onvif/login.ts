import { randomBytes } from 'node:crypto'
import { authorization, type Challenge, readChallenges } from './http-digest.ts'
import { type Credentials, usernameToken } from './username-token.ts'

/**
 * How we say who we are, found out with each camera and remembered for the connection: nothing at first, then what it asks
 * for, by HTTP digest where it shows a challenge and by UsernameToken otherwise; never both at once, which some refuse.
 * Each way is tried with a password once: a camera locks out who guesses.
 */

type Way = 'bare' | 'token' | 'digest'

/** What is added to one request. */
export interface Signature {
	readonly way: Way
	/** For the SOAP header. */
	readonly soap: string
	/** Lines for the HTTP head. */
	readonly http: string
	/** Which request with its nonce it is. */
	readonly count: number
	readonly turn: number
}

/** After a refusal: ask again, measure the camera's clock and ask this again, or give it up. */
export type Advice = 'again' | 'clock' | 'give-up'

/** A camera that calls every nonce stale is not going to like the next one. */
const mostStale = 3
export const bare: Signature = { way: 'bare', soap: '', http: '', count: 0, turn: 0 }

export class Login {
	readonly #who: Credentials | null
	#way: Way = 'bare'
	#challenge: Challenge | null = null
	#count = 0
	/** Of changes: a refusal of something older says nothing about what is tried now. */
	#turn = 1
	#stale = 0
	#proven = false
	readonly #failed = new Set<Way>()

	/** Null: there is no user; what asks for one is refused. */
	constructor(who: Credentials | null) {
		this.#who = who
	}

	/** `cameraMs`: the camera's clock. */
	sign(method: string, uri: string, cameraMs: number): Signature {
		const turn = this.#turn
		if (this.#who && this.#way === 'token')
			return { way: 'token', soap: usernameToken(this.#who, cameraMs), http: '', count: 0, turn }
		if (this.#who && this.#way === 'digest' && this.#challenge) {
			const count = ++this.#count
			const request = { method, uri, count, cnonce: randomBytes(8).toString('hex') }
			const http = `Authorization: ${authorization(this.#challenge, this.#who, request)}\r\n`
			return { way: 'digest', soap: '', http, count, turn }
		}
		return { ...bare, turn }
	}

	/** It was let in. */
	accepted({ way, turn }: Signature): void {
		if (turn !== this.#turn || way === 'bare') return
		this.#proven = true
		this.#stale = 0
	}

	/** `lines`: its WWW-Authenticate. `clockMoved`: null before 'clock' was advised and followed. */
	refused(signature: Signature, lines: readonly string[], clockMoved: boolean | null): Advice {
		if (!this.#who) return 'give-up'
		if (signature.turn !== this.#turn) return 'again'
		const [challenge] = readChallenges(lines)
		switch (signature.way) {
			case 'bare':
				return this.#try(challenge ? ['digest', 'token'] : ['token'], challenge)
			case 'digest':
				// A nonce that has served before may have been forgotten, whatever the camera calls it.
				if (challenge && (challenge.stale || signature.count > 1) && ++this.#stale <= mostStale)
					return this.#take('digest', challenge)
				this.#failed.add('digest')
				return this.#try(['token'], challenge)
			case 'token':
				if (clockMoved === null) return 'clock'
				if (clockMoved) return this.#take('token', challenge)
				this.#failed.add('token')
				return this.#try(['digest'], challenge)
		}
	}

	#try(ways: readonly Way[], challenge: Challenge | undefined): Advice {
		const next = ways.find((way) => !this.#failed.has(way) && (way !== 'digest' || challenge))
		// What was right before, and is not any more, is not the way: it is the password.
		return next && !this.#proven ? this.#take(next, challenge) : 'give-up'
	}

	#take(way: Way, challenge: Challenge | undefined): Advice {
		this.#way = way
		this.#challenge = challenge ?? null
		this.#count = 0
		this.#turn += 1
		return 'again'
	}
}
