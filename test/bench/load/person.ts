import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumerOffer, Wanted } from '../../../appliance/protocol/media.ts'
import type {
	JoinResult,
	LobbyResult,
	MeetingCore,
	MeetingMessage,
	Person,
} from '../../../appliance/protocol/messages.ts'
import type { Generator, StreamCount } from './generator.ts'
import { openSignalling, type Signalling } from './signalling.ts'
import { announced, camera, microphone, type Outgoing, type Sends, transportCcOf } from './streams.ts'

/** As often as a page asks whether the hub is alive, and says how it fares (control-panel/lib/meeting, attend/readiness.ts). */
const probeMs = 4_000
const reportMs = 10_000
/** Told that many come at this moment, one tries again after so long, and half as long again by chance; so often at most. */
const againMs = 500
const againMost = 40

export interface PersonOptions {
	generator: Generator
	/** http://127.0.0.1:PORT */
	origin: string
	token: string
	/** For a shared link. */
	name?: string
	sends: Sends
	/** Sends of one transport need SSRCs of their own; so many as there are streams, from here on. */
	ssrc: number
	/** Whether it listens. */
	hears: boolean
	/** What it shows, whenever it looks. Never its own. */
	pictures: (people: readonly Person[], me: string, core: MeetingCore) => Wanted['video']
}

/** How long each part of coming in took, in milliseconds from its beginning. */
export interface Arrival {
	/** Socket and token. */
	connectMs: number
	/** The answers of the two round trips, each counted from its question. */
	joinMs: number
	openMs: number
	/** Link opened → first packet of anybody; null while nothing has come. */
	firstMs: number | null
}

/** One generated person in a meeting: everything that a page says and does, and real media. */
export class GeneratedPerson {
	readonly person: string
	readonly arrival: Arrival
	/** Why it is in no longer, though nobody asked it to leave. */
	dropped: string | null = null
	readonly #options: PersonOptions
	readonly #signalling: Signalling
	readonly #people = new Map<string, Person>()
	readonly #sent: Outgoing[]
	/** What is forwarded to it, by consumer. */
	readonly #offers = new Map<string, ConsumerOffer>()
	readonly #media: NonNullable<JoinResult['media']>
	readonly #begun: number
	readonly #timers: NodeJS.Timeout[] = []
	#core: MeetingCore
	#shown = ''
	#sendPeer: number | null = null
	#receivePeer: number | null = null
	#left = false

	/** Resolves when both round trips are done; media flow within a moment. Rejects with what the hub says. */
	static async join(options: PersonOptions): Promise<GeneratedPerson> {
		const begun = performance.now()
		// Several messages may be read before whoever awaits the first of them goes on.
		const early: Said[] = []
		let hear: (message: Said) => void = (message) => void early.push(message)
		let closed: () => void = () => {}
		const admitted = Promise.withResolvers<void>()
		const signalling = await openSignalling(options.origin, options.token, {
			onMessage(message) {
				if (message.type === 'admitted') admitted.resolve()
				hear(message)
			},
			onClosed: () => closed(),
		})
		try {
			const connectMs = performance.now() - begun
			const { name } = options
			let asked = 0
			const ask = async (resume?: string) => {
				const join = {
					type: 'meeting.join',
					device: { media: true, ...(resume === undefined ? {} : { resume }) },
					...(name === undefined ? {} : { name }),
				} as const
				for (let tries = 1; ; tries++) {
					asked = performance.now()
					const result = await signalling.ask(join)
					if (result.ok) return result.data as JoinResult | LobbyResult
					if (result.code !== 'busy' || tries > againMost) throw new Error(`${result.code}: ${result.message}`)
					await sleep(againMs * (1 + Math.random() / 2))
				}
			}
			let joined = await ask()
			if ('lobby' in joined) {
				await admitted.promise
				joined = await ask(joined.resume)
			}
			if ('lobby' in joined) throw new Error('let in, and sent back before the door')
			const joinMs = performance.now() - asked
			const arrival = { connectMs, joinMs, openMs: 0, firstMs: null }
			const one = new GeneratedPerson(options, signalling, joined, arrival, begun)
			closed = () => one.#drop('the hub closed the socket')
			hear = (message) => one.#hear(message)
			for (const message of early) hear(message)
			await one.#open()
			return one
		} catch (error) {
			signalling.close()
			throw error
		}
	}

	private constructor(
		options: PersonOptions,
		signalling: Signalling,
		joined: JoinResult,
		arrival: Arrival,
		begun: number,
	) {
		if (!joined.media) throw new Error('the hub offers no media')
		this.#options = options
		this.#signalling = signalling
		this.#media = joined.media
		this.arrival = arrival
		this.#begun = begun
		this.person = joined.person
		this.#core = joined.core
		for (const one of joined.people.set) this.#people.set(one.id, one)
		const { sends, ssrc } = options
		this.#sent = [
			...(sends.microphone ? [microphone(sends.microphone, ssrc)] : []),
			...(sends.camera ? [camera(sends.camera, ssrc + 1)] : []),
		]
	}

	get people(): Person[] {
		return [...this.#people.values()]
	}

	/** Bytes that the hub has told it. */
	get bytes(): number {
		return this.#signalling.bytes
	}

	/** What is forwarded to it now. */
	get offers(): readonly ConsumerOffer[] {
		return [...this.#offers.values()]
	}

	/** Whatever else one may ask of the meeting. */
	get ask(): Signalling['ask'] {
		return this.#signalling.ask
	}

	/** Asks for what it should show by now, if that is something else. */
	async look(): Promise<void> {
		const video = this.#pictures()
		if (JSON.stringify(video) !== this.#shown) await this.#show(video)
	}

	/** Speaks with this level (-dBov), or falls silent (127). Its own mute is another thing: `ask` for `media.mute`. */
	speak(level: number) {
		const [ssrc] = this.#sent.find(({ spec }) => spec.kind === 'audio')?.ssrcs ?? []
		if (ssrc !== undefined) this.#options.generator.order('level', this.#sendPeer ?? 0, ssrc, level)
	}

	/** What has come of each stream, with the offer that announced it. */
	async streams(): Promise<(StreamCount & ConsumerOffer)[]> {
		if (this.#receivePeer === null) return []
		const counts = await this.#options.generator.streams(this.#receivePeer)
		const byId = new Map(counts.map((count) => [count.ssrc, count]))
		return this.offers.flatMap((offer) => {
			const count = byId.get(announced(offer).ssrc)
			return count ? [{ ...count, ...offer }] : []
		})
	}

	async leave(): Promise<void> {
		if (this.#left) return
		this.#left = true
		await this.#signalling.ask({ type: 'meeting.leave' })
		this.#end()
	}

	/** As when the page is killed: nobody is told. */
	vanish() {
		this.#left = true
		this.#end()
	}

	async #open(): Promise<void> {
		const { generator, hears } = this.#options
		const { send, routerRtpCapabilities } = this.#media
		if (send && this.#sent.length > 0) {
			const peer = generator.connect(send, 0, { onFailed: (reason) => this.#drop(reason) })
			this.#sendPeer = peer
			for (const one of this.#sent) one.begin(generator, peer)
		}
		const sends = this.#sendPeer !== null
		const video = this.#pictures()
		this.#shown = JSON.stringify(video)
		const asked = performance.now()
		const { consumers } = await this.#signalling.get<{ consumers: ConsumerOffer[] }>({
			type: 'media.open',
			send: sends ? generator.dtls : null,
			producers: sends ? this.#sent.map(({ spec }) => spec) : [],
			rtpCapabilities: { ...routerRtpCapabilities },
			wanted: { audio: hears, video },
		})
		this.arrival.openMs = performance.now() - asked
		this.#consume(consumers)
		this.#every(probeMs, () => this.#show(this.#pictures()))
		this.#every(reportMs, () => this.#report())
	}

	#hear(message: Said) {
		switch (message.type) {
			case 'core':
				this.#core = message.core
				return
			case 'people':
				for (const one of message.set) this.#people.set(one.id, one)
				for (const id of message.gone) this.#people.delete(id)
				return
			case 'media':
				for (const id of message.closed) this.#lose(id)
				this.#consume(message.offers)
				return
			case 'media.lost':
				return this.#drop('the hub lost its media')
			case 'ended':
			case 'error':
				return this.#drop(message.code)
		}
	}

	#consume(offers: readonly ConsumerOffer[]) {
		if (offers.length === 0 || this.#left) return
		const { generator } = this.#options
		// As Chromium: the receiving side connects when there is something to receive, and is told of once.
		const receive = this.#receivePeer === null ? generator.dtls : null
		const peer = this.#receivePeer ?? this.#connectReceiving()
		for (const offer of offers) {
			const { ssrc, codec } = announced(offer)
			generator.order('expect', peer, ssrc, codec)
			this.#offers.set(offer.id, offer)
		}
		void this.#signalling.ask({ type: 'media.ready', receive, consumers: offers.map(({ id }) => id) })
	}

	#connectReceiving(): number {
		const { receive, routerRtpCapabilities } = this.#media
		const onFirst = () => {
			this.arrival.firstMs ??= performance.now() - this.#begun
		}
		const listener = { onFirst, onFailed: (reason: string) => this.#drop(reason) }
		this.#receivePeer = this.#options.generator.connect(receive, transportCcOf(routerRtpCapabilities), listener)
		return this.#receivePeer
	}

	#lose(id: string) {
		const offer = this.#offers.get(id)
		if (!offer || this.#receivePeer === null) return
		this.#options.generator.order('forget', this.#receivePeer, announced(offer).ssrc)
		this.#offers.delete(id)
	}

	#pictures(): Wanted['video'] {
		return this.#options.pictures(this.people, this.person, this.#core)
	}

	async #show(video: Wanted['video']): Promise<void> {
		this.#shown = JSON.stringify(video)
		await this.#signalling.ask({ type: 'media.show', wanted: { audio: this.#options.hears, video } })
	}

	async #report(): Promise<void> {
		const { sends } = this.#options
		await this.#signalling.ask({
			type: 'readiness.report',
			microphone: sends.microphone ? 'ok' : 'none',
			camera: sends.camera ? 'ok' : 'none',
			network: 'ok',
			rttMs: 1,
			lossPercent: 0,
		})
	}

	/** Not all people at the same moment. */
	#every(ms: number, act: () => Promise<void>) {
		const first = setTimeout(() => {
			void act()
			this.#timers.push(setInterval(() => void act(), ms))
		}, Math.random() * ms)
		this.#timers.push(first)
	}

	#drop(reason: string) {
		if (!this.#left) this.dropped ??= reason
	}

	#end() {
		for (const timer of this.#timers) clearInterval(timer)
		const { generator } = this.#options
		if (this.#sendPeer !== null) generator.leave(this.#sendPeer)
		if (this.#receivePeer !== null) generator.leave(this.#receivePeer)
		this.#signalling.close()
	}
}

type Said = Exclude<MeetingMessage, { type: 'result' }>
