import type { Attendee } from '../media/attendee.ts'
import { comingRole } from '../meeting/people.ts'
import { ballotsOf } from '../meeting/vote-view.ts'
import { Refusal } from '../protocol/errors.ts'
import type { ProducerSpec } from '../protocol/media.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { EndCode, JoinResult, LobbyResult, MeetingMessage, Result } from '../protocol/messages.ts'
import { type MeetingRole, presides, publishes } from '../protocol/roles.ts'
import { actorOf, mustKnock, roleNow } from './admission.ts'
import { work } from './desk-work.ts'
import type { Listener } from './listeners.ts'
import type { LiveMeeting } from './live-meeting.ts'
import type { MeetingPrincipal } from './meeting-parts.ts'
import type { Peer } from './peer.ts'
import { Turns } from './turns.ts'
import { ownCheck } from './views.ts'

/** One client's connection to one meeting. A person may have several: a room has one for control and one for media. */
export class MeetingConnection implements Listener {
	readonly principal: MeetingPrincipal
	readonly #meeting: LiveMeeting
	readonly #peer: Peer
	readonly #turns: Turns
	readonly #feeds = new Set<string>()
	#person: string | null = null
	/** The id in the lobby while waiting to be let in. */
	#knocks: string | null = null
	/** Follows the meeting as a desk does, as nobody in it. */
	#atDesk = false
	#attendee: Attendee | null = null
	#hasMedia = false
	/** Whether its transports were made to send. */
	#publishes = false
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

	/** As the meeting has it now: it may have been changed since the link was made. */
	get role(): MeetingRole {
		return roleNow(this.#meeting.state, this.#person ?? this.principal.person, this.principal)
	}

	get reads(): string {
		return this.#person ?? this.principal.person ?? this.principal.jti
	}

	get presides(): boolean {
		return presides(this.role)
	}

	sends(feed: string): boolean {
		return this.#feeds.has(feed)
	}

	get jti(): string {
		return this.principal.jti
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
	end(code: EndCode) {
		if (this.#over) return
		this.#peer.send({ type: 'ended', code })
		this.#finish(code !== 'taken-over')
		this.#peer.close()
	}

	hear(message: MeetingMessage) {
		if (this.#listening || this.#knocks !== null) this.#peer.send(message)
	}

	/** What goes up is cut at once where the new role may not send; the page joins its media anew. */
	roled(role: MeetingRole) {
		if (this.#attendee && publishes(role) !== this.#publishes) this.#dropAttendee()
		this.hear({ type: 'role', role })
	}

	/** This person's media are gone; their client joins again. Feeds are told of one by one. */
	mediaLost() {
		this.#attendee = null
		this.hear({ type: 'media.lost' })
	}

	/** A link that others have as well is no longer enough: whoever is in already is given one of their own. */
	doorKept() {
		const person = this.#person
		if (person === null) return
		const name = this.#meeting.nameOf(person) ?? ''
		this.#meeting.entrance.ownToken(this.principal, person, name).then(
			(token) => token !== null && this.hear({ type: 'token', token }),
			(error: unknown) => this.#meeting.log.error({ err: error, person }, 'no link of their own could be made'),
		)
	}

	async #do(command: MeetingCommand): Promise<unknown> {
		if (this.#over) throw new Refusal('not-joined', 'this connection has ended')
		switch (command.type) {
			case 'meeting.join':
				return this.#join(command)
			case 'meeting.leave':
				this.#joined()
				return this.#leave(true)
			case 'desk.open':
				return this.#openDesk()
			case 'desk.close':
				return this.#closeDesk()
			case 'readiness.report': {
				const { type: _, ...found } = command
				const id = this.#joined()
				return this.#meeting.lists.report({
					id,
					...found,
					slides: this.#meeting.documents.readinessOf(id),
					at: this.#meeting.now,
				})
			}
			case 'roll.links':
				return { links: await this.#meeting.personalLinks(this.role === 'chair') }
			case 'hall.declare': {
				const person = this.#joined()
				this.#meeting.change({ type: 'hall.declare', person, seats: command.seats, gated: command.gated })
				return
			}
			case 'grant.step':
				return this.#meeting.grants.report(command)
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
			case 'feed.move': {
				const { feed, pan, tilt, zoom } = command
				return this.#meeting.driving.move(this.#joined(), feed, { pan, tilt, zoom })
			}
			case 'feed.stop':
				return this.#meeting.driving.stop(this.#joined(), command.feed)
			case 'feed.ask':
				return this.#meeting.driving.ask(this.#joined(), command.feed)
			case 'feed.refused': {
				const { who, feed, code } = command
				this.#meeting.media.sourceOf(this.#joined(), feed)
				for (const person of who) this.#meeting.listeners.tellPerson(person, { type: 'feed.refused', feed, code })
				return
			}
			default: {
				const done = work(this.#meeting, command, this.#actor())
				if (done) return done
				throw new Refusal('not-allowed', 'this link is for one meeting only')
			}
		}
	}

	#actor() {
		const id = this.#atDesk ? this.reads : this.#joined()
		return actorOf(id, this.role)
	}

	#openDesk() {
		if (this.#person !== null) throw new Refusal('already-so', 'this connection is in the meeting already')
		this.#atDesk = true
		if (this.principal.person !== null) this.#meeting.presence.isAtDesk(this.principal.person)
		this.#listening = true
		this.#meeting.arrived(this, null)
		return this.#meeting.desk(this)
	}

	#closeDesk() {
		if (!this.#atDesk) return
		this.#atDesk = false
		this.#listening = false
		this.#meeting.departed(this, null, false)
	}

	async #join(command: Extract<MeetingCommand, { type: 'meeting.join' }>): Promise<JoinResult | LobbyResult> {
		const { device, name } = command
		const meeting = this.#meeting
		const { principal } = this
		const person = this.#person ?? meeting.entrance.whoIs(principal, device.resume)
		const shown = principal.name ?? name ?? meeting.nameOf(person)
		if (shown === null) throw new Refusal('bad-message', 'this link is shared: a name is needed')
		if (mustKnock(meeting.state, person, principal)) return this.#knock(person, shown, device.resume)
		meeting.entrance.check(person, principal)
		// A page that comes back from a loss is the same one, whatever is left of its earlier connection.
		const asks = device.media && device.asks && meeting.listeners.hasOther(this, person)
		if (asks && !this.#isTheirs(device.resume, person))
			throw new Refusal('elsewhere', 'this person is in from another page')
		if (device.media && !this.#mayComeNow(person)) throw new Refusal('busy', 'many come at this moment: try again')
		this.#knocks = null
		this.#closeDesk()

		this.#listening = false
		this.#dropAttendee()
		const sends = publishes(comingRole(meeting.state, person, principal.role))
		const { token, attended } = await meeting.pace.during(async () => ({
			token: await meeting.entrance.ownToken(principal, person, shown),
			attended: device.media ? await this.#attend(person, sends) : null,
		}))
		try {
			if (this.#over) throw new Refusal('not-joined', 'this connection has ended')
			meeting.entrance.enter(person, principal, shown)
		} catch (error) {
			if (attended) meeting.media.leave(attended.attendee)
			throw error
		}
		this.#person = person
		this.#attendee = attended?.attendee ?? null
		this.#hasMedia = device.media
		this.#publishes = sends
		meeting.arrived(this, person)
		if (device.media) meeting.listeners.takeOver(this, person)
		// From here to the answer nothing waits, so no patch can come before it or be missed.
		this.#listening = true
		return {
			person,
			resume: this.#secret(person, device.resume),
			role: this.role,
			name: meeting.nameOf(person) ?? shown,
			core: meeting.coreToBegin(),
			people: meeting.people.whole(),
			lists: meeting.lists.public,
			desk: this.presides ? meeting.lists.desk : null,
			chat: meeting.chat.seenBy(this),
			ballots: ballotsOf(meeting.state, person),
			check: ownCheck(meeting.state, person),
			asked: meeting.asked.seenBy(person),
			token,
			media: attended && { routerRtpCapabilities: attended.capabilities, ...attended.attendee.offers },
		}
	}

	/** Whoever was in comes back at once, and those who run the meeting wait for nobody. */
	#mayComeNow(person: string): boolean {
		const { state, pace } = this.#meeting
		const role = comingRole(state, person, this.principal.role)
		return state.members.has(person) || presides(role) || role === 'room' || pace.take(performance.now())
	}

	/** Before the door: nothing of the meeting is told yet. */
	#knock(person: string, name: string, brought: string | undefined): LobbyResult {
		const meeting = this.#meeting
		const before = meeting.door.knock(this, person, this.principal.role, name)
		this.#knocks = person
		return { lobby: true, person, resume: this.#secret(person, brought), meeting: meeting.core.meeting, before }
	}

	#attend(person: string, sends: boolean) {
		return this.#meeting.media.attend({
			person,
			publishes: sends,
			onChange: (change) => this.hear({ type: 'media', ...change }),
		})
	}

	#secret(person: string, brought: string | undefined): string {
		const { returns, state } = this.#meeting
		return this.#isTheirs(brought, person) ? brought : returns.give(state.id, person)
	}

	#isTheirs(brought: string | undefined, person: string): brought is string {
		const { returns, state } = this.#meeting
		return brought !== undefined && returns.find(state.id, brought) === person
	}

	async #openMedia(command: Extract<MeetingCommand, { type: 'media.open' }>) {
		const person = this.#joined()
		const attendee = this.#media()
		const { send, producers, rtpCapabilities, wanted } = command
		if (producers.length > 0 && !publishes(this.role)) throw new Refusal('not-allowed', `a ${this.role} sends nothing`)
		const { returns, state, media, pace } = this.#meeting
		return pace.during(async () => {
			await attendee.connectSend(send)
			// A return unmutes nothing: what the meeting knows as muted stays so until the person says otherwise.
			await media.publish(attendee, producers, ({ use, muted }) => muted || returns.isMuted(state.id, person, use))
			for (const { use, muted } of producers) if (muted) returns.setMuted(state.id, person, use, true)
			return { consumers: await attendee.watch(rtpCapabilities, wanted) }
		})
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
		if (!muted) {
			await source.setMuted(false)
			return returns.setMuted(state.id, person, source.use, false)
		}
		try {
			returns.setMuted(state.id, person, source.use, true)
		} finally {
			await source.setMuted(true)
		}
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

	async #openFeed(command: Extract<MeetingCommand, { type: 'feed.open' }>) {
		const person = this.#joined()
		const { media } = this.#meeting
		const { name, ssrc, payloadType, srtp, low = null, delayMs = 0, movable = false } = command
		const request = { name, ssrc, payloadType, srtp, low, delayMs, movable }
		const opened = await media.openFeed(person, request, {
			onKeyFrame: (feed, low) => this.hear({ type: 'feed.keyframe', feed, low }),
			onLost: (feed) => {
				this.#feeds.delete(feed)
				this.hear({ type: 'feed.lost', feed })
			},
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

	#finish(left: boolean) {
		if (this.#over) return
		this.#over = true
		if (this.#knocks !== null) this.#meeting.door.stopKnocking(this, this.#knocks)
		this.#knocks = null
		this.#closeDesk()
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
