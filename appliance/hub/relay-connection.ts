import { randomUUID } from 'node:crypto'
import { ballotsOf } from '../meeting/vote-view.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { JoinResult, MeetingMessage } from '../protocol/messages.ts'
import type { QuestionView } from '../protocol/relay.ts'
import type { Principal } from '../protocol/roles.ts'
import { work } from './desk-work.ts'
import type { LiveMeeting } from './live-meeting.ts'
import type { Peer } from './peer.ts'
import { publicCore } from './public-core.ts'
import { SideConnection } from './side-connection.ts'
import { type Viewer, viewerOf } from './viewings.ts'
import { ownCheck } from './views.ts'

/** So many watch over WebRTC; whoever comes after is told so, and reads playlists. */
const mostViewers = 600

/** One who watches the relay: told what is public, sent the programme, and nobody in the meeting. */
export class RelayConnection extends SideConnection {
	/** As what its media are known. */
	readonly id = randomUUID()
	readonly person = null
	readonly reads = ''
	readonly hasMedia = false
	/** As their link says; null: it is shared. */
	readonly #name: string | null

	/** Null: one of the house, who is counted nowhere. */
	readonly viewer: Viewer | null
	/** Tells the end of their watching; null: they do not. */
	#leaves: (() => void) | null = null

	constructor(meeting: LiveMeeting, by: Principal, peer: Peer) {
		super(meeting, by.jti, peer)
		this.#name = by.kind === 'meeting' ? by.name : null
		this.viewer = viewerOf(by, peer.address ?? '')
	}

	/** Who watches a class, where the house knows who. */
	get watches(): string | null {
		return this.meeting.state.kind === 'class' ? (this.viewer?.person ?? null) : null
	}

	/** Of what the meeting's own people are told, only what is for the public. */
	override hear(message: MeetingMessage) {
		if (message.type === 'ballots' || message.type === 'check') return this.tell(message)
		if (message.type === 'core') return this.tell(publicMessage(message))
		if (message.type === 'list' && message.list === 'agenda') this.tell(message)
	}

	protected override async obey(command: MeetingCommand): Promise<unknown> {
		switch (command.type) {
			case 'relay.join':
				return this.#join(command.device.media)
			case 'media.open': {
				if (command.producers.length > 0) throw new Refusal('not-allowed', 'whoever watches sends nothing')
				return { consumers: await this.media().watch(command.rtpCapabilities, command.wanted) }
			}
			case 'media.restart-ice':
				return { iceParameters: await this.media().restartIce('receive') }
			case 'relay.ask':
				return this.#ask(command)
			case 'presence.answer':
			case 'vote.cast':
				return this.#answer(command)
			default:
				return super.obey(command)
		}
	}

	async #join(media: boolean): Promise<JoinResult> {
		const { air } = this.meeting
		air.check()
		if (media && !this.attendee && air.media.viewers >= mostViewers) {
			throw new Refusal('full', `${mostViewers} watch by WebRTC already`)
		}
		this.listening = false
		this.drop()
		const onChange = (change: Parameters<Parameters<typeof air.media.attend>[0]['onChange']>[0]) =>
			this.tell({ type: 'media', ...change })
		const attended = media ? await air.media.attend({ person: this.id, onChange }) : null
		if (this.over) {
			if (attended) air.media.leave(attended.attendee)
			throw new Refusal('not-joined', 'this connection has ended')
		}
		this.attendee = attended?.attendee ?? null
		if (attended && this.viewer) this.#leaves = air.viewings.enter(this.viewer)
		air.viewers.add(this)
		this.meeting.arrived(this, null)
		this.meeting.watching.follow()
		setImmediate(() => {
			const captions = this.meeting.captions.publicBeginning()
			if (captions) this.tell(captions)
		})
		// From here to the answer nothing waits, so no patch can come before it or be missed.
		this.listening = true
		const { revision } = this.meeting.lists.public.asking
		return {
			person: this.id,
			resume: this.id,
			role: 'viewer',
			name: '',
			core: publicCore(this.meeting.coreToBegin()),
			people: air.people.whole(),
			lists: {
				asking: { revision, set: [] },
				seats: { revision, set: [] },
				agenda: this.meeting.lists.public.agenda,
				documents: { revision, set: [] },
			},
			desk: null,
			chat: [],
			ballots: this.watches === null ? null : ballotsOf(this.meeting.state, this.watches),
			check: this.watches === null ? null : ownCheck(this.meeting.state, this.watches),
			asked: null,
			token: null,
			media: attended && { routerRtpCapabilities: attended.capabilities, ...attended.attendee.offers },
		}
	}

	#ask({ question, text, speaks = false, name }: Extract<MeetingCommand, { type: 'relay.ask' }>): QuestionView {
		const { questions } = this.meeting
		if (!this.listening) throw new Refusal('not-joined', 'join the relay first')
		if (this.meeting.state.broadcast.relay === null) throw new Refusal('not-on-air', 'nothing is relayed now')
		const written = text.trim()
		const named = (this.#name ?? name ?? '').trim()
		if (written === '') throw new Refusal('bad-message', 'there is nothing in it')
		if (speaks && named === '') throw new Refusal('bad-message', 'whoever would come in says their name')
		return questions.ask(this, { id: question, name: named, text: written, speaks })
	}

	/** Of a class: what it asks, of whom the house knows who they are. */
	#answer(command: Extract<MeetingCommand, { type: 'presence.answer' | 'vote.cast' }>) {
		const person = this.watches
		if (!this.listening) throw new Refusal('not-joined', 'join the relay first')
		if (person === null) throw new Refusal('not-eligible', 'nobody knows who this is')
		const isPoll = command.type !== 'vote.cast' || this.meeting.state.votes.get(command.vote)?.poll
		if (!isPoll) throw new Refusal('not-allowed', 'whoever watches does not vote')
		return work(this.meeting, command, { id: person, runs: false, chair: false })
	}

	protected override leave() {
		this.meeting.air.viewers.delete(this)
		this.meeting.questions.gone(this)
		super.leave()
		this.meeting.watching.follow()
	}

	protected drop() {
		if (this.attendee) this.meeting.air.media.leave(this.attendee)
		this.attendee = null
		this.#leaves?.()
		this.#leaves = null
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
