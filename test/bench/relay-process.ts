/** The appliance's part of the relay over HTTP, alone: says where it is and a viewer's token. Ends with its input. */
import { spawn } from 'node:child_process'
import { pino } from 'pino'
import { freePorts } from '../../appliance/media/listen.ts'
import { SegmentFiles } from '../../appliance/relay/segment-files.ts'
import { openRelaySite } from '../http/relay-site.ts'

const [, , clip = '', segments = ''] = process.argv

/** The clip again and again as RTP, without decoding it: what a tap of the SFU sends. */
async function send() {
	const found = await freePorts(['127.0.0.1'], 7)
	const first = found + (found % 2)
	const [high, sound, low] = [first, first + 2, first + 4]
	const out = (map: string, port: number, type: number) => [
		...['-map', map, '-c', 'copy', '-payload_type', String(type)],
		...['-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1200`],
	]
	const child = spawn(
		'ffmpeg',
		[
			...['-v', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', clip],
			...out('0:v:0', high, 102),
			...out('0:a', sound, 100),
			...out('0:v:1', low, 102),
		],
		{ stdio: ['ignore', 'ignore', 'inherit'] },
	)
	const media = (kind: string, port: number, type: number, name: string, fmtp: string) =>
		`m=${kind} ${port} RTP/AVP ${type}\r\na=rtpmap:${type} ${name}\r\na=fmtp:${type} ${fmtp}\r\na=recvonly\r\n`
	const picture = (port: number) =>
		media('video', port, 102, 'H264/90000', 'packetization-mode=1;profile-level-id=42e01f')
	const sdp = [
		'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n',
		picture(high),
		media('audio', sound, 100, 'opus/48000/2', 'useinbandfec=1'),
		picture(low),
	].join('')
	const ended = new Promise((resolve) => child.once('exit', resolve))
	return { sdp, ended, stop: () => void child.kill('SIGKILL') }
}

const files = new SegmentFiles({ dir: segments, reserveBytes: 0, log: pino({}, pino.destination(2)) })
const relayed = await openRelaySite(await send(), files.of('m1'))
console.log(JSON.stringify({ origin: relayed.site.origin, token: await relayed.site.token('viewer') }))
process.stdin
	.on('end', async () => {
		await relayed.close()
		await files.close()
		process.exit(0)
	})
	.resume()
