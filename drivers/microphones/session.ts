import { DeviceError } from '../device.ts'
import type { SeatEvent } from '../microphones.ts'
import type { TextLinesConfig } from './config.ts'
import { createLineReader, createListener, createNumbering, encodeCommand } from './text-lines.ts'

/**
 * One conversation with one microphone system. Pure: bytes and the time in, what should happen out.
 *
 * - One command each `paceMs`. The newest for a seat takes the place of any before it; closing goes before opening, and
 *   what somebody waits for before what only sets things right after a reconnect.
 * - A system that confirms is told up to three times. What it then has not confirmed is shown until it does.
 * - A seat that the system has already told to be as it should be is told once: many systems don't repeat themselves.
 *   So closing the others after a reconnect expects no answer either.
 */

export type Output =
	| { type: 'write'; bytes: Uint8Array }
	| { type: 'seat'; event: SeatEvent }
	| { type: 'settled'; id: number; error: DeviceError | null }
	/** Seats whose last command is not confirmed, on each change. */
	| { type: 'unconfirmed'; seats: string[] }
	/** A number that is no seat of ours; told once. */
	| { type: 'stranger'; number: string }
	/** This conversation is worth nothing any more. */
	| { type: 'lost'; error: DeviceError }
	/** Once in what a call returns, while anything waits: call `tick` then, unless a later call says otherwise. */
	| { type: 'wake'; at: number }

export interface Session {
	readonly takesCommands: boolean
	begin(now: number): Output[]
	set(id: number, seat: string, open: boolean, now: number): Output[]
	hold(open: readonly string[], now: number): Output[]
	receive(bytes: Uint8Array, now: number): Output[]
	tick(now: number): Output[]
}

type OnOff = 'on' | 'off'

interface Task {
	seat: string
	number: string
	state: OnOff
	/** Who waits for it. */
	ids: number[]
	/** Lowest first. */
	rank: number
	/** The system is expected to confirm it. */
	confirm: boolean
	tries: number
	/** Null: to be sent; else the confirmation is due then. */
	dueAt: number | null
}

const tries = 3
/** Nobody confirms what sets right, and a line that was just plugged in may swallow its first bytes: it is said twice. */
const againMs = 1_000
/** From this rank on nobody waits for it. */
const settingRight = 2
/** A confirmation may be late, and must not be taken for a button then. */
const ownMs = 3_000
const silentPolls = 3
/** More than this in a second is no microphone system, and would keep this process from its cameras. */
const floodBytes = 65_536
const mostStrangers = 100

export function createSession(config: TextLinesConfig, seats: readonly string[]): Session {
	const { commands, patterns, line, paceMs, pollMs } = config
	const confirms = config.confirmMs > 0 && patterns.on !== undefined && patterns.off !== undefined
	const takesCommands = commands.on !== undefined && commands.off !== undefined
	const known = new Set(seats)
	const read = createLineReader()
	const understand = createListener(patterns)
	const { seatOf, numberOf } = createNumbering(config.map)

	const tasks = new Map<string, Task>()
	/** As the system told, on this connection. */
	const told = new Map<string, OnOff>()
	/** Until when such a line of this seat answers us: by 'seat state'. */
	const ownUntil = new Map<string, number>()
	const unconfirmed = new Map<string, OnOff>()
	const strangers = new Set<string>()
	let nextAt = 0
	let pollAt: number | null = null
	let heardAt = 0
	let flood = { since: 0, bytes: 0 }
	let outputs: Output[] = []

	const isOwn = (seat: string, state: OnOff, now: number) => now < (ownUntil.get(`${seat} ${state}`) ?? 0)

	function finish(task: Task, error: DeviceError | null = null) {
		if (tasks.get(task.seat) === task) tasks.delete(task.seat)
		for (const id of task.ids.splice(0)) outputs.push({ type: 'settled', id, error })
	}

	function doubt(seat: string, state: OnOff | null) {
		if (unconfirmed.get(seat) === (state ?? undefined)) return
		if (state) unconfirmed.set(seat, state)
		else unconfirmed.delete(seat)
		outputs.push({ type: 'unconfirmed', seats: [...unconfirmed.keys()] })
	}

	function plan(task: Omit<Task, 'tries' | 'dueAt'>) {
		const before = tasks.get(task.seat)
		if (before?.state === task.state) {
			before.ids.push(...task.ids)
			before.rank = Math.min(before.rank, task.rank)
			before.confirm ||= task.confirm
			return
		}
		if (before) finish(before)
		tasks.set(task.seat, { ...task, tries: 0, dueAt: null })
	}

	function transmit(task: Task, now: number) {
		const { seat, number, state } = task
		task.tries += 1
		outputs.push({ type: 'write', bytes: encodeCommand(commands[state] ?? '', number, line) })
		const other = state === 'on' ? 'off' : 'on'
		// Unless an answer to the opposite may still be on its way.
		const isSo = told.get(seat) === state && !isOwn(seat, other, now)
		ownUntil.set(`${seat} ${state}`, now + ownMs)
		const again = !task.confirm && task.rank === settingRight && task.tries === 1
		if (again) task.dueAt = now + againMs
		else if (confirms && task.confirm && !isSo) task.dueAt = now + config.confirmMs
		else {
			doubt(seat, null)
			finish(task)
		}
	}

	function hear(text: string, now: number) {
		const understood = understand(text)
		if (!understood) return
		const { state, number } = understood
		const seat = seatOf(number)
		if (seat === null || !known.has(seat)) {
			if (strangers.has(number) || strangers.size >= mostStrangers) return
			strangers.add(number)
			outputs.push({ type: 'stranger', number })
			return
		}
		if (state !== 'on' && state !== 'off') {
			outputs.push({ type: 'seat', event: { seat, state, own: false } })
			return
		}
		const task = tasks.get(seat)
		// What is about to be undone asks nobody for anything either.
		const own = isOwn(seat, state, now) || (task !== undefined && task.state !== state)
		// Somebody pressed the button: what comes next is no late answer.
		if (!own) ownUntil.delete(`${seat} ${state === 'on' ? 'off' : 'on'}`)
		if (told.get(seat) !== state) outputs.push({ type: 'seat', event: { seat, state, own } })
		told.set(seat, state)
		if (unconfirmed.get(seat) === state) doubt(seat, null)
		if (task?.state === state && task.tries > 0) {
			doubt(seat, null)
			finish(task)
		}
	}

	/** Ends a call: what may go goes, and the next moment is told. */
	function flush(now: number): Output[] {
		const waiting = [...tasks.values()].filter(({ dueAt }) => dueAt === null).sort((a, b) => a.rank - b.rank)
		const [first] = waiting
		if (now >= nextAt) {
			const pollDue = pollAt !== null && pollAt <= now
			// Setting many seats right takes a while; what tells that the system lives does not wait for it.
			if (first && (first.rank < settingRight || !pollDue)) transmit(first, now)
			else if (pollDue) {
				outputs.push({ type: 'write', bytes: encodeCommand(commands.poll ?? '', '', line) })
				pollAt = now + pollMs
			}
			if (first || pollDue) nextAt = now + paceMs
		}
		const moments = [...tasks.values()].map(({ dueAt }) => dueAt ?? nextAt)
		if (pollAt !== null) moments.push(Math.max(pollAt, nextAt))
		const at = Math.min(...moments)
		const all = outputs
		outputs = []
		return Number.isFinite(at) ? [...all, { type: 'wake', at: Math.max(at, now) }] : all
	}

	return {
		takesCommands,

		begin(now) {
			heardAt = now
			pollAt = commands.poll === undefined ? null : now
			return flush(now)
		},

		set(id, seat, open, now) {
			const number = takesCommands && known.has(seat) ? numberOf(seat) : null
			if (number === null) {
				const why = takesCommands ? `the system has no seat ${seat}` : 'the system takes no commands'
				outputs.push({ type: 'settled', id, error: new DeviceError('unsupported', why) })
			} else plan({ seat, number, state: open ? 'on' : 'off', ids: [id], rank: open ? 1 : 0, confirm: true })
			return flush(now)
		},

		hold(open, now) {
			for (const seat of takesCommands ? seats : []) {
				const number = numberOf(seat)
				const on = open.includes(seat)
				if (number === null) continue
				plan({
					seat,
					number,
					state: on ? 'on' : 'off',
					ids: [],
					rank: on ? settingRight + 1 : settingRight,
					confirm: on,
				})
			}
			return flush(now)
		},

		receive(bytes, now) {
			if (now - flood.since >= 1_000) flood = { since: now, bytes: 0 }
			flood.bytes += bytes.length
			if (flood.bytes > floodBytes) {
				return [{ type: 'lost', error: new DeviceError('protocol', 'it sends more than a microphone system could') }]
			}
			for (const text of read(bytes)) {
				heardAt = now
				hear(text, now)
			}
			return flush(now)
		},

		tick(now) {
			if (pollAt !== null && now - heardAt > silentPolls * pollMs) {
				return [{ type: 'lost', error: new DeviceError('timeout', 'it does not answer') }]
			}
			for (const task of [...tasks.values()]) {
				if (task.dueAt === null || task.dueAt > now) continue
				task.dueAt = null
				if (task.tries < tries) continue
				doubt(task.seat, task.state)
				finish(task, new DeviceError('timeout', `seat ${task.seat} did not confirm '${task.state}'`))
			}
			return flush(now)
		},
	}
}
