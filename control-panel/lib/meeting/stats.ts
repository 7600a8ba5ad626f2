import type { IceState, Incoming } from './media-call.ts'
import type { People } from './people.ts'

/** One received thing as WebRTC's inbound-rtp counts it (W3C webrtc-stats §8.3). */
export interface Counted {
	kind: 'audio' | 'video'
	framesDecoded: number
	energy: number
	/** Of sound: samples that left the jitter buffer, decoded. */
	samples: number
	width: number
	height: number
	fps: number
}

/** What `window.maruStats()` answers on the attendee and stage pages: for support, and for whoever watches the call. */
export interface PageStats {
	videos: {
		source: string
		label: string
		person: string
		width: number
		height: number
		framesDecoded: number
		fps: number
	}[]
	audioEnergy: number
	/** Samples decoded of everything that this page plays; the browser tells the energy only every 100 ms. */
	audioSamples: number
	/** Uses of what is sent now: 'microphone', 'camera', … */
	sending: string[]
	ice: IceState
}

/** By the receiver track's id. mediasoup's bandwidth probation (mid `probator`) carries nothing to decode and is left out. */
export function countInbound(report: Iterable<Record<string, unknown>>): Map<string, Counted> {
	const counted = new Map<string, Counted>()
	for (const entry of report) {
		if (entry.type !== 'inbound-rtp' || entry.mid === 'probator') continue
		const kind = entry.kind
		if (kind !== 'audio' && kind !== 'video') continue
		counted.set(String(entry.trackIdentifier), {
			kind,
			framesDecoded: number(entry.framesDecoded),
			energy: number(entry.totalAudioEnergy),
			samples: kind === 'audio' ? number(entry.jitterBufferEmittedCount) : 0,
			width: number(entry.frameWidth),
			height: number(entry.frameHeight),
			fps: number(entry.framesPerSecond),
		})
	}
	return counted
}

export interface Network {
	rttMs: number | null
	/** Of what was to be received since the last look. */
	lossPercent: number | null
	counts: { received: number; lost: number } | null
}

/** The way between this page and the hub, from the receiving transport (W3C webrtc-stats §8.1 and §8.18). */
export function networkOf(report: Iterable<Record<string, unknown>>, before: Network['counts']): Network {
	let rttMs: number | null = null
	const counts = { received: 0, lost: 0 }
	for (const entry of report) {
		if (entry.type === 'candidate-pair' && entry.nominated && typeof entry.currentRoundTripTime === 'number') {
			rttMs = Math.round(entry.currentRoundTripTime * 1000)
		}
		if (entry.type !== 'inbound-rtp') continue
		counts.received += number(entry.packetsReceived)
		counts.lost += number(entry.packetsLost)
	}
	const received = counts.received - (before?.received ?? 0)
	const lost = Math.max(0, counts.lost - (before?.lost ?? 0))
	// Consumers that went take their counts along: then there is nothing to compare with.
	const lossPercent = received > 0 ? Math.round((1000 * lost) / (received + lost)) / 10 : null
	return { rttMs, lossPercent, counts }
}

function number(value: unknown): number {
	return typeof value === 'number' ? value : 0
}

export function pageStats(
	counted: Map<string, Counted>,
	incoming: Iterable<Incoming>,
	people: People,
	own: { sending: string[]; ice: IceState },
): PageStats {
	const videos: PageStats['videos'] = []
	let audioEnergy = 0
	let audioSamples = 0
	for (const one of incoming) {
		const count = counted.get(one.track.id)
		if (one.kind === 'audio') {
			audioEnergy += count?.energy ?? 0
			audioSamples += count?.samples ?? 0
			continue
		}
		const person = people.byId.get(one.person)
		videos.push({
			source: one.source,
			label: person?.sources.find((source) => source.id === one.source)?.label ?? '',
			person: person?.name ?? '',
			width: count?.width ?? 0,
			height: count?.height ?? 0,
			framesDecoded: count?.framesDecoded ?? 0,
			fps: count?.fps ?? 0,
		})
	}
	return { videos, audioEnergy, audioSamples, ...own }
}

/**
 * Sums that only grow, while what is summed comes and goes: a tile that leaves the screen must not look like
 * pictures taken back.
 */
export class Tally {
	decoded = 0
	energy = 0
	#last = new Map<string, Counted>()

	add(counted: Map<string, Counted>) {
		for (const [track, now] of counted) {
			const before = this.#last.get(track)
			this.decoded += now.framesDecoded - (before?.framesDecoded ?? 0)
			this.energy += now.energy - (before?.energy ?? 0)
		}
		this.#last = counted
	}
}
