import type { ProgrammeCommand } from '../../appliance/protocol/relay.ts'
import type { Spent } from '../lib/meeting/arrivals.ts'
import type { Outgoing } from '../lib/meeting/media-call.ts'

/** How the programme is sent: H.264 of a constant size in two rungs, and sound without pauses, so that both can be copied into files. */

/** bit/s. The small rung is for weak links. */
const smallBitrate = 400_000
const largeBitrate = { 720: 2_500_000, 1080: 4_500_000 }
/** bit/s of Opus: one voice or several, no stereo. */
const soundBitrate = 64_000

export function outgoingOf(
	picture: MediaStreamTrack,
	sound: MediaStreamTrack,
	{ height, fps }: Extract<ProgrammeCommand, { type: 'join' }>,
): { items: Outgoing[]; pictureSender: () => RTCRtpSender | null } {
	let sender: RTCRtpSender | null = null
	// It goes no further than this machine: an estimate of the way that falls while the cores are busy would cost a whole rung.
	const kbps = (smallBitrate + largeBitrate[height]) / 1_000
	const common = { label: 'programme', muted: false } as const
	const items: Outgoing[] = [
		{
			...common,
			track: picture,
			use: 'camera',
			coding: {
				mimeType: 'video/H264',
				encodings: [
					{ scaleResolutionDownBy: height / 360, maxBitrate: smallBitrate, maxFramerate: fps, scalabilityMode: 'L1T1' },
					{ scaleResolutionDownBy: 1, maxBitrate: largeBitrate[height], maxFramerate: fps, scalabilityMode: 'L1T1' },
				],
				codecOptions: { videoGoogleStartBitrate: kbps, videoGoogleMinBitrate: kbps },
				onRtpSender: (made) => {
					sender = made
				},
			},
		},
		{
			...common,
			track: sound,
			use: 'microphone',
			coding: {
				mimeType: 'audio/opus',
				codecOptions: { opusDtx: false, opusFec: true, opusStereo: false, opusMaxAverageBitrate: soundBitrate },
			},
		},
	]
	return { items, pictureSender: () => sender }
}

/** Where there is too little of anything the frame rate gives way, never the size: what is copied into files must not change. */
export async function holdSize(sender: RTCRtpSender | null): Promise<void> {
	if (!sender) return
	const parameters = sender.getParameters()
	parameters.degradationPreference = 'maintain-resolution'
	await sender.setParameters(parameters).catch(() => {}) // a call that is over by now
}

/** Of the rung of which the most pictures were encoded: none may be held back for a narrow way. Null: none is sent. */
export function encodedOf(report: RTCStatsReport | null): Spent | null {
	const rungs = [...((report ?? []) as Iterable<[string, Record<string, unknown>]>)].flatMap(([, entry]) =>
		entry.type === 'outbound-rtp' && entry.kind === 'video'
			? [{ count: Number(entry.framesEncoded ?? 0), seconds: Number(entry.totalEncodeTime ?? 0) }]
			: [],
	)
	return rungs.toSorted((a, b) => b.count - a.count || b.seconds - a.seconds)[0] ?? null
}
