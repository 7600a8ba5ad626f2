import { randomUUID } from 'node:crypto'
import type { Attendee } from '../media/attendee.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { EndCode, JoinResult, MeetingMessage, Result } from '../protocol/messages.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { LiveMeeting } from './live-meeting.ts'
import type { Listener } from './meeting-parts.ts'
import type { HubConnection, Peer } from './peer.ts'
import { publicCore } from './public-core.ts'
import { Turns } from './turns.ts'

/** So many watch over WebRTC; whoever comes after is told so, and reads playlists. */
const mostViewers = 600

/** One who watches the relay: told what is public, sent the programme, and nobody in the meeting. */
export class RelayConnection implements Listener, HubConnection {
	/** As what its media are known. */
	readonly id = randomUUID()
	readonly jti: string
	readonly person = null
	readonly reads = ''
	readonly presides = false
	readonly hasMedia = false
	readonly #meeting: LiveMeeting
	/** As their link says; null: it is shared. */
	readonly #name: string | null
	readonly #peer: Peer
	readonly #turns: Turns
	#attendee: Attendee | null = null
	#listening = false
	#over = false

	constructor(meeting: LiveMeeting, { jti, name }: { jti: string; name: string | null }, peer: Peer) {
		this.#meeting = meeting
		this.jti = jti
		this.#name = name
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

	/** Of what the meeting's own people are told, only what is for the public. */
	hear(message: MeetingMessage) {
		if (!this.#listening) return
		if (message.type === 'core') return this.#peer.send(publicMessage(message))
		if (message.type === 'list' && message.list === 'agenda') this.#peer.send(message)
	}

	/** What is for those who watch. */
	tell(message: MeetingMessage) {
		if (this.#listening) this.#peer.send(message)
	}

	mediaLost() {
		this.#attendee = null
		this.tell({ type: 'media.lost' })
	}

	sends(): boolean {
		return false
	}

	doorKept() {}

	roled(_: MeetingRole) {}

	async #do(command: MeetingCommand): Promise<unknown> {
		if (this.#over) throw new Refusal('not-joined', 'this connection has ended')
		switch (command.type) {
			case 'relay.join':
				return this.#join(command.device.media)
			case 'meeting.leave':
				return this.#leave()
			case 'media.open': {
				if (command.producers.length > 0) throw new Refusal('not-allowed', 'whoever watches sends nothing')
				return { consumers: await this.#media().watch(command.rtpCapabilities, command.wanted) }
			}
			case 'media.ready':
				return this.#media().ready(command.receive, command.consumers)
			case 'media.show':
				return this.#media().show(command.wanted)
			case 'media.restart-ice':
				return { iceParameters: await this.#media().restartIce('receive') }
			case 'relay.ask':
				return this.#ask(command.text)
			default:
				throw new Refusal('not-allowed', 'whoever watches does nothing else')
		}
	}

	async #join(media: boolean): Promise<JoinResult> {
		const { air } = this.#meeting
		air.check()
		if (media && !this.#attendee && air.media.viewers >= mostViewers) {
			throw new Refusal('full', `${mostViewers} watch by WebRTC already`)
		}
		this.#listening = false
		this.#drop()
		const onChange = (change: Parameters<Parameters<typeof air.media.attend>[0]['onChange']>[0]) =>
			this.tell({ type: 'media', ...change })
		const attended = media ? await air.media.attend({ person: this.id, onChange }) : null
		if (this.#over) {
			if (attended) air.media.leave(attended.attendee)
			throw new Refusal('not-joined', 'this connection has ended')
		}
		this.#attendee = attended?.attendee ?? null
		air.viewers.add(this)
		this.#meeting.arrived(this, null)
		// From here to the answer nothing waits, so no patch can come before it or be missed.
		this.#listening = true
		const { revision } = this.#meeting.lists.public.asking
		return {
			person: this.id,
			resume: this.id,
			role: 'viewer',
			name: '',
			core: publicCore(this.#meeting.coreToBegin()),
			people: air.people.whole(),
			lists: {
				asking: { revision, set: [] },
				seats: { revision, set: [] },
				agenda: this.#meeting.lists.public.agenda,
				documents: { revision, set: [] },
			},
			desk: null,
			chat: [],
			ballots: null,
			token: null,
			media: attended && { routerRtpCapabilities: attended.capabilities, ...attended.attendee.offers },
		}
	}

	/** Stands among what is written to those who preside. */
	#ask(text: string): { line: string } {
		const { air, chat } = this.#meeting
		if (!this.#listening) throw new Refusal('not-joined', 'join the relay first')
		if (this.#meeting.state.broadcast.relay === null) throw new Refusal('not-on-air', 'nothing is relayed now')
		if (!air.questions.take(performance.now())) throw new Refusal('too-many', 'many ask at this moment: try again')
		const strip = { name: this.#name ?? '시청자', title: this.#name === null ? '' : '시청자', bureau: '' }
		return { line: chat.say({ id: `viewer-${this.id}`, runs: false, chair: false }, 'clerk', text, strip) }
	}

	#media(): Attendee {
		if (this.#attendee) return this.#attendee
		throw new Refusal(this.#listening ? 'media-unavailable' : 'not-joined', 'join the relay first')
	}

	#leave() {
		this.#listening = false
		this.#drop()
		this.#meeting.air.viewers.delete(this)
		this.#meeting.departed(this, null, false)
	}

	#drop() {
		if (this.#attendee) this.#meeting.air.media.leave(this.#attendee)
		this.#attendee = null
	}

	#finish() {
		if (this.#over) return
		this.#over = true
		this.#leave()
	}
}

type CoreMessage = Extract<MeetingMessage, { type: 'core' }>

/** One object for all who watch: it is serialised once. */
const messages = new WeakMap<CoreMessage, CoreMessage>()

function publicMessage(message: CoreMessage): CoreMessage {
	const made = messages.get(message) ?? { type: 'core', core: publicCore(message.core) }
	messages.set(message, made)
	return made
}
