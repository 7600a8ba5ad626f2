import { DeviceError, type Log } from '../device.ts'
import type { HttpClient } from '../transport/http.ts'
import type { HttpReply } from '../transport/http-reply.ts'
import { type CameraClock, readDateAndTime } from './clock.ts'
import { bare, type Login, type Signature } from './login.ts'
import { envelope, headerLines, readAnswer, type Service, type SoapRequest } from './soap.ts'
import type { XmlElement } from './xml.ts'

/**
 * Questions and orders to one camera, each with its deadline, its log-in and its line in the log. What has to pass
 * everything else has a connection of its own, so that a hanging question delays no stop.
 */
export type Lane = 'stop' | 'drive' | 'ask'

export interface How {
	/** Default 'ask'. */
	readonly lane?: Lane
	/** For each attempt, connecting included. Default 1,000. */
	readonly limitMs?: number
	/**
	 * When it may be said twice: 'never', where an open connection turns out to have been 'closed', or also where the
	 * camera was 'silent' or said what can't be read. Default 'silent'.
	 */
	readonly again?: 'never' | 'closed' | 'silent'
}

export interface ConversationOptions {
	readonly http: Readonly<Record<Lane, HttpClient>>
	readonly login: Login
	readonly clock: CameraClock
	readonly log: Log
}

/** More log-ins for one request than any camera needs: found out, stale, the clock set. */
const mostLogins = 6
const clockRequest: SoapRequest = { service: 'tds', operation: 'GetSystemDateAndTime', body: '' }

export class Conversation {
	/** Where each service is found at the camera's address; those that it does not have are absent. */
	readonly paths = new Map<Service, string>([['tds', '/onvif/device_service']])
	readonly #http: ConversationOptions['http']
	readonly #login: Login
	readonly #clock: CameraClock
	readonly #log: Log
	/** What it has let us do. */
	readonly #granted = new Set<string>()
	#timeouts = 0
	#ackMs: number | null = null
	#measuring: Promise<boolean> | null = null
	#closed = false

	constructor({ http, login, clock, log }: ConversationOptions) {
		this.#http = http
		this.#login = login
		this.#clock = clock
		this.#log = log
	}

	/**
	 * The operation's response; on the wire when the call returns, where the lane is open. Rejects with 'timeout',
	 * 'unreachable', 'untrusted', 'lost' or 'protocol' as the transport does, 'protocol' for what is no SOAP, 'rejected' or
	 * 'unsupported' for a fault, 'unauthorized' when it does not let us in.
	 */
	async ask(request: SoapRequest, { lane = 'ask', limitMs = 1_000, again = 'silent' }: How = {}): Promise<XmlElement> {
		const path = this.#pathOf(request)
		let repeats = again === 'silent' ? 1 : 0
		let clockMoved: boolean | null = null
		for (let logins = 0; ; ) {
			let signature = bare
			const sign = () => {
				signature = this.#login.sign('POST', path, this.#clock.now(performance.now()))
				return signature
			}
			const begin = performance.now()
			const reply = await this.#send(request, sign, { lane, limitMs, again }).catch((error: unknown) => {
				if (repeats-- > 0 && mayPass(error)) return null
				throw error
			})
			if (!reply) continue
			const answer = readAnswer(reply, request.operation)
			switch (answer.kind) {
				case 'done':
					this.#heard(`${reply.status} ${request.operation}Response`, begin)
					if (lane !== 'ask') this.#ackMs = Math.round(performance.now() - begin)
					this.#login.accepted(signature)
					if (signature.way !== 'bare') this.#granted.add(request.operation)
					this.#tend(lane)
					return answer.response
				case 'fault': {
					this.#heard(`${reply.status} ${answer.codes.join('/')}: ${answer.reason}`, begin)
					throw faultOf(request, answer)
				}
				case 'unreadable':
					this.#heard(answer.reason, begin)
					if (repeats-- > 0) continue
					throw new DeviceError('protocol', `${request.operation} is answered with what is no SOAP: ${answer.reason}`)
				case 'login': {
					this.#heard(`${reply.status} not authorized as ${signature.way}: ${answer.reason}`, begin)
					let advice = this.#login.refused(signature, answer.challenges, clockMoved)
					if (advice === 'clock') {
						clockMoved = await this.measureClock().catch(() => false)
						advice = this.#login.refused(signature, answer.challenges, clockMoved)
					}
					if (advice === 'again' && ++logins < mostLogins) continue
					throw this.#refusal(request, answer.reason)
				}
			}
		}
	}

	/** Asks for the camera's time, which needs no log-in. Answers whether its clock goes differently from what was known. */
	measureClock(limitMs = 1_000): Promise<boolean> {
		this.#measuring ??= this.#measure(limitMs).finally(() => {
			this.#measuring = null
		})
		return this.#measuring
	}

	health(): { ackMs: number | null; timeouts: number; clockOffsetMs: number | null } {
		const clockOffsetMs = this.#clock.offsetMs(performance.now())
		return { ackMs: this.#ackMs, timeouts: this.#timeouts, clockOffsetMs }
	}

	/** What waits is rejected with 'lost'. */
	close(): void {
		this.#closed = true
		for (const http of Object.values(this.#http)) http.close()
	}

	#pathOf({ service, operation }: SoapRequest): string {
		if (this.#closed) throw new DeviceError('lost', 'the connection is closed')
		const path = this.paths.get(service)
		if (path === undefined) throw new DeviceError('unsupported', `the camera has no service for ${operation}`)
		return path
	}

	async #send(request: SoapRequest, sign: () => Signature, how: Required<How>): Promise<HttpReply> {
		this.#log.trace({ tx: request.line ?? request.operation })
		const begin = performance.now()
		try {
			return await this.#http[how.lane].post({
				path: this.#pathOf(request),
				compose() {
					const { http, soap } = sign()
					return { headers: headerLines(request) + http, body: envelope(request, soap) }
				},
				limitMs: how.limitMs,
				repeatable: how.again !== 'never',
			})
		} catch (error) {
			if (error instanceof DeviceError && error.code === 'timeout') this.#timeouts += 1
			if (error instanceof DeviceError && !this.#closed) this.#heard(`${request.operation} ${error.code}`, begin)
			throw error
		}
	}

	async #measure(limitMs: number): Promise<boolean> {
		const asked = performance.now()
		const reply = await this.#send(clockRequest, () => bare, { lane: 'ask', limitMs, again: 'silent' })
		const answer = readAnswer(reply, clockRequest.operation)
		const told = answer.kind === 'done' ? readDateAndTime(answer.response) : null
		const why = answer.kind === 'done' ? 'GetSystemDateAndTimeResponse' : answer.kind
		this.#heard(`${reply.status} ${told === null ? why : new Date(told).toISOString()}`, asked)
		if (answer.kind === 'unreadable')
			throw new DeviceError('protocol', `the camera answers with what is no SOAP: ${answer.reason}`)
		return told !== null && this.#clock.measured(told, asked, performance.now())
	}

	/** Now and then, on the way. */
	#tend(lane: Lane): void {
		if (lane === 'ask' && !this.#measuring && this.#clock.isOld(performance.now())) this.measureClock().catch(() => {})
	}

	/** A user may be let in and not be allowed everything. What was allowed, and is no more, is a log-in that is over. */
	#refusal({ operation }: SoapRequest, reason: string): DeviceError {
		return this.#granted.size > 0 && !this.#granted.has(operation)
			? new DeviceError('rejected', `the camera does not allow ${operation} to this user: ${reason}`)
			: new DeviceError('unauthorized', `the camera does not accept this user and password: ${reason}`)
	}

	#heard(line: string, since: number): void {
		this.#log.trace({ rx: `${line} ${Math.round(performance.now() - since)} ms` })
	}
}

/** It may have been this once: nothing came, or nothing that is HTTP. */
function mayPass(error: unknown): boolean {
	return error instanceof DeviceError && ['timeout', 'lost', 'protocol'].includes(error.code)
}

export function isRefusal(error: unknown): boolean {
	return error instanceof DeviceError && (error.code === 'rejected' || error.code === 'unsupported')
}

/** What a camera refuses to tell is nothing. */
export function unlessRefused(error: unknown): undefined {
	if (!isRefusal(error)) throw error
}

const unknownHere: ReadonlySet<string> = new Set(['ActionNotSupported', 'OptionalActionNotImplemented', 'NotSupported'])

function faultOf(
	{ operation }: SoapRequest,
	{ codes, reason }: { codes: readonly string[]; reason: string },
): DeviceError {
	const code = codes.some((one) => unknownHere.has(one)) ? 'unsupported' : 'rejected'
	return new DeviceError(code, `the camera refused ${operation}: ${codes.at(-1) ?? ''} ${reason}`.trim())
}
