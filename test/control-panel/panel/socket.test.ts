import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import type { PanelMessage } from '../../../appliance/protocol/messages.ts'
import type { RoomCommand } from '../../../appliance/protocol/room-commands.ts'
import {
	openSocket,
	pauseBefore,
	type Socket,
	type SocketOptions,
	type SocketStatus,
} from '../../../control-panel/lib/socket.ts'
import { eventually } from '../../eventually.ts'

type Answer = (socket: ServerSocket, message: { type: string; id?: number; token?: string }) => void

const stop: RoomCommand = { type: 'camera.stop', camera: 'front' }
const leftovers: (() => void)[] = []
afterEach(() => {
	for (const end of leftovers.splice(0)) end()
})

async function listen(answer: Answer) {
	const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
	const sockets: ServerSocket[] = []
	server.on('connection', (socket) => {
		sockets.push(socket)
		socket.on('message', (data) => answer(socket, JSON.parse(String(data))))
	})
	await new Promise((resolve) => server.once('listening', resolve))
	leftovers.push(() => {
		for (const socket of sockets) socket.terminate()
		server.close()
	})
	return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets }
}

function open(url: string, options: Partial<SocketOptions<PanelMessage, RoomCommand>> = {}) {
	const statuses: SocketStatus[] = []
	const messages: PanelMessage[] = []
	const socket: Socket<RoomCommand> = openSocket<PanelMessage, RoomCommand>({
		url,
		auth: () => 'a.b.c',
		onMessage: (message) => messages.push(message),
		onStatus: (status) => statuses.push(status),
		...options,
	})
	leftovers.push(() => socket.close())
	return { socket, statuses, messages }
}

const polite: Answer = (socket, message) => {
	if (message.type === 'auth') socket.send(JSON.stringify({ type: 'hello', build: 'one' }))
	else socket.send(JSON.stringify({ type: 'result', id: message.id, ok: true }))
}

describe('The socket of a page', () => {
	it('says its token first, and is online with the first word of the server', async () => {
		const heard: string[] = []
		const { url } = await listen((socket, message) => {
			heard.push(`${message.type} ${message.token ?? ''}`)
			polite(socket, message)
		})
		const { statuses } = open(url)
		await eventually(() => expect(statuses).toEqual(['connecting', 'online']))
		expect(heard).toEqual(['auth a.b.c'])
	})

	it('answers each command with its own result, whatever the order', async () => {
		const waiting: { socket: ServerSocket; id: number | undefined }[] = []
		const { url } = await listen((socket, message) => {
			if (message.type === 'auth') return polite(socket, message)
			waiting.push({ socket, id: message.id })
			if (waiting.length < 2) return
			for (const { socket: to, id } of waiting.reverse())
				to.send(JSON.stringify({ type: 'result', id, ok: true, data: id }))
		})
		const { socket, statuses } = open(url)
		await eventually(() => expect(statuses).toContain('online'))
		const answers = await Promise.all([socket.send(stop), socket.send(stop)])
		expect(answers.map((answer) => (answer.ok ? answer.data : answer.code))).toEqual([1, 2])
	})

	it('answers timeout when nothing comes, and lost when it is cut', async () => {
		const { url, sockets } = await listen((socket, message) => {
			if (message.type === 'auth') polite(socket, message)
		})
		const { socket, statuses } = open(url)
		await eventually(() => expect(statuses).toContain('online'))
		expect(await socket.send(stop, 50)).toMatchObject({ ok: false, code: 'timeout' })
		const unanswered = socket.send(stop)
		sockets[0]?.terminate()
		expect(await unanswered).toMatchObject({ ok: false, code: 'lost' })
	})

	it('refuses at once while it is away', async () => {
		const { socket } = open('ws://127.0.0.1:9')
		expect(await socket.send(stop)).toMatchObject({ ok: false, code: 'lost' })
	})

	it('comes back by itself after a cut', async () => {
		const { url, sockets } = await listen(polite)
		const { socket, statuses } = open(url)
		await eventually(() => expect(statuses).toContain('online'))
		sockets[0]?.terminate()
		await eventually(() => expect(statuses).toEqual(['connecting', 'online', 'away', 'online']))
		expect(await socket.send(stop)).toEqual(expect.objectContaining({ ok: true }))
	})

	it('notices a link that fell silent, and opens another', async () => {
		let deaf = false
		const { url, sockets } = await listen((socket, message) => {
			if (!deaf) polite(socket, message)
		})
		const { statuses } = open(url, { probe: stop, silentMs: 60 })
		await eventually(() => expect(statuses).toContain('online'))
		deaf = true
		await eventually(() => expect(statuses).toContain('away'))
		deaf = false
		await eventually(() => expect(statuses.at(-1)).toBe('online'))
		expect(sockets.length).toBeGreaterThan(1)
	})

	it('keeps a quiet link that answers when asked', async () => {
		let asked = 0
		const { url, sockets } = await listen((socket, message) => {
			if (message.type === 'command') asked += 1
			polite(socket, message)
		})
		open(url, { probe: stop, silentMs: 400 })
		await eventually(() => expect(asked).toBeGreaterThan(3))
		expect(sockets).toHaveLength(1)
	})

	it('takes a second way where the first stays silent in doubt', async () => {
		const { url, sockets } = await listen((socket, message) => {
			if (message.type === 'auth' || socket !== sockets[0]) polite(socket, message)
		})
		const { socket, statuses } = open(url)
		await eventually(() => expect(statuses).toContain('online'))
		const answer = socket.send(stop, 60_000)
		socket.doubt()
		expect(await answer).toMatchObject({ code: 'lost' })
		await eventually(() => expect(statuses).toEqual(['connecting', 'online', 'away', 'online']))
		expect(await socket.send(stop)).toMatchObject({ ok: true })
		expect(sockets).toHaveLength(2)
		await eventually(() => expect(sockets[0]?.readyState).toBe(WebSocket.CLOSED))
	})

	it('keeps the first where that speaks first after all', async () => {
		const late: { first?: ServerSocket; id?: number | undefined } = {}
		const { url, sockets } = await listen((socket, message) => {
			if (socket === sockets[0] && message.type === 'auth') return polite(socket, message)
			if (socket === sockets[0]) return Object.assign(late, { first: socket, id: message.id })
			// The second has come in, and is told nothing before the first has spoken.
			if (late.first) polite(late.first, { type: 'command', ...(late.id === undefined ? {} : { id: late.id }) })
		})
		const { socket, statuses } = open(url)
		await eventually(() => expect(statuses).toContain('online'))
		const answer = socket.send(stop, 60_000)
		socket.doubt()
		expect(await answer).toMatchObject({ ok: true })
		sockets[1]?.send(JSON.stringify({ type: 'hello', build: 'one' }))
		await eventually(() => expect(sockets[1]?.readyState).toBe(WebSocket.CLOSED))
		expect(statuses).toEqual(['connecting', 'online'])
	})

	it('tells once when the server has another build', async () => {
		let build = 'one'
		const { url, sockets } = await listen((socket) => socket.send(JSON.stringify({ type: 'hello', build })))
		const onNewBuild = vi.fn()
		const { statuses } = open(url, { onNewBuild })
		await eventually(() => expect(statuses).toContain('online'))
		expect(onNewBuild).not.toHaveBeenCalled()
		build = 'two'
		sockets[0]?.terminate()
		await eventually(() => expect(onNewBuild).toHaveBeenCalledTimes(1))
	})

	it('hands a refusal to the page and does not call itself online', async () => {
		const { url } = await listen((socket) => {
			socket.send(JSON.stringify({ type: 'error', code: 'expired', message: '' }))
			socket.close()
		})
		const { statuses, messages } = open(url)
		await eventually(() => expect(messages).toContainEqual({ type: 'error', code: 'expired', message: '' }))
		await eventually(() => expect(statuses).toContain('away'))
		expect(statuses).not.toContain('online')
	})

	it('waits longer after each attempt, never more than four seconds, and not in step with others', () => {
		expect(pauseBefore(0, 0)).toBe(125)
		expect(pauseBefore(0, 1)).toBe(250)
		expect(pauseBefore(3, 1)).toBe(2000)
		expect(pauseBefore(50, 1)).toBe(4000)
		expect(pauseBefore(50, 0)).toBe(2000)
	})
})
