import { SvelteSet } from 'svelte/reactivity'
import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { DeskResult, MeetingMessage, Result } from '../../../appliance/protocol/messages.ts'
import type { MeetingClient } from '../meeting/client.svelte.ts'
import { MeetingState } from '../meeting/state.svelte.ts'
import type { Socket, SocketOptions, SocketStatus } from '../socket.ts'

/**
 * A meeting as those who run it see it, and the way to ask something of it: over a socket of its own (a desk is nobody
 * in the meeting), or over the stay of a chair or clerk. It never predicts: what is asked is shown as asked.
 */

export type DeskStatus = 'connecting' | 'online' | 'away'

interface Way {
	send(command: MeetingCommand): Promise<Result>
	close(): void
}

/** How the appliance's HTTP routes know who asks: a link's token, or null where a session cookie speaks. */
export type Bearer = string | null

export interface DeskConnection {
	/** The meeting; null: the one that the link names. */
	meeting: string | null
	bearer: Bearer
	connect(
		options: Pick<SocketOptions<MeetingMessage, MeetingCommand>, 'onMessage' | 'onStatus' | 'probe' | 'silentMs'>,
	): Socket<MeetingCommand>
	now?(): number
}

/** Of nobody, so it changes nothing; any answer proves that the hub hears us. */
const probe: MeetingCommand = { type: 'floor.decline', who: '-' }
const silentMs = 4000
const againMs = 1500

/** Answers after which trying again by itself is of no use. */
const final: readonly ErrorCode[] = ['unauthorized', 'expired', 'forged', 'revoked', 'not-allowed', 'meeting-closed']

export class DeskPort {
	readonly state: MeetingState
	readonly bearer: Bearer
	readonly #status: () => DeskStatus
	readonly #awaySince: () => number | null
	readonly #refused: () => ErrorCode | null
	readonly #heard: () => number
	readonly #way: Way
	readonly #asked = new SvelteSet<string>()

	constructor(parts: {
		state: MeetingState
		bearer: Bearer
		way: Way
		status(): DeskStatus
		awaySince(): number | null
		refused(): ErrorCode | null
		heard(): number
	}) {
		this.state = parts.state
		this.bearer = parts.bearer
		this.#way = parts.way
		this.#status = parts.status
		this.#awaySince = parts.awaySince
		this.#refused = parts.refused
		this.#heard = parts.heard
	}

	/** 'online' only while what is shown is what the hub says now. */
	get status(): DeskStatus {
		return this.#status()
	}

	/** Since when what is shown may be old; null while it is not. */
	get awaySince(): number | null {
		return this.#awaySince()
	}

	/** Why this desk is not let in; null while it is, or may be. */
	get refused(): ErrorCode | null {
		return this.#refused()
	}

	/** Grows with everything that the hub says: a screen that fetches something on the side knows when to do so. */
	get heard(): number {
		return this.#heard()
	}

	ask(command: MeetingCommand): Promise<Result> {
		return this.#way.send(command)
	}

	/** Asks, and is shown as asked by `key` until the answer. While a key is being asked, asking again does nothing. */
	async press(key: string, command: MeetingCommand): Promise<Result> {
		if (this.#asked.has(key)) return { ok: false, code: 'busy', message: 'asked already' }
		this.#asked.add(key)
		const result = await this.#way.send(command)
		this.#asked.delete(key)
		return result
	}

	asked(key: string): boolean {
		return this.#asked.has(key)
	}

	close() {
		this.#way.close()
	}
}

/** A desk with a socket of its own. It opens the meeting's desk again after each loss, by itself. */
export function openDesk({ meeting, bearer, connect, now = Date.now }: DeskConnection): DeskPort {
	const state = new MeetingState()
	let status = $state<DeskStatus>('connecting')
	let awaySince = $state<number | null>(now())
	let refused = $state<ErrorCode | null>(null)
	let heard = $state(0)
	let link: SocketStatus = 'connecting'
	/** Counts openings: an answer to an older one is not taken. */
	let turn = 0
	let timer: ReturnType<typeof setTimeout> | undefined

	const fall = () => {
		turn += 1
		clearTimeout(timer)
		status = refused === null && turn === 1 ? 'connecting' : 'away'
		awaySince ??= now()
	}

	const open = async () => {
		fall()
		const mine = turn
		const result = await socket.send({ type: 'desk.open', ...(meeting === null ? {} : { meeting }) })
		if (mine !== turn) return
		if (!result.ok) {
			if (result.code !== 'lost' && result.code !== 'timeout') refused = result.code
			if (!final.includes(result.code) && link === 'online') timer = setTimeout(open, againMs)
			return
		}
		state.load(result.data as DeskResult)
		refused = null
		status = 'online'
		awaySince = null
		heard += 1
	}

	const socket = connect({
		probe,
		silentMs,
		onMessage(message) {
			if (message.type === 'ended' || message.type === 'desk.ended') {
				refused = message.code === 'meeting-closed' ? 'meeting-closed' : 'revoked'
				return fall()
			}
			if (message.type === 'error' && final.includes(message.code)) {
				refused = message.code
				return fall()
			}
			if (status !== 'online') return // of an earlier opening; the whole is on its way
			const heardAs = state.hear(message)
			if (heardAs === 'gap') void open()
			if (heardAs === 'ok') heard += 1
		},
		onStatus(next) {
			link = next
			if (next === 'online') void open()
			else fall()
		},
	})

	return new DeskPort({
		state,
		bearer,
		way: {
			send: (command) => socket.send(command),
			close() {
				clearTimeout(timer)
				turn += 1
				socket.close()
			},
		},
		status: () => status,
		awaySince: () => awaySince,
		refused: () => refused,
		heard: () => heard,
	})
}

/** The desk of a chair or clerk who is in the meeting. Closing it leaves the stay as it is. */
export function deskOf(client: MeetingClient, bearer: Bearer): DeskPort {
	return new DeskPort({
		state: client.state,
		bearer,
		way: { send: (command) => client.ask(command), close() {} },
		status: () => (client.stay.at === 'in' ? 'online' : client.stay.at === 'returning' ? 'away' : 'connecting'),
		awaySince: () => (client.stay.at === 'returning' ? client.stay.since : null),
		refused: () => null,
		heard: () => client.state.core?.at ?? 0,
	})
}
