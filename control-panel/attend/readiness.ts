import type { Readiness as Grade } from '../../appliance/protocol/floor.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'
import { watchLevel } from '../lib/meeting/level.ts'
import type { DeviceProblem, LocalMedia } from '../lib/meeting/local-media.svelte.ts'
import { type NetworkFigures, networkGrade } from '../lib/meeting/network.ts'
import { type Network, networkOf } from '../lib/meeting/stats.ts'

/** What this page found out of its own microphone, camera and network, for the clerk's readiness wall. */

const lookMs = 2000
const repeatMs = 10_000
/** -36 dBFS (see loudness): a voice into this microphone reaches it, the hum of a room does not. */
const voice = 0.4

interface Found extends Omit<NetworkFigures, 'grade'> {
	microphone: Grade
	camera: Grade
	network: Grade
}

/** 'unknown' until a voice was heard through it: a microphone that only exists proves nothing. */
export function microphoneGrade(problem: DeviceProblem | null, there: boolean, heard: boolean): Grade {
	if (problem === 'missing') return 'none'
	if (problem) return 'bad'
	if (!there) return 'none'
	return heard ? 'ok' : 'unknown'
}

export class Readiness {
	readonly #client: MeetingClient
	readonly #local: LocalMedia
	readonly #onNetwork: (network: NetworkFigures) => void
	readonly #timer: ReturnType<typeof setInterval>
	#heard: MediaStreamTrack | null = null
	#listening: MediaStreamTrack | null = null
	#stopListening: () => void = () => {}
	#last: { text: string; at: number } | null = null
	#counts: Network['counts'] = null
	#looking = false

	constructor(parts: {
		client: MeetingClient
		local: LocalMedia
		/** At each look, news or not. */
		onNetwork: (network: NetworkFigures) => void
	}) {
		this.#client = parts.client
		this.#local = parts.local
		this.#onNetwork = parts.onNetwork
		this.#timer = setInterval(() => void this.#look(), lookMs)
	}

	close() {
		clearInterval(this.#timer)
		this.#stopListening()
	}

	async #look(): Promise<void> {
		const { stay, call } = this.#client
		if (stay.at !== 'in' || !call || this.#looking) return
		this.#looking = true
		try {
			this.#listen(this.#local.microphone)
			const report = [...(await call.getStats()).values()]
			const network = networkOf(report, this.#counts)
			this.#counts = network.counts
			this.#report(network)
		} catch {
			// A call that ends while it is counted has nothing to report.
		} finally {
			this.#looking = false
		}
	}

	#report(network: Network) {
		const { microphone, camera, microphoneProblem, cameraProblem } = this.#local
		const found: Found = {
			microphone: microphoneGrade(microphoneProblem, microphone !== null, microphone === this.#heard),
			camera: camera ? 'ok' : cameraProblem && cameraProblem !== 'missing' ? 'bad' : 'none',
			network: networkGrade(network, this.#client.ice),
			rttMs: network.rttMs,
			lossPercent: network.lossPercent,
		}
		this.#onNetwork({ grade: found.network, rttMs: found.rttMs, lossPercent: found.lossPercent })
		// Figures move all the time; grades are news.
		const text = [found.microphone, found.camera, found.network].join()
		const now = Date.now()
		if (this.#last?.text === text && now - this.#last.at < repeatMs) return
		this.#last = { text, at: now }
		void this.#client.ask({ type: 'readiness.report', ...found })
	}

	/** A muted microphone is silent here, too: it counts as heard from the first word that came through it. */
	#listen(track: MediaStreamTrack | null) {
		if (track === this.#listening) return
		this.#stopListening()
		this.#listening = track
		this.#stopListening = () => {}
		if (!track || track === this.#heard) return
		this.#stopListening = watchLevel(track, (level) => {
			if (level <= voice) return
			this.#heard = track
			this.#stopListening()
			this.#stopListening = () => {}
		})
	}
}
