/** What is sent and received, stream by stream, as WebRTC counts it (W3C webrtc-stats §8): for the page of figures. */

export interface Flow {
	/** Unique in one report. */
	id: string
	way: 'sent' | 'received'
	kind: 'audio' | 'video'
	/** Of a track: one's own, or that of what is received; null: nothing is on it. */
	track: string | null
	/** Which of a picture's sizes is sent ('r0' the smallest); null: there is one. */
	layer: string | null
	/** Of a picture; null: none came yet, or it is a sound. */
	size: { width: number; height: number; fps: number } | null
	/** The three since the last look; null: it is the first, or nothing was to come. */
	kbps: number | null
	lossPercent: number | null
	rttMs: number | null
	/** As 'VP8'. */
	codec: string
}

interface Count {
	at: number
	bytes: number
	packets: number
	lost: number
}
export type Counts = ReadonlyMap<string, Count>

type Entry = Record<string, unknown>

/** `now` in milliseconds, of the same clock at each look. */
export function flowsOf(report: readonly Entry[], before: Counts, now: number): { flows: Flow[]; counts: Counts } {
	const byId = new Map(report.map((entry) => [String(entry.id), entry]))
	const find = (id: unknown) => (id === undefined ? undefined : byId.get(String(id)))
	const pair = report.find((entry) => entry.type === 'candidate-pair' && entry.nominated)
	const counts = new Map<string, Count>()
	const flows = report.flatMap((entry): Flow[] => {
		const sent = entry.type === 'outbound-rtp'
		if (!sent && entry.type !== 'inbound-rtp') return []
		// mediasoup's bandwidth probation carries nothing; a layer that is switched off is not sent.
		if (entry.mid === 'probator' || entry.active === false) return []
		const { kind } = entry
		if (kind !== 'audio' && kind !== 'video') return []
		const id = String(entry.id)
		const remote = sent ? find(entry.remoteId) : undefined
		const count = {
			at: now,
			bytes: number(sent ? entry.bytesSent : entry.bytesReceived),
			packets: number(sent ? entry.packetsSent : entry.packetsReceived),
			lost: number(sent ? remote?.packetsLost : entry.packetsLost),
		}
		counts.set(id, count)
		const last = before.get(id)
		const track = sent ? find(entry.mediaSourceId)?.trackIdentifier : entry.trackIdentifier
		return [
			{
				id,
				way: sent ? 'sent' : 'received',
				kind,
				track: typeof track === 'string' ? track : null,
				layer: typeof entry.rid === 'string' ? entry.rid : null,
				size: sizeOf(entry),
				kbps:
					last && now > last.at ? Math.max(0, Math.round(((count.bytes - last.bytes) * 8) / (now - last.at))) : null,
				lossPercent: last ? lossOf(count, last, sent) : null,
				rttMs: milliseconds(remote?.roundTripTime ?? pair?.currentRoundTripTime),
				codec: String(find(entry.codecId)?.mimeType ?? '').replace(/^.*\//, ''),
			},
		]
	})
	return { flows, counts }
}

function sizeOf({ frameWidth, frameHeight, framesPerSecond }: Entry): Flow['size'] {
	if (typeof frameWidth !== 'number' || typeof frameHeight !== 'number') return null
	return { width: frameWidth, height: frameHeight, fps: Math.round(number(framesPerSecond)) }
}

function lossOf(now: Count, last: Count, sent: boolean): number | null {
	const lost = Math.max(0, now.lost - last.lost)
	// What was received does not count what was lost; what was sent does.
	const all = now.packets - last.packets + (sent ? 0 : lost)
	return all > 0 ? Math.round((1000 * Math.min(lost, all)) / all) / 10 : null
}

function number(value: unknown): number {
	return typeof value === 'number' ? value : 0
}

function milliseconds(seconds: unknown): number | null {
	return typeof seconds === 'number' ? Math.round(seconds * 1000) : null
}
