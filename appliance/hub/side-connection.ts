import type { Attendee } from '../media/attendee.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { EndCode, MeetingMessage, Result } from '../protocol/messages.ts'
import type { Listener } from './listeners.ts'
import type { LiveMeeting } from './live-meeting.ts'
import type { HubConnection, Peer } from './peer.ts'
import { Turns } from './turns.ts'

/** Somebody with media of a meeting who is nobody in it: who watches its relay, and the page that composes that. */
export abstract class SideConnection implements Listener, HubConnection {
	readonly jti: string
	abstract readonly person: string | null
	abstract readonly reads: string
	abstract readonly hasMedia: boolean
	readonly presides = false
	protected readonly meeting: LiveMeeting
	protected attendee: Attendee | null = null
	/** Whether what is told goes to it: from the answer to its join on. */
	protected listening = false
	protected over = false
	readonly #peer: Peer
	readonly #turns: Turns

	constructor(meeting: LiveMeeting, jti: string, peer: Peer) {
		this.meeting = meeting
		this.jti = jti
		this.#peer = peer
		this.#turns = new Turns(meeting.log)
	}

	handle(command: MeetingCommand): Promise<Result> {
		return this.#turns.take(() => {
			if (this.over) throw new Refusal('not-joined', 'this connection has ended')
			return this.obey(command)
		})
	}

	gone() {
		this.#finish()
	}

	end(code: EndCode) {
		if (this.over) return
		this.#peer.send({ type: 'ended', code })
		this.#finish()
		this.#peer.close()
	}

	hear(message: MeetingMessage) {
		this.tell(message)
	}

	/** What is for this one in any case. */
	tell(message: MeetingMessage) {
		if (this.listening) this.#peer.send(message)
	}

	mediaLost() {
		this.attendee = null
		this.tell({ type: 'media.lost' })
	}

	sends(): boolean {
		return false
	}

	doorKept() {}

	roled() {}

	/** What is asked beside the join, which each has of its own. Throws the Refusal. */
	protected obey(command: MeetingCommand): unknown {
		switch (command.type) {
			case 'meeting.leave':
				return this.leave()
			case 'media.ready':
				return this.media().ready(command.receive, command.consumers)
			case 'media.show':
				return this.media().show(command.wanted)
			default:
				throw new Refusal('not-allowed', 'whoever is not in the meeting does nothing else')
		}
	}

	protected media(): Attendee {
		if (this.attendee) return this.attendee
		throw new Refusal(this.listening ? 'media-unavailable' : 'not-joined', 'join first')
	}

	protected leave() {
		this.listening = false
		this.drop()
		this.meeting.departed(this, null, false)
	}

	/** Gives its media back. */
	protected abstract drop(): void

	#finish() {
		if (this.over) return
		this.over = true
		this.leave()
	}
}
