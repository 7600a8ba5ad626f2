import type { Incoming } from '../lib/meeting/media-call.ts'

/**
 * Everything that is heard as one track. Chromium gives the sound of a remote track to Web Audio only while an element
 * plays it, so each has one, muted. The mix is rendered without any device: there may be none, and it must not be heard here.
 */

/** Shorter clicks, longer cuts into a word. */
const rampS = 0.02
/** As long as DelayNode can be told to. */
const longestS = 1
/** Several voices together would clip: above this they are pressed down. dBFS. */
const ceilingDb = -6

interface Voice {
	element: HTMLAudioElement
	source: MediaStreamAudioSourceNode
	gain: GainNode
}

export class Mix {
	readonly #context = new AudioContext({
		sampleRate: 48_000,
		latencyHint: 'interactive',
		...{ sinkId: { type: 'none' } }, // newer than TypeScript's own description of it
	})
	readonly #master = new GainNode(this.#context, { gain: 0 })
	readonly #delay = new DelayNode(this.#context, { delayTime: 0, maxDelayTime: longestS })
	readonly #destination = new MediaStreamAudioDestinationNode(this.#context, { channelCount: 1 })
	readonly #voices = new Map<string, Voice>()
	#audible = false

	constructor() {
		const limiter = new DynamicsCompressorNode(this.#context, {
			...{ threshold: ceilingDb, knee: 0, ratio: 20, attack: 0.002, release: 0.12 },
		})
		this.#master.connect(limiter).connect(this.#delay).connect(this.#destination)
		void this.#context.resume()
	}

	get track(): MediaStreamTrack {
		const [track] = this.#destination.stream.getAudioTracks()
		if (!track) throw new Error('a destination without a track')
		return track
	}

	/** Nothing is heard while it is shut; what is said meanwhile is lost, as it should be. */
	open(audible: boolean) {
		if (audible === this.#audible) return
		this.#audible = audible
		ramp(this.#context, this.#master, audible ? 1 : 0)
	}

	/** So much later from a second on; it gets there by playing a little slower or faster. */
	wait(ms: number) {
		const { currentTime } = this.#context
		const { delayTime } = this.#delay
		delayTime.cancelScheduledValues(currentTime)
		delayTime.setValueAtTime(delayTime.value, currentTime)
		delayTime.linearRampToValueAtTime(ms / 1_000, currentTime + 1)
	}

	/** These are in it from now on, and no others. */
	follow(incoming: Iterable<Incoming>) {
		const now = new Map([...incoming].flatMap((one) => (one.kind === 'audio' ? [[one.id, one] as const] : [])))
		for (const [id, voice] of this.#voices) if (!now.has(id)) this.#drop(id, voice)
		for (const [id, { track }] of now) if (!this.#voices.has(id)) this.#add(id, track)
	}

	close() {
		for (const [id, voice] of this.#voices) this.#drop(id, voice)
		void this.#context.close()
	}

	#add(id: string, track: MediaStreamTrack) {
		const stream = new MediaStream([track])
		const element = new Audio()
		element.muted = true
		element.srcObject = stream
		element.play().catch(() => {}) // a track that is gone by now
		const source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: stream })
		const gain = new GainNode(this.#context, { gain: 0 })
		source.connect(gain).connect(this.#master)
		ramp(this.#context, gain, 1)
		this.#voices.set(id, { element, source, gain })
	}

	#drop(id: string, { element, source, gain }: Voice) {
		this.#voices.delete(id)
		ramp(this.#context, gain, 0)
		setTimeout(() => {
			source.disconnect()
			gain.disconnect()
			element.srcObject = null
		}, rampS * 2000)
	}
}

function ramp({ currentTime }: AudioContext, { gain }: GainNode, value: number) {
	gain.cancelScheduledValues(currentTime)
	gain.setValueAtTime(gain.value, currentTime)
	gain.linearRampToValueAtTime(value, currentTime + rampS)
}
