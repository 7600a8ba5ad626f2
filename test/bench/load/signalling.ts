import { WebSocket } from 'ws'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, Result } from '../../../appliance/protocol/messages.ts'

/** One person's socket to the hub. */
export interface Signalling {
	/** Answers 'lost' when the socket closes first. */
	ask(command: MeetingCommand): Promise<Result>
	/** The data of an answer; throws where it is none that is good. */
	get<T>(command: MeetingCommand): Promise<T>
	readonly bytes: number
	close(): void
}

export interface SignallingListener {
	onMessage(message: Exclude<MeetingMessage, { type: 'result' }>): void
	onClosed(): void
}

/** What the hub tells everybody comes to each of us word for word: it is read once. */
const lately = new Map<string, MeetingMessage>()
const latelyMost = 32

function parse(text: string): MeetingMessage {
	const known = lately.get(text)
	if (known) return known
	const message = JSON.parse(text) as MeetingMessage
	if (message.type === 'result') return message
	lately.set(text, message)
	for (const oldest of lately.keys()) {
		if (lately.size <= latelyMost) break
		lately.delete(oldest)
	}
	return message
}

/** Connects and says who it is. `origin`: http:// or https://, with its port. Rejects when nobody answers there. */
export async function openSignalling(origin: string, token: string, listener: SignallingListener): Promise<Signalling> {
	const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/ws/meeting`, { perMessageDeflate: false })
	const waiting = new Map<number, (result: Result) => void>()
	let asked = 0
	let bytes = 0
	const opened = Promise.withResolvers<void>()
	socket.on('open', opened.resolve)
	socket.on('error', opened.reject)
	socket.on('close', () => {
		for (const settle of waiting.values()) settle({ ok: false, code: 'lost', message: 'the socket has closed' })
		waiting.clear()
		listener.onClosed()
	})
	socket.on('message', (data: Buffer) => {
		bytes += data.length
		const message = parse(data.toString())
		if (message.type !== 'result') return listener.onMessage(message)
		const { type: _, id, ...result } = message
		waiting.get(id)?.(result as Result)
		waiting.delete(id)
	})
	await opened.promise
	socket.send(JSON.stringify({ type: 'auth', token }))

	function ask(command: MeetingCommand): Promise<Result> {
		if (socket.readyState !== socket.OPEN) return Promise.resolve({ ok: false, code: 'lost', message: 'closed' })
		const id = ++asked
		return new Promise((resolve) => {
			waiting.set(id, resolve)
			socket.send(JSON.stringify({ type: 'command', id, command }))
		})
	}

	return {
		ask,
		async get<T>(command: MeetingCommand) {
			const result = await ask(command)
			if (!result.ok) throw new Error(`${command.type}: ${result.code}, ${result.message}`)
			return result.data as T
		},
		get bytes() {
			return bytes
		},
		close: () => socket.terminate(),
	}
}
