import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { Result } from '../../appliance/protocol/messages.ts'

/**
 * The socket of a page: it comes back by itself, numbers commands and answers each of them once, whatever happens.
 * A refusal of who asks (`error` with 'unauthorized', 'expired', …) arrives as a message; it is tried again slowly,
 * because a room that has just started may not know its tokens yet.
 */

export type SocketStatus = 'connecting' | 'online' | 'away'

type Common =
	| { type: 'hello'; build: string }
	| ({ type: 'result'; id: number } & Result)
	| { type: 'error'; code: ErrorCode }

export interface SocketOptions<Message extends { type: string }, Command> {
	/** Absolute, or a path on this page's own host. */
	url: string
	/** The token to say first; null where a session cookie speaks. Asked anew at each connection. */
	auth(): string | null
	/** Every message but results. */
	onMessage(message: Message): void
	/** 'online' from the first word of the server on. */
	onStatus(status: SocketStatus): void
	/**
	 * A command that changes nothing. Browsers hide the server's pings, so a link that fell silent is found by asking:
	 * after `silentMs` without a message this is sent, and after as long again without an answer the link counts as cut.
	 */
	probe?: Command
	silentMs?: number
	/** The server speaks another build than when this page was loaded. Default: the page loads itself anew. */
	onNewBuild?(): void
}

export interface Socket<Command> {
	/** Never rejects: 'timeout' without an answer in time, 'lost' when cut or away. */
	send(command: Command, deadlineMs?: number): Promise<Result>
	/** Tries now instead of waiting for the next attempt. */
	retry(): void
	/**
	 * For who has just sent something and doubts that it arrives: unless something is heard soon, a second way is tried, and
	 * taken where it speaks first. On a network that was changed under it a connection stays open for minutes, and mute.
	 */
	doubt(): void
	close(): void
}

const answerMs = 10_000
const connectMs = 5000
const doubtMs = 400
const firstPauseMs = 250
const longestPauseMs = 4000
const refusals: readonly ErrorCode[] = ['unauthorized', 'expired', 'forged', 'revoked', 'not-allowed']

/** How long to wait before attempt n (from 0): doubling, at most 4 s, half of it chance so that a hundred pages don't return as one. */
export function pauseBefore(attempt: number, chance: number): number {
	const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10))
	return whole / 2 + (whole / 2) * chance
}

/** Opens at once. `Message` and `Command` are those of the socket's protocol. */
export function openSocket<Message extends { type: string }, Command>(
	options: SocketOptions<Message, Command>,
): Socket<Command> {
	const { auth, onMessage, onStatus, probe, silentMs = 2000, onNewBuild = () => location.reload() } = options
	const waiting = new Map<number, (result: Result) => void>()
	let link: WebSocket | null = null
	let status: SocketStatus | null = null
	let build: string | null = null
	let lastId = 0
	let attempt = 0
	let timer: ReturnType<typeof setTimeout> | undefined
	let watch: ReturnType<typeof setTimeout> | undefined
	/** Counts what was heard. */
	let heard = 0
	let doubts: ReturnType<typeof setTimeout> | undefined
	let second: WebSocket | null = null
	let closed = false

	function tell(next: SocketStatus) {
		if (next === status) return
		status = next
		onStatus(next)
	}

	function dial(): WebSocket {
		const mine = new WebSocket(options.url)
		mine.onopen = () => {
			const token = auth()
			if (token !== null) mine.send(JSON.stringify({ type: 'auth', token }))
		}
		return mine
	}

	function connect() {
		clearTimeout(timer)
		const mine = dial()
		// Whoever hangs while connecting is given up, too.
		watch = setTimeout(() => lose(mine), connectMs)
		take(mine)
	}

	function take(mine: WebSocket) {
		link = mine
		mine.onmessage = ({ data }) => {
			if (mine === link) receive(String(data))
		}
		mine.onclose = () => lose(mine)
	}

	/** Another connection beside the one that is in doubt: whichever speaks first is kept. */
	function trySecond(doubted: WebSocket) {
		const [mine, before] = [dial(), heard]
		second = mine
		const giveUp = () => {
			clearTimeout(patience)
			if (second === mine) second = null
			mine.onmessage = null
			mine.onclose = null
			mine.close()
		}
		const patience = setTimeout(giveUp, connectMs)
		mine.onclose = giveUp
		mine.onmessage = ({ data }) => {
			if (doubted !== link || heard !== before) return giveUp()
			clearTimeout(patience)
			second = null
			lose(doubted)
			clearTimeout(timer)
			take(mine)
			receive(String(data))
		}
	}

	function lose(mine: WebSocket) {
		if (mine !== link) return
		link = null
		clearTimeout(watch)
		mine.onclose = null
		mine.close()
		for (const answer of [...waiting.values()]) answer({ ok: false, code: 'lost', message: 'the connection was cut' })
		if (closed) return
		tell('away')
		timer = setTimeout(connect, pauseBefore(attempt, Math.random()))
		attempt += 1
	}

	function receive(data: string) {
		const message: Message | Common = JSON.parse(data)
		heard += 1
		listen()
		if (isCommon(message)) {
			if (message.type === 'result') return waiting.get(message.id)?.(message)
			if (message.type === 'hello' && !sameBuild(message.build)) return onNewBuild()
			if (message.type === 'error' && refusals.includes(message.code)) {
				attempt = Math.max(attempt, 4)
				return onMessage(message as unknown as Message)
			}
		}
		if (status !== 'online') {
			attempt = 0
			tell('online')
		}
		onMessage(message as Message)
	}

	function sameBuild(theirs: string): boolean {
		build ??= theirs
		return build === theirs
	}

	/** Something was heard: the next silence is counted from now. */
	function listen() {
		clearTimeout(watch)
		const mine = link
		if (probe === undefined || mine === null) return
		watch = setTimeout(() => {
			transmit(probe, silentMs)
			watch = setTimeout(() => lose(mine), silentMs)
		}, silentMs)
	}

	function transmit(command: Command, deadlineMs: number): Promise<Result> {
		const mine = link
		if (mine?.readyState !== WebSocket.OPEN) {
			return Promise.resolve({ ok: false, code: 'lost', message: 'there is no connection' })
		}
		lastId += 1
		const id = lastId
		return new Promise((resolve) => {
			const deadline = setTimeout(() => answer({ ok: false, code: 'timeout', message: 'no answer' }), deadlineMs)
			function answer(result: Result) {
				clearTimeout(deadline)
				waiting.delete(id)
				resolve(result)
			}
			waiting.set(id, answer)
			mine.send(JSON.stringify({ type: 'command', id, command }))
		})
	}

	tell('connecting')
	connect()
	return {
		send: (command, deadlineMs = answerMs) => transmit(command, deadlineMs),
		retry() {
			if (!closed && link === null) connect()
		},
		doubt() {
			const [doubted, before] = [link, heard]
			clearTimeout(doubts)
			doubts = setTimeout(() => {
				if (doubted !== null && doubted === link && heard === before && second === null) trySecond(doubted)
			}, doubtMs)
		},
		close() {
			closed = true
			clearTimeout(timer)
			clearTimeout(doubts)
			second?.close()
			if (link) lose(link)
		},
	}
}

function isCommon(message: { type: string }): message is Common {
	return message.type === 'hello' || message.type === 'result' || message.type === 'error'
}

/** The address of a socket on this page's own host. */
export function socketUrl(path: string, { protocol, host }: { protocol: string; host: string } = location): string {
	return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${path}`
}
