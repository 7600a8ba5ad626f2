import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Ingest, type IngestStatus, startIngest } from '../../appliance/room/ingest.ts'
import { until } from '../browser-launch/processes.ts'
import { h264, startSource } from './rtsp-source.ts'
import { startVirtualCamera } from './virtual-camera.ts'
import { openWay, processesWith, type Way } from './way.ts'

const log = pino({ level: 'silent' })
let camera: Awaited<ReturnType<typeof startVirtualCamera>>
let way: Way
const ending: (() => unknown)[] = []

beforeAll(async () => {
	camera = await startVirtualCamera()
	way = await openWay(camera.rtsp)
})
afterEach(async () => {
	for (const end of ending.splice(0)) await end()
	way.mend()
})
afterAll(async () => {
	way.close()
	await camera.close()
})

const ffmpegs = () => processesWith(way.rtsp)

describe('the picture into the meeting', () => {
	interface Feed {
		name: string
		ssrc: number
		rtp: Socket
		packets: number
		last: Buffer
		closed: boolean
	}

	/** A hub's end: each feed is a pair of ports. */
	async function begin({ rtsp = way.rtsp, transcoded = false } = {}) {
		const feeds: Feed[] = []
		const statuses: IngestStatus[] = []
		const sockets: Socket[] = []
		const port = async (socket: Socket) => {
			socket.bind(0, '127.0.0.1')
			await once(socket, 'listening')
			sockets.push(socket)
			return socket.address().port
		}
		const ingest: Ingest = startIngest({
			source: () => ({ rtsp, transcoded, low: null }),
			log,
			open: async ({ ssrc, payloadType }) => {
				const rtp = createSocket('udp4')
				const feed: Feed = { name: `feed${feeds.length}`, ssrc, rtp, packets: 0, last: Buffer.alloc(0), closed: false }
				feeds.push(feed)
				rtp.on('message', (packet) => {
					expect((packet[1] ?? 0) & 0x7f).toBe(payloadType)
					feed.packets++
					feed.last = packet
				})
				const rtpPort = await port(rtp)
				const rtcpPort = await port(createSocket('udp4'))
				return { feed: feed.name, ip: '127.0.0.1', rtpPort, rtcpPort, srtp: null, low: false }
			},
			close: async (name) => {
				for (const feed of feeds) if (feed.name === name) feed.closed = true
			},
			onStatus: (status) => statuses.push(status),
		})
		ending.push(async () => {
			await ingest.end()
			for (const socket of sockets) socket.close()
		})
		const flows = (index: number) => until(() => (feeds[index]?.packets ?? 0) > 20)
		return { ingest, feeds, statuses, flows }
	}

	test('is sent without decoding, as the hub asked', async () => {
		const { feeds, statuses, flows, ingest } = await begin()
		await flows(0)
		await until(() => statuses.at(-1) === 'sending')
		expect(feeds[0]?.last.readUInt32BE(8)).toBe(feeds[0]?.ssrc)
		expect(feeds[0]?.last.length).toBeLessThanOrEqual(1200)
		await ingest.end()
		expect(feeds).toMatchObject([{ closed: true }])
		expect(ffmpegs()).toEqual([])
	})

	function cutForAWhile() {
		way.cut()
		setTimeout(() => way.mend(), 1500)
	}

	test('of a camera that wants to know who asks is sent in the same way', async () => {
		const picture = h264({ width: 640, height: 360, rate: 15, gop: 15 })
		const source = await startSource({ '/live': picture }, 0, 'admin:a@b')
		ending.push(() => source.close())
		const { flows } = await begin({ rtsp: source.url('/live') })
		await flows(0)
		expect(processesWith(source.url('/live').slice('rtsp://'.length))).toEqual([])
	})

	test('of a camera with which we do not get along is sent by ffmpeg', async () => {
		const odd = createServer((stream) => {
			stream
				.on('error', () => {})
				.on('data', (asked) => {
					const number = /CSeq: *(\d+)/i.exec(String(asked))?.[1]
					stream.write(`RTSP/1.0 302 Found\r\nCSeq: ${number}\r\nLocation: ${way.rtsp}\r\n\r\n`)
				})
		}).listen(0, '127.0.0.1')
		ending.push(() => odd.close())
		await once(odd, 'listening')
		const rtsp = `rtsp://127.0.0.1:${(odd.address() as AddressInfo).port}/live`
		const { flows } = await begin({ rtsp })
		await flows(1)
		expect(processesWith(rtsp)).toHaveLength(1)
	})

	const signal = (name: NodeJS.Signals) => {
		const pids = ffmpegs()
		expect(pids).toHaveLength(1)
		for (const pid of pids) process.kill(pid, name)
	}

	test.each([
		['ffmpeg is killed', true, () => signal('SIGKILL')],
		['ffmpeg hangs', true, () => signal('SIGSTOP')],
		['the camera hangs', false, () => way.hang()],
		['the camera hangs, whose picture is transcoded', true, () => way.hang()],
		['the camera goes away and returns', false, cutForAWhile],
	])('comes back by a new feed when %s', async (_, transcoded, harm) => {
		const { feeds, flows, statuses } = await begin({ transcoded })
		await until(() => statuses.at(-1) === 'sending')
		harm()
		await flows(1)
		await until(() => feeds[0]?.closed === true)
	})

	test('comes back when the hub loses the feed', async () => {
		const { ingest, flows } = await begin()
		await flows(0)
		ingest.lost()
		await flows(1)
	})

	test('of a camera that is not there costs no process and says so', async () => {
		const { statuses, feeds } = await begin({ rtsp: 'rtsp://127.0.0.1:1/nothing' })
		await until(() => statuses.at(-1) === 'failed')
		expect(feeds).toEqual([])
	})
})
