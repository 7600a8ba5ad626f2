import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type {
	DeskResult,
	JoinResult,
	ListName,
	MeetingCore,
	MeetingMessage,
	Person,
	Result,
} from '../../appliance/protocol/messages.ts'

/** Somebody in a meeting over a real socket, without media: what is asked and told is all there is of them. */
export interface Member {
	readonly person: string
	/** To come back as the same person; null for a desk. */
	readonly resume: string | null
	readonly core: MeetingCore
	/** Everything told since it came in. */
	readonly messages: MeetingMessage[]
	/** Bytes told since it came in. */
	readonly bytes: number
	readonly people: Person[]
	list(name: ListName): { id: string }[]
	ask(command: MeetingCommand): Promise<Result>
	/** The data of an answer that must be good. */
	get<T = unknown>(command: MeetingCommand): Promise<T>
	/** Resolves when the socket has closed. */
	readonly closed: Promise<void>
	close(): void
	/** Called with each message, the moment that it has been read. */
	onMessage: ((message: MeetingMessage) => void) | null
}

interface Entrance {
	/** http://127.0.0.1:PORT */
	origin: string
	token: string
	/** For a shared link. */
	name?: string
	resume?: string
	/** Opens the desk of this meeting instead of joining. */
	desk?: string
}

/** Joins, or opens a desk. Tries again until the service answers. */
export async function openMember(entrance: Entrance): Promise<Member> {
	const end = performance.now() + 60_000
	for (;;) {
		try {
			return await enter(entrance)
		} catch (error) {
			if (performance.now() > end || !(error instanceof Error) || !/ECONN|closed|socket/.test(error.message))
				throw error
			await sleep(100)
		}
	}
}

async function enter({ origin, token, name, resume, desk }: Entrance): Promise<Member> {
	const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws/meeting`)
	const waiting = new Map<number, (result: Result) => void>()
	const lists = new Map<string, Map<string, { id: string }>>()
	const people = new Map<string, Person>()
	const messages: MeetingMessage[] = []
	let core: MeetingCore | null = null
	let person = ''
	let back: string | null = null
	let bytes = 0
	let asked = 0
	const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>()
	const { promise: opened, resolve: hasOpened, reject: failed } = Promise.withResolvers<void>()
	socket.on('open', () => hasOpened())
	socket.on('error', (error) => failed(error))
	socket.on('close', () => {
		for (const answer of waiting.values()) answer({ ok: false, code: 'lost', message: 'the socket closed' })
		waiting.clear()
		hasClosed()
	})

	function hear(data: Buffer) {
		bytes += data.length
		const message = JSON.parse(data.toString()) as MeetingMessage
		if (message.type === 'result') {
			const { type: _, id, ...result } = message
			waiting.get(id)?.(result as Result)
			waiting.delete(id)
			return
		}
		messages.push(message)
		if (message.type === 'core') core = message.core
		if (message.type === 'people') {
			for (const one of message.set) people.set(one.id, one)
			for (const id of message.gone) people.delete(id)
		}
		if (message.type === 'list') {
			const list = lists.get(message.list)
			for (const one of message.set) list?.set(one.id, one)
			for (const id of message.gone) list?.delete(id)
		}
		member.onMessage?.(message)
	}

	function ask(command: MeetingCommand): Promise<Result> {
		if (socket.readyState !== socket.OPEN) return Promise.resolve({ ok: false, code: 'lost', message: 'closed' })
		const id = ++asked
		return new Promise((resolve) => {
			waiting.set(id, resolve)
			socket.send(JSON.stringify({ type: 'command', id, command }))
		})
	}

	const member: Member = {
		get person() {
			return person
		},
		get resume() {
			return back
		},
		get core() {
			if (!core) throw new Error('not in yet')
			return core
		},
		get bytes() {
			return bytes
		},
		messages,
		get people() {
			return [...people.values()]
		},
		list: (name) => [...(lists.get(name)?.values() ?? [])],
		ask,
		async get<T>(command: MeetingCommand) {
			const result = await ask(command)
			if (!result.ok) throw new Error(`${command.type}: ${result.code} ${result.message}`)
			return result.data as T
		},
		closed,
		close: () => socket.terminate(),
		onMessage: null,
	}
	socket.on('message', hear)
	await opened
	socket.send(JSON.stringify({ type: 'auth', token }))
	const joined = desk
		? await member.get<DeskResult>({ type: 'desk.open', meeting: desk })
		: await member.get<JoinResult>({
				type: 'meeting.join',
				device: { media: false, ...(resume === undefined ? {} : { resume }) },
				...(name === undefined ? {} : { name }),
			})
	core = joined.core
	person = 'person' in joined ? joined.person : ''
	back = 'resume' in joined ? joined.resume : null
	for (const one of joined.people.set) people.set(one.id, one)
	for (const [list, { set }] of Object.entries({ ...joined.lists, ...joined.desk })) {
		lists.set(list, new Map(set.map((one: { id: string }) => [one.id, one])))
	}
	bytes = 0
	return member
}

/** JSON over HTTP with a house token; throws what the problem document says. */
export async function call<T>(origin: string, token: string, method: string, path: string, body?: object): Promise<T> {
	const response = await fetch(`${origin}/api/v1${path}`, {
		method,
		headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
		...(body ? { body: JSON.stringify(body) } : {}),
	})
	const text = await response.text()
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
	return (text === '' ? null : JSON.parse(text)) as T
}
