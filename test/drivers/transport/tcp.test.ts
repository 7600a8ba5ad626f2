import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { ByteLink } from '../../../drivers/transport/link.ts'
import { openTcp } from '../../../drivers/transport/tcp.ts'
import { until } from '../wait.ts'

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

const patient = new AbortController().signal

async function server(allowHalfOpen = false) {
	const sockets: Socket[] = []
	const listening = createServer({ allowHalfOpen }, (socket) => {
		socket.on('error', () => {})
		sockets.push(socket)
	})
	listening.listen(0, '127.0.0.1')
	await once(listening, 'listening')
	running.push(() => {
		for (const socket of sockets) socket.destroy()
		listening.close()
	})
	const address = listening.address()
	const port = typeof address === 'object' && address ? address.port : 0
	const peer = () => until('a connection', () => sockets[0])
	return { port, peer }
}

async function open(port: number, rest: { host?: string; writeMs?: number } = {}): Promise<ByteLink> {
	const link = await openTcp({ host: '127.0.0.1', port, ...rest }, patient)
	running.push(() => link[Symbol.asyncDispose]())
	return link
}

describe('A TCP link', () => {
	it('carries bytes both ways', async () => {
		const { port, peer } = await server()
		const link = await open(port, { host: 'localhost' })
		const heard: string[] = []
		link.onBytes((bytes) => heard.push(Buffer.from(bytes).toString()))
		const socket = await peer()
		socket.on('data', (bytes) => socket.write(`answer to ${bytes}`))
		await link.write(Buffer.from('question'))
		await until('the answer', () => heard.join('') === 'answer to question')
	})

	it('still delivers what was written just before it is closed', async () => {
		const { port, peer } = await server()
		const link = await open(port)
		const socket = await peer()
		const heard: Buffer[] = []
		socket.on('data', (bytes) => heard.push(bytes))
		const ended = once(socket, 'end')
		await Promise.allSettled([link.write(Buffer.alloc(200_000, 'x')), link[Symbol.asyncDispose]()])
		await ended
		expect(Buffer.concat(heard).length).toBe(200_000)
		expect(await link.lost).toBeUndefined()
		await expect(link.write(Buffer.from('late'))).rejects.toMatchObject({ code: 'lost' })
		await link[Symbol.asyncDispose]()
	})

	it.each<[string, (socket: Socket) => void]>([
		['ends', (socket) => socket.end()],
		['breaks it', (socket) => socket.resetAndDestroy()],
	])('is lost when the other side %s', async (_, leave) => {
		const { port, peer } = await server()
		const link = await open(port)
		link.onBytes(() => {})
		leave(await peer())
		expect(await link.lost).toMatchObject({ code: 'lost' })
		await expect(link.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'lost' })
	})

	it('that takes no bytes rejects after the deadline, with everything that waits', async () => {
		const { port, peer } = await server()
		const link = await open(port, { writeMs: 300 })
		link.onBytes(() => {})
		;(await peer()).pause()
		const outcomes = await Promise.allSettled([1, 2, 3].map(() => link.write(new Uint8Array(20_000_000))))
		expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'timeout' } })
		expect(await link.lost).toMatchObject({ code: 'timeout' })
	})

	it('to nobody is refused, by its address', async () => {
		const { port } = await server()
		for (const end of running.splice(0)) await end()
		await expect(open(port)).rejects.toMatchObject({
			code: 'unreachable',
			message: expect.stringContaining(`127.0.0.1:${port}`),
		})
		await expect(open(port, { host: 'nowhere.invalid' })).rejects.toMatchObject({ code: 'unreachable' })
	})

	it('that is not answered ends with its signal', async () => {
		// Reserved for documentation (RFC 5737): nobody answers, and where the network says so at once, that is refused too.
		const opening = openTcp({ host: '192.0.2.1', port: 9 }, AbortSignal.timeout(200))
		await expect(opening).rejects.toMatchObject({ code: 'unreachable' })
	})
})
