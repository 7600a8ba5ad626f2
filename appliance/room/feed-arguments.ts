import type { FeedOpened } from '../protocol/messages.ts'
import { rtspInput } from './rtsp-source.ts'

/** How ffmpeg is told to send a camera's picture to the hub, as RTP and without decoding where that can be. */

export interface FeedStream {
	rtsp: string
	patient: boolean
	/** It can't be shown as it is. */
	transcoded: boolean
	ssrc: number
	payloadType: number
}

/** Where a feed's two streams come from, and by which clock. */
export interface SharedEnd {
	/** Both are sent from this port, because the hub's transport listens to the first address that sends. */
	localPort: number
	/** When the feed began, in microseconds since the epoch: nought on the clock of both. */
	beganAt: number
}

/**
 * mediasoup learns where the media comes from by itself (comedia), and wants RTCP of a single stream on its own port.
 * Packets stay below 1200 bytes so that SRTP and tunnels still fit; `dump_extra` repeats SPS and PPS before each key frame,
 * for those who come later.
 */
export function feedArguments(stream: FeedStream, feed: FeedOpened, shared: SharedEnd | null): string[] {
	const { rtsp, patient, transcoded, ssrc, payloadType } = stream
	return [
		...['-nostdin', '-stats_period', '0.5', '-progress', 'pipe:1', '-nostats'],
		// Two cameras' clocks are none that a layer could be changed by: pictures are stamped when they come.
		...(shared ? ['-use_wallclock_as_timestamps', '1'] : []),
		...[...rtspInput(rtsp, patient, transcoded), '-map', '0:v:0'],
		...(transcoded ? encoding : ['-c', 'copy', '-bsf:v', 'dump_extra']),
		...(shared ? clockOf(shared) : []),
		...['-f', 'rtp', '-ssrc', `${ssrc}`, '-payload_type', `${payloadType}`, ...destination(feed, shared)],
	]
}

/** No B-frames, a key frame each second, at most 720 lines: what a core can do beside everything else. */
const encoding = [
	...['-vf', "scale=-2:'min(720,ih)'", '-fps_mode', 'passthrough', '-pix_fmt', 'yuv420p'],
	...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
	...['-bf', '0', '-g', '250', '-force_key_frames', 'expr:gte(t,n_forced)', '-forced-idr', '1'],
	...['-crf', '24', '-maxrate', '3M', '-bufsize', '1500k', '-threads', '2'],
]

/** ffmpeg's sender reports then say the same time of both streams (RFC 3550 §6.4.1), as a change of layer needs. */
function clockOf({ beganAt }: SharedEnd): string[] {
	return ['-copyts', '-output_ts_offset', `${-beganAt / 1e6}`, '-start_time_realtime', `${beganAt}`]
}

function destination({ ip, rtpPort, rtcpPort, srtp }: FeedOpened, shared: SharedEnd | null): string[] {
	const host = ip.includes(':') ? `[${ip}]` : ip
	if (shared) return [`udp://${host}:${rtpPort}?localport=${shared.localPort}&reuse=1&pkt_size=1200`]
	if (srtp === null) return [`rtp://${host}:${rtpPort}?rtcpport=${rtcpPort}&pkt_size=1200`]
	const secure = ['-srtp_out_suite', srtp.cryptoSuite, '-srtp_out_params', srtp.keyBase64]
	return [...secure, `srtp://${host}:${rtpPort}?rtcpport=${rtcpPort}&pkt_size=1200`]
}
