import type { types } from 'mediasoup'

/** What meetings carry (design.md §5), as mediasoup takes it. */
export const codecs: types.RouterRtpCodecCapability[] = [
	{
		kind: 'audio',
		mimeType: 'audio/opus',
		clockRate: 48_000,
		channels: 2,
		parameters: { useinbandfec: 1, usedtx: 1 },
	},
	{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
	{
		// Constrained baseline, level 3.1. Cameras send main and high under this label as well, and browsers play it.
		kind: 'video',
		mimeType: 'video/H264',
		clockRate: 90_000,
		parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
	},
]

/**
 * Chromium 156 negotiates this extension and does not send it; simulcast then never switches layers, because the SFU
 * waits for it. So clients are not told of it.
 */
const absCaptureTime = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time'

export function withoutCaptureTime(capabilities: types.RtpCapabilities): types.RtpCapabilities {
	return {
		...capabilities,
		headerExtensions: (capabilities.headerExtensions ?? []).filter(({ uri }) => uri !== absCaptureTime),
	}
}

/**
 * How the hub describes a feed: H.264 as ffmpeg repacks it, RFC 6184 packetization-mode 1. Several streams, the smallest
 * first, are the layers of one picture.
 */
export function feedParameters(ssrcs: readonly number[], payloadType: number): types.RtpParameters {
	const rtcpFeedback = [
		{ type: 'nack', parameter: 'pli' },
		{ type: 'ccm', parameter: 'fir' },
	]
	const parameters = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 }
	return {
		codecs: [{ mimeType: 'video/H264', clockRate: 90_000, payloadType, parameters, rtcpFeedback }],
		encodings: ssrcs.map((ssrc) => ({ ssrc })),
		rtcp: { cname: `feed-${ssrcs.at(-1)}` },
	}
}
