import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWebhook, sign, type Webhook } from '../../../appliance/ops/rehearse/webhook.ts'
import type { RehearsalReport } from '../../../appliance/protocol/rehearsal.ts'
import { eventually } from '../../eventually.ts'

const secret = 'sixteen bytes and more'
const report: RehearsalReport = {
	...{ id: 'r1', startedAt: 1_000, endedAt: 2_000, by: 'timer', outcome: 'failed', reason: null },
	steps: [{ id: 'disk', kind: 'disk', outcome: 'failed', fault: 'disk-low', detail: '2.0 GiB', tookMs: 9 }],
}

let server: Server
let webhook: Webhook
let answers: number[]
let taken: { headers: IncomingHttpHeaders; body: string }[]

beforeEach(async () => {
	taken = []
	answers = []
	server = createServer(async (request, response) => {
		const chunks: Buffer[] = []
		for await (const chunk of request) chunks.push(chunk as Buffer)
		taken.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
		const status = answers.shift() ?? 204
		response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	webhook = openWebhook({
		...{ url: `http://127.0.0.1:${port}/maru`, secret, room: '대회의실', language: 'ko', now: () => 5_000_000 },
		...{ log: pino({ level: 'silent' }), pausesMs: [5, 10] },
	})
})
afterEach(() => {
	webhook.close()
	server.close()
	server.closeAllConnections()
})

describe('The webhook', () => {
	it('is sent the report in words, signed', async () => {
		webhook.send(report)
		await eventually(() => expect(taken).toHaveLength(1))
		const { headers, body } = taken[0] as (typeof taken)[number]
		expect(headers['maru-signature']).toBe(`t=5000,v1=${sign(secret, 5_000, body)}`)
		expect(sign('another secret of it', 5_000, body)).not.toBe(sign(secret, 5_000, body))
		expect(JSON.parse(body)).toMatchObject({
			...{ type: 'rehearsal', room: '대회의실', id: 'r1', outcome: 'failed' },
			steps: [
				{
					fault: 'disk-low',
					name: '디스크',
					what: '디스크에 남은 공간이 적습니다',
					todo: expect.stringContaining('녹화'),
				},
			],
		})
	})

	it('is tried again where it does not answer well, and given up in the end', async () => {
		answers = [503, 503, 204]
		webhook.send(report)
		await eventually(() => expect(taken).toHaveLength(3))
		expect(new Set(taken.map(({ body }) => body)).size).toBe(1)
		answers = [500, 500, 500, 500]
		webhook.send({ ...report, id: 'r2' })
		await eventually(() => expect(taken).toHaveLength(6))
		webhook.send({ ...report, id: 'r3' })
		await eventually(() => expect(taken.at(-1)?.body).toContain('"r3"'))
		expect(taken.filter(({ body }) => body.includes('"r2"'))).toHaveLength(3)
	})

	it('is not tried again where the report is refused for what it is, and follows nobody elsewhere', async () => {
		answers = [401]
		webhook.send(report)
		await eventually(() => expect(taken).toHaveLength(1))
		answers = [302, 302, 302]
		webhook.send({ ...report, id: 'r2' })
		await eventually(() => expect(taken).toHaveLength(4))
		expect(taken.filter(({ body }) => body.includes('"r1"'))).toHaveLength(1)
	})
})
