import { untrack } from 'svelte'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { SpeechView } from '../../appliance/protocol/floor.ts'
import type { CallReason } from '../../appliance/protocol/room-state.ts'
import type { SoundDevices, StageCommand, StageEvent } from '../../appliance/protocol/stage.ts'
import { MeetingClient } from '../lib/meeting/client.svelte.ts'
import { loadDevice } from '../lib/meeting/device.ts'
import type { PageLanguage } from '../lib/meeting/language.svelte.ts'
import { readLink } from '../lib/meeting/link.ts'
import type { Outgoing } from '../lib/meeting/media-call.ts'
import { type Papers, papersOf } from '../lib/meeting/papers.ts'
import { Shown, wantedOf } from '../lib/meeting/shown.ts'
import { openMeetingSocket } from '../lib/meeting/socket.ts'
import { Speaking } from '../lib/meeting/speaking.svelte.ts'
import { countInbound, type PageStats, pageStats, Tally } from '../lib/meeting/stats.ts'
import type { Stay } from '../lib/meeting/stay.ts'
import { gridOf, type Tile, tilesOf } from '../lib/meeting/tiles.ts'
import { openDevice, type Wanted, wantedDevices } from './devices.ts'
import { StageSound } from './sound.svelte.ts'

/**
 * The room in a meeting: what it sends, plays and shows. Only the room commands it. Its microphone is opened by a
 * command and by nothing else: no return from any loss unmutes it.
 */

type Join = Extract<StageCommand, { type: 'join' }>

const beatMs = 500
/** A device that is missing is looked for again. */
const seekMs = 3000
/** A device that hangs when opened must not keep the room out of its meeting. */
const openMs = 3000
/** facts.md: receiving fifty costs two cores; a hall sees sixteen well. */
const most = 16

export class StageSession {
	roomName = $state(localStorage.getItem('maru.room') ?? '')
	readonly language: PageLanguage
	readonly sound: StageSound
	readonly shown: Shown
	readonly speaking: Speaking
	client = $state.raw<MeetingClient | null>(null)
	/** The meeting's documents; null: in none. */
	papers = $state.raw<Papers | null>(null)
	readonly all: Tile[] = $derived.by(() =>
		this.client ? tilesOf(this.client.people, this.client.me).filter((tile) => !tile.me) : [],
	)
	readonly tiles: Tile[] = $derived(this.all.slice(0, most))

	readonly #tell: (event: StageEvent) => void
	readonly #frames: () => number
	#join: Join | null = null
	#muted = true
	#sending: { wanted: Wanted; source: Omit<Outgoing, 'muted'> }[] = []
	#missing: Wanted[] = []
	#seek: ReturnType<typeof setInterval> | undefined
	#tally = new Tally()
	#counting = false
	#stop: () => void = () => {}

	constructor(tell: (event: StageEvent) => void, language: PageLanguage, frames: () => number) {
		this.#tell = tell
		this.#frames = frames
		this.language = language
		this.sound = new StageSound(navigator.mediaDevices, tell)
		this.shown = new Shown((video) => this.client?.show(video), 'keep')
		this.speaking = new Speaking(() => this.client?.incoming.values() ?? [])
		setInterval(() => this.#beat(), beatMs)
	}

	command(command: StageCommand) {
		switch (command.type) {
			case 'join':
				void this.#enter(command)
				return
			case 'mute':
				this.#muted = command.muted
				void this.client?.setMuted(command.muted)
				return
			case 'volume':
				return this.sound.setVolume(command.volume)
			case 'devices':
				return this.#change(command)
			case 'listen':
				return void this.sound.listen(command, this.#microphone)
			case 'tone':
				this.sound.setVolume(command.volume)
				return void this.sound.tone(command.output)
			case 'leave':
				this.#leave()
				return
		}
	}

	/** The name strip of this speech is on the screen: the room says so to its hub, as a step of the grant. */
	drawn({ who, grantedAt }: SpeechView) {
		const now = this.client?.state.nowAtHub(Date.now()) ?? Date.now()
		this.#tell({ type: 'strip', who, grantedAt, ms: Math.max(0, Math.round(now - grantedAt)) })
	}

	async stats(): Promise<PageStats> {
		const client = this.client
		const report = client?.call ? [...(await client.call.getStats()).values()] : []
		const sending = (['microphone', 'camera'] as const).filter((use) => client?.call?.sources(use).length)
		const people = client?.people ?? { revision: 0, byId: new Map() }
		return pageStats(countInbound(report), client?.incoming.values() ?? [], people, {
			sending,
			ice: client?.ice ?? 'new',
		})
	}

	async #enter(join: Join): Promise<void> {
		this.#end()
		this.#join = join
		this.#muted = join.muted
		this.#tally = new Tally()
		this.language.suggest(join.language)
		this.sound.setVolume(join.volume)
		void this.sound.play(join.output)
		this.roomName = join.roomName
		localStorage.setItem('maru.room', join.roomName)
		await this.#openDevices(join)
		// Left, or joined anew, while the devices were opening.
		if (this.#join !== join) return

		const client: MeetingClient = new MeetingClient({
			openSocket: (listeners) => openMeetingSocket(join.hub, join.token, listeners),
			loadDevice,
			outgoing: () => this.#sending.map(({ source }) => ({ ...source, muted: this.#isMuted(source, client) })),
			firstPictures: (people, me) => {
				const tiles = tilesOf(people, me)
					.filter((tile) => !tile.me)
					.slice(0, most)
				const height = innerHeight / gridOf(tiles.length, innerWidth, innerHeight).rows
				return wantedOf(tiles.flatMap(({ source }) => (source ? [[source, height * devicePixelRatio] as const] : [])))
			},
			now: Date.now,
		})
		const { meeting } = readLink(join.token)
		this.papers = meeting === null ? null : papersOf(meeting, () => join.token)
		this.client = client
		this.#stop = $effect.root(() => {
			$effect(() => {
				const { stay } = client
				untrack(() => this.#follow(client, stay))
			})
		})
		client.join({ name: join.roomName, muted: this.#muted, ...(join.resume ? { resume: join.resume } : {}) })
	}

	/** Tells the room of each change, and opens or shuts the microphone as the room last said. */
	#follow(client: MeetingClient, stay: Stay) {
		if (stay.at === 'in') {
			this.#tell({ type: 'joined' })
			if (client.muted !== this.#muted) void client.setMuted(this.#muted)
		}
		if (stay.at === 'ended') {
			this.#end()
			this.#tell({ type: 'failed', reason: reasonOf(stay.code), detail: stay.code })
		}
	}

	#leave() {
		this.client?.leave()
		this.#end()
		this.#tell({ type: 'left' })
	}

	/** The microphone and the cameras are closed: nothing of the room is open outside a meeting. */
	#end() {
		this.#join = null
		this.#stop()
		this.#stop = () => {}
		clearInterval(this.#seek)
		this.client?.close()
		this.client = null
		for (const { source } of this.#sending) source.track.stop()
		this.#sending = []
		this.#missing = []
		this.sound.end()
	}

	get #microphone(): MediaStreamTrack | null {
		return this.#sending.find(({ source }) => source.use === 'microphone')?.source.track ?? null
	}

	/** Other microphone or speakers, in the midst of a meeting: what is sent is closed, and the other one opened. */
	#change(devices: SoundDevices) {
		const join = this.#join
		if (!join) return
		const { microphone, processing } = join
		Object.assign(join, devices)
		void this.sound.play(devices.output)
		if (microphone === devices.microphone && processing === devices.processing) return
		const old = this.#sending.filter(({ wanted }) => wanted.use === 'microphone')
		this.#sending = this.#sending.filter((one) => !old.includes(one))
		this.#missing = this.#missing.filter(({ use }) => use !== 'microphone')
		for (const { source } of old) {
			source.track.stop()
			void this.client?.removeTrack(source.track)
		}
		for (const wanted of wantedDevices(join)) if (wanted.use === 'microphone') void this.#open(join, wanted)
	}

	#isMuted(source: Omit<Outgoing, 'muted'>, client: MeetingClient): boolean {
		return source.use === 'microphone' && (this.#muted || client.muted)
	}

	async #openDevices(join: Join): Promise<void> {
		this.#missing = []
		const opening = Promise.all(wantedDevices(join).map((wanted) => this.#open(join, wanted)))
		await Promise.race([opening, new Promise((done) => setTimeout(done, openMs))])
		if (this.#join !== join) return
		this.#seek = setInterval(() => {
			for (const wanted of this.#missing.splice(0)) void this.#open(join, wanted)
		}, seekMs)
	}

	async #open(join: Join, wanted: Wanted): Promise<void> {
		const source = await openDevice(navigator.mediaDevices, wanted, join.processing)
		if (this.#join !== join) {
			source?.track.stop()
			return
		}
		if (!source) {
			this.#missing.push(wanted)
			if (wanted.use === 'microphone') this.sound.microphone('missing')
			return
		}
		// Another one was wanted while it was opening.
		if (wanted.use === 'microphone' && wanted.label !== join.microphone) return source.track.stop()
		// Shut before anybody can send it.
		if (source.use === 'microphone' && this.#muted) source.track.enabled = false
		this.#sending.push({ wanted, source })
		if (source.use === 'microphone') this.sound.microphone('open')
		source.track.addEventListener('ended', () => this.#lost(join, source))
		const client = this.client
		if (client) await client.addSource({ ...source, muted: this.#isMuted(source, client) })
	}

	/** Unplugged: it is no longer sent, and looked for until it is back. */
	#lost(join: Join, source: Omit<Outgoing, 'muted'>) {
		const lost = this.#sending.find((one) => one.source === source)
		if (this.#join !== join || !lost) return
		this.#sending = this.#sending.filter((one) => one !== lost)
		this.#missing.push(lost.wanted)
		if (lost.wanted.use === 'microphone') this.sound.microphone('missing')
		void this.client?.removeTrack(source.track)
	}

	/** Told with the figures at hand; a browser that answers no statistics still beats, and is seen to decode nothing. */
	#beat() {
		const client = this.client
		const call = client?.call
		if (call && !this.#counting) {
			this.#counting = true
			const tally = this.#tally
			call
				.getStats()
				.then((report) => tally.add(countInbound(report.values())))
				.catch(() => {})
				.finally(() => {
					this.#counting = false
				})
		}
		const live = new Set(this.all.filter((tile) => tile.live).map((tile) => tile.source))
		const expected = [...(client?.incoming.keys() ?? [])].filter((source) => live.has(source)).length
		this.#tell({
			type: 'beat',
			frames: this.#frames(),
			decoded: this.#tally.decoded,
			expected,
			energy: this.#tally.energy,
			ice: client?.ice ?? 'new',
			muted: client?.muted ?? this.#muted,
		})
	}
}

function reasonOf(code: ErrorCode | 'taken-over'): CallReason {
	switch (code) {
		case 'meeting-closed':
			return 'meeting-closed'
		case 'unauthorized':
		case 'expired':
		case 'forged':
		case 'revoked':
		case 'not-allowed':
		case 'no-meeting':
			return 'link-refused'
		default:
			return 'internal'
	}
}
