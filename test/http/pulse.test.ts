import { EventEmitter } from 'node:events'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createSocketService, type SocketService } from '../../appliance/http/socket.ts'

/** A client's end that answers when the test says so. */
class Client extends EventEmitter {
	readonly OPEN = 1
	readonly readyState = 1
	readonly bufferedAmount = 0
	pings = 0
	cut = false
	ping = () => void this.pings++
	send = () => {}
	close = () => {}
	terminate = () => {
		this.cut = true
		this.emit('close')
	}
}

let client: Client
beforeEach(() => {
	// As in Node's loop: timers are one thing, what is read and done after them another.
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
	const session = { role: 'member' }
	const service = {
		...{ commands: {}, roles: ['member'], keeping: () => 'no', origins: () => [], build: 'b' },
		open: () => ({ handle: async () => ({ ok: true }), gone() {} }),
		identity: { verify: async () => session },
	} as unknown as SocketService<{ type: string }>
	const trail = { cameIn() {}, refused() {} }
	const request = { headers: {}, ip: '192.0.2.1', log: pino({ level: 'silent' }), server: { trail } }
	client = new Client()
	createSocketService(service)(client as unknown as WebSocket, request as unknown as FastifyRequest)
	client.emit('message', Buffer.from(JSON.stringify({ type: 'auth', token: 't' })))
})
afterEach(() => vi.useRealTimers())

const whatCameInIsRead = () => new Promise<void>((resolve) => setImmediate(resolve))

it('one who answers is asked again and again', async () => {
	for (let beat = 1; beat <= 5; beat++) {
		vi.advanceTimersByTime(5_000)
		await whatCameInIsRead()
		expect(client.pings).toBe(beat)
		client.emit('pong')
	}
	expect(client.cut).toBe(false)
})

it('one whose answer lies unread, because the service stood still from one question to the next, is not cut', async () => {
	vi.advanceTimersByTime(5_000)
	expect(client.pings).toBe(1)
	// The next timer runs first, and what came in meanwhile after it.
	vi.advanceTimersByTime(5_000)
	client.emit('pong')
	await whatCameInIsRead()
	expect(client.cut).toBe(false)
	expect(client.pings).toBe(2)
})

it('one who has not answered is cut', async () => {
	vi.advanceTimersByTime(10_000)
	await whatCameInIsRead()
	expect(client.cut).toBe(true)
})
