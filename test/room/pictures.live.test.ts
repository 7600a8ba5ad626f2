import { spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, connect as dial, type Server, type Socket as Stream } from 'node:net'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Ingest, type IngestStatus, startIngest } from '../../appliance/room/ingest.ts'
import { createLive, type Live, thumbnail } from '../../appliance/room/live.ts'
import { until } from '../browser-launch/processes.ts'
import { startVirtualCamera } from './virtual-camera.ts'

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

/** A cable between us and the camera that can be cut, or carry nothing for a while. */
interface Way {
	readonly rtsp: string
	cut(): void
	hang(): void
	mend(): void
	close(): void
}

async function openWay(rtsp: string): Promise<Way> {
	const address = new URL(rtsp)
	const camera = { port: Number(address.port), host: address.hostname }
	const streams = new Set<Stream>()
	let whole = true
	const server: Server = createServer((near) => {
		const far = dial(camera)
		for (const stream of [near, far]) {
			streams.add(stream)
			stream.on('error', () => {})
			stream.on('close', () => {
				streams.delete(stream)
				near.destroy()
				far.destroy()
			})
		}
		near.pipe(far)
		far.pipe(near)
		if (!whole) near.destroy()
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
	const bound = server.address()
	if (bound === null || typeof bound === 'string') throw new Error('no port')
	const { port } = bound
	address.port = String(port)
	return {
		rtsp: address.href,
		cut() {
			whole = false
			server.close()
			for (const stream of streams) stream.destroy()
		},
		hang() {
			for (const stream of streams) stream.unpipe().pause()
		},
		mend() {
			if (!whole) server.listen(port, '127.0.0.1')
			whole = true
		},
		close() {
			for (const stream of streams) stream.destroy()
			server.close()
		},
	}
}

/** Processes whose command line holds this text. */
function processesWith(text: string): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((name) => {
			try {
				return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text)
			} catch {
				return false
			}
		})
		.map(Number)
}
const ffmpegs = () => processesWith(way.rtsp)

describe('the live picture', () => {
	function open(rtsp = way.rtsp): Live {
		const live = createLive({ rtsp: () => rtsp, needKeyFrame: () => {}, log })
		ending.push(() => live.close())
		return live
	}

	test('is decoded once for all who watch, at most ten times a second, and not at all when nobody does', async () => {
		const live = open()
		expect(ffmpegs()).toEqual([])
		const read = async (seconds: number) => {
			const times: number[] = []
			for await (const picture of live.frames()) {
				expect(picture.subarray(0, 2).toString('hex')).toBe('ffd8')
				expect(picture.subarray(-2).toString('hex')).toBe('ffd9')
				times.push(performance.now())
				if (performance.now() - (times[0] ?? 0) > seconds * 1000) break
			}
			return times
		}
		const both = Promise.all([read(3), read(3)])
		await until(() => live.watchers === 2 && ffmpegs().length === 1)
		for (const times of await both) {
			expect(times.length).toBeGreaterThan(9)
			expect(times.length).toBeLessThanOrEqual(32)
		}
		expect(live.watchers).toBe(0)
		await until(() => ffmpegs().length === 0)
	})

	test('gives the newest to a slow reader', async () => {
		const live = open()
		const slow = live.frames()[Symbol.asyncIterator]()
		const quick = live.frames()[Symbol.asyncIterator]()
		await slow.next()
		let newest: unknown
		for (let i = 0; i < 12; i++) newest = (await quick.next()).value
		expect((await slow.next()).value).toBe(newest)
		await slow.return?.()
		await quick.return?.()
	})

	test('can be left while it waits for a picture', async () => {
		const live = open('rtsp://127.0.0.1:1/nothing')
		const frames = live.frames()[Symbol.asyncIterator]()
		const next = frames.next()
		await frames.return?.()
		expect((await next).done).toBe(true)
	})

	test('gives snapshots and thumbnails, and says when it cannot', async () => {
		const picture = await open().snapshot()
		const small = await thumbnail(picture, log)
		expect(widthOf(picture)).toBe(640)
		expect(widthOf(small)).toBe(320)
		await expect(thumbnail(Buffer.from('no picture'), log)).rejects.toThrow()
		await expect(open('rtsp://127.0.0.1:1/nothing').snapshot()).rejects.toMatchObject({ code: 'timeout' })
	})

	test('comes back after the camera was away', async () => {
		const live = open()
		const frames = live.frames()[Symbol.asyncIterator]()
		await frames.next()
		way.cut()
		await until(() => ffmpegs().length === 0)
		way.mend()
		await frames.next()
		await frames.next()
		await frames.return?.()
	})
})

/** Width in the frame header (ITU-T T.81, B.2.2). */
function widthOf(jpeg: Buffer): number {
	for (let at = 2; at + 9 < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
		if (jpeg[at + 1] === 0xc0) return jpeg.readUInt16BE(at + 7)
	}
	return 0
}

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
	async function begin(rtsp = way.rtsp) {
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
			source: () => ({ rtsp, transcoded: false, low: null }),
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
		await until(() => ffmpegs().length === 0)
	})

	function cutForAWhile() {
		way.cut()
		setTimeout(() => way.mend(), 1500)
	}

	test.each([
		['ffmpeg is killed', () => ffmpegs().forEach((pid) => void process.kill(pid, 'SIGKILL'))],
		['ffmpeg hangs', () => ffmpegs().forEach((pid) => void process.kill(pid, 'SIGSTOP'))],
		['the camera hangs', () => way.hang()],
		['the camera goes away and returns', cutForAWhile],
	])('comes back by a new feed when %s', async (_, harm) => {
		const { feeds, flows, statuses } = await begin()
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
		const { statuses, feeds } = await begin('rtsp://127.0.0.1:1/nothing')
		await until(() => statuses.at(-1) === 'failed')
		expect(feeds).toEqual([])
	})

	test('ends with the service, also when that is killed', async () => {
		const victim = spawn(process.execPath, [fileURLToPath(new URL('./victim.ts', import.meta.url)), way.rtsp], {
			stdio: ['ignore', 'ignore', 'inherit'],
		})
		ending.push(() => victim.kill('SIGKILL'))
		const decoders = () => ffmpegs().filter((pid) => pid !== victim.pid)
		await until(() => decoders().length > 0)
		victim.kill('SIGKILL')
		await until(() => decoders().length === 0, 3000)
	})
})
