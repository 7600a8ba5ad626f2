import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openFeed } from '../../appliance/media/feed.ts'
import type { MeetingRouter, Sfu } from '../../appliance/media/sfu.ts'
import type { FeedOpened, Links } from '../../appliance/protocol/messages.ts'
import { type Client, camera, openSite, panel, type Site } from '../hub/site.ts'
import { limitOf } from '../scene/wait.ts'
import { openTestSfu } from './open.ts'
import { keyFrame, openSink, sendRtp } from './rtp.ts'
import { until } from './wait.ts'

const stream = { ssrc: 4711, payloadType: 102 }
const single = { ...stream, srtp: null, low: null }

describe('A feed', () => {
	let sfu: Sfu
	let hold: MeetingRouter

	beforeAll(async () => {
		sfu = await openTestSfu({ feeds: { host: '127.0.0.1', portRange: [24_500, 24_503] } })
	})
	afterAll(() => sfu.close())
	beforeEach(async () => {
		hold = await sfu.openRouter()
	})
	afterEach(() => hold.close())

	it('has two ports of its range and is refused when none is left', async () => {
		const { opened } = await openFeed(hold, sfu.feedListen, single, () => {})
		expect(opened).toMatchObject({ ip: '127.0.0.1', srtp: null })
		for (const port of [opened.rtpPort, opened.rtcpPort]) {
			expect(port).toBeGreaterThanOrEqual(24_500)
			expect(port).toBeLessThanOrEqual(24_503)
		}
		expect(opened.rtpPort).not.toBe(opened.rtcpPort)
		await openFeed(hold, sfu.feedListen, single, () => {})
		await expect(openFeed(hold, sfu.feedListen, single, () => {})).rejects.toMatchObject({ code: 'media-unavailable' })
	})

	it('gives its ports back', async () => {
		for (let i = 0; i < 5; i++) (await openFeed(hold, sfu.feedListen, single, () => {})).close()
	})

	it('asks for a key frame at most once a second, however many need one', async () => {
		const asked: number[] = []
		const begin = performance.now()
		const feed = await openFeed(hold, sfu.feedListen, single, () => asked.push(performance.now() - begin))
		// Never a key frame: NAL type 1.
		const sender = sendRtp({ port: feed.opened.rtpPort, ...stream, payload: Buffer.from([0x41, 1, 1]) })
		const sink = await openSink()
		const down = await hold.router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } })
		await down.connect({ ip: '127.0.0.1', port: sink.port })
		const consumer = await down.consume({ producerId: feed.opened.feed, rtpCapabilities: hold.router.rtpCapabilities })
		for (let i = 0; i < 70; i++) {
			await consumer.requestKeyFrame()
			await sleep(50)
		}
		console.log('key frames asked for after', asked.map(Math.round).join(' '), 'ms')
		expect(asked.length).toBeGreaterThanOrEqual(2)
		expect(asked.length).toBeLessThanOrEqual(Math.floor((performance.now() - begin) / 1000) + 1)
		for (let i = 1; i < asked.length; i++) expect((asked[i] ?? 0) - (asked[i - 1] ?? 0)).toBeGreaterThanOrEqual(999)
		sender.close()
		sink.close()
	})

	it('from another machine is encrypted, under a key of ours or of theirs', async () => {
		const open = await openTestSfu({ feeds: { host: '0.0.0.0', portRange: [24_510, 24_519] } })
		const router = await open.openRouter()
		const theirs = {
			cryptoSuite: 'AES_CM_128_HMAC_SHA1_80',
			keyBase64: Buffer.alloc(30, 7).toString('base64'),
		} as const
		expect((await openFeed(router, open.feedListen, { ...single, srtp: theirs }, () => {})).opened.srtp).toEqual(theirs)

		const { opened, producer } = await openFeed(router, open.feedListen, single, () => {})
		expect(opened.srtp?.keyBase64).toHaveLength(40)
		const packets = async () => (await producer.getStats()).reduce((sum, { packetCount }) => sum + packetCount, 0)
		const inTheClear = sendRtp({ port: opened.rtpPort, ...stream, payload: keyFrame })
		await until('it to send', () => inTheClear.sent > 10)
		inTheClear.close()
		expect(await packets()).toBe(0)
		const ffmpeg = spawn('ffmpeg', [
			...'-hide_banner -loglevel error -re -f lavfi -i testsrc=size=160x90:rate=10 -c:v libx264 -g 10 -bf 0'.split(' '),
			...`-f rtp -ssrc ${stream.ssrc} -payload_type ${stream.payloadType}`.split(' '),
			...['-srtp_out_suite', opened.srtp?.cryptoSuite ?? '', '-srtp_out_params', opened.srtp?.keyBase64 ?? ''],
			`srtp://127.0.0.1:${opened.rtpPort}?rtcpport=${opened.rtcpPort}&pkt_size=1200`,
		])
		await until('encrypted packets', async () => (await packets()) > 5)
		ffmpeg.kill('SIGKILL')
		await once(ffmpeg, 'close')
		await open.close()
	})
})

describe('A room that sends its cameras', () => {
	let site: Site
	let links: Links
	let room: Client
	const opens = { type: 'feed.open', name: '정면', camera: 'front', codec: 'h264', ...stream, srtp: null } as const

	beforeAll(async () => {
		site = await openSite()
	})
	afterAll(() => site.close())
	beforeEach(async () => {
		const { id, links: made } = await site.hub.create({ title: '회의', kind: 'council' })
		links = made
		site.hub.transition(id, 'open', panel)
		room = await site.client(links.room)
		await room.join({ name: '대회의실', media: false })
	})

	it('has each as a named source that is live while packets come', async () => {
		const { feed, rtpPort } = await room.get<FeedOpened>(opens)
		await room.until('the source', () => room.self?.sources[0]?.id === feed)
		expect(room.self?.sources).toEqual([
			{ id: feed, kind: 'video', use: 'feed', label: '정면', muted: false, open: true, live: false },
		])
		const sender = sendRtp({ port: rtpPort, ...stream, payload: keyFrame })
		console.log(
			'feed live after',
			Math.round(await room.until('it to be live', () => room.self?.sources[0]?.live === true)),
			'ms',
		)

		const viewer = await site.client(links.viewer)
		await viewer.join({ name: '손님' })
		expect((await viewer.open([], [feed])).map(({ source }) => source)).toEqual([feed])
		sender.close()
		await room.until('it to be dead', () => room.self?.sources[0]?.live === false)
		expect(await room.ask({ type: 'feed.close', feed })).toEqual({ ok: true })
		await room.until('it to be gone', () => room.self?.sources.length === 0)
		expect(await room.ask({ type: 'feed.close', feed })).toMatchObject({ code: 'no-source' })
	})

	it('tells everyone how much later than its sound a picture comes', async () => {
		const { feed } = await room.get<FeedOpened>({ ...opens, delayMs: 180 })
		const viewer = await site.client(links.viewer)
		await viewer.join({ name: '손님' })
		const sources = [...viewer.people.values()].flatMap((person) => person.sources)
		expect(sources).toContainEqual(expect.objectContaining({ id: feed, delayMs: 180 }))
	})

	it('loses them with its connection, and keeps them when it joins again on it', async () => {
		const { feed } = await room.get<FeedOpened>(opens)
		await room.join({ media: false })
		expect(room.self?.sources.map(({ id }) => id)).toEqual([feed])
		const viewer = await site.client(links.viewer)
		await viewer.join({ name: '손님' })
		room.connection.gone()
		await viewer.until('them to be gone', () =>
			[...viewer.people.values()].every(({ sources }) => sources.length === 0),
		)
	})

	it.each([
		['killed', 'SIGKILL', 5_000],
		['hung', 'SIGSTOP', 10_000],
	] as const)(
		'and everyone in the call hear that a worker was %s, and are back on the next',
		async (_, signal, promiseMs) => {
			const { feed } = await room.get<FeedOpened>(opens)
			const member = await site.client(links.member)
			const { person } = await member.join({ name: '홍길동' })
			await member.open([camera()], [feed])
			const begin = performance.now()
			process.kill(site.hub.health().workers[0]?.pid ?? Number.NaN, signal)
			await member.until('the news', () => member.of('media.lost').length === 1)
			const told = performance.now() - begin
			// It has no page of its own here: only its feeds are lost.
			await room.until('the news of its feed', () => room.of('feed.lost').length > 0)
			expect(room.of('media.lost')).toEqual([])
			expect(room.of('feed.lost')).toEqual([{ type: 'feed.lost', feed }])
			expect(await member.ask({ type: 'media.restart-ice', transport: 'send' })).toMatchObject({
				code: 'media-unavailable',
			})

			expect((await member.join({})).person).toBe(person)
			const again = await room.get<FeedOpened>(opens)
			await member.until('the new feed', () =>
				[...member.people.values()].some(({ sources }) => sources[0]?.id === again.feed),
			)
			expect((await member.open([camera()], [again.feed])).map(({ source }) => source)).toEqual([again.feed])
			const back = performance.now() - begin
			console.log(`worker ${signal}: told after ${Math.round(told)} ms, media again after ${Math.round(back)} ms`)
			expect(back).toBeLessThan(limitOf(promiseMs))
			expect(member.of('media.lost')).toHaveLength(1)
		},
	)
})

describe('A join', () => {
	it('costs the hub little: two transports and the journal', async () => {
		const site = await openSite()
		const { id, links } = await site.hub.create({ title: '회의', kind: 'council' })
		site.hub.transition(id, 'open', panel)
		const times: number[] = []
		// As many as are let in at once; see pace.ts.
		for (let i = 0; i < 40; i++) {
			const client = await site.client(links.member)
			const begin = performance.now()
			await client.join({ name: `사람 ${i}` })
			times.push(performance.now() - begin)
		}
		times.sort((a, b) => a - b)
		const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1)
		console.log(`meeting.join through hub.handle: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`)
		expect(times[0]).toBeLessThan(limitOf(1000))
		await site.close()
	})
})
