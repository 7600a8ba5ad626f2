import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import {
	createHttpClient,
	type HttpClient,
	type HttpRequest,
	type Pin,
	resolveHost,
} from '../../../drivers/transport/http.ts'
import { selfSigned } from '../../../drivers/virtual/onvif-certificate.ts'
import { limitOf } from '../../scene/wait.ts'
import { until } from '../wait.ts'

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

/** A server that does with each request what the script says; it answers properly after that. */
type Answer = (socket: Socket, nth: number) => void

const ok: Answer = (socket, nth) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${nth % 10}`)
const hangUp: Answer = (socket) => socket.destroy()
const nothing: Answer = () => {}
const trickle: Answer = (socket) => {
	socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n')
	const timer = setInterval(() => socket.write('x'), 20)
	socket.on('close', () => clearInterval(timer))
}

async function serve(script: Answer[], certificate?: { key: string; cert: string }, wantedPort = 0) {
	const requests: { text: string; connection: number }[] = []
	const sockets = new Set<Socket>()
	let connections = 0
	const accept = (socket: Socket) => {
		const connection = ++connections
		sockets.add(socket)
		socket.on('error', () => {})
		socket.on('data', (bytes) => {
			requests.push({ text: bytes.toString(), connection })
			const answer = script.shift() ?? ok
			answer(socket, requests.length)
		})
	}
	const server = certificate ? createTlsServer(certificate, accept) : createServer(accept)
	server.on('tlsClientError', () => {})
	server.listen(wantedPort, '127.0.0.1')
	await once(server, 'listening')
	const close = async () => {
		for (const socket of sockets) socket.destroy()
		if (!server.listening) return
		server.close()
		await once(server, 'close')
	}
	running.push(close)
	const address = server.address()
	return { port: typeof address === 'object' && address ? address.port : 0, requests, sockets, close }
}

function client(port: number, pin: Pin | null = null): HttpClient {
	const http = createHttpClient({ host: '127.0.0.1', port, pin }, '127.0.0.1')
	running.push(() => http.close())
	return http
}

const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
	...{ path: '/service', limitMs: 5_000, repeatable: true },
	compose: () => ({ headers: 'Content-Type: text/plain\r\n', body: 'größe' }),
	...more,
})
const failing = (work: Promise<unknown>) =>
	work.then(
		() => 'answered',
		(error: { code?: string }) => error.code,
	)

describe('Requests over HTTP', () => {
	it('are whole, with the length in bytes', async () => {
		const server = await serve([])
		const reply = await client(server.port).post(request())
		expect(reply).toMatchObject({ status: 200, body: Buffer.from('1') })
		expect(server.requests[0]?.text).toBe(
			`POST /service HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\ngröße`,
		)
	})

	it('go over one connection as long as it serves', async () => {
		const server = await serve([])
		const http = client(server.port)
		for (let i = 0; i < 5; i++) await http.post(request())
		expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 1, 1, 1])
	})

	it('are on the wire when the call returns, once a connection is open', async () => {
		const server = await serve([])
		const http = client(server.port)
		await http.post(request())
		const [socket] = server.sockets
		const answered = http.post(request())
		// Nothing of ours runs between here and the arrival.
		await once(socket as Socket, 'data')
		expect(server.requests).toHaveLength(2)
		await answered
	})

	it('do not wait for each other', async () => {
		const server = await serve([nothing])
		const http = client(server.port)
		const hanging = failing(http.post(request({ limitMs: 500 })))
		await until('the first', () => server.requests.length === 1)
		await http.post(request())
		expect(server.requests[1]?.connection).toBe(2)
		expect(await hanging).toBe('timeout')
	})

	it('end at their deadline, however steadily a reply trickles, and take their connection along', async () => {
		const server = await serve([trickle])
		const begin = performance.now()
		expect(await failing(client(server.port).post(request({ limitMs: 200 })))).toBe('timeout')
		expect(performance.now() - begin).toBeLessThan(limitOf(2_000))
		await until('the end of the connection', () => [...server.sockets].every((socket) => socket.destroyed))
	})

	it('are said again where the other side had just closed the connection, if they may be', async () => {
		const server = await serve([ok, hangUp, ok, hangUp])
		const http = client(server.port)
		await http.post(request())
		let times = 0
		const compose = () => ({ headers: '', body: `${++times}` })
		expect(await http.post(request({ compose }))).toMatchObject({ status: 200 })
		// In other words each time: what logs in serves once.
		expect(server.requests.map(({ text }) => text.at(-1))).toEqual(['e', '1', '2'])
		expect(await failing(http.post(request({ repeatable: false })))).toBe('lost')
		expect(server.requests).toHaveLength(4)
	})

	it('are not said again where a new connection is closed without an answer', async () => {
		const server = await serve([hangUp, hangUp])
		expect(await failing(client(server.port).post(request()))).toBe('lost')
		expect(server.requests).toHaveLength(1)
	})

	it('open another connection where an idle one was closed', async () => {
		const server = await serve([])
		const http = client(server.port)
		await http.post(request())
		for (const socket of server.sockets) socket.end()
		await until('the end of the connection', () => [...server.sockets].every((socket) => socket.destroyed))
		await http.post(request({ repeatable: false }))
		expect(server.requests[1]?.connection).toBe(2)
	})

	it('are answered with as much of a broken reply as came', async () => {
		const server = await serve([(socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf')])
		const reply = await client(server.port).post(request())
		expect(Buffer.from(reply.body).toString()).toBe('half')
	})

	it('are refused with what is no HTTP', async () => {
		const server = await serve([(socket) => socket.write('SSH-2.0-dropbear\r\n')])
		expect(await failing(client(server.port).post(request()))).toBe('protocol')
	})

	it('find nobody at a closed port, nor by an unknown name', async () => {
		const { port, close } = await serve([])
		await close()
		expect(await failing(client(port).post(request()))).toBe('unreachable')
		expect(await failing(resolveHost('no-such-camera.invalid'))).toBe('unreachable')
		expect(await resolveHost('::1')).toBe('::1')
	})

	it('are given up when their client is closed, and none is sent then', async () => {
		const server = await serve([nothing])
		const http = client(server.port)
		const waiting = failing(http.post(request()))
		await until('the request', () => server.requests.length === 1)
		http.close()
		expect(await waiting).toBe('lost')
		expect(await failing(http.post(request()))).toBe('lost')
		const connecting = client(server.port)
		const early = failing(connecting.post(request()))
		connecting.close()
		expect(await early).toBe('lost')
	})
})

describe('Requests over HTTPS', () => {
	it('trust whichever certificate comes first, and no other', async () => {
		const [first, second] = await Promise.all([selfSigned('127.0.0.1'), selfSigned('127.0.0.1')])
		const pin: Pin = { fingerprint: null }
		const before = await serve([], first)
		expect(await client(before.port, pin).post(request())).toMatchObject({ status: 200 })
		expect(pin.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
		expect(await client(before.port, { ...pin }).post(request())).toMatchObject({ status: 200 })
		await before.close()
		const after = await serve([], second, before.port)
		expect(await failing(client(after.port, pin).post(request()))).toBe('untrusted')
		expect(after.requests).toEqual([]) // it is told nothing
	})

	it('find out that there is no TLS', async () => {
		const server = await serve([(socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')])
		expect(await failing(client(server.port, { fingerprint: null }).post(request()))).toBe('unreachable')
	})

	it('reach a camera that knows only what was usual ten years ago', async () => {
		const pair = await selfSigned('127.0.0.1')
		const server = await serve([], {
			...pair,
			maxVersion: 'TLSv1.1',
			minVersion: 'TLSv1',
			ciphers: 'DEFAULT:@SECLEVEL=0',
		} as typeof pair)
		expect(await client(server.port, { fingerprint: null }).post(request())).toMatchObject({ status: 200 })
	})
})
