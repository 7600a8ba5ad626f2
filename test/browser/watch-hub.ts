import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { readPages } from '../../appliance/http/pages.ts'
import type { CaptionChange } from '../../appliance/protocol/captions.ts'
import type { VoteView } from '../../appliance/protocol/floor.ts'
import type { MeetingMessage } from '../../appliance/protocol/messages.ts'
import type { RelayView } from '../../appliance/protocol/relay.ts'
import type { openWatchMedia } from './watch-media.ts'
import type { ClipRelay } from './watch-relay.ts'

/**
 * As much of a hub as a viewer meets: the pages as they are shipped, what is asked over HTTP, the playlists and segments of a
 * relay, and a socket that answers the joining; media by WebRTC come from a real SFU where one is given.
 */

const token = `e30.${Buffer.from(JSON.stringify({ meeting: 'm1', role: 'viewer' })).toString('base64url')}.c2ln`

/** As the real server sends it. */
const policy = [
	"default-src 'self'",
	"connect-src 'self' ws: wss:",
	"img-src 'self' blob:",
	"media-src 'self' blob:",
	"object-src 'none'",
].join(';')

export class WatchHub {
	view: RelayView
	relay: ClipRelay | null = null
	media: Awaited<ReturnType<typeof openWatchMedia>> | null = null
	/** What the socket answers to `relay.join`; a code refuses. */
	door: 'full' | 'in' = 'full'
	/** What it answers to a question. */
	answer: 'ok' | 'too-many' | 'not-allowed' = 'ok'
	/** Every request is refused with this. */
	refuses: 'expired' | 'revoked' | null = null
	/** Nobody is answered at all. */
	away = false
	/** What a class asks those who watch it. */
	poll: VoteView | null = null
	readonly asked: string[] = []
	/** Their ids. */
	readonly questions: string[] = []
	readonly commands: string[] = []
	/** What was answered of what a class asks. */
	readonly answers: object[] = []
	/** Playlists and segments that were asked for. */
	readonly read: string[] = []
	readonly origin: string
	#revision = 1
	readonly #server: ReturnType<typeof createServer>
	readonly #sockets = new WebSocketServer({ noServer: true })

	private constructor(server: ReturnType<typeof createServer>, view: RelayView) {
		this.#server = server
		this.view = view
		this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
	}

	/** `dist`: the built pages. */
	static async open(dist: string, view: RelayView): Promise<WatchHub> {
		const pages = readPages(dist)
		const server = createServer()
		server.listen(0, '127.0.0.1')
		await once(server, 'listening')
		const hub = new WatchHub(server, view)
		server.on('request', (request, response) => {
			if (hub.away) return request.socket.destroy()
			const path = (request.url ?? '').split('?')[0] ?? ''
			const asset = path.startsWith('/assets/') ? pages.asset(path.slice('/assets/'.length)) : pages.page(path.slice(1))
			if (!asset) return hub.#api(path, request, response)
			response.writeHead(200, { 'content-type': asset.type, 'content-security-policy': policy }).end(asset.plain)
		})
		server.on('upgrade', (request, socket, head) => {
			if (hub.away) return socket.destroy()
			hub.#sockets.handleUpgrade(request, socket, head, (socket) => hub.#serve(socket))
		})
		return hub
	}

	get link(): string {
		return `${this.origin}/watch#${token}`
	}

	/** The meeting changes for those who have a socket. */
	tell() {
		const { set } = this.#people()
		const people = { type: 'people', revision: ++this.#revision, set, gone: [] }
		for (const socket of this.#sockets.clients) {
			for (const message of [{ type: 'core', core: this.#core() }, people]) socket.send(JSON.stringify(message))
		}
	}

	/** What is said, to those who have a socket. */
	say(change: CaptionChange) {
		for (const socket of this.#sockets.clients) socket.send(JSON.stringify({ type: 'captions', ...change }))
	}

	/** How many have one. */
	get sockets(): number {
		return this.#sockets.clients.size
	}

	/** To those who have a socket: what they are asked themselves. */
	ask(message: Extract<MeetingMessage, { type: 'check' | 'ballots' }>) {
		for (const socket of this.#sockets.clients) socket.send(JSON.stringify(message))
	}

	/** What became of a question, to those who have a socket. */
	settle(news: { id: string; answer: string }) {
		const message = { type: 'question', state: 'answered', token: null, ...news }
		for (const socket of this.#sockets.clients) socket.send(JSON.stringify(message))
	}

	cut() {
		for (const socket of this.#sockets.clients) socket.terminate()
		this.#server.closeAllConnections()
	}

	async close() {
		this.cut()
		this.#server.close()
		await once(this.#server, 'close')
	}

	#api(path: string, request: IncomingMessage, response: ServerResponse) {
		const base = '/api/v1/meetings/m1/relay'
		const json = (status: number, body: object) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
		if (!path.startsWith(base)) return json(404, { code: 'bad-message' })
		if (request.headers.authorization !== `Bearer ${token}`) return json(401, { code: 'unauthorized' })
		if (this.refuses) return json(401, { code: this.refuses })
		if (path === base) return json(200, { ...this.view, at: Date.now() })
		this.read.push(path)
		const answer = this.relay?.answer(path.slice(base.length + 1)) ?? { status: 404, cacheControl: 'no-cache' }
		if (answer.status !== 200) return json(answer.status, { code: 'no-meeting' })
		response
			.writeHead(200, { 'content-type': answer.type, 'cache-control': answer.cacheControl })
			.end(Buffer.from(answer.bytes))
	}

	#serve(socket: WebSocket) {
		const send = (message: object) => socket.send(JSON.stringify(message))
		let viewer: Viewer | null = null
		const onChange = (change: object) => send({ type: 'media', ...change })
		socket.on('close', () => viewer && this.media?.relay.leave(viewer.attendee))
		socket.on('message', async (data) => {
			const { type, id, command } = JSON.parse(data.toString())
			if (type === 'auth') return send({ type: 'hello', build: 'test' })
			this.commands.push(command.type)
			const ok = (body: object = {}) => send({ type: 'result', id, ok: true, data: body })
			const no = (code: string) => send({ type: 'result', id, ok: false, code, message: code })
			switch (command.type) {
				case 'relay.join':
					if (this.refuses) return no(this.refuses)
					if (this.door !== 'in') return no(this.door)
					viewer = (await this.media?.relay.attend({ person: randomUUID(), onChange })) ?? null
					return ok(this.#joined(viewer))
				case 'media.open':
					return ok({ consumers: (await viewer?.attendee.watch(command.rtpCapabilities, command.wanted)) ?? [] })
				case 'media.ready':
					await viewer?.attendee.ready(command.receive, command.consumers)
					return ok()
				case 'media.show':
					viewer?.attendee.show(command.wanted)
					return ok()
				case 'relay.ask':
					if (this.answer !== 'ok') return no(this.answer)
					this.asked.push(command.text)
					this.questions.push(command.question)
					return ok()
				case 'vote.cast':
				case 'presence.answer':
					this.answers.push(command)
					return ok()
				default:
					return ok()
			}
		})
	}

	#joined(viewer: Viewer | null) {
		const none = { revision: 1, set: [] }
		const item = this.view.item
		const agenda = item
			? [{ id: 'i1', place: 1, ...item, status: 'on', limitMs: null, usedMs: 0, runningSince: null }]
			: []
		return {
			...{
				person: 'v',
				resume: 'r',
				role: 'viewer',
				name: '',
				core: this.#core(),
				people: this.#people(),
				desk: null,
				chat: [],
			},
			...{ token: null, ballots: null, check: null, asked: null },
			lists: { asking: none, seats: none, agenda: { revision: 1, set: agenda }, documents: none },
			media: viewer
				? { routerRtpCapabilities: viewer.capabilities, ...viewer.attendee.offers }
				: { routerRtpCapabilities: capabilities, send: null, receive: transport },
		}
	}

	/** The programme, while it is on air. */
	#people() {
		const sources = this.media?.relay.sources ?? []
		const programme = {
			id: 'programme',
			name: '',
			title: '',
			bureau: '',
			order: 0,
			role: 'programme',
			here: true,
			joinedAt: 0,
		}
		return { revision: this.#revision, set: this.view.since === null ? [] : [{ ...programme, sources }] }
	}

	/** What the page reads of it. */
	#core() {
		const { title, phase, since, closed, recording, item, speaker } = this.view
		return {
			vote: this.poll,
			meeting: {
				id: 'm1',
				title,
				kind: this.poll ? 'class' : 'council',
				phase,
				startsAt: Date.now() + 600_000,
				openedAt: since,
			},
			floor: { mode: 'ruled', speaking: speaker ? [speaker] : [], waiting: {}, next: null, nextSeat: null },
			item: item ? { id: 'i1', limitMs: null, usedMs: 0, runningSince: null } : null,
			broadcast: {
				relay: since === null ? null : { since },
				recording: recording ? { id: 'r', since: since ?? 0 } : null,
				programme: { layout: 'auto', source: null, hold: false, closed },
			},
			at: Date.now(),
		}
	}
}

type Viewer = Awaited<ReturnType<Awaited<ReturnType<typeof openWatchMedia>>['relay']['attend']>>

const capabilities = {
	codecs: [
		{
			...{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 100 },
			...{ parameters: {}, rtcpFeedback: [] },
		},
	],
	headerExtensions: [],
}
/** To a port where nobody listens. */
const transport = {
	id: 't1',
	iceParameters: { usernameFragment: 'abcdefgh', password: 'abcdefghabcdefghabcdefgh', iceLite: true },
	iceCandidates: [
		{ foundation: 'udp', priority: 1, ip: '127.0.0.1', address: '127.0.0.1', protocol: 'udp', port: 9, type: 'host' },
	],
	dtlsParameters: {
		role: 'auto',
		fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
	},
}
