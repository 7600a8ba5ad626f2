import { untrack } from 'svelte'
import type { Result } from '../../appliance/protocol/messages.ts'
import { publishes } from '../../appliance/protocol/roles.ts'
import { captionTexts } from '../lib/i18n-captions.ts'
import { chatTexts } from '../lib/i18n-chat.ts'
import { errorTexts } from '../lib/i18n-errors.ts'
import { farCameraTexts } from '../lib/i18n-far-camera.ts'
import { type FloorTexts, floorTexts } from '../lib/i18n-floor.ts'
import { type QualityTexts, qualityTexts } from '../lib/i18n-quality.ts'
import { type ViewTexts, viewTexts } from '../lib/i18n-views.ts'
import { Captions } from '../lib/meeting/captions.svelte.ts'
import { MeetingClient } from '../lib/meeting/client.svelte.ts'
import { loadDevice, prepareMedia } from '../lib/meeting/device.ts'
import type { PageLanguage } from '../lib/meeting/language.svelte.ts'
import type { Link } from '../lib/meeting/link.ts'
import { LipSync } from '../lib/meeting/lip-sync.ts'
import type { LocalMedia } from '../lib/meeting/local-media.svelte.ts'
import type { NetworkFigures } from '../lib/meeting/network.ts'
import { type Papers, papersOf } from '../lib/meeting/papers.ts'
import { countHere } from '../lib/meeting/people.ts'
import type { Saving } from '../lib/meeting/saving.ts'
import { Shown } from '../lib/meeting/shown.ts'
import { openMeetingSocket } from '../lib/meeting/socket.ts'
import { Speaking } from '../lib/meeting/speaking.svelte.ts'
import { Ticking } from '../lib/meeting/ticking.svelte.ts'
import { type Tile, tilesOf } from '../lib/meeting/tiles.ts'
import { socketUrl } from '../lib/socket.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'
import { Announcer } from './announcer.svelte.ts'
import { ChatBox } from './chat.svelte.ts'
import type { Companion } from './companion.svelte.ts'
import { Entrance } from './entrance.svelte.ts'
import { FarCameras } from './far-cameras.svelte.ts'
import { statsOfPage } from './figures.ts'
import { firstPictures } from './first-pictures.ts'
import { floorWords } from './floor-words.ts'
import { Hosts } from './hosts.svelte.ts'
import { Looks } from './looks.svelte.ts'
import { OwnDevices } from './own-devices.svelte.ts'
import { OwnFloor } from './own-floor.svelte.ts'
import { Reactions } from './reactions.svelte.ts'
import { Readiness } from './readiness.ts'
import { Straight } from './straight.svelte.ts'

/** The attendee page's state: its parts, brought together once, and what they say of the meeting as one sees it. */
export class AttendSession {
	readonly link: Link
	readonly language: PageLanguage
	readonly theme: ThemeChoice
	readonly companion: Companion
	readonly client: MeetingClient
	readonly entrance: Entrance
	readonly devices: OwnDevices
	readonly shown: Shown
	readonly speaking: Speaking
	readonly floor: OwnFloor
	readonly hosts: Hosts
	readonly chat: ChatBox
	readonly looks: Looks
	readonly cameras: FarCameras
	readonly straight: Straight
	readonly reactions = new Reactions()
	readonly announcer = new Announcer()
	readonly captions = new Captions({
		state: () => this.client.state,
		now: () => this.hubNow,
		storage: localStorage,
	})
	/** The meeting's documents; null: the link names no meeting. */
	readonly papers: Papers | null
	readonly ticking = new Ticking()
	/** By the role of now: it may be changed while one is in. */
	readonly publishes: boolean = $derived.by(() => publishes(this.client.role ?? this.link.role))
	readonly floorTexts: FloorTexts = $derived.by(() => floorTexts(this.language.current))
	readonly qualityTexts: QualityTexts = $derived.by(() => qualityTexts(this.language.current))
	readonly viewTexts: ViewTexts = $derived.by(() => viewTexts(this.language.current))
	/** The hub's time. */
	readonly hubNow: number = $derived.by(() => this.client.state.nowAtHub(this.ticking.now))

	/** The way to the hub, as last measured. */
	network = $state.raw<NetworkFigures>({ grade: 'unknown', rttMs: null, lossPercent: null })
	soundBlocked = $state(false)
	soundTry = $state(0)

	readonly tiles: Tile[] = $derived.by(() => tilesOf(this.client.people, this.client.me))
	readonly others: Tile[] = $derived(this.tiles.filter((tile) => !tile.me))
	readonly own: Tile | null = $derived(this.tiles.find((tile) => tile.me && tile.kind !== 'screen') ?? null)
	readonly here: number = $derived.by(() => countHere(this.client.people))
	readonly #endings: (() => void)[]

	/** `called`: by those who run the meeting, from a page that watched. It comes in at once, and muted. */
	constructor(link: Link, language: PageLanguage, theme: ThemeChoice, companion: Companion, called = false) {
		this.link = link
		this.language = language
		this.papers = link.meeting ? papersOf(link.meeting, () => this.client.token ?? link.token) : null
		this.theme = theme
		this.companion = companion
		this.straight = new Straight(link.name !== null && !called)
		const { announcer, straight } = this
		const client = new MeetingClient({
			openSocket: (listeners) => openMeetingSocket(socketUrl('/ws/meeting'), link.token, listeners),
			loadDevice,
			outgoing: () => (this.publishes ? this.devices.outgoing() : []),
			firstPictures: () => firstPictures(this.looks, this.others),
			frugal: () => this.looks.saving !== 'off',
			hears: () => !companion.on,
			onTold: (text) => this.hosts.tell(text),
			onReactions: (list) => this.reactions.hear(list),
			onHost: (act) => void this.hosts.hear(act),
			onCameras: (message) => this.cameras.hear(message),
			now: Date.now,
		})
		this.client = client
		// First of all: whatever is made below is made while the hub answers.
		client.prepare()
		void prepareMedia()
		this.devices = new OwnDevices({
			client,
			companion,
			straight,
			language,
			say: (text) => this.say(text),
			onPressed: (muted) => this.floor.pressed(muted),
		})
		this.looks = new Looks({
			tiles: () => this.tiles,
			core: () => client.core,
			first: (tile) => this.#isFirst(tile),
		})
		this.cameras = new FarCameras({
			client,
			tiles: () => this.tiles,
			onNews: (news) => this.say(farCameraTexts[language.current][news]),
		})
		this.shown = new Shown((video) => client.show(video), 'pause')
		this.shown.save(this.looks.saving)
		this.speaking = new Speaking(() => client.incoming.values())
		this.floor = new OwnFloor({
			client,
			openMicrophone: () => this.devices.openMicrophone(),
			inHall: () => companion.on,
			onNews: (news) => {
				const { text, urgent } = floorWords(news, language.current)
				if (urgent) this.warn(text)
				else this.say(text)
			},
		})
		this.chat = new ChatBox({
			client,
			onGot: ({ name }) => {
				const words = chatTexts(language.current)
				this.say(words.got(name || words.desk))
			},
		})
		const { devices, floor, looks } = this
		this.hosts = new Hosts({ client, devices, floor, looks, companion, language, announcer })
		this.entrance = new Entrance({ link, client, devices, floor, looks, companion, straight, called })
		const readiness = new Readiness({
			client,
			local: this.local,
			onNetwork: (network) => {
				this.network = network
			},
		})
		const lips = new LipSync({
			incoming: () => client.incoming.values(),
			focus: () => looks.large[0] ?? looks.focus,
			people: () => client.people,
		})
		const stopEffects = $effect.root(() => {
			$effect(() => this.floor.follow())
			$effect(() => this.chat.follow())
			$effect(() => this.entrance.raiseHand())
			$effect(() => this.entrance.bringDevices())
			$effect(() => this.hosts.followLight(client.core?.spotlight ?? null))
			$effect(() => {
				const { at } = client.stay
				if (at === 'left' || at === 'ended') untrack(() => devices.release())
			})
		})
		const keep = () => this.entrance.keepPlace()
		addEventListener('pagehide', keep)
		this.#endings = [
			stopEffects,
			() => removeEventListener('pagehide', keep),
			...[readiness, lips, this.speaking, this.ticking, client].map((part) => () => part.close()),
			() => devices.release(),
		]
		Object.assign(window, { maruStats: () => statsOfPage(client) })
	}

	get local(): LocalMedia {
		return this.devices.local
	}

	/** The page shows something else from now on. */
	close() {
		for (const end of this.#endings) end()
	}

	leave() {
		this.client.leave()
	}

	/** In the hall: no microphone, nothing played. Elsewhere again: heard at once, the microphone when it is asked for. */
	beInHall(on: boolean) {
		if (on === this.companion.on) return
		this.companion.choose(on)
		if (on) this.devices.closeMicrophone()
		if (this.client.stay.at !== 'out') return this.client.hear()
		if (on) this.local.drop('camera')
		else void this.local.ask()
	}

	/** Asks for something of the floor, and says why where it is refused. */
	async tried(asked: Promise<Result>): Promise<Result> {
		const result = await asked
		if (!result.ok) this.say(errorTexts[this.language.current][result.code])
		return result
	}

	/** The track that a tile shows; null: there is none, or not yet. */
	trackOf(tile: Tile): MediaStreamTrack | null {
		if (!tile.source) return null
		if (tile.me) return tile.kind === 'screen' ? this.devices.share.track : this.local.camera
		return this.client.incoming.get(tile.source)?.track ?? null
	}

	/** Spares the line and this PC, or no longer. The camera is turned on again by hand only. */
	async save(saving: Saving): Promise<void> {
		this.looks.save(saving)
		this.shown.save(saving)
		this.say(this.viewTexts.saidSaving[saving])
		await this.client.spare(saving !== 'off')
		if (saving === 'sound' && this.local.camera) await this.devices.closeCamera()
	}

	/** Speakers, raised hands, what is shown and the hall are on the gallery's first page. */
	#isFirst({ kind, person }: Tile): boolean {
		if (kind === 'feed' || kind === 'screen') return true
		const { state } = this.client
		if (state.speaking.some(({ who }) => who === person) || state.place(person) !== null) return true
		return state.core?.floor.mode === 'open' && this.speaking.talking.has(person)
	}

	showCaptions(on: boolean) {
		this.captions.show(on)
		const words = captionTexts(this.language.current)
		this.say(on ? words.saidOn : words.saidOff, true)
	}

	say(text: string, aloudOnly = false) {
		this.announcer.say(text, aloudOnly)
	}

	/** Said at once, whatever is being read out. */
	warn(text: string) {
		this.announcer.warn(text)
	}

	unblockSound() {
		this.soundBlocked = false
		this.soundTry++
	}
}
