import { randomUUID } from 'node:crypto'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { Identity } from '../identity/identity.ts'
import { type ErrorCode, isStorageFault, notSaved, Refusal } from '../protocol/errors.ts'
import { AuthMessage, CommandMessage, type Result } from '../protocol/messages.ts'
import type { Principal, Role } from '../protocol/roles.ts'
import { ownOrigin, sessionOf } from './access.ts'
import { checkOf } from './compiled.ts'
import { createFlow, createPulse, createStrikes, messagesPerSecond } from './patience.ts'
import { problem } from './problems.ts'
import { type Keeping, placeOf, traceOf } from './trail.ts'

/**
 * What both sockets have in common: who speaks, what may be said, and how much. Nothing reaches the room or the hub that
 * is not a command of the table, in its shape, from a role that may.
 */

/** The way to one client. */
interface Line {
	/** This socket's own name. The client learns it with the greeting. */
	readonly id: string
	/** From where the client came. */
	readonly address: string
	send(text: string): void
	close(): void
	/** Says why, and closes. */
	refuse(code: ErrorCode, message: string): void
	/** Bytes that the client has not taken yet. */
	buffered(): number
}

/** One who was let in. */
export interface Seat<Command> {
	/** The role of the moment, where it may differ from that of the token. */
	readonly role?: Role | undefined
	/** Whether what is locked is open to them now; absent: it is not. */
	unlocked?(): boolean
	handle(command: Command): Promise<Result>
	gone(): void
}

export interface SocketService<Command> {
	/** The table of this socket. */
	commands: Readonly<Record<string, { roles: readonly Role[]; body: TSchema; locked?: boolean }>>
	/** Roles that may connect at all. */
	roles: readonly Role[]
	/** Whether a command that was done leaves a trace in the audit: some change nothing that lasts, or are kept elsewhere. */
	keeping(command: Command): Keeping
	/** May throw a Refusal. */
	open(principal: Principal, line: Line): Seat<Command>
	identity: Identity
	origins: () => readonly string[]
	build: string
	/** How long it took to answer a command of the table. */
	answered?(command: string, seconds: number): void
}

const authMs = 10_000
/** A browser that has a session may say nothing; one with a link says so at once. */
const cookieMs = 500
/** A reader so far behind is gone, or means harm. */
const mostBuffered = 4 * 1024 * 1024
const pingMs = 5_000

export function createSocketService<Command extends { type: string }>(service: SocketService<Command>) {
	const commands = new Map(Object.entries(service.commands))

	/** Attaches listeners before anything asynchronous: messages that arrive without one are lost. */
	return function serve(socket: WebSocket, request: FastifyRequest) {
		let seat: Seat<Command> | null = null
		let principal: Principal | null = null
		/** Settles when the one who speaks is let in or shown out; null: nobody has said who they are. */
		let entered: Promise<void> | null = null
		/** Let in by the cookie alone, without a word. */
		let silent = false
		let ended = false
		const id = randomUUID()
		const flowing = createFlow()
		const striking = createStrikes()

		const write = (text: string) => {
			if (ended) return
			socket.send(text)
			if (socket.bufferedAmount > mostBuffered) socket.terminate()
		}
		const say = (message: object) => write(JSON.stringify(message))
		const refuse = (code: ErrorCode, message: string) => say({ type: 'error', code, message })
		const close = () => socket.close(1000)
		const shut = (code: ErrorCode, message: string) => {
			refuse(code, message)
			close()
		}

		function strike(code: ErrorCode, message: string) {
			if (!striking(performance.now())) return refuse(code, message)
			// What is still on its way in is not even looked at.
			end()
			socket.terminate()
		}

		async function enter(find: () => Promise<Principal> | Principal) {
			clearTimeout(patience)
			clearTimeout(cookiePatience)
			try {
				const found = await find()
				if (ended) return
				if (!service.roles.includes(found.role)) {
					throw new Refusal('not-allowed', `the role ${found.role} has no place here`)
				}
				principal = found
				request.server.trail.cameIn(found, request)
				const buffered = () => socket.bufferedAmount
				seat = service.open(found, { id, address: request.ip, send: write, close, refuse: shut, buffered })
			} catch (error) {
				const { code, message } = refusalOf(error)
				shut(code, message)
				request.server.trail.refused(request, code)
			}
		}

		function enterBySession() {
			const session = sessionOf(request, service.identity, service.roles)
			if (session) entered ??= enter(() => session)
		}

		/** A link that was long on its way counts for more than a cookie, which may be of another role or meeting. */
		function enterByToken(token: string) {
			if (entered && !silent) return
			silent = false
			seat?.gone()
			seat = null
			principal = null
			entered = enter(() => service.identity.verify(token))
		}

		function hear(data: Buffer) {
			// One who was shown out is not heard any more, also when they leave the closing unanswered.
			if (ended || socket.readyState !== socket.OPEN) return
			if (!flowing(performance.now())) return strike('too-many', `more than ${messagesPerSecond} messages a second`)
			const message = parse(data)
			if (checkOf(AuthMessage).Check(message)) {
				enterByToken(message.token)
			} else if (checkOf(CommandMessage).Check(message)) {
				// Without a detour once the one who speaks is known: a tap on a camera's pad comes this way.
				if (seat) return run(message)
				enterBySession()
				if (entered) entered.then(() => run(message))
				else answer(message.id, { ok: false, code: 'unauthorized', message: 'say who you are first' })
			} else {
				strike('bad-message', 'neither auth nor a command')
			}
		}

		function run({ id, command }: CommandMessage) {
			if (!seat || !principal) return // shown out meanwhile, and told so
			const { type, ...body } = command
			const known = commands.get(type)
			if (!known) {
				answer(id, { ok: false, code: 'unknown-command', message: `there is no command ${type}` })
				return strike('unknown-command', 'unknown command')
			}
			const check = checkOf(known.body)
			if (!check.Check(body)) {
				const [first] = check.Errors(body)
				answer(id, { ok: false, code: 'bad-message', message: `${type}${first?.instancePath}: ${first?.message}` })
				return strike('bad-message', 'not the shape of this command')
			}
			const role = seat.role ?? principal.role
			if (!known.roles.includes(role)) {
				return answer(id, { ok: false, code: 'not-allowed', message: `the role ${role} may not ${type}` })
			}
			if (known.locked && !seat.unlocked?.()) {
				return answer(id, { ok: false, code: 'locked', message: `${type} needs the admin PIN` })
			}
			// Checked against the table just now; the compiler cannot follow the table's types through a Map.
			void obey(seat, principal, id, command as unknown as Command)
		}

		/** Answers whatever happens: a bug costs this command alone. */
		async function obey(by: Seat<Command>, who: Principal, id: number, command: Command) {
			const begun = performance.now()
			const told = (result: Result) => {
				answer(id, result)
				service.answered?.(command.type, (performance.now() - begun) / 1_000)
			}
			let result: Result
			try {
				result = await by.handle(command)
			} catch (error) {
				return told({ ok: false, ...refusalOf(error) })
			}
			// Before anybody is told: a power cut between the two would leave an act that nobody did.
			if (result.ok) keep(who, command)
			told(result)
		}

		function keep(who: Principal, command: Command) {
			const { type, ...said } = command
			// Their link leads into one meeting, so that no command of theirs names it.
			const meeting = who.kind === 'meeting' ? { meeting: who.meeting } : {}
			const what = `${type}${traceOf({ ...said, ...meeting })}`
			request.server.trail.keep(who, placeOf(request, who), what, service.keeping(command))
		}

		function refusalOf(error: unknown): { code: ErrorCode; message: string } {
			if (error instanceof Refusal) return { code: error.code, message: error.message }
			request.log.error({ err: error }, isStorageFault(error) ? 'the disk took nothing' : 'a socket has a bug')
			if (isStorageFault(error)) return { code: 'not-saved', message: notSaved }
			return { code: 'internal', message: 'this is a fault of ours; it is in the log' }
		}

		const answer = (id: number, result: Result) => say({ type: 'result', id, ...result })

		function end() {
			if (ended) return
			ended = true
			clearTimeout(patience)
			clearTimeout(cookiePatience)
			clearInterval(pings)
			seat?.gone()
		}

		const pulse = createPulse(pingMs)
		socket.on('message', hear)
		socket.on('close', end)
		socket.on('error', () => socket.terminate())
		socket.on('pong', () => pulse.answer())
		const isAsked = () => {
			const goesOn = pulse.beat(performance.now())
			if (goesOn) socket.ping()
			return goesOn
		}
		const pings = setInterval(() => {
			if (isAsked()) return
			// Timers run before what came in is read: where we stood still meanwhile, the answer lies there, and is found now.
			setImmediate(() => {
				if (ended || isAsked()) return
				request.log.info({ role: principal?.role }, 'the other end answers no more, its socket is cut')
				socket.terminate()
			})
		}, pingMs)
		const cookiePatience = setTimeout(() => {
			enterBySession()
			silent = true
		}, cookieMs)
		const patience = setTimeout(() => {
			shut('unauthorized', 'nobody said who they are')
		}, authMs)
		say({ type: 'hello', build: service.build, origin: id })
		if (!ownOrigin(request.headers.origin, service.origins())) {
			shut('not-allowed', 'a page of another origin may not connect')
			end()
		}
	}
}

/** Somebody asked for a socket as one asks for a page. */
export async function notASocket(_: FastifyRequest, reply: FastifyReply) {
	return problem(reply.header('upgrade', 'websocket'), 426, 'bad-message', 'this is a WebSocket')
}

function parse(data: Buffer): unknown {
	try {
		return JSON.parse(data.toString('utf8'))
	} catch {
		return undefined
	}
}
