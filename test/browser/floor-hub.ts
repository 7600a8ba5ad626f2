import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import * as mediasoup from 'mediasoup'
import { type WebSocket, WebSocketServer } from 'ws'
import type { WaitingSlides } from '../../appliance/protocol/floor.ts'
import type { ClassView } from '../../appliance/protocol/lesson.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type {
	JoinResult,
	ListItem,
	ListName,
	LobbyResult,
	MeetingCore,
	MeetingMessage,
	Person,
	Result,
} from '../../appliance/protocol/messages.ts'
import { workerPath } from '../../appliance/setup/worker-path.mjs'

/** A hub that follows a script: it serves the built pages, answers joins and tells what the test says. No media flow. */
export interface ScriptedHub {
	origin: string
	join: JoinResult
	/** Instead of letting in; null: lets in. */
	lobby: LobbyResult | null
	/** What those who wait are shown. */
	waiting: WaitingSlides | null
	/** How the trainees of a class stand. */
	lesson: ClassView
	received: MeetingCommand[]
	/** Answers to commands; null: the usual. */
	answer: (command: MeetingCommand) => Result | null | Promise<Result | null>
	say(message: MeetingMessage): void
	core(difference: Partial<MeetingCore>): void
	list<N extends ListName>(list: N, set: ListItem<N>[], gone?: string[]): void
	people(set: Person[]): void
	close(): Promise<void>
}

const policy =
	"default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' blob:; object-src 'none'; base-uri 'none'; style-src 'self' 'unsafe-inline'"
const types: Record<string, string> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript',
	'.css': 'text/css',
	'.svg': 'image/svg+xml',
	'.woff2': 'font/woff2',
}

/** Transports that a browser takes for real; nobody ever connects them. */
async function emptyMedia() {
	const worker = await mediasoup.createWorker({ workerBin: workerPath(), logLevel: 'none' })
	const router = await worker.createRouter({
		mediaCodecs: [
			{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
			{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
		],
	})
	const transport = async () => {
		const { id, iceParameters, iceCandidates, dtlsParameters } = await router.createWebRtcTransport({
			listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
		})
		return { id, iceParameters, iceCandidates, dtlsParameters }
	}
	return {
		close: () => worker.close(),
		join: async () => ({
			routerRtpCapabilities: router.rtpCapabilities,
			send: await transport(),
			receive: await transport(),
		}),
	}
}

/** `page` draws a document's page as an image of the given type. */
export async function startHub(
	dist: string,
	join_: Omit<JoinResult, 'media'>,
	page: (document: string, page: number) => { type: string; bytes: Buffer },
): Promise<ScriptedHub> {
	const media = await emptyMedia()
	const sockets = new Set<WebSocket>()
	const revisions = new Map<string, number>()
	const http = createServer((request, response) => serve(request, response).catch(() => response.writeHead(404).end()))
	const ws = new WebSocketServer({ server: http })

	ws.on('connection', (socket) => {
		sockets.add(socket)
		socket.on('close', () => sockets.delete(socket))
		const say = (message: object) => socket.send(JSON.stringify(message))
		say({ type: 'hello', build: 'test' })
		socket.on('message', (data) => {
			const message = JSON.parse(String(data))
			if (message.type === 'auth') return
			hub.received.push(message.command)
			void answer(message.command).then((result) => say({ type: 'result', id: message.id, ...result }))
		})
	})

	async function answer(command: MeetingCommand): Promise<Result> {
		const scripted = await hub.answer(command)
		if (scripted) return scripted
		if (command.type === 'meeting.join') {
			if (hub.lobby) return { ok: true, data: hub.lobby }
			const core = { ...hub.join.core, at: Date.now() }
			return { ok: true, data: { ...hub.join, core, media: await media.join() } }
		}
		if (command.type === 'media.open') return { ok: true, data: { consumers: [] } }
		return { ok: true }
	}

	async function serve(request: IncomingMessage, response: ServerResponse) {
		const path = new URL(request.url ?? '/', 'http://hub').pathname
		const asked = /^\/api\/v1\/meetings\/[^/]+\/documents\/([^/]+)\/pages\/(\d+)\.png$/.exec(path)
		if (asked) {
			if (!request.headers.authorization) return void response.writeHead(401).end()
			const { type, bytes } = page(asked[1] ?? '', Number(asked[2]))
			return void response.writeHead(200, { 'content-type': type }).end(bytes)
		}
		if (path.startsWith('/api/')) {
			response.writeHead(200, { 'content-type': 'application/json' })
			if (path.endsWith('/class')) return void response.end(JSON.stringify(hub.lesson))
			if (path.endsWith('/waiting')) return void response.end(JSON.stringify({ slides: hub.waiting }))
			return void response.end(JSON.stringify(hub.join.core.meeting))
		}
		const file = ['/attend', '/stage', '/programme'].includes(path) ? `${path}/index.html` : normalize(path)
		const body = await readFile(join(dist, file))
		response.writeHead(200, {
			'content-type': types[extname(file)] ?? 'application/octet-stream',
			'content-security-policy': policy,
		})
		response.end(body)
	}

	function next(list: string): number {
		const revision = (revisions.get(list) ?? 1) + 1
		revisions.set(list, revision)
		return revision
	}

	const hub: ScriptedHub = {
		origin: '',
		join: {
			...join_,
			media: null,
		},
		lobby: null,
		waiting: null,
		lesson: { classS: 0, rule: { present: 80, quiz: 60 }, trainees: [] },
		received: [],
		answer: () => null,
		say(message) {
			for (const socket of sockets) socket.send(JSON.stringify(message))
		},
		core(difference) {
			hub.join = { ...hub.join, core: { ...hub.join.core, ...difference, at: Date.now() } }
			hub.say({ type: 'core', core: hub.join.core })
		},
		list(list, set, gone = []) {
			hub.say({ type: 'list', list, revision: next(list), set, gone } as unknown as MeetingMessage)
		},
		people(set) {
			hub.say({ type: 'people', revision: next('people'), set, gone: [] })
		},
		async close() {
			for (const socket of sockets) socket.terminate()
			media.close()
			ws.close()
			http.closeAllConnections()
			await new Promise((resolve) => http.close(resolve))
		},
	}
	await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
	hub.origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
	return hub
}
