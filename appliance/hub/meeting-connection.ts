import type { Attendee } from '../media/attendee.ts'
import { Refusal } from '../protocol/errors.ts'
import type { ProducerSpec } from '../protocol/media.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { JoinResult, MeetingMessage, Result } from '../protocol/messages.ts'
import { publishing, type Role } from '../protocol/roles.ts'
import type { LiveMeeting, MeetingPrincipal } from './live-meeting.ts'
import type { Peer } from './peer.ts'
import { Turns } from './turns.ts'

/** One client's connection to one meeting. A person may have several: a room has one for control and one for media. */
export class MeetingConnection {
	readonly principal: MeetingPrincipal
	readonly #meeting: LiveMeeting
	readonly #peer: Peer
	readonly #turns: Turns
	readonly #feeds = new Set<string>()
	#person: string | null = null
	#attendee: Attendee | null = null
	#hasMedia = false
	/** Whether patches go to it: from the answer to its join on. */
	#listening = false
	#over = false

	constructor(meeting: LiveMeeting, principal: MeetingPrincipal, peer: Peer) {
		this.#meeting = meeting
		this.principal = principal
		this.#peer = peer
		this.#turns = new Turns(meeting.log)
	}

	/** Null while not joined. */
	get person(): string | null {
		return this.#person
	}

	/** Whether it joined with media, and so gives way to the same person's next page. */
	get hasMedia(): boolean {
		return this.#hasMedia
	}

	/** One command after the other; answers when it is done. */
	handle(command: MeetingCommand): Promise<Result> {
		return this.#turns.take(() => this.#do(command))
	}

	/** The socket has closed. */
	gone() {
		this.#finish(false)
	}

	/** The last word, and the socket closes. */
	end(code: 'meeting-closed' | 'revoked' | 'taken-over') {
		if (this.#over) return
		this.#peer.send({ type: 'ended', code })
		this.#finish(code !== 'taken-over')
		this.#peer.close()
	}

	hear(message: MeetingMessage) {
		if (this.#listening) this.#peer.send(message)
	}

	/** All media of the meeting are gone; its client joins again. */
	mediaLost() {
		this.#attendee = null
		this.#feeds.clear()
		this.hear({ type: 'media.lost' })
	}

	async #do(command: MeetingCommand): Promise<unknown> {
		if (this.#over) throw new Refusal('not-joined', 'this connection has ended')
		switch (command.type) {
			case 'meeting.join':
				return this.#join(command)
			case 'meeting.leave':
				this.#joined()
				return this.#leave(true)
			case 'meeting.open':
			case 'meeting.suspend':
			case 'meeting.resume':
			case 'meeting.close': {
				const type = command.type.slice('meeting.'.length) as 'open' | 'suspend' | 'resume' | 'close'
				this.#meeting.change({ type, by: this.#person ?? this.principal.person ?? this.principal.jti })
				return
			}
			case 'media.open':
				return this.#openMedia(command)
			case 'media.ready':
				return this.#media().ready(command.receive, command.consumers)
			case 'media.show':
				return this.#media().show(command.wanted)
			case 'media.produce':
				return this.#produce(command)
			case 'media.mute':
				return this.#mute(command.source, command.muted)
			case 'media.close':
				return this.#closeSources(command.sources)
			case 'media.restart-ice':
				return { iceParameters: await this.#media().restartIce(command.transport) }
			case 'feed.open':
				return this.#openFeed(command)
			case 'feed.close':
				return this.#closeSources([command.feed])
			default:
				throw new Refusal('not-allowed', 'this link is for one meeting only')
		}
	}

	async #join({ device, name }: Extract<MeetingCommand, { type: 'meeting.join' }>): Promise<JoinResult> {
		const meeting = this.#meeting
		const { principal } = this
		const person = this.#person ?? meeting.whoIs(principal, device.resume)
		const shown = principal.name ?? name ?? meeting.nameOf(person)
		if (shown === null) throw new Refusal('bad-message', 'this link is shared: a name is needed')
		meeting.checkJoin(person, principal)

		this.#listening = false
		this.#dropAttendee()
		const attended = device.media ? await this.#attend(person) : null
		try {
			if (this.#over) throw new Refusal('not-joined', 'this connection has ended')
			meeting.enter(person, principal, shown)
		} catch (error) {
			if (attended) meeting.media.leave(attended.attendee)
			throw error
		}
		this.#person = person
		this.#attendee = attended?.attendee ?? null
		this.#hasMedia = device.media
		meeting.arrived(this, person)
		if (device.media) meeting.takeOver(this, person)
		// From here to the answer nothing waits, so no patch can come before it or be missed.
		this.#listening = true
		return {
			person,
			resume: this.#secret(person, device.resume),
			role: principal.role,
			name: shown,
			core: meeting.core,
			people: meeting.people.whole(),
			media: attended && { routerRtpCapabilities: attended.capabilities, ...attended.attendee.offers },
		}
	}

	#attend(person: string) {
		return this.#meeting.media.attend({
			person,
			publishes: this.#mayPublish(),
			onChange: (change) => this.hear({ type: 'media', ...change }),
		})
	}

	#secret(person: string, brought: string | undefined): string {
		const { returns, state } = this.#meeting
		if (brought !== undefined && returns.find(state.id, brought) === person) return brought
		return returns.give(state.id, person)
	}

	async #openMedia(command: Extract<MeetingCommand, { type: 'media.open' }>) {
		const person = this.#joined()
		const attendee = this.#media()
		const { send, producers, rtpCapabilities, wanted } = command
		if (producers.length > 0 && !this.#mayPublish()) {
			throw new Refusal('not-allowed', `a ${this.principal.role} sends nothing`)
		}
		await attendee.connectSend(send)
		const { returns, state, media } = this.#meeting
		// A return unmutes nothing: what the meeting knows as muted stays so until the person says otherwise.
		await media.publish(attendee, producers, ({ use, muted }) => muted || returns.isMuted(state.id, person, use))
		for (const { use, muted } of producers) if (muted) returns.setMuted(state.id, person, use, true)
		return { consumers: await attendee.watch(rtpCapabilities, wanted) }
	}

	async #produce({ send, producers }: { send: object | null; producers: ProducerSpec[] }) {
		const person = this.#joined()
		const attendee = this.#media()
		await attendee.connectSend(send)
		const { returns, state, media } = this.#meeting
		await media.publish(attendee, producers, ({ muted }) => muted)
		for (const { use, muted } of producers) returns.setMuted(state.id, person, use, muted)
	}

	async #mute(id: string, muted: boolean) {
		const person = this.#joined()
		const { returns, state, media } = this.#meeting
		const source = media.sourceOf(person, id)
		// Muting is remembered before it is tried, opening after it was done: whatever breaks leaves it shut.
		if (muted) returns.setMuted(state.id, person, source.use, true)
		await source.setMuted(muted)
		if (!muted) returns.setMuted(state.id, person, source.use, false)
	}

	#closeSources(ids: readonly string[]) {
		const person = this.#joined()
		const { media } = this.#meeting
		for (const id of ids) media.sourceOf(person, id)
		for (const id of ids) {
			media.closeSource(person, id)
			this.#feeds.delete(id)
		}
	}

	async #openFeed({ name, ssrc, payloadType, srtp }: Extract<MeetingCommand, { type: 'feed.open' }>) {
		const person = this.#joined()
		const { media } = this.#meeting
		const request = { name, ssrc, payloadType, srtp }
		const opened = await media.openFeed(person, request, {
			onKeyFrame: (feed) => this.hear({ type: 'feed.keyframe', feed }),
			onLost: (feed) => this.hear({ type: 'feed.lost', feed }),
		})
		if (this.#over) media.closeSource(person, opened.feed)
		else this.#feeds.add(opened.feed)
		return opened
	}

	#joined(): string {
		if (this.#person === null) throw new Refusal('not-joined', 'join the meeting first')
		return this.#person
	}

	#media(): Attendee {
		this.#joined()
		if (this.#attendee) return this.#attendee
		throw this.#hasMedia
			? new Refusal('media-unavailable', 'the media of this connection were lost; join again')
			: new Refusal('not-joined', 'this connection joined without media')
	}

	#mayPublish(): boolean {
		const roles: readonly Role[] = publishing
		return roles.includes(this.principal.role)
	}

	#finish(left: boolean) {
		if (this.#over) return
		this.#over = true
		this.#leave(left)
	}

	#leave(left: boolean) {
		const person = this.#person
		this.#listening = false
		this.#dropAttendee()
		this.#hasMedia = false
		this.#person = null
		if (person === null) return
		this.#dropFeeds(person)
		this.#meeting.departed(this, person, left)
	}

	#dropAttendee() {
		if (this.#attendee) this.#meeting.media.leave(this.#attendee)
		this.#attendee = null
	}

	#dropFeeds(person: string) {
		const { media } = this.#meeting
		const open = new Set(media.sourcesOf(person).map(({ id }) => id))
		for (const feed of this.#feeds) if (open.has(feed)) media.closeSource(person, feed)
		this.#feeds.clear()
	}
}
