import type { Attendee } from '../media/attendee.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { EndCode, JoinResult, MeetingMessage, Result } from '../protocol/messages.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { LiveMeeting } from './live-meeting.ts'
import type { Listener } from './meeting-parts.ts'
import { programmePerson } from './on-air.ts'
import type { HubConnection, Peer } from './peer.ts'
import { Turns } from './turns.ts'

/**
 * The page that composes the programme: sent what it shows like anybody, seen by nobody, and what it sends goes to those who
 * watch. The newest one counts.
 */
export class ProgrammeConnection implements Listener, HubConnection {
	readonly jti: string
	readonly person = programmePerson
	readonly reads = programmePerson
	readonly presides = false
	readonly hasMedia = true
	readonly #meeting: LiveMeeting
	readonly #peer: Peer
	readonly #turns: Turns
	#attendee: Attendee | null = null
	#listening = false
	#over = false

	constructor(meeting: LiveMeeting, jti: string, peer: Peer) {
		this.#meeting = meeting
		this.jti = jti
		this.#peer = peer
		this.#turns = new Turns(meeting.log)
	}

	handle(command: MeetingCommand): Promise<Result> {
		return this.#turns.take(() => this.#do(command))
	}

	gone() {
		this.#finish()
	}

	end(code: EndCode) {
		if (this.#over) return
		this.#peer.send({ type: 'ended', code })
		this.#finish()
		this.#peer.close()
	}

	hear(message: MeetingMessage) {
		if (this.#listening) this.#peer.send(message)
	}

	mediaLost() {
		this.#attendee = null
		this.hear({ type: 'media.lost' })
	}

	sends(): boolean {
		return false
	}

	doorKept() {}

	roled(_: MeetingRole) {}

	async #do(command: MeetingCommand): Promise<unknown> {
		if (this.#over) throw new Refusal('not-joined', 'this connection has ended')
		switch (command.type) {
			case 'meeting.join':
				return this.#join()
			case 'meeting.leave':
				return this.#leave()
			case 'media.open': {
				const attendee = this.#media()
				await attendee.connectSend(command.send)
				await this.#meeting.air.media.publish(attendee, command.producers)
				return { consumers: await attendee.watch(command.rtpCapabilities, command.wanted) }
			}
			case 'media.ready':
				return this.#media().ready(command.receive, command.consumers)
			case 'media.show':
				return this.#media().show(command.wanted)
			case 'media.restart-ice':
				return { iceParameters: await this.#media().restartIce(command.transport) }
			default:
				throw new Refusal('not-allowed', 'the programme does nothing else')
		}
	}

	async #join(): Promise<JoinResult> {
		const meeting = this.#meeting
		this.#listening = false
		this.#drop()
		const { attendee, capabilities } = await meeting.media.attend({
			person: programmePerson,
			publishes: true,
			onChange: (change) => this.hear({ type: 'media', ...change }),
		})
		if (this.#over) {
			meeting.media.leave(attendee)
			throw new Refusal('not-joined', 'this connection has ended')
		}
		this.#attendee = attendee
		// Not by its person: nobody waits for it, and it is away to nobody.
		meeting.arrived(this, null)
		this.#listening = true
		return {
			person: programmePerson,
			resume: programmePerson,
			role: 'programme',
			name: '',
			core: meeting.coreToBegin(),
			people: meeting.people.whole(),
			lists: meeting.lists.public,
			desk: null,
			chat: [],
			ballots: null,
			token: null,
			media: { routerRtpCapabilities: capabilities, ...attendee.offers },
		}
	}

	#media(): Attendee {
		if (this.#attendee) return this.#attendee
		throw new Refusal('media-unavailable', 'join first')
	}

	#leave() {
		this.#listening = false
		this.#drop()
		this.#meeting.departed(this, null, false)
	}

	#drop() {
		if (this.#attendee) this.#meeting.media.leave(this.#attendee)
		this.#attendee = null
	}

	#finish() {
		if (this.#over) return
		this.#over = true
		this.#leave()
	}
}
