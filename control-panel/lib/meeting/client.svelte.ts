import { SvelteMap } from 'svelte/reactivity'
import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { ConsumerOffer, Wanted } from '../../../appliance/protocol/media.ts'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type {
	JoinResult,
	LobbyResult,
	MeetingCore,
	MeetingMessage,
	Result,
} from '../../../appliance/protocol/messages.ts'
import { type MeetingRole, presides, publishes } from '../../../appliance/protocol/roles.ts'
import { type IceState, type Incoming, MediaCall, type Outgoing } from './media-call.ts'
import type { People } from './people.ts'
import { Silence } from './silence.ts'
import { MeetingState } from './state.svelte.ts'
import { final, type MeetingSocket, type Stay, type Surroundings } from './stay.ts'

/**
 * One person's stay in a meeting, from the join to the end, across every loss in between: a cut socket, a changed
 * network, an SFU that died. After each the page stays as it is and joins again as the same person (`resume`);
 * muted stays muted. Joining: design.md §4.
 */

const answerMs = 8000
/** Asked so often whether the meeting has been opened. */
const notOpenMs = 3000
/** Many come at the same moment: the hub is done with a few of them by then. */
const busyMs = 400
/** Who was in for so long comes back at once after a loss; who falls out again and again takes pauses. */
const steadyMs = 2000
/** For questions that tell whether the way to the hub is alive: a person's network is back within seconds or not at all. */
const probeEveryMs = 4000
const probeAnswerMs = 4000
/** Nothing more of what was coming for so long: it is asked at once whether the hub is there, by a second way if need be. */
const silentMs = 1000
const doubtedAnswerMs = 1500
const lookMs = 300
/** The first picture is agreed upon before the page draws its call, and comes before the others are asked for; no longer than this. */
const agreedMs = 400
const firstPictureMs = 1000

export class MeetingClient {
	stay = $state.raw<Stay>({ at: 'out' })
	me = $state.raw<string | null>(null)
	role = $state.raw<MeetingRole | null>(null)
	/** One's own, where the link is shared and people are let in one by one; null: the link is enough. */
	token: string | null = null
	muted = $state(true)
	ice = $state<IceState>('new')
	/** Since when there is no way to the hub; null while there is one, or none is needed. */
	awaySince = $state<number | null>(null)
	/** In, and the first picture is on its way: nothing else is asked for beside it. */
	arriving = $state(false)
	/** What the hub says of the meeting. */
	readonly state: MeetingState
	/** What is received, by source. */
	readonly incoming = new SvelteMap<string, Incoming>()

	readonly #around: Surroundings
	#socket: MeetingSocket | null = null
	#way: 'connecting' | 'online' | 'away' = 'away'
	#call: MediaCall | null = null
	#name: string | undefined
	/** Whether this page leaves another one of the same person in peace. */
	#asks = false
	#resume: string | undefined
	#pictures: Wanted['video'] | null = null
	/** Counts joins; whatever belongs to an earlier one is dropped when it comes to an end. */
	#turn = 0
	/** True from the answer to a join on: what the hub says before that is of an earlier stay. */
	#seated = false
	#asksMute = 0
	#tries = 0
	#inSince = 0
	#retry: ReturnType<typeof setTimeout> | undefined
	#probe: ReturnType<typeof setInterval> | undefined
	#grace: ReturnType<typeof setTimeout> | undefined
	#queue: Promise<void> = Promise.resolve()

	constructor(around: Surroundings) {
		this.#around = around
		this.state = new MeetingState(around.now)
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
		return this.#call
	}

	get #online(): boolean {
		return this.#way === 'online'
	}

	/** Opens the way to the hub ahead of time, so that a join does not wait for it. */
	prepare() {
		if (!this.#socket && this.stay.at === 'out') this.#connect()
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
		this.#pictures = null
		this.stay = { at: 'joining' }
		if (this.#socket && this.#online) this.#enter()
		else if (!this.#socket || this.#way === 'away') this.#connect()
	}

	/** Leaves for good: others see it at once. */
	leave() {
		this.#finish({ at: 'left' }, () => this.#socket?.send({ type: 'meeting.leave' }, answerMs))
	}

	/** Whatever else one may ask of the meeting. */
	async ask(command: MeetingCommand): Promise<Result> {
		return this.#ask(command)
	}

	/**
	 * Mutes at once and here, online or not. Opening the microphone needs the hub's yes; false: it stays muted.
	 */
	async setMuted(muted: boolean): Promise<boolean> {
		if (!muted && this.stay.at !== 'in') return false
		this.muted = muted
		this.#call?.setMuted('microphone', muted)
		this.#asksMute++
		const results = await Promise.all(
			(this.#call?.sources('microphone') ?? []).map((source) => this.#ask({ type: 'media.mute', source, muted })),
		)
		this.#asksMute--
		if (muted || results.every((result) => result.ok)) return true
		this.muted = true
		this.#call?.setMuted('microphone', true)
		return false
	}

	/** Begins to send one more thing; in a stay that is being brought back, the next join brings it. */
	async addSource(source: Outgoing): Promise<boolean> {
		const call = this.#call
		if (!call || this.stay.at !== 'in') return true
		const told = await call.produce([source])
		if (told.producers.length === 0) return false
		const result = await this.#ask({ type: 'media.produce', ...told, send: told.send ? { ...told.send } : null })
		if (!result.ok && call === this.#call) call.end(source.use)
		return result.ok
	}

	async removeSource(use: Outgoing['use']): Promise<void> {
		const sources = this.#call?.end(use) ?? []
		if (sources.length > 0) await this.#ask({ type: 'media.close', sources })
	}

	/** Ends one of several of the same use. */
	async removeTrack(track: MediaStreamTrack): Promise<void> {
		const source = this.#call?.endTrack(track)
		if (source) await this.#ask({ type: 'media.close', sources: [source] })
	}

	/** Another device for what is sent already. */
	async replaceTrack(use: Outgoing['use'], track: MediaStreamTrack): Promise<void> {
		await this.#call?.replace(use, track)
	}

	/** One's own pictures are sent small from now on, or as they are. */
	async spare(on: boolean): Promise<void> {
		await this.#call?.spare(on)
	}

	/** Whether this page plays sound has changed. */
	hear() {
		if (this.#call && this.stay.at === 'in') void this.#ask({ type: 'media.show', wanted: this.#wanted() })
	}

	/** What the page shows now. */
	show(video: Wanted['video']) {
		// Of a call that is not drawn yet: what it will show is guessed better by `firstPictures`.
		if (video.length === 0 && this.stay.at === 'joining') return
		this.#pictures = video
		if (this.#call && this.stay.at === 'in' && !this.arriving)
			void this.#ask({ type: 'media.show', wanted: this.#wanted() })
	}

	close() {
		this.#finish({ at: 'out' })
	}

	#connect() {
		this.#socket?.close()
		this.#way = 'connecting'
		this.awaySince ??= this.#around.now()
		this.#socket = this.#around.openSocket({
			onMessage: (message) => this.#hear(message),
			onStatus: (status) => this.#status(status),
		})
	}

	#status(status: 'connecting' | 'online' | 'away') {
		if (status === this.#way) return
		this.#way = status
		this.awaySince = this.#online ? null : (this.awaySince ?? this.#around.now())
		if (this.#online) this.#enter()
		else this.#fall()
	}

	/** The way to the hub is gone. Sound and pictures may well go on: they are kept until the next join replaces them. */
	#fall() {
		this.#turn++
		this.#seated = false
		clearTimeout(this.#retry)
		clearInterval(this.#probe)
		if (this.stay.at === 'in') this.stay = { at: 'returning', since: this.#around.now() }
	}

	#hear(message: MeetingMessage) {
		switch (message.type) {
			case 'core':
			case 'people':
			case 'list':
			case 'ballots':
			case 'check':
			case 'asked':
			case 'asked.own':
			case 'chat':
			case 'captions':
			case 'broadcast':
				// What the hub says before it has answered the join is of an earlier stay.
				if (!this.#seated) return
				if (this.state.hear(message) === 'gap') return this.#again()
				if (message.type === 'people') this.#agreeOnMute()
				return
			case 'role':
				if (this.#seated) this.#takeRole(message.role)
				return
			case 'host':
				if (this.#seated) this.#around.onHost?.(message.act)
				return
			case 'feed.asks':
			case 'feed.let':
			case 'feed.refused':
				if (this.#seated) this.#around.onCameras?.(message)
				return
			case 'groups.told':
				if (this.#seated) this.#around.onTold?.(message.text)
				return
			case 'reactions':
				if (this.#seated) this.#around.onReactions?.(message.list)
				return
			case 'question':
				if (this.#seated) this.#around.onQuestion?.(message)
				return
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
				this.#enter()
				return
			case 'media':
				if (!this.#seated) return
				this.#inTurn(async (call) => {
					call.drop(message.closed)
					await this.#consume(call, message.offers)
				})
				return
			case 'media.lost':
				if (this.#seated) this.#again()
				return
			case 'ended':
				this.#finish({ at: 'ended', code: message.code })
				return
			case 'error':
				if (final.includes(message.code)) this.#finish({ at: 'ended', code: message.code })
				return
		}
	}

	/** Where the hub knows this microphone as muted, the page says so too; the other way round it is not believed. */
	#agreeOnMute() {
		if (this.muted || this.#asksMute > 0 || this.stay.at !== 'in') return
		const sources = this.people.byId.get(this.me ?? '')?.sources ?? []
		if (!sources.some((source) => source.use === 'microphone' && source.muted)) return
		this.muted = true
		this.#call?.setMuted('microphone', true)
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
		if (at === 'in' && this.#around.now() - this.#inSince > steadyMs) this.#tries = 0
		this.#fall()
		this.#retryIn(this.#tries++ === 0 ? 0 : this.#pause())
	}

	#enter() {
		if (this.stay.at === 'out' || this.stay.at === 'left' || this.stay.at === 'ended') return
		const turn = ++this.#turn
		this.#seated = false
		const current = () => turn === this.#turn
		clearTimeout(this.#retry)
		this.#attempt(current).then(
			(failure) => current() && failure && this.#failed(failure),
			// WebRTC refused something: a new attempt starts from nothing.
			() => current() && this.#failed('media-failed'),
		)
	}

	/** The two round trips. Answers null when in, else why not. */
	async #attempt(current: () => boolean): Promise<ErrorCode | null> {
		const joined = await this.#ask({
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
			this.#dropCall()
			this.stay = { at: 'lobby', before: result.before, meeting: result.meeting }
			return null
		}
		this.me = result.person
		this.token = result.token
		this.role = result.role
		this.state.load(result)
		this.#seated = true
		this.#dropCall()
		if (!result.media) return 'media-unavailable'

		const device = await this.#around.loadDevice(result.media.routerRtpCapabilities)
		if (!current()) return null
		const call = new MediaCall(device, result.media, (transport) => this.#iceChanged(call, transport))
		this.#call = call
		await call.spare(this.#around.frugal?.() ?? false)
		const mutedThen = this.muted
		const told = await call.produce(this.#around.outgoing())
		if (!current()) return null
		const opened = await this.#ask({
			type: 'media.open',
			send: told.send ? { ...told.send } : null,
			producers: told.producers,
			rtpCapabilities: call.rtpCapabilities,
			wanted: this.#wanted(),
		})
		if (!current()) return null
		if (!opened.ok) return opened.code
		const { consumers } = opened.data as { consumers: ConsumerOffer[] }
		const agreed = this.#inTurn((own) => this.#consume(own, consumers))
		await within(agreedMs, agreed)
		if (!current()) return null
		this.#awaitFirst(call)
		this.stay = { at: 'in' }
		this.#inSince = this.#around.now()
		this.#keepProbing()
		// Changed while the join was under way: what went up says otherwise.
		if (this.muted !== mutedThen) void this.setMuted(this.muted)
		for (const source of this.#around.outgoing()) if (!call.sends(source.track)) void this.addSource(source)
		return null
	}

	/** The picture that is looked at first has the line and the browser for itself, until it is there. */
	#awaitFirst(call: MediaCall) {
		this.arriving = call.receiving.some(({ kind }) => kind === 'video')
		if (!this.arriving) return
		void within(firstPictureMs, call.firstPicture()).then(() => {
			if (call !== this.#call) return
			this.arriving = false
			if (this.#pictures) this.show(this.#pictures)
		})
	}

	#failed(code: ErrorCode) {
		if (final.includes(code)) return this.#finish({ at: 'ended', code })
		// The hub no longer knows whom to bring back: come as the same link, anew.
		if (code === 'not-joined') this.#resume = undefined
		if (code === 'meeting-not-open') this.stay = { at: 'waiting' }
		this.#tries++
		if (code === 'meeting-not-open') return this.#retryIn(notOpenMs)
		if (code === 'busy') return this.#retryIn(busyMs)
		// An SFU is replaced within a second or two.
		this.#retryIn(code === 'media-unavailable' && this.#tries < 12 ? 500 : this.#pause())
	}

	/** Doubling from a quarter of a second to four. */
	#pause(): number {
		return Math.min(4000, 125 * 2 ** this.#tries)
	}

	/** About then, by chance a little sooner or later: a hundred people who lost the same thing don't return as one. */
	#retryIn(ms: number) {
		clearTimeout(this.#retry)
		this.#retry = setTimeout(() => this.#online && this.#enter(), ms * (0.75 + Math.random() / 2))
	}

	async #consume(call: MediaCall, offers: ConsumerOffer[]): Promise<void> {
		const { receive, consumers } =
			offers.length > 0 ? await call.consume(offers, this.#clockOf) : { receive: null, consumers: [] }
		if (call !== this.#call) return
		this.#showIncoming(call)
		if (consumers.length > 0 || receive) {
			void this.#ask({ type: 'media.ready', receive: receive ? { ...receive } : null, consumers })
		}
	}

	/** A person's sound and face are in step; a camera of a room that comes by a way of its own has its own clock. */
	readonly #clockOf = (offer: ConsumerOffer): string => {
		if (this.#around.inStep === false) return offer.source
		const source = this.people.byId.get(offer.person)?.sources.find((one) => one.id === offer.source)
		return source?.use === 'microphone' || source?.use === 'camera' ? offer.person : offer.source
	}

	/** One thing after the other, and none for a call that is over. */
	#inTurn(work: (call: MediaCall) => Promise<void>): Promise<void> {
		const call = this.#call
		this.#queue = this.#queue.then(async () => {
			if (call && call === this.#call) await work(call).catch(() => this.#again())
		})
		return this.#queue
	}

	#showIncoming(call: MediaCall | null) {
		const now = new Map((call?.receiving ?? []).map((one) => [one.source, one]))
		for (const source of this.incoming.keys()) if (!now.has(source)) this.incoming.delete(source)
		for (const [source, one] of now) if (this.incoming.get(source)?.id !== one.id) this.incoming.set(source, one)
	}

	#dropCall() {
		clearTimeout(this.#grace)
		this.#call?.close()
		this.#call = null
		this.ice = 'new'
		this.arriving = false
		this.#showIncoming(null)
	}

	#iceChanged(call: MediaCall, transport: 'send' | 'receive') {
		if (call !== this.#call) return
		this.ice = call.ice
		clearTimeout(this.#grace)
		if (this.ice === 'failed') this.#again()
		// A short gap mends itself; then a new way is looked for, and if there is none, everything begins anew.
		if (this.ice === 'disconnected') this.#grace = setTimeout(() => this.#restartIce(call, transport), 1000)
	}

	async #restartIce(call: MediaCall, transport: 'send' | 'receive'): Promise<void> {
		const result = await this.#ask({ type: 'media.restart-ice', transport }, probeAnswerMs)
		if (call !== this.#call || this.stay.at !== 'in') return
		if (!result.ok) return this.#again()
		await call
			.restartIce(transport, (result.data as { iceParameters: object }).iceParameters)
			.catch(() => this.#again())
		if (call !== this.#call) return
		this.#grace = setTimeout(() => call === this.#call && call.ice !== 'connected' && this.#again(), 5000)
	}

	/**
	 * A link that is silent but not closed (a cable pulled, a hub that hangs) is found out only by asking: now and then, and
	 * once as soon as pictures and sound stop coming, which may also mean nothing.
	 */
	#keepProbing() {
		clearInterval(this.#probe)
		const silence = new Silence(silentMs)
		let asked = performance.now()
		this.#probe = setInterval(() => {
			const now = performance.now()
			const silent = silence.look(now, this.#call?.lastPacket ?? 0)
			if (!silent && now - asked < probeEveryMs) return
			asked = now
			void this.#ask({ type: 'media.show', wanted: this.#wanted() }, silent ? doubtedAnswerMs : probeAnswerMs)
			if (silent) this.#socket?.doubt()
		}, lookMs)
	}

	#wanted(): Wanted {
		return {
			audio: this.#around.hears?.() ?? true,
			video: this.#pictures ?? (this.me ? this.#around.firstPictures(this.people, this.me) : []),
		}
	}

	async #ask(command: MeetingCommand, withinMs = answerMs): Promise<Result> {
		const socket = this.#socket
		if (!socket || !this.#online) return { ok: false, code: 'hub-away', message: 'not connected' }
		const result = await socket.send(command, withinMs)
		if (!result.ok && result.code === 'timeout' && socket === this.#socket) this.#reconnect()
		return result
	}

	/** Gives up a socket that does not answer, and takes a new one. */
	#reconnect() {
		if (this.stay.at === 'out' || this.stay.at === 'left' || this.stay.at === 'ended') return
		this.#fall()
		this.#connect()
	}

	#finish(stay: Stay, lastWord?: () => void) {
		this.#turn++
		clearTimeout(this.#retry)
		clearInterval(this.#probe)
		this.stay = stay
		lastWord?.()
		this.#dropCall()
		this.#socket?.close()
		this.#socket = null
		this.#way = 'away'
		this.awaySince = null
	}
}

/** Waits for it, and not longer than that. */
function within(ms: number, it: Promise<unknown>): Promise<unknown> {
	const { promise: late, resolve } = Promise.withResolvers<void>()
	const timer = setTimeout(resolve, ms)
	return Promise.race([it, late]).finally(() => clearTimeout(timer))
}
