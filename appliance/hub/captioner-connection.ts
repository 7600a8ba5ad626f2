import type { CaptionCommand, CaptionerMessage } from '../protocol/captions.ts'
import { Refusal } from '../protocol/errors.ts'
import type { EndCode, Result } from '../protocol/messages.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { Captioning } from './captioning.ts'
import { TokenBucket } from './token-bucket.ts'

/** A recogniser that hears several speakers at once says less; what floods is cut off by its socket. */
const burst = 60
const perSecond = 20

export interface CaptionerPeer {
	/** The same message object goes to many peers: whoever serialises may do so once. */
	send(message: CaptionerMessage): void
	close(): void
}

/** One who writes captions: a recogniser, a stenographer, or whoever corrects them. */
export class CaptionerConnection {
	readonly jti: string
	readonly #captions: Captioning
	readonly #role: () => MeetingRole
	readonly #peer: CaptionerPeer
	readonly #pace = new TokenBucket(burst, perSecond)
	#over = false

	/** `role`: of the moment, where it may differ from the link's. */
	constructor(captions: Captioning, { jti, role }: { jti: string; role: () => MeetingRole }, peer: CaptionerPeer) {
		this.jti = jti
		this.#role = role
		this.#captions = captions
		this.#peer = peer
		captions.enter(this)
	}

	get role(): MeetingRole {
		return this.#role()
	}

	/** Rejects with the Refusal. */
	async handle(command: CaptionCommand): Promise<Result> {
		if (!this.#pace.take(performance.now())) {
			throw new Refusal('too-many', `more than ${perSecond} a second: say the latest of each, five times a second`)
		}
		switch (command.type) {
			case 'caption':
				return { ok: true, data: this.#captions.say(command) }
			case 'retract':
				return { ok: true, data: this.#captions.retract(command) }
			case 'clock':
				return { ok: true, data: { at: this.#captions.now } }
		}
	}

	hear(message: CaptionerMessage) {
		if (!this.#over) this.#peer.send(message)
	}

	end(code: EndCode) {
		this.hear({ type: 'ended', code })
		this.gone()
		this.#peer.close()
	}

	gone() {
		this.#over = true
		this.#captions.leave(this)
	}
}
