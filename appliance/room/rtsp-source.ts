import { connect } from 'node:net'

/**
 * RTSP over TCP, with as little waiting as the source allows; what comes while ffmpeg looks at the stream is kept, because the
 * key frame that was asked for is in it. Most cameras tell all about their stream before the first
 * packet, and ffmpeg's usual second of looking at it is wasted; `patient` gives it two, for a camera that doesn't.
 * `reordered`: pictures may be shown in another order than they come, so a decoder has to wait for them.
 */
export function rtspInput(address: string, patient: boolean, reordered = false): string[] {
	return [
		...['-rtsp_transport', 'tcp', '-timeout', '5000000'], // microseconds without a byte
		...(reordered ? [] : ['-flags', 'low_delay']),
		...['-analyzeduration', patient ? '2000000' : '100000', '-fpsprobesize', '0'],
		...['-i', address],
	]
}

/**
 * Whether something accepts connections at an RTSP address. Asked before ffmpeg is started: a camera that is away costs
 * no process, and one that returns isn't missed for the seconds of TCP's own repetition.
 */
export function reachable(address: string, timeoutMs = 800): Promise<boolean> {
	const { hostname, port, protocol } = new URL(address)
	const usual = protocol === 'rtsps:' ? 322 : 554
	return new Promise((resolve) => {
		const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usual), timeout: timeoutMs })
		const end = (answer: boolean) => {
			socket.destroy()
			resolve(answer)
		}
		socket.once('connect', () => end(true))
		socket.once('timeout', () => end(false))
		socket.once('error', () => end(false))
	})
}
