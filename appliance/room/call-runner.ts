import type { Logger } from 'pino'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { Result } from '../protocol/messages.ts'
import type { CallReason } from '../protocol/room-state.ts'
import type { StageCommand } from '../protocol/stage.ts'
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
import { CallControl, type CallControlOptions } from './call-control.ts'
import { CallMedia } from './call-media.ts'
import { CallMicrophone, type CallMicrophoneOptions } from './call-microphone.ts'
import { CallStage, type CallStageOptions } from './call-stage.ts'
import { CallWaiters } from './call-waiters.ts'
import { HubClient } from './hub-client.ts'
import type { RoomMemory } from './memory.ts'
import { failed, refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'
import { attended, observe, overdue, type UnattendedLimits } from './stage-watch.ts'
import { hubOf, leadsAstray, linkTo, reasonOf } from './targets.ts'

type OfControl = 'pictures' | 'isMovable' | 'farEnd' | 'hub' | 'ca' | 'allowsHub' | 'onJoined' | 'onCore'
type OfStage = 'phone' | 'stage' | 'onStageAway' | 'onSound'

export interface CallRunnerOptions
	extends Pick<CallControlOptions, OfControl>,
		Pick<CallStageOptions, OfStage>,
		Pick<CallMicrophoneOptions, 'onMutedFromAfar'> {
	room: CallControlOptions['room'] & CallStageOptions['room'] & { limits: UnattendedLimits }
	hubToken: () => Promise<string>
	/** The room is in a meeting or on its way back into one, or no longer. */
	onCall: (on: boolean) => void
	snapshot: Snapshot
	memory: RoomMemory
	now: () => number
	log: Logger
}

/** Performs the call: brings the stage, the hub's connections and the feeds together as `call.ts` decides. */
export class CallRunner {
	readonly #options: CallRunnerOptions
	readonly #hub: HubClient
	readonly #control: CallControl
	readonly #stage: CallStage
	readonly #microphone: CallMicrophone
	readonly #media: CallMedia
	readonly #waiters = new CallWaiters()
	readonly #events: CallEvent[] = []
	#busy = false
	#call: Call
	#unattended = attended
	#timer: NodeJS.Timeout | undefined
	readonly #watch: NodeJS.Timeout
	#closed = false

	constructor(options: CallRunnerOptions) {
		const { log, snapshot, memory, now } = options
		this.#options = options
		this.#call = idleCall(now())
		this.#media = new CallMedia(() => ({ ...this.#stage.expected(), ...this.#control.feeds.expected() }))
		this.#microphone = new CallMicrophone({
			closed: () => options.phone().closed,
			media: this.#media,
			mutePage: (muted) => this.#stage.send({ type: 'mute', muted }),
			setGates: (sources, muted) => this.#control.setGates(sources, muted),
			onMutedFromAfar: options.onMutedFromAfar,
			memory,
		})
		this.#control = new CallControl({
			...options,
			media: this.#media,
			call: () => this.#call,
			onEvent: (event) => this.#hear(event),
			onCore: (core) => {
				if (core) this.#microphone.obey(core)
				options.onCore(core)
			},
			onOwnSources: () => {
				this.#microphone.agree()
				this.#weigh()
			},
			onFeeds: () => this.#weigh(),
			onRefused: (refusal) => this.#waiters.refuse(refusal),
		})
		this.#stage = new CallStage({
			...options,
			media: this.#media,
			onEvent: (event) => this.#hear(event),
			onStrip: ({ who, grantedAt }) => {
				const done = { type: 'grant.step', who, grantedAt, step: 'strip', state: 'done', reason: null } as const
				void this.request(done).catch(() => {})
			},
			onBeat: (beat) => {
				if (this.#call.control === 'joined' && this.#call.stage === 'joined') this.#microphone.keepOpen(beat.muted)
				this.#media.beat(beat)
				this.#weigh()
			},
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
		const { call } = memory
		if (call) this.#hear({ type: 'join', target: { kind: 'link', link: call.link }, wasUp: true })
	}

	/** Joins, and answers when the hub has let us in or refused; 'ok' as well when it has not said either after 10 s. */
	async join(target: CallTarget): Promise<Result> {
		if (this.#call.target !== null) return refused('already-so', 'the room is in a call already')
		if (this.#call.phase === 'leaving') return refused('busy', 'the room is just leaving a call')
		const { allowsHub, hub } = this.#options
		if (target.kind === 'link' && !hubOf(target.link, hub())) return refused('forged', 'this is no link')
		if (target.kind === 'link' && leadsAstray(target.link, hub(), allowsHub)) {
			return refused('address-refused', 'no hub may be where this link leads')
		}
		this.#waiters.begin()
		this.#hear({ type: 'join', target, wasUp: false })
		const answer = this.#waiters.wait()
		this.#waiters.look(this.#call)
		return answer
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
		const meeting = this.#control.core?.meeting.id
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
		this.#microphone.set(closed)
	}

	/** For the sound of the stage, in a call or not. False: there is no page now. */
	tellStage(command: Extract<StageCommand, { type: 'volume' | 'listen' | 'tone' | 'devices' }>): boolean {
		return this.#stage.send(command)
	}

	/** Asks the hub in the meeting that the room is in. Rejects with a Refusal. */
	request(command: MeetingCommand): Promise<unknown> {
		return this.#control.request(command)
	}

	cameraOf(feed: string): string | null {
		return this.#control.feeds.cameraOf(feed)
	}

	feedOf(camera: string): string | null {
		return this.#control.feeds.feedOf(camera)
	}

	get stagePid() {
		return this.#stage.pid
	}

	/** What the stage has shown and played of others since its last join; null before its first word. */
	get heard() {
		return this.#stage.heard
	}

	get keyframesAsked() {
		return this.#control.feeds.keyframesAsked
	}

	/** Ends without a goodbye to the meeting: the room comes back into it when the service does. */
	async close() {
		this.#closed = true
		clearTimeout(this.#timer)
		this.#microphone.close()
		clearInterval(this.#watch)
		this.#hub.close()
		await Promise.all([this.#stage.close(), this.#control.feeds.close()])
		this.#control.close()
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
		this.#waiters.look(this.#call)
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
		const { joined } = this.#control
		switch (effect.type) {
			case 'enter':
				return void this.#enter(effect.target)
			case 'connect':
				return this.#control.connect(effect.link)
			case 'disconnect':
				this.#unattended = attended
				return this.#control.disconnect()
			case 'stageJoin':
				if (joined) this.#stage.join(joined)
				return
			case 'stageLeave':
				return this.#stage.leave()
			case 'stageRestart':
				return this.#stage.restart()
			case 'remember':
				if (joined) memory.setCall(joined)
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
			if (final && !result.ok) this.#waiters.refuse(result)
			this.#hear({ type: 'enterFailed', reason: reasonOf(code), final })
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
			suspended: this.#control.core?.meeting.phase === 'suspended',
			...this.#media.facts(),
		}
		this.#unattended = observe(this.#unattended, facts, now())
		const reason: CallReason | null = overdue(this.#unattended, room.limits, now())
		if (reason === null) return
		this.#unattended = attended
		if (reason === 'alone') this.#hear({ type: 'leave', reason })
		else if (reason === 'ice-failed' || reason === 'media-missing') this.#hear({ type: 'limit', reason })
	}
}
