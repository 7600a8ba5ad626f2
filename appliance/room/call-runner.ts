import type { Logger } from 'pino'
import type { Reach } from '../../drivers/reach.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { MeetingCore, Result } from '../protocol/messages.ts'
import type { CallReason } from '../protocol/room-state.ts'
import type { SoundDevices, StageCommand, StageEvent } from '../protocol/stage.ts'
import {
	type Call,
	type CallEffect,
	type CallEvent,
	type CallTarget,
	idleCall,
	recovering,
	step,
	wakeAt,
} from './call.ts'
import { CallMedia } from './call-media.ts'
import type { FarEnd } from './far-end.ts'
import { Feeds, type FeedsOptions } from './feeds.ts'
import { HubClient } from './hub-client.ts'
import { isRefused, lookupWithin } from './hub-lookup.ts'
import { HubMeeting } from './hub-meeting.ts'
import type { RoomMemory } from './memory.ts'
import { nobody, participants } from './people.ts'
import { failed, refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'
import { type Stage, type StageOptions, startStage } from './stage.ts'
import { attended, observe, overdue, type UnattendedLimits } from './stage-watch.ts'
import { hubOf, linkTo, type OwnHub, reasonOf } from './targets.ts'

/** How long somebody who asked to join waits for the hub's yes or no; the state tells what follows. */
const answerMs = 10_000
/** By then the word of a mute from afar has come after what it did to our microphone. */
const wordMs = 250

export interface CallRunnerOptions {
	room: {
		name: string
		language: 'ko' | 'en'
		/** Microphone and speakers as they are now; a page has those of its join. */
		sound: () => SoundDevices
		/** Pictures that the stage's browser takes from capture devices. They may change; a page has those of its join. */
		stageCameras: () => readonly { label: string | null; name: string }[]
		/** How much later than the moment the room's sound is, in milliseconds: cameras are late by so much less. */
		soundDelayMs: number
		limits: UnattendedLimits
	}
	/** Of the room's IP cameras; they may change during a call. */
	pictures: FeedsOptions['pictures']
	/** What the room as a telephone has decided. */
	phone: () => { readonly closed: boolean; readonly volume: number }
	/** The room is in a meeting or on its way back into one, or no longer. */
	onCall: (on: boolean) => void
	/** Somebody in the meeting who isn't here has muted the room, once more than it had obeyed. */
	onMutedFromAfar: () => void
	/** The page that had the room's sound is gone. */
	onStageAway: () => void
	/** What the stage tells of its sound. */
	onSound: (event: Extract<StageEvent, { type: 'sound' | 'level' | 'tone' }>) => void
	/** The hub has let the room in, for the first time or again. */
	onJoined: () => void
	/** The meeting as the hub tells it; null: the room is in none. */
	onCore: (core: MeetingCore | null) => void
	isMovable: (camera: string) => boolean
	/** Those in the meeting who move our cameras. */
	farEnd: Pick<FarEnd, 'move' | 'stop' | 'follow'>
	hub: () => OwnHub
	hubToken: () => Promise<string>
	/** Certificate authority of hubs elsewhere (PEM). */
	ca: string | undefined
	/** Where hubs elsewhere may be; absent: anywhere. */
	allowsHub?: Reach['allowsHub'] | undefined
	stage: Pick<StageOptions, 'launch' | 'standBy' | 'url'>
	snapshot: Snapshot
	memory: RoomMemory
	now: () => number
	log: Logger
}

/** Performs the call: brings the stage, the hub's connections and the feeds together as `call.ts` decides. */
export class CallRunner {
	readonly #options: CallRunnerOptions
	readonly #hub: HubClient
	readonly #stage: Stage
	readonly #feeds: Feeds
	readonly #events: CallEvent[] = []
	#busy = false
	#heard: { decoded: number; energy: number } | null = null
	#call: Call
	#meeting: HubMeeting | null = null
	#joined: { resume: string; link: string } | null = null
	readonly #media: CallMedia
	#core: MeetingCore | null = null
	/** How many pictures the page was told to send. */
	#stageCameras = 0
	#unattended = attended
	#refusal: { ok: false; code: Refusal['code']; message: string } | null = null
	#waiters: ((result: Result) => void)[] = []
	#timer: NodeJS.Timeout | undefined
	#agreeing: NodeJS.Timeout | undefined
	readonly #watch: NodeJS.Timeout
	#closed = false

	constructor(options: CallRunnerOptions) {
		const { log, snapshot, now } = options
		this.#options = options
		this.#call = idleCall(now())
		this.#media = new CallMedia(() => ({
			microphone: options.room.sound().microphone !== 'none',
			cameras: this.#stageCameras,
			...this.#feeds.expected(),
		}))
		this.#feeds = new Feeds({
			pictures: options.pictures,
			open: async (camera, { low, ...stream }) => {
				const { id, name, delayMs } = camera
				const lateMs = Math.max(0, delayMs - options.room.soundDelayMs)
				const movable = options.isMovable(id)
				const beside = { ...(low ? { low } : {}), ...(lateMs > 0 ? { delayMs: lateMs } : {}) }
				const request = { ...stream, srtp: null, codec: 'h264', camera: id, name, movable, ...beside } as const
				if (!this.#meeting) throw new Refusal('not-in-call', 'the call has ended')
				// The hub is of our protocol, or it would not have let us in.
				return (await this.#meeting.request({ type: 'feed.open', ...request })) as never
			},
			close: async (feed) => this.#meeting?.request({ type: 'feed.close', feed }),
			onVideo: (camera, video) => snapshot.apply({ type: 'video', camera, video }),
			onChange: () => this.#weigh(),
			log: log.child({ module: 'ingest' }),
		})
		this.#stage = startStage({
			...options.stage,
			log: log.child({ module: 'stage' }),
			onStatus: (status, reason) => {
				snapshot.apply({ type: 'stage', status, reason, at: now() })
				if (status !== 'ready') options.onStageAway()
				this.#hear({ type: status === 'ready' ? 'stageReady' : 'stageAway' })
			},
			onEvent: (event) => this.#stageSays(event),
		})
		this.#hub = new HubClient({
			url: options.hub().url,
			token: options.hubToken,
			ca: options.ca,
			log: log.child({ module: 'hub-client' }),
			onStatus: (status) => snapshot.apply({ type: 'hub', status, at: now() }),
			onMeetings: (meetings) => snapshot.apply({ type: 'meetings', meetings }),
		})
		this.#watch = setInterval(() => this.#look(), 1000)
		const { call } = options.memory
		if (call) this.#hear({ type: 'join', target: { kind: 'link', link: call.link }, wasUp: true })
	}

	/** Joins, and answers when the hub has let us in or refused; 'ok' as well when it has not said either after 10 s. */
	async join(target: CallTarget): Promise<Result> {
		if (this.#call.target !== null) return refused('already-so', 'the room is in a call already')
		if (this.#call.phase === 'leaving') return refused('busy', 'the room is just leaving a call')
		if (target.kind === 'link' && !hubOf(target.link, this.#options.hub())) return refused('forged', 'this is no link')
		if (target.kind === 'link' && this.#leadsAstray(target.link)) {
			return refused('address-refused', 'no hub may be where this link leads')
		}
		this.#refusal = null
		this.#hear({ type: 'join', target, wasUp: false })
		return new Promise((resolve) => {
			const timer = setTimeout(() => resolve({ ok: true }), answerMs)
			this.#waiters.push((result) => {
				clearTimeout(timer)
				resolve(result)
			})
			this.#answerWaiters()
		})
	}

	/** As `join`, for the morning check: nothing of it is shown or remembered. How it goes is told by `standing`. */
	rehearse(link: string): Result {
		if (this.#call.target !== null || this.#call.phase === 'leaving') return refused('busy', 'the room is in a call')
		this.#hear({ type: 'join', target: { kind: 'rehearsal', link }, wasUp: false })
		return { ok: true }
	}

	/** Of the call of the morning check; null: the room is free, or in a call of people. */
	get standing(): Pick<Call, 'phase' | 'reason'> | null {
		const { phase, reason, rehearsal } = this.#call
		return rehearsal ? { phase, reason } : null
	}

	leave(): Result {
		// A failure that is shown is dismissed by leaving it.
		if (this.#call.target === null && this.#call.phase !== 'failed')
			return refused('not-in-call', 'the room is in no call')
		this.#hear({ type: 'leave', reason: null })
		return { ok: true }
	}

	/** Closes the meeting for all. The room leaves it by the hub's word. */
	async end(): Promise<Result> {
		const meeting = this.#core?.meeting.id
		if (meeting === undefined || this.#call.target === null) return refused('not-in-call', 'the room is in no call')
		try {
			await this.#hub.request({ type: 'meetings.close', meeting })
			return { ok: true }
		} catch (error) {
			return failed(error, this.#options.log)
		}
	}

	/** In the page and, independently of it, in the SFU. */
	setMicrophone(closed: boolean) {
		this.#stage.send({ type: 'mute', muted: closed })
		this.#setGates(this.#media.microphones(!closed), closed)
	}

	/** For the sound of the stage, in a call or not. False: there is no page now. */
	tellStage(command: Extract<StageCommand, { type: 'volume' | 'listen' | 'tone' | 'devices' }>): boolean {
		return this.#stage.send(command)
	}

	/** Asks the hub in the meeting that the room is in. Rejects with a Refusal. */
	async request(command: MeetingCommand): Promise<unknown> {
		if (!this.#meeting) throw new Refusal('not-in-call', 'the room is in no call')
		return this.#meeting.request(command)
	}

	cameraOf(feed: string): string | null {
		return this.#feeds.cameraOf(feed)
	}

	feedOf(camera: string): string | null {
		return this.#feeds.feedOf(camera)
	}

	get stagePid() {
		return this.#stage.pid
	}

	/** What the stage has shown and played of others since its last join; null before its first word. */
	get heard() {
		return this.#heard
	}

	get keyframesAsked() {
		return this.#feeds.keyframesAsked
	}

	/** Ends without a goodbye to the meeting: the room comes back into it when the service does. */
	async close() {
		this.#closed = true
		clearTimeout(this.#timer)
		clearTimeout(this.#agreeing)
		clearInterval(this.#watch)
		this.#hub.close()
		await Promise.all([this.#stage.close(), this.#feeds.close()])
		this.#meeting?.close()
	}

	/** Events are taken one after the other, also those that effects bring about at once. */
	#hear(event: CallEvent) {
		if (this.#closed) return
		this.#events.push(event)
		if (this.#busy) return
		this.#busy = true
		try {
			for (let next = this.#events.shift(); next; next = this.#events.shift()) this.#take(next)
		} finally {
			this.#busy = false
		}
		this.#answerWaiters()
	}

	#take(event: CallEvent) {
		const { now, log, snapshot } = this.#options
		const before = this.#call
		const { call, effects } = step(before, event, now())
		this.#call = call
		if (call.phase !== before.phase) log.info({ phase: call.phase, reason: call.reason }, 'call')
		// A call of the morning check is nobody's: panels go on showing that the room is free, which it is.
		if (!call.rehearsal) {
			snapshot.apply({
				type: 'call',
				call: { phase: call.phase, reason: call.reason, since: call.since, recovering: recovering(call) },
			})
			this.#options.onCall(call.phase === 'inCall' || recovering(call))
		}
		for (const effect of effects) this.#perform(effect)
		clearTimeout(this.#timer)
		const at = wakeAt(call)
		if (at !== null) this.#timer = setTimeout(() => this.#hear({ type: 'tick' }), Math.max(0, at - now()) + 1)
	}

	#perform(effect: CallEffect) {
		const { memory, snapshot } = this.#options
		switch (effect.type) {
			case 'enter':
				return void this.#enter(effect.target)
			case 'connect':
				return this.#connect(effect.link)
			case 'disconnect':
				return this.#disconnect()
			case 'stageJoin':
				return this.#stageJoin()
			case 'stageLeave':
				if (!this.#stage.send({ type: 'leave' })) this.#hear({ type: 'stageLeft' })
				return
			case 'stageRestart':
				return this.#stage.restart('restarted for the call')
			case 'remember':
				if (this.#joined) memory.setCall({ link: this.#joined.link, resume: this.#joined.resume })
				return
			case 'forget':
				memory.setCall(null)
				snapshot.apply({ type: 'meeting', meeting: null })
				return
		}
	}

	async #enter(target: CallTarget) {
		try {
			this.#hear({
				type: 'entered',
				link: await linkTo(target, this.#hub, this.#options.snapshot.state.meetings, this.#options.room.name),
			})
		} catch (error) {
			const result = failed(error, this.#options.log)
			const code = result.ok ? 'internal' : result.code
			const final = code !== 'hub-away' && code !== 'timeout'
			if (final && !result.ok) this.#refusal = result
			this.#hear({ type: 'enterFailed', reason: reasonOf(code), final })
		}
	}

	#isElsewhere(url: string): boolean {
		return url !== this.#options.hub().url
	}

	/** To an address where no hub is. A name is looked at when it is connected to. */
	#leadsAstray(link: string): boolean {
		const { allowsHub, hub } = this.#options
		const url = hubOf(link, hub())?.url
		return url !== undefined && allowsHub !== undefined && this.#isElsewhere(url) && isRefused(url, allowsHub)
	}

	#connect(link: string) {
		const { room, ca, allowsHub, log, memory, snapshot } = this.#options
		const address = hubOf(link, this.#options.hub())
		if (!address || this.#leadsAstray(link)) return this.#hear({ type: 'refused', reason: 'link-refused' })
		// Our own address may be another one when the service comes back; the token still leads to our own hub.
		const kept = address.url === this.#options.hub().url ? address.token : link
		const remembered = memory.call
		const meeting = new HubMeeting({
			...address,
			resume: remembered?.link === kept ? remembered.resume : null,
			name: room.name,
			ca,
			lookup: this.#isElsewhere(address.url) && allowsHub ? lookupWithin(allowsHub) : undefined,
			log: log.child({ module: 'hub-meeting' }),
			onJoined: ({ person, resume }) => {
				this.#joined = { resume, link: kept }
				this.#media.own = person
				if (this.#call.wasUp && !this.#call.rehearsal) memory.setCall({ link: kept, resume })
				this.#feeds.start()
				this.#options.onJoined()
				this.#hear({ type: 'controlJoined' })
			},
			onAway: () => {
				this.#feeds.lost(null)
				// Nobody would tell us of those who go meanwhile.
				this.#options.farEnd.follow(() => false)
				this.#hear({ type: 'controlAway' })
			},
			onPeople: (people, changed) => {
				this.#media.people = people
				if (!this.#call.rehearsal) snapshot.apply({ type: 'participants', participants: participants(people) })
				this.#options.farEnd.follow((person) => people.byId.get(person)?.here === true)
				if (changed.has(this.#media.own)) this.#agreeOnMute()
				if (changed.has(this.#media.own)) this.#weigh()
			},
			onCore: (core) => {
				this.#core = core
				if (this.#call.rehearsal) return
				this.#obey(core)
				this.#options.onCore(core)
				snapshot.apply({ type: 'meeting', meeting: core.meeting })
			},
			onMediaLost: () => {
				this.#media.lost()
				this.#hear({ type: 'mediaLost' })
			},
			// It may come in one breath with the answer that opened it, which is looked at first.
			onFeedLost: (feed) => setImmediate(() => this.#feeds.lost(feed)),
			onFeedKeyframe: (feed, low) => this.#feeds.keyFrame(feed, low),
			onFeedMove: (message) => {
				if (message.type === 'feed.stop') return this.#options.farEnd.stop(message.feed, message.by)
				const { feed, by, pan, tilt, zoom } = message
				this.#options.farEnd.move(feed, by, { pan, tilt, zoom })
			},
			onEnded: (code) => {
				const known = code === 'taken-over' ? 'not-allowed' : code
				this.#refusal = refused(known, `the hub ended the call: ${code}`)
				this.#hear({ type: 'refused', reason: reasonOf(code) })
			},
		})
		this.#meeting = meeting
	}

	#disconnect() {
		const meeting = this.#meeting
		this.#joined = null
		this.#core = null
		this.#options.onCore(null)
		this.#options.farEnd.follow(() => false)
		this.#media.people = nobody
		this.#media.own = ''
		this.#unattended = attended
		this.#options.snapshot.apply({ type: 'participants', participants: [] })
		// Feeds are closed while there is still a connection to say so.
		this.#feeds.end().then(() => {
			if (this.#meeting === meeting) this.#meeting = null
			return meeting?.leave()
		})
	}

	#stageJoin() {
		const { room, phone, hub } = this.#options
		const address = this.#joined && hubOf(this.#joined.link, hub())
		if (!this.#joined || !address) return
		this.#media.newPage()
		const cameras = [...room.stageCameras()]
		this.#stageCameras = cameras.length
		this.#stage.send({
			type: 'join',
			hub: address.url,
			token: address.token,
			resume: this.#joined.resume,
			language: room.language,
			roomName: room.name,
			muted: phone().closed,
			volume: phone().volume,
			cameras,
			...room.sound(),
		})
	}

	#stageSays(event: StageEvent) {
		switch (event.type) {
			case 'joined':
				return this.#hear({ type: 'stageJoined' })
			case 'left':
				return this.#hear({ type: 'stageLeft' })
			case 'failed':
				this.#options.log.warn({ reason: event.reason, detail: event.detail }, 'the stage could not join')
				return this.#hear({ type: 'stageFailed', reason: event.reason })
			case 'strip': {
				const { who, grantedAt } = event
				const step = { type: 'grant.step', who, grantedAt, step: 'strip', state: 'done', reason: null } as const
				return void this.request(step).catch(() => {})
			}
			case 'sound':
			case 'level':
			case 'tone':
				return this.#options.onSound(event)
			case 'beat':
				this.#keepOpen(event.muted)
				this.#media.beat(event)
				this.#heard = { decoded: event.decoded, energy: event.energy }
				return this.#weigh()
		}
	}

	/** Whether our media arrive and others' are seen. */
	#weigh() {
		if (this.#call.target === null) return
		const { live, seen } = this.#media
		if (live !== this.#call.live || seen !== this.#call.seen) this.#hear({ type: 'media', live, seen })
	}

	/** The unattended limits, once a second. */
	#look() {
		const { now, room } = this.#options
		const facts = {
			inside: this.#call.phase === 'inCall',
			suspended: this.#core?.meeting.phase === 'suspended',
			...this.#media.facts(),
		}
		this.#unattended = observe(this.#unattended, facts, now())
		const reason: CallReason | null = overdue(this.#unattended, room.limits, now())
		if (reason === null) return
		this.#unattended = attended
		if (reason === 'alone') this.#hear({ type: 'leave', reason })
		else if (reason === 'ice-failed' || reason === 'media-missing') this.#hear({ type: 'limit', reason })
	}

	/**
	 * The hub's own gate over our microphones says the same as the room. Shutting it waits for nothing. Opening does: what
	 * the hub knows as muted may have been muted from afar just now, and the word of that is on its way.
	 */
	#agreeOnMute() {
		const { closed } = this.#options.phone()
		const wrong = this.#media.microphones(!closed)
		clearTimeout(this.#agreeing)
		if (wrong.length === 0) return
		if (closed) return this.#setGates(wrong, true)
		this.#agreeing = setTimeout(() => {
			if (!this.#options.phone().closed) this.#setGates(this.#media.microphones(true), false)
		}, wordMs)
	}

	#setGates(sources: readonly string[], muted: boolean) {
		for (const source of sources) {
			this.#meeting?.request({ type: 'media.mute', source, muted }).catch((error) => {
				this.#options.log.debug({ code: error.code }, 'the hub did not take the mute')
			})
		}
	}

	/** A page that found its microphone muted at the hub keeps it shut; where nobody wants that, it is told so. */
	#keepOpen(muted: boolean) {
		const { closed } = this.#options.phone()
		const agreed = this.#call.control === 'joined' && this.#media.microphones(true).length === 0
		if (muted && !closed && agreed && this.#call.stage === 'joined') this.#stage.send({ type: 'mute', muted: false })
	}

	/** Each mute from afar counts once, also one that came while we were away. */
	#obey({ meeting, hall }: MeetingCore) {
		const { memory, onMutedFromAfar } = this.#options
		const mutes = hall?.mutes ?? 0
		if (mutes <= memory.mutesObeyed(meeting.id)) return
		memory.setMutesObeyed(meeting.id, mutes)
		onMutedFromAfar()
	}

	#answerWaiters() {
		const { control, phase, target } = this.#call
		if (control !== 'joined' && target !== null) return
		if (phase === 'leaving') return
		const result: Result =
			target !== null ? { ok: true } : (this.#refusal ?? refused('hub-away', 'the call did not come about'))
		for (const answer of this.#waiters.splice(0)) answer(result)
	}
}
