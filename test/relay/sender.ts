import { spawn } from 'node:child_process'
import { freePorts } from '../../appliance/media/listen.ts'

/** Test pictures with a key frame each second, and a tone, as RTP on the loopback: what a tap of the SFU sends. */
export async function startSender(seconds: number): Promise<{ sdp: string; ended: Promise<unknown>; stop(): void }> {
	const found = await freePorts(['127.0.0.1'], 7)
	const first = found + (found % 2)
	const [high, sound, low] = [first, first + 2, first + 4]
	const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-g', '10']
	const picture = (size: string, port: number) => [
		...['-map', '0:v', '-s', size, ...x264, '-pix_fmt', 'yuv420p', '-bsf:v', 'dump_extra'],
		...['-payload_type', '102', '-t', String(seconds), '-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1200`],
	]
	const child = spawn(
		'ffmpeg',
		[
			...['-v', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10', '-re'],
			...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
			...picture('320x180', high),
			...['-map', '1:a', '-c:a', 'libopus', '-ac', '2', '-payload_type', '100', '-t', String(seconds)],
			...['-f', 'rtp', `rtp://127.0.0.1:${sound}?pkt_size=1200`],
			...picture('160x90', low),
		],
		{ stdio: ['ignore', 'ignore', 'inherit'] },
	)
	const media = (kind: string, port: number, type: number, name: string, fmtp: string) =>
		`m=${kind} ${port} RTP/AVP ${type}\r\na=rtpmap:${type} ${name}\r\na=fmtp:${type} ${fmtp}\r\na=recvonly\r\n`
	const h264 = 'packetization-mode=1;profile-level-id=42e01f'
	const sdp = [
		'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n',
		media('video', high, 102, 'H264/90000', h264),
		media('audio', sound, 100, 'opus/48000/2', 'useinbandfec=1'),
		media('video', low, 102, 'H264/90000', h264),
	].join('')
	const ended = new Promise((resolve) => child.once('exit', resolve))
	return { sdp, ended, stop: () => void child.kill('SIGKILL') }
}
