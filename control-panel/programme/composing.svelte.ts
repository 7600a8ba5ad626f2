import type { ProgrammeCommand } from '../../appliance/protocol/relay.ts'
import { meanMs, type Spent } from '../lib/meeting/arrivals.ts'
import { MeetingClient } from '../lib/meeting/client.svelte.ts'
import { loadDevice } from '../lib/meeting/device.ts'
import { readLink } from '../lib/meeting/link.ts'
import { LipSync } from '../lib/meeting/lip-sync.ts'
import type { MediaCall } from '../lib/meeting/media-call.ts'
import { papersOf } from '../lib/meeting/papers.ts'
import { wantedOf } from '../lib/meeting/shown.ts'
import { openMeetingSocket } from '../lib/meeting/socket.ts'
import { Speaking } from '../lib/meeting/speaking.svelte.ts'
import { type Tile, tilesOf } from '../lib/meeting/tiles.ts'
import { captionOf } from './caption.ts'
import { type Capture, capture } from './capture.ts'
import { cut, type OnAir } from './cut.ts'
import type { Look } from './drawing.ts'
import { Films } from './films.ts'
import { startFrameClock } from './frame-clock.ts'
import { type ProgrammeTexts, programmeTexts } from './i18n-programme.ts'
import { Arrivals, nextWaits, type Spans, type Waits } from './in-step.ts'
import { Mix } from './mix.ts'
import { newPace, nextPace, type Pace, type Second } from './pace.ts'
import { Painter } from './painter.ts'
import { boxOf } from './places.ts'
import { firstScene, likelyNext, nextScene, type Scene } from './scene.ts'
import { encodedOf, holdSize, outgoingOf } from './sending.ts'
import type { Picture } from './shots.ts'
import { Slides } from './slides.ts'
import type { Moment } from './turns.ts'

/**
 * One stay in one meeting: what it receives, composes and sends. Whatever it loses it gets back by itself, as anybody's page
 * does; meanwhile it goes on drawing what there is.
 */

export type Join = Extract<ProgrammeCommand, { type: 'join' }>

/** Enough to be there at a cut; the hub sends the smallest layer. */
const warmHeight = 90

/** What becomes of it. */
interface Around {
	/** A picture has been drawn. */
	onFrame: () => void
	/** It is over for good. */
	onEnd: (detail: string) => void
}

export class Composing {
	readonly #client: MeetingClient
	readonly #join: Join
	readonly #texts: ProgrammeTexts
	readonly #frame: { width: number; height: number }
	readonly #painter: Painter
	readonly #capture: Capture
	readonly #mix = new Mix()
	readonly #films = new Films()
	readonly #slides: Slides | null
	readonly #speaking: Speaking
	readonly #lipSync: LipSync
	readonly #around: Around
	readonly #stops: (() => void)[] = []
	readonly #tiles: readonly Tile[] = $derived.by(() => {
		return tilesOf(this.#client.people, this.#client.me).filter(({ me }) => !me)
	})
	#pace: Pace
	/** What became of the second before. */
	#last: Second | null = null
	#second = { since: performance.now(), drawn: 0, busyMs: 0 }
	/** Of the rung that is sent most, when it was looked at last. */
	#encoded: (Spent & { call: MediaCall | null; at: number }) | null = null
	readonly #arrivals = new Arrivals()
	#waits: Waits = { soundMs: 0, pictureMs: 0 }
	/** Whose picture is held back. */
	#held: RTCRtpReceiver | undefined
	/** What it goes by. */
	#spans: Omit<Spans, 'fps'> | null = null
	#next: Scene = firstScene
	#onAir: OnAir = { scene: firstScene, waitingSince: null }
	#asked = ''

	constructor(join: Join, canvas: HTMLCanvasElement, look: Look, around: Around) {
		this.#join = join
		this.#around = around
		this.#texts = programmeTexts(join.language)
		this.#frame = { width: (join.height * 16) / 9, height: join.height }
		Object.assign(canvas, this.#frame)
		this.#painter = new Painter(canvas, look, join.language)
		this.#capture = capture(canvas)
		this.#pace = newPace(join.fps)
		const { meeting } = readLink(join.token)
		this.#slides = meeting === null ? null : new Slides(papersOf(meeting, () => join.token))
		const sending = outgoingOf(this.#capture.track, this.#mix.track, join)
		this.#client = new MeetingClient({
			openSocket: (listeners) => openMeetingSocket(join.hub, join.token, listeners),
			loadDevice,
			outgoing: () => sending.items,
			firstPictures: () => [],
			now: Date.now,
			inStep: false,
		})
		this.#speaking = new Speaking(() => this.#client.incoming.values())
		this.#lipSync = new LipSync({
			incoming: () => this.#client.incoming.values(),
			focus: () => this.#focus,
			people: () => this.#client.people,
		})
		this.#stops.push(
			$effect.root(() => {
				$effect(() => {
					const { stay } = this.#client
					if (stay.at === 'in') void holdSize(sending.pictureSender())
					// After this effect: it ends it.
					if (stay.at === 'ended') queueMicrotask(() => around.onEnd(stay.code))
				})
			}),
			startFrameClock(
				(now) => this.#draw(now),
				() => this.#pace.fps,
			),
		)
		this.#client.join({ muted: false })
	}

	get fps(): number {
		return this.#pace.fps
	}

	get joined(): boolean {
		return this.#client.stay.at === 'in'
	}

	stats() {
		const { layout, slate, pictures, strip } = this.#onAir.scene
		return {
			layout,
			slate,
			pictures,
			strip,
			fps: this.fps,
			second: this.#last,
			step: { ...this.#waits, ...this.#spans },
			receiving: [...this.#client.incoming.keys()],
		}
	}

	close() {
		for (const stop of this.#stops.splice(0)) stop()
		this.#client.leave()
		this.#speaking.close()
		this.#lipSync.close()
		this.#films.follow(new Map())
		this.#slides?.close()
		this.#mix.close()
		this.#capture.track.stop()
	}

	/** The camera that is seen large: the hall's sound waits for it. */
	get #focus(): Tile | null {
		const [picture] = this.#onAir.scene.pictures.filter(({ kind }) => kind === 'feed')
		return this.#tiles.find(({ key }) => key === picture?.key) ?? null
	}

	#draw(now: number) {
		const client = this.#client
		this.#films.follow(client.incoming)
		this.#mix.follow(client.incoming.values())
		const moment = this.#momentOf()
		this.#next = nextScene(this.#next, moment)
		this.#onAir = cut(this.#onAir, this.#next, (picture) => this.#isReady(picture), now)
		const { scene } = this.#onAir
		this.#mix.open(scene.slate === null || scene.slate.kind === 'title')
		this.#ask(moment)
		const { core, item } = client.state
		const said = { core, item, mark: this.#join.mark, now: moment.now }
		this.#painter.paint(scene, captionOf(scene, said, this.#texts), {
			frameOf: (source) => this.#films.frameOf(source),
			page: this.#slides?.image ?? null,
			pageShown: this.#slides?.shown ?? '',
		})
		this.#capture.take()
		this.#around.onFrame()
		this.#count(now)
	}

	/** A second is judged when it is over. */
	#count(now: number) {
		const second = this.#second
		second.drawn++
		second.busyMs += performance.now() - now
		const ms = now - second.since
		if (ms < 1000) return
		this.#second = { since: now, drawn: 0, busyMs: 0 }
		void this.#judge((second.drawn * 1000) / ms, second.busyMs / ms)
	}

	async #judge(drawn: number, busy: number): Promise<void> {
		const call = this.#client.ice === 'connected' ? this.#client.call : null
		const encoded = encodedOf((await call?.getSendStats().catch(() => null)) ?? null)
		const now = performance.now()
		const before = this.#encoded
		this.#encoded = encoded === null ? null : { ...encoded, call, at: now }
		const known = before && encoded !== null && before.call === call
		const sent = known ? ((encoded.count - before.count) * 1000) / (now - before.at) : null
		await this.#keepInStep(known ? meanMs(before, encoded) : null)
		this.#last = { drawn, sent, busy }
		this.#pace = nextPace(this.#pace, this.#last, this.#join.fps)
	}

	async #keepInStep(encodeMs: number | null): Promise<void> {
		// A camera that tells how late its picture is has its sound wait already: see LipSync.
		const [shown] = this.#onAir.scene.pictures.filter(({ kind }) => kind === 'camera')
		const incoming = [...this.#client.incoming.values()]
		const picture = incoming.find(({ source }) => source === shown?.source)
		const voice = incoming.find(({ kind, person }) => kind === 'audio' && person === picture?.person)
		const look = (receiver: RTCRtpReceiver | undefined) => this.#arrivals.look(receiver).catch(() => null)
		const [picturesMs, soundsMs] = await Promise.all([look(picture?.receiver), look(voice?.receiver)])
		this.#spans = { encodeMs, picturesMs, soundsMs }
		this.#waits = nextWaits(this.#waits, { fps: this.#pace.fps, ...this.#spans })
		this.#mix.wait(this.#waits.soundMs)
		this.#hold(picture?.receiver, this.#waits.pictureMs)
	}

	/** In the browser's own jitter buffer, as W3C webrtc-extensions has it. */
	#hold(receiver: RTCRtpReceiver | undefined, ms: number) {
		if (this.#held && this.#held !== receiver) this.#held.jitterBufferTarget = null
		this.#held = receiver
		if (receiver) receiver.jitterBufferTarget = ms > 0 ? ms : null
	}

	#momentOf(): Moment {
		const { state, stay } = this.#client
		return {
			// What was on before a loss goes on; a meeting that was never entered has nothing to show.
			core: stay.at === 'in' || stay.at === 'returning' ? state.core : null,
			tiles: this.#tiles,
			talking: this.#speaking.talking,
			nameOf: (who) => state.strip(who),
			now: state.nowAtHub(Date.now()),
		}
	}

	#isReady({ source, slide }: Picture): boolean {
		if (slide) return this.#slides?.isReady(slide) ?? true
		return source === null || this.#films.frameOf(source) !== null
	}

	/** Asks the hub for what is shown, what is about to be, and small what may be next. */
	#ask(moment: Moment) {
		const scenes = [this.#onAir.scene, this.#next]
		const pictures = scenes.flatMap((scene) => scene.pictures)
		const page = pictures.find(({ slide }) => slide !== null)
		if (page?.slide) this.#slides?.want(page.slide, boxOf(page.place, this.#frame).width)
		const seen = pictures.flatMap(({ source, place }) => {
			const { width, height } = boxOf(place, this.#frame)
			return source === null ? [] : [[source, Math.max(height, (width * 9) / 16)] as const]
		})
		const closed = this.#next.slate?.kind === 'closed'
		const warm = closed ? [] : likelyNext(this.#next, moment).map((source) => [source, warmHeight] as const)
		const wanted = wantedOf([...seen, ...warm])
		const asked = JSON.stringify(wanted)
		if (asked === this.#asked) return
		this.#asked = asked
		this.#client.show(wanted)
	}
}
