import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Source } from '../../appliance/protocol/media.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, Person } from '../../appliance/protocol/messages.ts'
import type { MeetingView } from '../../appliance/protocol/room-state.ts'
import { noLists, plainCore, somebody } from '../meeting/core.ts'

type Answer = { ok: true; data?: unknown } | { ok: false; code: string; message: string }
interface Client {
	socket: WebSocket
	token: string
}

/** A hub as the room's sockets see it: a real server that speaks the protocol, holds one meeting, and does as it is told. */
export class FakeHub {
	readonly commands: (MeetingCommand & { token: string })[] = []
	readonly clients = new Set<Client>()
	meeting: MeetingView = {
		id: 'm1',
		title: '확대간부회의',
		kind: 'council',
		phase: 'open',
		startsAt: null,
		openedAt: 1,
	}
	meetings: MeetingView[] = []
	people = new Map<string, Person>()
	/** Tokens that open nothing, and why. */
	refusing = new Map<string, string>()
	feedPort = 1
	#revision = 1
	#feeds = 0
	readonly #http: Server
	readonly #sockets: WebSocketServer
	#port = 0

	private constructor() {
		this.#http = createServer()
		this.#sockets = new WebSocketServer({ server: this.#http })
		this.#sockets.on('connection', (socket) => this.#connected(socket))
	}

	static async start(): Promise<FakeHub> {
		const hub = new FakeHub()
		await hub.listen()
		return hub
	}

	/** Listens, on the port it had before if it had one. */
	async listen() {
		this.#http.listen(this.#port, '127.0.0.1')
		await once(this.#http, 'listening')
		const address = this.#http.address()
		if (address === null || typeof address === 'string') throw new Error('no port')
		this.#port = address.port
	}

	get url() {
		return `ws://127.0.0.1:${this.#port}/ws/meeting`
	}

	/** Goes away as a killed process does. */
	async vanish() {
		for (const { socket } of this.clients) socket.terminate()
		this.#http.close()
		await once(this.#http, 'close')
	}

	async close() {
		for (const { socket } of this.clients) socket.terminate()
		this.#sockets.close()
		this.#http.close()
	}

	/** Everyone in the meeting is told of these people. */
	setPeople(...people: Person[]) {
		for (const person of people) this.people.set(person.id, person)
		this.patch(people, [])
	}

	/** `skip`: patches that get lost on the way. */
	patch(set: Person[], gone: string[], skip = 0) {
		this.#revision += 1 + skip
		this.tellMeeting({ type: 'people', revision: this.#revision, set, gone })
	}

	/** The room's own sources, as the SFU sees them. */
	setSources(sources: Source[]) {
		const room = this.people.get('room')
		if (!room) throw new Error('the room is not there')
		this.setPeople({ ...room, sources: [...sources, ...room.sources.filter(({ use }) => use === 'feed')] })
	}

	tellMeeting(message: MeetingMessage) {
		for (const client of this.clients) if (client.token !== 'house') send(client.socket, message)
	}

	asked<T extends MeetingCommand['type']>(type: T) {
		return this.commands.filter((command) => command.type === type) as (Extract<MeetingCommand, { type: T }> & {
			token: string
		})[]
	}

	#connected(socket: WebSocket) {
		let client: Client | null = null
		socket.on('message', (data) => {
			const message = JSON.parse(String(data))
			if (message.type === 'auth') {
				const code = this.refusing.get(message.token)
				if (code) {
					send(socket, { type: 'error', code: code as never, message: code })
					return socket.close()
				}
				client = { socket, token: message.token }
				this.clients.add(client)
				send(socket, { type: 'hello', build: 'test' })
			} else if (client) {
				this.commands.push({ ...message.command, token: client.token })
				send(socket, { type: 'result', id: message.id, ...(this.#answer(message.command) as { ok: true }) })
			}
		})
		socket.on('close', () => client && this.clients.delete(client))
	}

	#answer(command: MeetingCommand): Answer {
		switch (command.type) {
			case 'meetings.list':
				return { ok: true, data: { meetings: this.meetings } }
			case 'meetings.create':
				this.meeting = { ...this.meeting, title: command.title }
				this.meetings = [this.meeting]
				return { ok: true, data: { meeting: this.meeting, links: {} } }
			case 'meetings.enter':
				if (command.meeting !== this.meeting.id) return { ok: false, code: 'no-meeting', message: 'unknown' }
				return { ok: true, data: { link: 'https://maru.test/attend#room.link.token' } }
			case 'meetings.close':
				this.tellMeeting({ type: 'ended', code: 'meeting-closed' })
				return { ok: true }
			case 'meeting.join': {
				const sources = this.people.get('room')?.sources ?? []
				this.people.set('room', somebody('room', { name: '대회의실', role: 'room', joinedAt: 1, sources }))
				const set = [...this.people.values()]
				const core = plainCore(this.meeting)
				const people = { revision: this.#revision, set }
				const me = { person: 'room', resume: 'resume-1', role: 'room', name: '대회의실' }
				return {
					ok: true,
					data: {
						...me,
						core,
						people,
						lists: noLists,
						desk: null,
						ballots: null,
						check: null,
						asked: null,
						token: null,
						media: null,
					},
				}
			}
			case 'feed.open': {
				const feed = `feed-${++this.#feeds}`
				const room = this.people.get('room')
				const source = {
					id: feed,
					kind: 'video',
					use: 'feed',
					label: command.name,
					muted: false,
					open: true,
					live: true,
				} as const
				if (room) this.setPeople({ ...room, sources: [...room.sources, source] })
				const port = this.feedPort
				return { ok: true, data: { feed, ip: '127.0.0.1', rtpPort: port, rtcpPort: port + 1, srtp: null } }
			}
			case 'feed.close': {
				const room = this.people.get('room')
				if (room) this.setPeople({ ...room, sources: room.sources.filter(({ id }) => id !== command.feed) })
				return { ok: true }
			}
			default:
				return { ok: true }
		}
	}
}

function send(socket: WebSocket, message: MeetingMessage) {
	socket.send(JSON.stringify(message))
}
