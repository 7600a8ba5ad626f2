import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { Wanted } from '../../../appliance/protocol/media.ts'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type {
	JoinResult,
	LobbyResult,
	MeetingCore,
	MeetingMessage,
	Result,
} from '../../../appliance/protocol/messages.ts'
import { type MeetingRole, presides, publishes } from '../../../appliance/protocol/roles.ts'
import { Calls } from './calls.ts'
import type { IceState, Incoming, MediaCall, Outgoing } from './media-call.ts'
import type { People } from './people.ts'
import { keepProbing } from './probing.ts'
import { Retries } from './retries.ts'
import { MeetingState } from './state.svelte.ts'
import { final, type Stay, type Surroundings, tellPage } from './stay.ts'
import { HubWay } from './way.svelte.ts'

/**
 * One person's stay in a meeting, from the join to the end, across every loss in between: a cut socket, a changed
 * network, an SFU that died. After each the page stays as it is and joins again as the same person (`resume`);
 * muted stays muted. Joining: design.md §4.
 *
 * Decided here is only where one stays. `HubWay` has the socket, `MeetingState` what is known, `Calls` the media.
 */

export class MeetingClient {
	stay = $state.raw<Stay>({ at: 'out' })
	me = $state.raw<string | null>(null)
	role = $state.raw<MeetingRole | null>(null)
	/** One's own, where the link is shared and people are let in one by one; null: the link is enough. */
	token: string | null = null
	/** What the hub says of the meeting. */
	readonly state: MeetingState

	readonly #around: Surroundings
	readonly #way: HubWay
	readonly #calls: Calls
	readonly #retries = new Retries(() => this.#way.status === 'online' && this.#enter())
	#stopProbing: () => void = () => {}
	#name: string | undefined
	/** Whether this page leaves another one of the same person in peace. */
	#asks = false
	#resume: string | undefined
	/** Counts joins; whatever belongs to an earlier one is dropped when it comes to an end. */
	#turn = 0
	/** True from the answer to a join on: what the hub says before that is of an earlier stay. */
	#seated = false
	#inSince = 0

	constructor(around: Surroundings) {
		this.#around = around
		this.state = new MeetingState(around.now)
		this.#way = new HubWay({
			openSocket: around.openSocket,
			now: around.now,
			onMessage: (message) => this.#hear(message),
			onOnline: () => this.#enter(),
			onAway: () => this.#fall(),
			onSilent: () => this.#reconnect(),
		})
		this.#calls = new Calls(around, {
			me: () => this.me,
			people: () => this.people,
			isIn: () => this.stay.at === 'in',
			ask: (command, withinMs) => this.#way.ask(command, withinMs),
			again: () => this.#again(),
		})
	}

	get core(): MeetingCore | null {
		return this.state.core
	}

	get people(): People {
		return this.state.people
	}

	/** The hub's clock minus ours, in milliseconds. */
	get ahead(): number {
		return this.state.ahead
	}

	/** The resume token to bring along when this page is loaded anew. */
	get resume(): string | undefined {
		return this.#resume
	}

	get call(): MediaCall | null {
		return this.#calls.call
	}

	get ice(): IceState {
		return this.#calls.ice.state
	}

	/** What is received, by source. */
	get incoming(): ReadonlyMap<string, Incoming> {
		return this.#calls.receiving.incoming
	}

	/** In, and the first picture is on its way: nothing else is asked for beside it. */
	get arriving(): boolean {
		return this.#calls.receiving.arriving
	}

	/** Since when there is no way to the hub; null while there is one, or none is needed. */
	get awaySince(): number | null {
		return this.#way.awaySince
	}

	get muted(): boolean {
		return this.#calls.sending.muted
	}

	/** Where the device itself is gone; else `setMuted` does it. */
	set muted(muted: boolean) {
		this.#calls.sending.muted = muted
	}

	get #over(): boolean {
		return this.stay.at === 'out' || this.stay.at === 'left' || this.stay.at === 'ended'
	}

	/** Opens the way to the hub ahead of time, so that a join does not wait for it. */
	prepare() {
		if (this.#way.status === 'away' && this.stay.at === 'out') this.#way.open()
	}

	/**
	 * Enters with what `outgoing` answers. `name` for shared links; `resume` from a stay before the page was loaded. `asks`:
	 * ends with 'elsewhere' where this person is in from another page, which else gives way.
	 */
	join(options: { name?: string; resume?: string; muted: boolean; asks?: boolean }) {
		this.#asks = options.asks ?? false
		this.#name = options.name
		this.#resume = options.resume ?? this.#resume
		this.muted = options.muted
		this.#calls.receiving.forget()
		this.stay = { at: 'joining' }
		if (this.#way.status === 'online') this.#enter()
		else if (this.#way.status === 'away') this.#way.open()
	}

	/** Leaves for good: others see it at once. */
	leave() {
		this.#finish({ at: 'left' }, () => this.#way.say({ type: 'meeting.leave' }))
	}

	/** Whatever else one may ask of the meeting. */
	ask(command: MeetingCommand): Promise<Result> {
		return this.#way.ask(command)
	}

	/** Mutes at once and here, online or not. Opening the microphone needs the hub's yes; false: it stays muted. */
	setMuted(muted: boolean): Promise<boolean> {
		return this.#calls.sending.setMuted(muted)
	}

	/** Begins to send one more thing; in a stay that is being brought back, the next join brings it. */
	addSource(source: Outgoing): Promise<boolean> {
		return this.#calls.sending.add(source)
	}

	removeSource(use: Outgoing['use']): Promise<void> {
		return this.#calls.sending.remove(use)
	}

	/** Ends one of several of the same use. */
	removeTrack(track: MediaStreamTrack): Promise<void> {
		return this.#calls.sending.removeTrack(track)
	}

	/** Another device for what is sent already. */
	async replaceTrack(use: Outgoing['use'], track: MediaStreamTrack): Promise<void> {
		await this.#calls.call?.replace(use, track)
	}

	/** One's own pictures are sent small from now on, or as they are. */
	async spare(on: boolean): Promise<void> {
		await this.#calls.call?.spare(on)
	}

	/** Whether this page plays sound has changed. */
	hear() {
		this.#calls.receiving.hear()
	}

	/** What the page shows now. */
	show(video: Wanted['video']) {
		// Of a call that is not drawn yet: what it will show is guessed better by `firstPictures`.
		if (video.length === 0 && this.stay.at === 'joining') return
		this.#calls.receiving.show(video)
	}

	close() {
		this.#finish({ at: 'out' })
	}

	/** The way to the hub is gone. Sound and pictures may well go on: they are kept until the next join replaces them. */
	#fall() {
		this.#turn++
		this.#seated = false
		this.#retries.stop()
		this.#stopProbing()
		if (this.stay.at === 'in') this.stay = { at: 'returning', since: this.#around.now() }
	}

	#hear(message: MeetingMessage) {
		switch (message.type) {
			case 'token':
				this.token = message.token
				return
			case 'lobby.place':
				if (this.stay.at === 'lobby') this.stay = { ...this.stay, before: message.before }
				return
			case 'admitted':
				if (this.stay.at !== 'lobby') return
				this.#resume = message.resume
				this.stay = { at: 'joining' }
				return this.#enter()
			case 'ended':
				return this.#finish({ at: 'ended', code: message.code })
			case 'error':
				if (final.includes(message.code)) this.#finish({ at: 'ended', code: message.code })
				return
			default:
				// What the hub says before it has answered the join is of an earlier stay.
				if (this.#seated) this.#hearSeated(message)
		}
	}

	#hearSeated(message: MeetingMessage) {
		switch (message.type) {
			case 'role':
				return this.#takeRole(message.role)
			case 'media':
				return this.#calls.receiving.take(message.offers, message.closed)
			case 'media.lost':
				return this.#again()
		}
		const heard = this.state.hear(message)
		if (heard === 'gap') return this.#again()
		if (heard === 'other') return tellPage(this.#around, message)
		if (message.type === 'people') this.#calls.sending.agreeOnMute(this.people.byId.get(this.me ?? '')?.sources ?? [])
	}

	/** Media are joined anew where one may send now and could not, or the other way round; the lists where one begins to preside. */
	#takeRole(role: MeetingRole) {
		const before = this.role
		this.role = role
		if (before === null) return
		if (!presides(role)) this.state.dropDesk()
		const begins = presides(role) && !presides(before)
		if (begins || publishes(role) !== publishes(before)) this.#again()
	}

	/** Joins again as the same person: the way to the hub is there, the media is not. */
	#again() {
		const { at } = this.stay
		if (at !== 'in' && at !== 'returning' && !(at === 'joining' && this.#seated)) return
		const inMs = at === 'in' ? this.#around.now() - this.#inSince : null
		this.#fall()
		this.#retries.lost(inMs)
	}

	#enter() {
		if (this.#over) return
		const turn = ++this.#turn
		this.#seated = false
		const current = () => turn === this.#turn
		this.#retries.stop()
		this.#attempt(current).then(
			(failure) => current() && failure && this.#failed(failure),
			// WebRTC refused something: a new attempt starts from nothing.
			() => current() && this.#failed('media-failed'),
		)
	}

	/** The two round trips. Answers null when in, else why not. */
	async #attempt(current: () => boolean): Promise<ErrorCode | null> {
		const joined = await this.#way.ask({
			type: this.#around.door ?? 'meeting.join',
			device: {
				media: true,
				...(this.#resume ? { resume: this.#resume } : {}),
				...(this.#asks ? { asks: true } : {}),
			},
			...(this.#name ? { name: this.#name } : {}),
		})
		if (!current()) return null
		if (!joined.ok) return joined.code
		const result = joined.data as JoinResult | LobbyResult
		this.#resume = result.resume
		if ('lobby' in result) {
			this.#calls.drop()
			this.stay = { at: 'lobby', before: result.before, meeting: result.meeting }
			return null
		}
		this.me = result.person
		this.token = result.token
		this.role = result.role
		this.state.load(result)
		this.#seated = true
		this.#calls.drop()
		if (!result.media) return 'media-unavailable'
		return this.#calls.open(result.media, current, () => {
			this.stay = { at: 'in' }
			this.#inSince = this.#around.now()
			this.#keepProbing()
		})
	}

	#keepProbing() {
		this.#stopProbing()
		this.#stopProbing = keepProbing({
			lastPacket: () => this.call?.lastPacket ?? 0,
			ask: (withinMs) => this.#calls.receiving.ask(withinMs),
			doubt: () => this.#way.doubt(),
		})
	}

	#failed(code: ErrorCode) {
		if (final.includes(code)) return this.#finish({ at: 'ended', code })
		// The hub no longer knows whom to bring back: come as the same link, anew.
		if (code === 'not-joined') this.#resume = undefined
		if (code === 'meeting-not-open') this.stay = { at: 'waiting' }
		this.#retries.failed(code)
	}

	/** Gives up a socket that does not answer, and takes a new one. */
	#reconnect() {
		if (this.#over) return
		this.#fall()
		this.#way.open()
	}

	#finish(stay: Stay, lastWord?: () => void) {
		this.#turn++
		this.#retries.stop()
		this.#stopProbing()
		this.stay = stay
		lastWord?.()
		this.#calls.drop()
		this.#way.close()
	}
}
