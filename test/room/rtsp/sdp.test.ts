import { expect, test } from 'vitest'
import { readSdp } from '../../../appliance/room/rtsp/sdp.ts'

const lines = (...text: string[]) => `${text.join('\r\n')}\r\n`

/** As an IP camera with sound describes itself; addresses taken away. */
const camera = lines(
	...[
		'v=0',
		'o=- 1109162014219182 1109162014219192 IN IP4 0.0.0.0',
		's=Media Presentation',
		'c=IN IP4 0.0.0.0',
		't=0 0',
	],
	'a=control:rtsp://192.0.2.6/Streaming/Channels/101/',
	...['m=audio 0 RTP/AVP 8', 'a=control:trackID=2', 'a=rtpmap:8 PCMA/8000'],
	...['m=video 0 RTP/AVP 96', 'b=AS:5000', 'a=recvonly', 'a=control:trackID=1', 'a=rtpmap:96 H264/90000'],
	'a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z00AKY2NQDwBE/LCAAAOEAACvyAI,aO44gA==',
)

test('the picture is found beside the sound, with its address and parameter sets', () => {
	const { control, video } = readSdp(camera)
	expect(control).toBe('rtsp://192.0.2.6/Streaming/Channels/101/')
	expect(video).toMatchObject({ payloadType: 96, control: 'trackID=1', ordered: true })
	expect(video?.parameterSets.map((set) => set.toString('hex'))).toEqual([
		'674d00298d8d403c0113f2c200000e100002bf2008',
		'68ee3880',
	])
})

test('what is not told is known not to be told', () => {
	const bare = readSdp(lines('v=0', 'm=video 0 RTP/AVP 97', 'a=rtpmap:97 H264/90000'))
	expect(bare).toEqual({ control: null, video: { payloadType: 97, control: null, parameterSets: [], ordered: true } })
})

test.each([
	['H.265', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H265/90000']],
	['JPEG', ['m=video 0 RTP/AVP 26', 'a=control:0']],
	['sound alone', ['m=audio 0 RTP/AVP 8']],
	['nothing', []],
])('%s is no H.264', (_, sdp) => {
	expect(readSdp(lines('v=0', ...sdp)).video).toBeNull()
})

test('packets that come in another order than their pictures are told (packetization-mode 2)', () => {
	const sdp = lines('m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=2')
	expect(readSdp(sdp).video?.ordered).toBe(false)
})
