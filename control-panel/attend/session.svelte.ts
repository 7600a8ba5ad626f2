import { untrack } from 'svelte'
import type { Wanted } from '../../appliance/protocol/media.ts'
import type { MeetingMessage, Result } from '../../appliance/protocol/messages.ts'
import { publishes } from '../../appliance/protocol/roles.ts'
import { captionTexts } from '../lib/i18n-captions.ts'
import { chatTexts } from '../lib/i18n-chat.ts'
import { errorTexts } from '../lib/i18n-errors.ts'
import { farCameraTexts } from '../lib/i18n-far-camera.ts'
import { type FloorTexts, floorTexts } from '../lib/i18n-floor.ts'
import { hostTexts } from '../lib/i18n-host.ts'
import { type QualityTexts, qualityTexts } from '../lib/i18n-quality.ts'
import { type ViewTexts, viewTexts } from '../lib/i18n-views.ts'
import { type About, askAbout } from '../lib/meeting/about.ts'
import { Captions } from '../lib/meeting/captions.svelte.ts'
import { MeetingClient } from '../lib/meeting/client.svelte.ts'
import { loadDevice, prepareMedia } from '../lib/meeting/device.ts'
import { type Counts, type Flow, flowsOf } from '../lib/meeting/flows.ts'
import type { PageLanguage } from '../lib/meeting/language.svelte.ts'
import type { Link } from '../lib/meeting/link.ts'
import { LipSync } from '../lib/meeting/lip-sync.ts'
import { type DeviceKind, LocalMedia } from '../lib/meeting/local-media.svelte.ts'
import type { NetworkFigures } from '../lib/meeting/network.ts'
import { type Papers, papersOf } from '../lib/meeting/papers.ts'
import { countHere } from '../lib/meeting/people.ts'
import { type Saving, spared } from '../lib/meeting/saving.ts'
import { Shown, wantedOf } from '../lib/meeting/shown.ts'
import { openMeetingSocket } from '../lib/meeting/socket.ts'
import { Speaking } from '../lib/meeting/speaking.svelte.ts'
import { countInbound, type PageStats, pageStats } from '../lib/meeting/stats.ts'
import { Ticking } from '../lib/meeting/ticking.svelte.ts'
import { type Tile, tilesOf } from '../lib/meeting/tiles.ts'
import { socketUrl } from '../lib/socket.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'
import { ChatBox } from './chat.svelte.ts'
import { type Companion, companionTexts } from './companion.svelte.ts'
import { FarCameras } from './far-cameras.svelte.ts'
import { Looks } from './looks.svelte.ts'
import { type FloorNews, OwnFloor } from './own-floor.svelte.ts'
import { Reactions } from './reactions.svelte.ts'
import { Readiness } from './readiness.ts'
import { ScreenShare } from './share.svelte.ts'
import { Straight } from './straight.svelte.ts'

/** The attendee page's state: the link, one's own devices, the stay in the meeting, and what one looks at. */

const keptStay = 'maru.stay'
/** The hub keeps a place for 60 s. */
const placeKeptMs = 60_000

/** What a page leaves for the one that is loaded in its place. */
interface Place {
	resume: string
	name: string
	devices: boolean
	pins: readonly string[]
	follows: boolean
	at: number
}

export class AttendSession {
	readonly link: Link
	readonly language: PageLanguage
	readonly theme: ThemeChoice
	readonly companion: Companion
	readonly client: MeetingClient
	readonly local: LocalMedia
	readonly shown: Shown
	readonly speaking: Speaking
	readonly floor: OwnFloor
	readonly chat: ChatBox
	readonly looks: Looks
	readonly cameras: FarCameras
	readonly straight: Straight
	readonly reactions = new Reactions()
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

	/** On the way in without the preview. */
	entering = $state(false)
	/** The picture that one came for is on the screen, or none is to come: what it would have waited for follows. */
	settled = $state(false)
	name = $state('')
	microphoneOn = $state(true)
	about = $state.raw<About>(null)
	/** Said to screen readers for a moment; shown as well, unless the screen itself shows it. */
	said = $state('')
	/** The same for what must not wait: that one is heard now, that one's time is up. */
	alarm = $state('')
	saidAloudOnly = $state(false)
	/** The way to the hub, as last measured. */
	network = $state.raw<NetworkFigures>({ grade: 'unknown', rttMs: null, lossPercent: null })
	soundBlocked = $state(false)
	soundTry = $state(0)
	/** What the trainer said last to one's group. */
	told = $state<string | null>(null)
	/** Whoever counsels this one took a still of their picture. */
	stillTaken = $state(false)
	/** The device that was asked for and that the browser holds back. */
	blocked = $state<DeviceKind | null>(null)
	/** What those who run the meeting ask this one to turn on. */
	askedFor = $state<'microphone' | 'camera' | null>(null)

	readonly tiles: Tile[] = $derived.by(() => tilesOf(this.client.people, this.client.me))
	readonly others: Tile[] = $derived(this.tiles.filter((tile) => !tile.me))
	readonly own: Tile | null = $derived(this.tiles.find((tile) => tile.me && tile.kind !== 'screen') ?? null)
	readonly here: number = $derived.by(() => countHere(this.client.people))
	/** What was on when the last stay ended. */
	#had = { microphone: false, camera: false }
	/** Came without the preview: the devices follow once there is something to see. */
	#devicesFollow = false
	#opening: Promise<void> = Promise.resolve()
	#begun: Promise<void> | null = null
	/** Whom the page has told of as shown large to all. */
	#lit: string | null = null
	#silence: ReturnType<typeof setTimeout> | undefined
	#alarmEnd: ReturnType<typeof setTimeout> | undefined

	readonly share: ScreenShare
	/** By those who run the meeting, to say what one asked to say: one's hand is up as soon as one is in. */
	#called: boolean
	readonly #endings: (() => void)[]

	/** `called`: by those who run the meeting, from a page that watched. It comes in at once, and muted. */
	constructor(link: Link, language: PageLanguage, theme: ThemeChoice, companion: Companion, called = false) {
		this.#called = called
		this.link = link
		this.language = language
		this.papers = link.meeting ? papersOf(link.meeting, () => this.client.token ?? link.token) : null
		this.theme = theme
		this.companion = companion
		this.straight = new Straight(link.name !== null && !called)
		this.share = new ScreenShare(() => {
			void this.client.removeSource('screen')
			this.say(this.language.texts.saidScreenDown)
		})
		this.local = new LocalMedia(navigator.mediaDevices, (kind) => this.#lost(kind))
		this.client = new MeetingClient({
			openSocket: (listeners) => openMeetingSocket(socketUrl('/ws/meeting'), link.token, listeners),
			loadDevice,
			outgoing: () => (this.publishes ? [...this.local.outgoing(this.client.muted), ...this.#screen()] : []),
			firstPictures: () => firstPictures(this.looks, this.others),
			frugal: () => this.looks.saving !== 'off',
			hears: () => !companion.on,
			onTold: (text) => {
				this.told = text
				this.warn(text)
			},
			onReactions: (list) => this.reactions.hear(list),
			onHost: (act) => void this.#hosted(act),
			onCameras: (message) => this.cameras.hear(message),
			now: Date.now,
		})
		// First of all: whatever is made below is made while the hub answers.
		this.client.prepare()
		void prepareMedia()
		this.looks = new Looks({
			tiles: () => this.tiles,
			core: () => this.client.core,
			first: (tile) => this.#isFirst(tile),
		})
		this.cameras = new FarCameras({
			client: this.client,
			tiles: () => this.tiles,
			onNews: (news) => this.say(farCameraTexts[this.language.current][news]),
		})
		this.shown = new Shown((video) => this.client.show(video), 'pause')
		this.shown.save(this.looks.saving)
		this.speaking = new Speaking(() => this.client.incoming.values())
		this.floor = new OwnFloor({
			client: this.client,
			openMicrophone: () => this.#openMicrophone(),
			inHall: () => companion.on,
			onNews: (news) => this.#tellFloor(news),
		})
		this.chat = new ChatBox({
			client: this.client,
			onGot: ({ name }) => {
				const words = chatTexts(this.language.current)
				this.say(words.got(name || words.desk))
			},
		})
		const readiness = new Readiness({
			client: this.client,
			local: this.local,
			onNetwork: (network) => {
				this.network = network
			},
		})
		const lips = new LipSync({
			incoming: () => this.client.incoming.values(),
			focus: () => this.looks.large[0] ?? this.looks.focus,
			people: () => this.client.people,
		})
		const stopEffects = $effect.root(() => {
			$effect(() => this.floor.follow())
			$effect(() => this.chat.follow())
			$effect(() => this.#raiseHand())
			$effect(() => this.#bringDevices())
			$effect(() => this.#tellLight(this.client.core?.spotlight ?? null))
			$effect(() => {
				const { at } = this.client.stay
				if (at === 'left' || at === 'ended') untrack(() => this.#release())
			})
		})
		const keep = () => this.#keepPlace()
		addEventListener('pagehide', keep)
		this.#endings = [
			stopEffects,
			() => removeEventListener('pagehide', keep),
			...[readiness, lips, this.speaking, this.ticking, this.client].map((part) => () => part.close()),
			() => this.#release(),
		]
		Object.assign(window, { maruStats: () => this.stats() })
	}

	/** Once, however often it is said. */
	begin(): Promise<void> {
		this.#begun ??= this.#begin()
		return this.#begun
	}

	/** After a reload (a new version of the appliance, a crash of the tab) one is back at one's place, muted. */
	async #begin(): Promise<void> {
		if (typeof RTCPeerConnection === 'undefined') return
		const place = takePlace(Date.now())
		if (place || this.#called) void this.#askAbout()
		if (place) this.#called = false
		if (place && publishes(this.link.role) && place.devices && !this.companion.on) await this.local.ask()
		if (place) {
			this.name = place.name
			this.looks.pins = place.pins
			this.looks.follows = place.follows
			this.client.join({ ...this.#named(), resume: place.resume, muted: true })
		} else if (this.#called) {
			await this.local.choose('microphone', null)
			this.client.join({ ...this.#named(), muted: true })
		} else if (this.straight.on) {
			this.entering = true
			this.#devicesFollow = this.publishes && !this.companion.on
			this.client.join({ muted: true, asks: true })
		} else await this.#preview()
	}

	/** The title and the state of the meeting, and one's own devices to try. */
	async #preview(): Promise<void> {
		void this.#askAbout()
		if (this.publishes && !this.companion.on) await this.local.ask()
	}

	async #askAbout(): Promise<void> {
		this.about = await askAbout(this.link, fetch.bind(globalThis))
	}

	/** Stops on the way in, and shows the preview. */
	lookFirst() {
		this.entering = false
		this.#devicesFollow = false
		void this.client.ask({ type: 'meeting.leave' })
		this.client.close()
		this.client.prepare()
		void this.#preview()
	}

	/** What one comes with who came without the preview: a picture first, so that opening a camera does not delay it. */
	#bringDevices() {
		const { stay } = this.client
		if (stay.at === 'out' || stay.at === 'joining') return
		this.entering = false
		if (!this.#devicesFollow || stay.at !== 'in' || !this.settled) return
		this.#devicesFollow = false
		untrack(() => {
			this.#opening = this.#openAll()
		})
	}

	async #openAll(): Promise<void> {
		const { local, client } = this
		if (this.straight.camera) await local.ask()
		else await local.choose('microphone', null)
		for (const source of local.outgoing(client.muted))
			if (!client.call?.sends(source.track)) await client.addSource(source)
	}

	#raiseHand() {
		if (!this.#called || this.client.stay.at !== 'in') return
		this.#called = false
		untrack(() => void this.floor.request('speak'))
	}

	/** The page shows something else from now on. */
	close() {
		for (const end of this.#endings) end()
	}

	join() {
		this.straight.cameraIs(this.local.camera !== null)
		this.client.join({ ...this.#named(), muted: !this.microphoneOn || !this.local.microphone, asks: true })
	}

	/** Back in with the devices that were on, and muted: nobody should be heard by a press that says only 'join'. */
	async rejoin(): Promise<void> {
		const { microphone, camera } = this.#had
		if (microphone && !this.companion.on) await this.local.choose('microphone', null)
		if (camera) await this.local.choose('camera', null)
		this.client.join({ ...this.#named(), muted: true })
	}

	leave() {
		this.client.leave()
	}

	/** In the hall: no microphone, nothing played. Elsewhere again: heard at once, the microphone when it is asked for. */
	beInHall(on: boolean) {
		if (on === this.companion.on) return
		this.companion.choose(on)
		if (on) {
			void this.client.setMuted(true)
			void this.client.removeSource('microphone')
			this.local.drop('microphone')
		}
		if (this.client.stay.at !== 'out') return this.client.hear()
		if (on) this.local.drop('camera')
		else void this.local.ask()
	}

	async toggleMicrophone(): Promise<void> {
		const texts = this.language.texts
		const { client, local } = this
		if (!client.muted) {
			this.floor.pressed(true)
			void client.setMuted(true)
			this.say(texts.saidMuted)
			return
		}
		if (client.stay.at !== 'in') return this.say(texts.unmuteOffline)
		this.floor.pressed(false)
		const opened = await this.#openMicrophone()
		if (opened) return this.say(texts.saidUnmuted)
		if (local.microphone) return this.say(texts.unmuteRefused)
		this.#tellProblem('microphone')
	}

	/** Shows a screen or window to all, or takes it down. */
	async toggleScreen(): Promise<void> {
		const { texts } = this.language
		if (this.share.track) {
			this.share.drop()
			await this.client.removeSource('screen')
			return this.say(texts.saidScreenDown)
		}
		const track = await this.share.choose()
		if (!track) return
		if (await this.client.addSource({ track, use: 'screen', label: texts.screen, muted: false })) {
			return this.say(texts.saidScreenUp)
		}
		this.share.drop()
		this.say(texts.refused)
	}

	#screen() {
		return this.share.outgoing(this.language.texts.screen)
	}

	async toggleCamera(): Promise<void> {
		await this.#opening
		if (this.local.camera) {
			this.straight.cameraIs(false)
			this.local.drop('camera')
			await this.client.removeSource('camera')
			return
		}
		const track = await this.local.choose('camera', null)
		this.straight.cameraIs(track !== null)
		if (!track) return this.#tellProblem('camera')
		if (!(await this.client.addSource({ track, use: 'camera', label: 'camera', muted: false }))) {
			this.local.drop('camera')
			this.say(this.language.texts.refused)
		}
	}

	/** Another microphone or camera, in the preview or in the call. */
	async choose(kind: DeviceKind, deviceId: string): Promise<void> {
		const track = await this.local.choose(kind, deviceId)
		if (!track || this.client.stay.at !== 'in') return
		if (this.client.call?.sources(kind).length) await this.client.replaceTrack(kind, track)
		else
			await this.client.addSource({ track, use: kind, label: kind, muted: kind === 'microphone' && this.client.muted })
	}

	/** What to tell a person about their device; empty while it is well. */
	problem(kind: DeviceKind): string {
		const texts = this.language.texts
		const name = kind === 'microphone' ? texts.microphone : texts.camera
		switch (kind === 'microphone' ? this.local.microphoneProblem : this.local.cameraProblem) {
			case 'insecure':
				return texts.problemInsecure
			case 'denied':
				return texts.problemDenied
			case 'busy':
				return texts.problemBusy(name)
			case 'missing':
				return texts.problemMissing(name)
			case null:
				return ''
		}
	}

	/** What the browser holds back is explained, step by step; the rest is said. */
	#tellProblem(kind: DeviceKind) {
		const problem = kind === 'microphone' ? this.local.microphoneProblem : this.local.cameraProblem
		if (problem === 'denied') this.blocked = kind
		else this.say(this.problem(kind))
	}

	/** Asks for something of the floor, and says why where it is refused. */
	async tried(asked: Promise<Result>): Promise<Result> {
		const result = await asked
		if (!result.ok) this.say(errorTexts[this.language.current][result.code])
		return result
	}

	/** Those who run the meeting shut something here, or ask for it. */
	async #hosted(act: Extract<MeetingMessage, { type: 'host' }>['act']): Promise<void> {
		const texts = hostTexts(this.language.current)
		switch (act) {
			case 'muted':
				this.floor.pressed(true)
				return this.say(texts.muted)
			case 'stopped':
				this.share.drop()
				this.local.drop('camera')
				this.say(texts.stopped)
				await Promise.all([this.client.removeSource('camera'), this.client.removeSource('screen')])
				return
			case 'still':
				this.stillTaken = true
				return this.warn(texts.still)
			case 'ask-microphone':
				// In the hall it is the hall's microphone that is heard.
				if (!this.companion.on && (this.client.muted || !this.local.microphone)) this.askedFor = 'microphone'
				return
			case 'ask-camera':
				if (!this.local.camera) this.askedFor = 'camera'
		}
	}

	/** The track that a tile shows; null: there is none, or not yet. */
	trackOf(tile: Tile): MediaStreamTrack | null {
		if (!tile.source) return null
		if (tile.me) return tile.kind === 'screen' ? this.share.track : this.local.camera
		return this.client.incoming.get(tile.source)?.track ?? null
	}

	/** Spares the line and this PC, or no longer. The camera is turned on again by hand only. */
	async save(saving: Saving): Promise<void> {
		this.looks.save(saving)
		this.shown.save(saving)
		this.say(this.viewTexts.saidSaving[saving])
		await this.client.spare(saving !== 'off')
		if (saving !== 'sound' || !this.local.camera) return
		this.local.drop('camera')
		await this.client.removeSource('camera')
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
		this.said = text
		this.saidAloudOnly = aloudOnly
		clearTimeout(this.#silence)
		this.#silence = setTimeout(() => {
			this.said = ''
		}, 5000)
	}

	/** Said at once, whatever is being read out. */
	warn(text: string) {
		this.alarm = text
		clearTimeout(this.#alarmEnd)
		this.#alarmEnd = setTimeout(() => {
			this.alarm = ''
		}, 5000)
	}

	unblockSound() {
		this.soundBlocked = false
		this.soundTry++
	}

	async stats(): Promise<PageStats & { sent: Flow[] }> {
		const { call } = this.client
		const report = call ? [...(await call.getStats()).values()] : []
		const sending = (['microphone', 'camera', 'screen'] as const).filter((use) => call?.sources(use).length)
		const page = pageStats(countInbound(report), this.client.incoming.values(), this.client.people, {
			sending,
			ice: this.client.ice,
		})
		const { flows } = await this.flows(new Map())
		return { ...page, sent: flows.filter(({ way }) => way === 'sent') }
	}

	/** Every stream of this page, with what came and went since `before`. */
	async flows(before: Counts): Promise<ReturnType<typeof flowsOf>> {
		const { call } = this.client
		const reports = call ? await Promise.all([call.getSendStats(), call.getStats()]) : []
		return flowsOf(
			reports.flatMap((report) => (report ? [...report.values()] : [])),
			before,
			performance.now(),
		)
	}

	/** Lifts one's own mute; a microphone that was not open is opened and sent. */
	async #openMicrophone(): Promise<boolean> {
		const { client, local } = this
		if (this.companion.on) return false
		await this.#opening
		if (!local.microphone) {
			const track = await local.choose('microphone', null)
			if (!track) return false
			await client.addSource({ track, use: 'microphone', label: 'microphone', muted: true })
		}
		return client.setMuted(false)
	}

	#tellFloor(news: FloorNews) {
		const texts = this.floorTexts
		switch (news) {
			case 'granted':
				return this.warn(texts.saidGranted)
			case 'granted-hall':
				return this.warn(companionTexts[this.language.current].granted)
			case 'granted-muted':
				return this.warn(texts.saidGrantedMuted)
			case 'ended':
				return this.say(texts.saidEnded)
			case 'withdrawn':
				return this.say(texts.saidWithdrawn)
			case 'declined':
				return this.say(texts.saidDeclined)
		}
	}

	/** Whom those who run the meeting show large to all; null: nobody any longer. */
	#tellLight(who: string | null) {
		if (who === this.#lit) return
		this.#lit = who
		untrack(() => {
			const texts = hostTexts(this.language.current)
			if (this.client.stay.at !== 'in') return
			if (who === null) return this.say(texts.saidUnlit)
			const { name } = this.client.state.strip(who)
			this.say(this.looks.pins.length > 0 ? texts.saidLitPinned(name) : texts.saidLit(name))
		})
	}

	#named(): { name?: string } {
		return this.link.name ? {} : { name: this.name.trim() }
	}

	/** No lamp stays on after the meeting. */
	#release() {
		this.#had = { microphone: this.local.microphone !== null, camera: this.local.camera !== null }
		this.local.drop('microphone')
		this.local.drop('camera')
		this.share.drop()
	}

	#lost(kind: DeviceKind) {
		const texts = this.language.texts
		this.say(kind === 'microphone' ? texts.lostMicrophone : texts.lostCamera)
		if (kind === 'microphone') this.client.muted = true
		void this.client.removeSource(kind)
	}

	#keepPlace() {
		const { stay, resume } = this.client
		if (!resume || (stay.at !== 'in' && stay.at !== 'returning')) return
		const place = {
			resume,
			name: this.name,
			devices: this.local.microphone !== null || this.local.camera !== null,
			pins: this.looks.pins,
			follows: this.looks.follows,
			at: Date.now(),
		} satisfies Place
		sessionStorage.setItem(keptStay, JSON.stringify(place))
	}
}

/** Written when the page goes and taken when it comes back, so that a copied tab finds none and takes nobody's place. */
function takePlace(now: number): Place | null {
	const text = sessionStorage.getItem(keptStay)
	sessionStorage.removeItem(keptStay)
	if (!text) return null
	const place = JSON.parse(text) as Place
	return now - place.at < placeKeptMs ? place : null
}

/**
 * As the page will be drawn: one large picture, which the small ones follow once it is there (a browser takes the longer to
 * agree upon pictures the more there are), or a page of the gallery.
 */
function firstPictures({ view, saving, pageSize, large, shared }: Looks, others: Tile[]): Wanted['video'] {
	if (document.hidden) return []
	const height = innerHeight * 0.65 * devicePixelRatio
	const shown = shared && shared !== 'slide' ? [shared, ...large] : large
	const sights =
		view === 'gallery'
			? others.slice(0, pageSize).map(({ source }) => ({ source, height: 100 * devicePixelRatio, large: false }))
			: shown.map(({ source }) => ({ source, height, large: true }))
	const there = sights.flatMap((sight) => (sight.source ? [{ ...sight, source: sight.source }] : []))
	return wantedOf(spared(there, saving).map(({ source, height }) => [source, height]))
}
