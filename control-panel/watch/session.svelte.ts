import type { RelayView } from '../../appliance/protocol/relay.ts'
import type { LanguageChoice } from '../lib/i18n.svelte.ts'
import { type WatchTexts, watchTexts } from '../lib/i18n-watch.ts'
import type { Keep } from '../lib/keep.ts'
import type { Link } from '../lib/meeting/link.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'
import type { Arrival } from './arrival.ts'
import { Asked } from './asked.svelte.ts'
import { WatchCaptions } from './captions.svelte.ts'
import { GuestStay } from './guest-stay.svelte.ts'
import { Kept } from './kept.svelte.ts'
import { Live } from './live.svelte.ts'
import { Place, shortPauseMs } from './place.svelte.ts'
import { Screens } from './screens.svelte.ts'
import { Sound } from './sound.svelte.ts'
import { Standing } from './standing.svelte.ts'
import { clampTo, isLive } from './timeline.ts'
import { type Scene, sceneOf } from './view.ts'
import { beginWay, type Choice, choices, nextWay, type Way, type WayEvent, type WayState, wantedOf } from './way.ts'

/** One viewer: what they are told, the way by which the relay comes, and where in it they are. */

const beatMs = 250
const keys = { choice: 'maru.relayWay', saves: 'maru.relaySaves' }
const stepMs = 10_000
/** Behind the end of the list, of which three seconds are as it should be. */
const farBehindMs = 6000
const catchUpMs = 20_000
/** After so long a hub that was full may have a place. */
const placeMs = 60_000

interface Around {
	language: LanguageChoice
	theme: ThemeChoice
	/** Remembers for this browser. */
	keep: Keep
	/** Remembers for this tab. */
	tab: Keep
	can: WayState['can']
}

export class WatchSession {
	readonly link: Link
	/** For a window of its own. */
	readonly ownAddress: string
	readonly language: LanguageChoice
	readonly theme: ThemeChoice
	readonly sound: Sound
	readonly live: Live
	readonly standing: Standing
	readonly kept: Kept
	readonly screens: Screens
	readonly place: Place
	readonly captions: WatchCaptions
	readonly asked: Asked
	readonly guest: GuestStay
	readonly texts: WatchTexts = $derived.by(() => watchTexts(this.language.current))
	readonly #keep: Keep

	#way = $state.raw<WayState>(beginWay('auto', { webrtc: false, http: false }))
	saves = $state(false)
	paused = $state(false)
	elsewhere = $state(false)
	/** There is a picture of WebRTC, be it the last one. */
	#livePicture = $state(false)
	/** Said to screen readers. */
	said = $state('')
	/** Of the picture, in CSS pixels. */
	height = 720
	#caughtUpAt = Number.NEGATIVE_INFINITY

	readonly view: RelayView | null = $derived.by(() => this.standing.view)
	readonly choice: Choice = $derived(this.#way.choice)
	readonly can: WayState['can'] = $derived(this.#way.can)
	readonly shown: Way = $derived(wantedOf(this.#way).shown)
	readonly scene: Scene = $derived.by(() =>
		sceneOf({
			link: this.link,
			capable: this.can.webrtc || this.can.http,
			refused: this.standing.refused,
			elsewhere: this.elsewhere,
			view: this.view,
			playsOn: this.kept.plays,
		}),
	)
	/** How far behind the present is, in words. */
	readonly delayWords: string = $derived.by(() => {
		if (this.shown === 'webrtc') return this.#livePicture ? this.texts.delayShort : ''
		const seconds = Math.round((this.place.nowMs - this.place.atMs) / 1000)
		return this.kept.plays && seconds >= 0 && seconds < 3600 ? this.texts.delaySeconds(Math.max(1, seconds)) : ''
	})
	/** Whether there is a way to ask at all; `canAsk`: it stands. */
	readonly mayAsk: boolean = $derived.by(() => this.can.webrtc && this.scene.at === 'on-air')
	readonly canAsk: boolean = $derived.by(() => this.live.client.stay.at === 'in' && this.mayAsk)
	/** A question is being written. */
	#asking = false
	/** The hub had no place for a socket: it is not asked again before. Of a clock that only goes forward. */
	#placeAt = 0

	constructor({ link, refused, address }: Arrival, around: Around) {
		const { language, theme, keep, tab, can } = around
		this.link = link
		this.ownAddress = address
		this.language = language
		this.theme = theme
		this.#keep = keep
		this.sound = new Sound(keep)
		this.live = new Live(link.token, (news) => this.asked.hear(news))
		this.standing = new Standing(link, this.live.client)
		this.standing.refused = refused
		this.kept = new Kept(link, {
			onFailed: () => this.#happen({ type: 'http-failed' }),
			onEnded: () => this.#happen({ type: 'http-ended' }),
		})
		this.screens = new Screens({
			sound: this.sound,
			shown: () => this.shown,
			ready: (way) => (way === 'http' ? this.kept.plays : this.#livePicture),
			paused: () => this.paused,
			onPressed: () => this.toggle(),
		})
		this.place = new Place({
			view: () => this.view,
			listed: () => this.kept.player?.stretch ?? null,
			canGoBack: () => this.can.http,
			shown: () => this.shown,
			apart: () => this.#way.back || this.paused,
		})
		this.captions = new WatchCaptions({
			...{ live: this.live, kept: this.kept, place: this.place, standing: this.standing },
			shown: () => this.shown,
			keep,
		})
		this.asked = new Asked({
			ask: (command) => this.live.client.ask(command),
			keep: tab,
			onCalled: (token) => void this.guest.enter(token),
			onAnswered: () => this.say(this.texts.askAnswered),
		})
		this.guest = new GuestStay({
			...{ theme, keep: tab },
			onChange: () => this.#guestChanged(),
			onFailed: () => this.say(this.texts.calledFailed),
		})
		const chosen = choices.find((one) => one === keep.getItem(keys.choice)) ?? 'auto'
		this.#way = beginWay(can.http ? chosen : 'auto', can)
		this.saves = keep.getItem(keys.saves) === 'yes'
		if (!link.meeting) return
		const timer = setInterval(() => this.#beat(), beatMs)
		addEventListener('pagehide', () => clearInterval(timer))
		Object.assign(window, { maruWatch: () => this.stats() })
		this.#beat()
	}

	choose(choice: Choice) {
		this.#happen({ type: 'choose', choice })
		this.#keep.setItem(keys.choice, this.choice)
	}

	save(on: boolean) {
		this.saves = on
		this.#keep.setItem(keys.saves, on ? 'yes' : 'no')
		this.kept.player?.save(on)
		this.#apply()
	}

	toggle() {
		if (this.paused) return this.#resume()
		if (this.scene.at !== 'on-air') return
		this.paused = true
		this.#apply()
	}

	/** Goes to a moment of what is kept. So near to the present it is the present. */
	seek(toMs: number) {
		const { stretch } = this.place
		if (!stretch || !this.can.http) return
		const at = clampTo(stretch, toMs)
		if (isLive(stretch, at)) return this.goLive()
		this.paused = false
		this.place.atMs = at
		this.#happen({ type: 'back' })
		this.kept.player?.seek(at)
	}

	step(seconds: number) {
		this.seek(this.place.atMs + seconds * 1000)
	}

	back = () => this.step(-stepMs / 1000)

	fromStart() {
		if (this.place.stretch) this.seek(this.place.stretch.fromMs)
	}

	get startsAt(): number | null {
		return this.live.client.core?.meeting.startsAt ?? null
	}

	goLive() {
		this.paused = false
		this.kept.player?.seek(null)
		this.#happen({ type: 'live' })
	}

	/** The window that took this one's place is left; this one watches again. */
	watchHere() {
		this.elsewhere = false
		this.#apply()
	}

	/** A question is being written, or no longer. */
	ask(on: boolean) {
		this.#asking = on
		this.#apply()
	}

	say(words: string) {
		this.said = words
	}

	async float() {
		if (!(await this.screens.float())) this.say(this.texts.floatFailed)
	}

	/** What plays, for whoever looks at the page from outside. */
	stats() {
		const { video, stillSince } = this.screens
		return {
			way: this.shown,
			wanted: wantedOf(this.#way),
			scene: this.scene.at,
			ice: this.live.ice,
			frames: video?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
			width: video?.videoWidth ?? 0,
			height: video?.videoHeight ?? 0,
			atMs: this.place.atMs,
			nowMs: this.place.nowMs,
			silent: this.sound.silent,
			still: stillSince !== null,
		}
	}

	#resume() {
		const wasAt = this.place.atMs
		this.paused = false
		if (this.can.http && this.place.stretch && this.place.nowMs - wasAt > shortPauseMs) this.seek(wasAt)
		this.#apply()
	}

	#happen(event: WayEvent) {
		this.#way = nextWay(this.#way, event, performance.now(), Math.random())
		this.#apply()
	}

	#apply() {
		const over = this.guest.page !== null || !['on-air', 'planned', 'not-on-air', 'connecting'].includes(this.scene.at)
		const wanted = wantedOf(this.#way)
		// Whoever asks is told, by whichever way the picture comes.
		const talks = this.mayAsk && (this.#asking || this.asked.open) && performance.now() >= this.#placeAt
		if ((wanted.connected || talks) && !over) this.live.start()
		else this.live.stop()
		const live = wanted.connected && !this.#way.back && !this.paused
		this.live.show(live, this.saves || this.height * devicePixelRatio < 450 ? 360 : 720)
		const { http } = this.screens.videos
		if (over || !wanted.http) this.kept.close()
		else if (http) this.kept.open(http, this.#way.back ? this.place.atMs : null, this.saves)
	}

	/** In the meeting nothing of the relay comes beside it, and afterwards it goes on where it is by then. */
	#guestChanged() {
		this.paused = false
		this.#livePicture = false
		if (this.guest.page === null) {
			this.asked.back()
			this.goLive()
			this.say(this.texts.calledBack)
		}
		this.#apply()
	}

	#beat() {
		if (this.guest.page !== null) return this.guest.look()
		const now = Date.now()
		this.standing.follow(now, wantedOf(this.#way).connected)
		this.place.beat(this.standing.nowAtHub(now))
		this.#hearClient()
		this.asked.follow(this.live.client.stay.at === 'in')
		const onAir = this.view?.since != null
		this.#happen({ type: 'on-air', on: onAir })
		if (!this.paused) this.#happenLive(now)
		this.#happen({ type: 'tick' })
		this.#place()
		this.kept.beat()
		if (this.scene.at !== 'on-air') this.paused = false
		this.screens.look(now, !this.paused && this.scene.at === 'on-air')
		this.screens.follow()
		// What was kept is over, whether its list says so or not.
		if (!onAir && this.screens.stillSince !== null) this.#happen({ type: 'http-ended' })
	}

	/** Some ends are the end of this way only. */
	#hearClient() {
		const { stay } = this.live.client
		if (stay.at !== 'ended') return
		if (stay.code === 'taken-over' || stay.code === 'elsewhere') this.elsewhere = true
		else if (stay.code === 'full' || stay.code === 'bad-message') {
			this.#placeAt = performance.now() + placeMs
			this.#happen({ type: 'refused' })
		} else this.standing.refused = stay.code
		this.live.stop()
	}

	#happenLive(now: number) {
		if (!wantedOf(this.#way).webrtc) return
		const look = this.live.look(now, this.screens.videos.webrtc)
		if (look === 'coming') {
			this.#livePicture = true
			this.#happen({ type: 'playing' })
		}
		if (look === 'stopped') this.#happen({ type: 'lost' })
	}

	#place() {
		if (this.paused) return
		const { player } = this.kept
		const { nowMs, atMs } = this.place
		if (this.shown === 'webrtc') this.place.atMs = nowMs
		else this.place.atMs = player?.atMs ?? (this.#way.back ? atMs : nowMs)
		if (this.shown !== 'http' || !player) return
		const { stretch } = player
		if (!stretch) return
		// Whoever watches the present and fell far behind it is brought back, but not again and again.
		const now = performance.now()
		const far = this.kept.plays && !this.#way.back && stretch.toMs - this.place.atMs > farBehindMs
		if (far && now - this.#caughtUpAt > catchUpMs) {
			this.#caughtUpAt = now
			player.seek(null)
		}
		// It fell out of what is kept: on from its beginning.
		if (this.place.atMs < stretch.fromMs - 1000) {
			player.seek(this.#way.back ? (this.place.stretch ?? stretch).fromMs : null)
		}
	}
}
