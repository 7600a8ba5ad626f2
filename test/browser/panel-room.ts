import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { DeskResult, MeetingMessage, PanelMessage, Result } from '../../appliance/protocol/messages.ts'
import type { RoomCommand } from '../../appliance/protocol/room-commands.ts'
import type { CameraView, RoomState } from '../../appliance/protocol/room-state.ts'

/** A room that follows a script: it serves the built pages, tells panels what the test says, and keeps what they send. */
export interface ScriptedRoom {
	origin: string
	state: RoomState
	/** What came, and when (performance.now()). */
	received: { at: number; command: RoomCommand }[]
	/** Changes the room and tells every panel. */
	change(difference: Partial<RoomState>): void
	changeCamera(id: string, difference: Partial<CameraView>): void
	/** Tells every panel how loud the room's microphone is. */
	level(level: number | null): void
	/** Answers to commands; default: ok, and mute takes effect. */
	answer: (command: RoomCommand) => Result | null
	/** What a desk is told when it opens; null: there is no such meeting. */
	desk: DeskResult | null
	/** What desks asked, but for the opening. */
	deskReceived: MeetingCommand[]
	/** Answers to a desk; default: ok. */
	deskAnswer: (command: MeetingCommand) => Result
	/** Tells every desk. */
	tellDesks(message: MeetingMessage): void
	/** Why nobody is let in; null: everybody is. */
	refusal: ErrorCode | null
	/** Answers to what a page asks over HTTP beside what every room serves; null: there is no such thing. */
	http: (asked: Asked) => { status?: number; body: unknown } | null | Promise<{ status?: number; body: unknown } | null>
	/** Cuts every socket and refuses new ones until called with false. */
	away(away: boolean): void
	close(): Promise<void>
}

export interface Asked {
	method: string
	path: string
	body: unknown
	authorization: string | undefined
}

/** As the appliance serves its pages (appliance/http/server.ts). */
const policy =
	"default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' blob:; object-src 'none'; base-uri 'none'"

const types: Record<string, string> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript',
	'.css': 'text/css',
	'.svg': 'image/svg+xml',
	'.woff2': 'font/woff2',
}

export async function startRoom(
	dist: string,
	initial: RoomState,
	picture: (camera: string) => Buffer,
): Promise<ScriptedRoom> {
	const sockets = new Set<WebSocket>()
	const desks = new Set<WebSocket>()
	const streams = new Set<ServerResponse>()
	let revision = 1
	let isAway = false
	const http = createServer((request, response) => serve(request, response).catch(() => response.destroy()))
	const ws = new WebSocketServer({ noServer: true })

	http.on('upgrade', (request, socket, head) => {
		if (isAway) return socket.destroy()
		ws.handleUpgrade(request, socket, head, request.url === '/ws/meeting' ? acceptDesk : accept)
	})

	function accept(socket: WebSocket) {
		sockets.add(socket)
		socket.on('close', () => sockets.delete(socket))
		const say = (message: PanelMessage) => socket.send(JSON.stringify(message))
		say({ type: 'hello', build: room.state.build, origin: 'this-panel' })
		socket.on('message', (data) => {
			const message = JSON.parse(String(data))
			if (message.type === 'auth') {
				if (room.refusal) return say({ type: 'error', code: room.refusal, message: '' })
				say({ type: 'state', revision, state: room.state })
				return
			}
			const command: RoomCommand = message.command
			room.received.push({ at: performance.now(), command })
			const result = room.answer(command)
			if (result === null) return
			if (result.ok && command.type === 'room.mute') room.change({ muted: command.muted })
			say({ type: 'result', id: message.id, ...result })
		})
	}

	function acceptDesk(socket: WebSocket) {
		desks.add(socket)
		socket.on('close', () => desks.delete(socket))
		const say = (message: MeetingMessage) => socket.send(JSON.stringify(message))
		say({ type: 'hello', build: room.state.build })
		socket.on('message', (data) => {
			const message = JSON.parse(String(data))
			if (message.type !== 'command') return
			const command: MeetingCommand = message.command
			if (command.type !== 'desk.open') {
				if (!('who' in command && command.who === '-')) room.deskReceived.push(command) // a probe is no question
				return say({ type: 'result', id: message.id, ...room.deskAnswer(command) })
			}
			if (room.desk) say({ type: 'result', id: message.id, ok: true, data: room.desk })
			else say({ type: 'result', id: message.id, ok: false, code: 'no-meeting', message: 'there is none' })
		})
	}

	async function serve(request: IncomingMessage, response: ServerResponse) {
		const path = new URL(request.url ?? '/', 'http://room').pathname
		if (isAway) return response.destroy()
		if (path === '/api/v1/session') return void response.writeHead(204, { 'set-cookie': 'maru=1; HttpOnly' }).end()
		const camera = /^\/api\/v1\/cameras\/([^/]+)\/(live\.mjpeg|snapshot\.jpg|presets\/\d+\/thumbnail\.jpg)$/.exec(path)
		if (camera?.[2] === 'live.mjpeg') return stream(camera[1] ?? '', response)
		if (camera) return void response.writeHead(200, { 'content-type': 'image/jpeg' }).end(picture(path))
		if (path.startsWith('/api/')) return answer(request, path, response)
		const file = path === '/panel' || path === '/console' ? `${path}/index.html` : normalize(path)
		const body = await readFile(join(dist, file))
		response.writeHead(200, {
			'content-type': types[extname(file)] ?? 'application/octet-stream',
			'content-security-policy': policy,
		})
		response.end(body)
	}

	async function answer(request: IncomingMessage, path: string, response: ServerResponse) {
		const chunks: Buffer[] = []
		for await (const chunk of request) chunks.push(chunk as Buffer)
		const text = Buffer.concat(chunks).toString()
		const { method = 'GET', headers } = request
		const body: unknown = text === '' ? null : JSON.parse(text)
		const found = await room.http({ method, path, body, authorization: headers.authorization })
		const { status = 200, body: told } = found ?? {
			status: 404,
			body: { code: 'bad-message', detail: 'there is none' },
		}
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told))
	}

	function stream(camera: string, response: ServerResponse) {
		streams.add(response)
		response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' })
		const show = () => {
			const jpeg = picture(camera)
			response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`)
			response.write(jpeg)
			response.write('\r\n')
		}
		show()
		const timer = setInterval(show, 200)
		response.on('close', () => {
			clearInterval(timer)
			streams.delete(response)
		})
	}

	const room: ScriptedRoom = {
		origin: '',
		state: initial,
		received: [],
		answer: () => ({ ok: true }),
		desk: null,
		deskReceived: [],
		deskAnswer: () => ({ ok: true, data: {} }),
		refusal: null,
		http: () => null,
		tellDesks(message) {
			for (const socket of desks) socket.send(JSON.stringify(message))
		},
		change(difference) {
			room.state = { ...room.state, ...difference }
			revision += 1
			const message = JSON.stringify({ type: 'state', revision, state: room.state } satisfies PanelMessage)
			for (const socket of sockets) socket.send(message)
		},
		level(level) {
			for (const socket of sockets) socket.send(JSON.stringify({ type: 'level', level } satisfies PanelMessage))
		},
		changeCamera(id, difference) {
			room.change({
				cameras: room.state.cameras.map((camera) => (camera.id === id ? { ...camera, ...difference } : camera)),
			})
		},
		away(away) {
			isAway = away
			if (!away) return
			for (const socket of [...sockets, ...desks]) socket.terminate()
			for (const response of streams) response.destroy()
		},
		async close() {
			room.away(true)
			ws.close()
			http.closeAllConnections()
			await new Promise((resolve) => http.close(resolve))
		},
	}
	await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
	room.origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
	return room
}
