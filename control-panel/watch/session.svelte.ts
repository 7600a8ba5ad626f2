import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { RelayView } from '../../appliance/protocol/relay.ts'
import type { LanguageChoice } from '../lib/i18n.svelte.ts'
import { type WatchTexts, watchTexts } from '../lib/i18n-watch.ts'
import type { Link } from '../lib/meeting/link.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'
import type { Keep } from './keep.ts'
import { Kept } from './kept.svelte.ts'
import { Live } from './live.svelte.ts'
import { Screens } from './screens.svelte.ts'
import { Sound } from './sound.svelte.ts'
import { Standing } from './standing.svelte.ts'
import { clampTo, isLive, type Mark, markAt, marksOf, type Stretch, stretchOf } from './timeline.ts'
import { type Scene, sceneOf } from './view.ts'
import { beginWay, type Choice, choices, nextWay, type Way, type WayEvent, type WayState, wantedOf } from './way.ts'

/** One viewer: what they are told, the way by which the relay comes, and where in it they are. */

const beatMs = 250
const keys = { choice: 'maru.relayWay', saves: 'maru.relaySaves' }
/** A pause so short is none: it goes on with the present. */
const shortPauseMs = 3000
const stepMs = 10_000
/** Whoever comes so long after the beginning is offered it, for a while. */
const lateMs = 60_000
const offerMs = 20_000

export class WatchSession {
	readonly link: Link
	readonly language: LanguageChoice
	readonly theme: ThemeChoice
	readonly sound: Sound
	readonly live: Live
	readonly standing: Standing
	readonly kept: Kept
	readonly screens: Screens
	readonly texts: WatchTexts = $derived.by(() => watchTexts(this.language.current))
	readonly #keep: Keep

	#way = $state.raw<WayState>(beginWay('auto', { webrtc: false, http: false }))
	saves = $state(false)
	paused = $state(false)
	/** The hub's time, and that of what is shown. */
	nowMs = $state(0)
	atMs = $state(0)
	elsewhere = $state(false)
	/** There is a picture of WebRTC, be it the last one. */
	#livePicture = $state(false)
	/** Said to screen readers. */
	said = $state('')
	/** Of the picture, in CSS pixels. */
	height = 0

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
	readonly stretch: Stretch | null = $derived.by(() => this.#stretchNow())
	readonly marks: Mark[] = $derived.by(() => (this.stretch ? marksOf(this.stretch, this.view?.chapters ?? []) : []))
	readonly mark: Mark | null = $derived.by(() => markAt(this.marks, this.atMs))
	/** Behind the present, as the viewer chose; null: they watch it as it happens. */
	readonly behindMs: number | null = $derived.by(() => {
		const { stretch } = this
		if (!stretch || (!this.#way.back && !this.paused)) return null
		const behind = this.nowMs - this.atMs
		return behind < shortPauseMs ? null : behind
	})
	/** How far behind the present is, in words. */
	readonly delayWords: string = $derived.by(() => {
		if (this.shown === 'webrtc') return this.texts.delayShort
		const seconds = Math.round((this.nowMs - this.atMs) / 1000)
		return this.kept.plays && seconds >= 0 && seconds < 3600 ? this.texts.delaySeconds(Math.max(1, seconds)) : ''
	})
	/** The earliest that can be seen; null: nothing but the present. */
	readonly earliest: { atMs: number; whole: boolean } | null = $derived.by(() => {
		const { stretch, view } = this
		return stretch && { atMs: stretch.fromMs, whole: view?.since != null && stretch.fromMs - view.since < 5000 }
	})
	/** Somebody who came a while after the beginning, and has not said yet whether they want to see it. */
	readonly late: { since: number; whole: boolean } | null = $derived.by(() => {
		const { earliest, view } = this
		if (!earliest || view?.since == null || this.behindMs !== null || !this.#mayBeLate) return null
		return this.#cameAt - view.since > lateMs ? { since: view.since, whole: earliest.whole } : null
	})
	readonly canAsk: boolean = $derived.by(() => this.live.client.stay.at === 'in' && this.scene.at === 'on-air')

	#mayBeLate = $state(true)
	#cameAt = $state(Number.POSITIVE_INFINITY)

	constructor(link: Link, around: { language: LanguageChoice; theme: ThemeChoice; keep: Keep; can: WayState['can'] }) {
		const { language, theme, keep, can } = around
		this.link = link
		this.language = language
		this.theme = theme
		this.#keep = keep
		this.sound = new Sound(keep)
		this.live = new Live(link.token)
		this.standing = new Standing(link, this.live.client)
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
		const { stretch } = this
		if (!stretch || !this.can.http) return
		const at = clampTo(stretch, toMs)
		if (isLive(stretch, at)) return this.goLive()
		this.paused = false
		this.atMs = at
		this.#happen({ type: 'back' })
		this.kept.player?.seek(at)
	}

	step(seconds: number) {
		this.seek(this.atMs + seconds * 1000)
	}

	back = () => this.step(-stepMs / 1000)

	fromStart() {
		if (this.stretch) this.seek(this.stretch.fromMs)
	}

	/** The beginning is of no interest. */
	stayLate() {
		this.#mayBeLate = false
	}

	/** For a window of its own. */
	get ownAddress(): string {
		return `${location.pathname}#${this.link.token}`
	}

	get startsAt(): number | null {
		return this.live.client.core?.meeting.startsAt ?? null
	}

	goLive() {
		this.paused = false
		this.kept.player?.seek(null)
		this.#happen({ type: 'live' })
	}

	/** Null: it was handed on; else why not. */
	async ask(text: string): Promise<ErrorCode | null> {
		const result = await this.live.client.ask({ type: 'relay.ask', text })
		return result.ok ? null : result.code
	}

	/** The window that took this one's place is left; this one watches again. */
	watchHere() {
		this.elsewhere = false
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
			atMs: this.atMs,
			nowMs: this.nowMs,
			silent: this.sound.silent,
			still: stillSince !== null,
		}
	}

	#resume() {
		const wasAt = this.atMs
		this.paused = false
		if (this.can.http && this.stretch && this.nowMs - wasAt > shortPauseMs) this.seek(wasAt)
		this.#apply()
	}

	#happen(event: WayEvent) {
		this.#way = nextWay(this.#way, event, performance.now(), Math.random())
		this.#apply()
	}

	#apply() {
		const over = !['on-air', 'planned', 'not-on-air', 'connecting'].includes(this.scene.at)
		const wanted = wantedOf(this.#way)
		if (wanted.connected && !over) this.live.start()
		else this.live.stop()
		this.live.show(wanted.webrtc && !this.paused, this.saves ? 360 : Math.min(1080, this.height * devicePixelRatio))
		const { http } = this.screens.videos
		if (wanted.http && http) this.kept.open(http, this.#way.back ? this.atMs : null, this.saves)
		else if (!wanted.http) this.kept.close()
	}

	#beat() {
		const now = Date.now()
		this.standing.follow(now, wantedOf(this.#way).connected)
		this.nowMs = this.standing.nowAtHub(now)
		this.#hearClient()
		const onAir = this.view?.since != null
		this.#happen({ type: 'on-air', on: onAir })
		if (this.view && this.#cameAt > this.nowMs) this.#cameAt = this.nowMs
		if (this.nowMs - this.#cameAt > offerMs) this.#mayBeLate = false
		if (!this.paused) this.#happenLive(now)
		this.#happen({ type: 'tick' })
		this.#place()
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
		else if (stay.code === 'full' || stay.code === 'bad-message') this.#happen({ type: 'refused' })
		else this.standing.refused = stay.code
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
		if (this.shown === 'webrtc') this.atMs = this.nowMs
		else this.atMs = this.kept.player?.atMs ?? this.atMs
		const { player } = this.kept
		// It fell out of what is kept: on from its beginning.
		if (this.shown === 'http' && player?.stretch && this.atMs < player.stretch.fromMs - 1000) {
			player.seek(this.#way.back ? player.stretch.fromMs : null)
		}
	}

	#stretchNow(): Stretch | null {
		const { view } = this
		if (!view || !this.can.http) return null
		const listed = this.kept.player?.stretch ?? null
		if (view.since === null) return listed
		const told = view.windowS > 0 ? stretchOf(view, this.nowMs) : null
		return told && listed && this.shown === 'http' ? { ...told, fromMs: Math.max(told.fromMs, listed.fromMs) } : told
	}
}
