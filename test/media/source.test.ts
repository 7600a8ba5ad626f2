import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MeetingRouter, Sfu } from '../../appliance/media/sfu.ts'
import { LiveSource } from '../../appliance/media/source.ts'
import { openTestSfu } from './open.ts'
import { openSink, opusFrame, sendRtp } from './rtp.ts'
import { until } from './wait.ts'

/** A microphone whose owner never stops sending, and somebody who listens. */

const ssrc = 4711
let sfu: Sfu
let hold: MeetingRouter
let sender: ReturnType<typeof sendRtp>
let sink: Awaited<ReturnType<typeof openSink>>
let source: LiveSource
let changes: { live: boolean; muted: boolean }[]
let looking: NodeJS.Timeout

beforeAll(async () => {
	sfu = await openTestSfu()
})
afterAll(() => sfu.close())

beforeEach(async () => {
	hold = await sfu.openRouter()
	sink = await openSink()
})
afterEach(() => {
	clearInterval(looking)
	sender.close()
	sink.close()
	hold.close()
})

async function begin(paused: boolean, everyMs = 20) {
	const plain = { listenInfo: { protocol: 'udp', ip: '127.0.0.1' } } as const
	const up = await hold.router.createPlainTransport({ ...plain, comedia: true })
	const producer = await up.produce({
		id: randomUUID(),
		kind: 'audio',
		paused,
		rtpParameters: {
			codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111, parameters: { usedtx: 1 } }],
			encodings: [{ ssrc }],
		},
	})
	changes = []
	source = new LiveSource(
		producer,
		{ home: hold, person: 'a', use: 'microphone', label: '', muted: producer.paused, open: true },
		() => {
			const { live, muted } = source
			changes.push({ live, muted })
		},
	)
	looking = setInterval(() => source.look(performance.now()), 100)
	const down = await hold.router.createPlainTransport({ ...plain })
	await down.connect({ ip: '127.0.0.1', port: sink.port })
	await down.consume({ producerId: producer.id, rtpCapabilities: hold.router.rtpCapabilities })
	sender = sendRtp({ port: up.tuple.localPort, ssrc, payloadType: 111, payload: opusFrame, everyMs })
	sender.pause(true)
}

describe('A microphone', () => {
	it('is live from its first packet until it falls silent, and again', async () => {
		await begin(false)
		await sleep(600)
		expect(source.live).toBe(false)
		sender.pause(false)
		console.log('live after', Math.round(await until('it to be live', () => source.live)), 'ms')
		await sleep(2500)
		expect(source.live).toBe(true)
		sender.pause(true)
		console.log('known to be dead after', Math.round(await until('it to be dead', () => !source.live)), 'ms')
		sender.pause(false)
		await until('it to be live again', () => source.live)
		expect(changes.map(({ live }) => live)).toEqual([true, false, true])
	})

	it('stays live in the pauses of DTX', async () => {
		await begin(false, 400)
		sender.pause(false)
		await until('it to be live', () => source.live)
		await sleep(5000)
		expect(changes).toEqual([{ live: true, muted: false }])
	})

	it('that is muted is not forwarded, however much it sends, and is live all the same', async () => {
		await begin(true)
		sender.pause(false)
		await until('it to be live', () => source.live)
		expect(source.muted).toBe(true)
		expect(sink.count()).toBe(0)

		await source.setMuted(false)
		await until('sound', () => sink.count() > 20)

		await source.setMuted(true)
		// What was on its way to our socket already may arrive.
		for (let i = 0; i < 3; i++) await sleep(50)
		const heard = sink.count()
		const sent = sender.sent
		await until('more to be sent', () => sender.sent > sent + 20)
		await sleep(50)
		expect(sink.count()).toBe(heard)
		expect(source.live).toBe(true)
	})
})
