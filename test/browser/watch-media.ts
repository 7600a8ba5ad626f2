import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Attendee } from '../../appliance/media/attendee.ts'
import { MeetingMedia } from '../../appliance/media/meeting-media.ts'
import { RelayMedia } from '../../appliance/media/relay-media.ts'
import type { ProducerSpec } from '../../appliance/protocol/media.ts'
import { log, openTestSfu } from '../media/open.ts'
import { plainSfu } from '../media/plain-sfu.ts'

/** A programme in a real SFU, encoded by ffmpeg, and doors for browsers that watch it. */

const video = { ssrc: 5001, payloadType: 102 }
const sound = { ssrc: 5002, payloadType: 111 }

export async function openWatchMedia() {
	const real = await openTestSfu()
	let plain = true
	const sfu = plainSfu(real, () => plain)
	const routers = new MeetingMedia({ sfu, log, onSources: () => {}, onLost: () => {} })
	const relay = new RelayMedia({ routers, turn: null, onSources: () => {}, onLost: () => {} })
	// Where the viewers will be: a pipe between plain doors is none.
	const hold = await routers.placeViewer()
	const page = await Attendee.open({
		...{ hold, person: 'programme', publishes: true, sources: new Map(), turn: null, onChange: () => {} },
	})
	plain = false

	// ffmpeg sends each from a port of its own; what comes in by one door has to come from one.
	const socket = createSocket('udp4')
	socket.bind(0, '127.0.0.1')
	await once(socket, 'listening')
	const door = sfu.portOf(page.offers.send?.id ?? '')
	socket.on('message', (packet) => socket.send(packet, door, '127.0.0.1'))
	const ffmpeg = encode(socket.address().port)
	await relay.publish(page, specs())
	return {
		relay,
		/** The picture stands: no packet comes any more, or they come again. */
		stop: () => ffmpeg.kill('SIGSTOP'),
		resume: () => ffmpeg.kill('SIGCONT'),
		async close() {
			ffmpeg.kill('SIGKILL')
			socket.close()
			relay.close()
			page.close()
			routers.close()
			await real.close()
		},
	}
}

function encode(port: number): ChildProcess {
	const to = ({ ssrc, payloadType }: typeof video) => [
		...['-ssrc', `${ssrc}`, '-payload_type', `${payloadType}`, '-f', 'rtp'],
		`rtp://127.0.0.1:${port}?pkt_size=1200&rtcpport=9`,
	]
	const pictures = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=15']
	const tone = ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000']
	const h264 = ['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-tune', 'zerolatency']
	const keys = ['-pix_fmt', 'yuv420p', '-g', '15', '-bsf:v', 'dump_extra']
	return spawn(
		'ffmpeg',
		[
			...['-v', 'error', '-threads', '1', ...pictures, ...tone, '-map', '0:v', ...h264, ...keys, ...to(video)],
			...['-map', '1:a', '-c:a', 'libopus', '-b:a', '32k', ...to(sound)],
		],
		{ stdio: 'ignore' },
	)
}

function specs(): ProducerSpec[] {
	const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'ccm', parameter: 'fir' }]
	const h264 = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 }
	const spec = (kind: 'audio' | 'video', codec: object, { ssrc }: typeof video): ProducerSpec => ({
		...{ id: randomUUID(), kind, use: kind === 'video' ? 'camera' : 'microphone', label: '', muted: false },
		rtpParameters: { mid: `${ssrc}`, codecs: [codec], encodings: [{ ssrc }], rtcp: { cname: 'p' } },
	})
	return [
		spec(
			'video',
			{
				...{ mimeType: 'video/H264', clockRate: 90_000, payloadType: video.payloadType, parameters: h264 },
				rtcpFeedback,
			},
			video,
		),
		spec(
			'audio',
			{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: sound.payloadType, parameters: {} },
			sound,
		),
	]
}
