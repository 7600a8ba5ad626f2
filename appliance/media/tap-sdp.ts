import type { types } from 'mediasoup'

/** One stream, and the port that its reader listens on. */
export interface SdpStream {
	port: number
	kind: types.MediaKind
	rtpParameters: types.RtpParameters
}

/** RFC 8866: what a reader needs to know of RTP that is sent to it on this machine. */
export function writeSdp(streams: readonly SdpStream[]): string {
	const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', ...streams.flatMap(mediaOf)]
	return `${lines.join('\r\n')}\r\n`
}

function mediaOf({ port, kind, rtpParameters }: SdpStream): string[] {
	const [codec] = rtpParameters.codecs
	if (!codec) throw new Error(`a ${kind} without a codec`)
	const { payloadType, mimeType, clockRate, channels, parameters = {} } = codec
	const name = mimeType.split('/')[1] ?? ''
	const fmtp = Object.entries(parameters).map(([key, value]) => `${key}=${String(value)}`)
	return [
		`m=${kind} ${port} RTP/AVP ${payloadType}`,
		`a=rtpmap:${payloadType} ${name}/${clockRate}${channels && channels > 1 ? `/${channels}` : ''}`,
		...(fmtp.length > 0 ? [`a=fmtp:${payloadType} ${fmtp.join(';')}`] : []),
		'a=recvonly',
	]
}
