import type { Logger } from 'pino'
import type { SoundDevices, StageCommand, StageEvent } from '../protocol/stage.ts'
import type { CallEvent } from './call.ts'
import type { Joined } from './call-control.ts'
import type { CallMedia } from './call-media.ts'
import type { Snapshot } from './snapshot.ts'
import { type Stage, type StageOptions, startStage } from './stage.ts'
import { hubOf, type OwnHub } from './targets.ts'

type Of<Type extends StageEvent['type']> = Extract<StageEvent, { type: Type }>

export interface CallStageOptions {
	room: {
		name: string
		language: 'ko' | 'en'
		/** Microphone and speakers as they are now; a page has those of its join. */
		sound: () => SoundDevices
		/** Pictures that the stage's browser takes from capture devices. They may change; a page has those of its join. */
		stageCameras: () => readonly { label: string | null; name: string }[]
	}
	/** What the room as a telephone has decided. */
	phone: () => { readonly closed: boolean; readonly volume: number }
	hub: () => OwnHub
	stage: Pick<StageOptions, 'launch' | 'standBy' | 'url'>
	media: CallMedia
	/** What the call must hear of it. */
	onEvent: (event: CallEvent) => void
	/** The page that had the room's sound is gone. */
	onStageAway: () => void
	/** What the stage tells of its sound. */
	onSound: (event: Of<'sound' | 'level' | 'tone'>) => void
	/** The name strip of a grant is on the screen. */
	onStrip: (event: Of<'strip'>) => void
	/** It is told how media flow, and how its microphone stands. */
	onBeat: (event: Of<'beat'>) => void
	snapshot: Snapshot
	now: () => number
	log: Logger
}

/** The stage in the call: what its page joins with, and what its words mean. */
export class CallStage {
	readonly #options: CallStageOptions
	readonly #stage: Stage
	/** How many pictures the page was told to send. */
	#cameras = 0
	#heard: { decoded: number; energy: number } | null = null

	constructor(options: CallStageOptions) {
		const { log, snapshot, now } = options
		this.#options = options
		this.#stage = startStage({
			...options.stage,
			log: log.child({ module: 'stage' }),
			onStatus: (status, reason) => {
				snapshot.apply({ type: 'stage', status, reason, at: now() })
				if (status !== 'ready') options.onStageAway()
				options.onEvent({ type: status === 'ready' ? 'stageReady' : 'stageAway' })
			},
			onEvent: (event) => this.#says(event),
		})
	}

	get pid() {
		return this.#stage.pid
	}

	/** What it has shown and played of others since its last join; null before its first word. */
	get heard() {
		return this.#heard
	}

	/** The sources that the page of this join should be sending. */
	expected(): { microphone: boolean; cameras: number } {
		return { microphone: this.#options.room.sound().microphone !== 'none', cameras: this.#cameras }
	}

	/** False: there is no page now. */
	send(command: StageCommand): boolean {
		return this.#stage.send(command)
	}

	/** As the person of the control connection, so that both are one. */
	join({ link, resume }: Joined) {
		const { room, phone, hub, media } = this.#options
		const address = hubOf(link, hub())
		if (!address) return
		media.newPage()
		const cameras = [...room.stageCameras()]
		this.#cameras = cameras.length
		this.#stage.send({
			type: 'join',
			hub: address.url,
			token: address.token,
			resume,
			language: room.language,
			roomName: room.name,
			muted: phone().closed,
			volume: phone().volume,
			cameras,
			...room.sound(),
		})
	}

	leave() {
		if (!this.#stage.send({ type: 'leave' })) this.#options.onEvent({ type: 'stageLeft' })
	}

	restart() {
		this.#stage.restart('restarted for the call')
	}

	close(): Promise<void> {
		return this.#stage.close()
	}

	#says(event: StageEvent) {
		const { log, onBeat, onEvent, onSound, onStrip } = this.#options
		switch (event.type) {
			case 'joined':
				return onEvent({ type: 'stageJoined' })
			case 'left':
				return onEvent({ type: 'stageLeft' })
			case 'failed':
				log.warn({ reason: event.reason, detail: event.detail }, 'the stage could not join')
				return onEvent({ type: 'stageFailed', reason: event.reason })
			case 'strip':
				return onStrip(event)
			case 'sound':
			case 'level':
			case 'tone':
				return onSound(event)
			case 'beat':
				this.#heard = { decoded: event.decoded, energy: event.energy }
				return onBeat(event)
		}
	}
}
