import { DeviceError } from '../device.ts'
import { type Axis, createReader, encode, encodeQuestion, frameLength, type Reader } from './codec.ts'
import { createDome, type Dome, type Message, type Order } from './orders.ts'

/**
 * All that is said on one line, whoever hangs on it. Pure: bytes and the time in, what should happen out.
 *
 * Half duplex: one conversation at a time. After a question nobody speaks until it is answered or overdue, and what goes out
 * is given away frame by frame at the speed of the wire, so that nothing stands before a stop that could wait. A stop
 * passes everything; it does not wait for an answer that is late, since the collision would cost one telling of three.
 */

export type Output =
	| { type: 'write'; address: number; bytes: Uint8Array }
	/** `steps`: the answer to a question. `taken`: the dome itself has said so. */
	| { type: 'settled'; id: number; error: DeviceError | null; steps: number | null; taken: boolean }
	/** Once in what a call returns, while anything waits: call `tick` then, unless a later call says otherwise. */
	| { type: 'wake'; at: number }

export interface Exchange {
	submit(id: number, address: number, message: Message, now: number): Output[]
	ask(id: number, address: number, axis: Axis, now: number): Output[]
	receive(bytes: Uint8Array, now: number): Output[]
	tick(now: number): Output[]
	/** Whose answers are awaited; null: nobody's. */
	readonly talkingTo: number | null
	/** It was asked and did not answer; one whose question still waits for its turn is not silent. */
	isSilent(address: number): boolean
	/** Nothing more of this dome is told; what waited need not be settled. */
	forget(address: number): void
}

/** From the last byte of ours to the last of an answer, without the time on the wire: domes think, adapters gather. */
const thinkMs = 120
const responseThinkMs = 60
const responseLength = 4
/** An answer that has not begun by then is late enough for a stop to pass it. */
const lateMs = 40
/** A dome that is asked is silent only after so long, and after so many questions. */
const silentMs = 420
const leastAsked = 3
const ranks = { stop: 0, drive: 1, act: 2 } as const

interface Question {
	id: number
	address: number
	axis: Axis
	/** Until when it is asked again; 0: not asked yet. */
	until: number
	/** How often it was asked in vain. */
	unanswered: number
	wanted: boolean
}

/** What was said last, and who may answer to it. */
interface Turn {
	address: number
	said: Order | Question
	reader: Reader
	/** Nobody else speaks until then, or until the answer; 0: no answer is awaited. */
	dueAt: number
	/** A stop may pass from then on, unless the answer has begun. */
	lateAt: number
}

/** `byteMs`: how long the wire is busy with one byte. */
export function createExchange(byteMs: number): Exchange {
	const domes = new Map<number, Dome>()
	let questions: Question[] = []
	let turn: Turn | null = null
	/** Until then the wire is busy. */
	let freeAt = 0
	/** On a slow line with several hands, half of it is for proof. */
	let questionFirst = false
	let outputs: Output[] = []

	function settle(id: number, error: DeviceError | null = null, steps: number | null = null, taken = false) {
		outputs.push({ type: 'settled', id, error, steps, taken })
	}

	function domeAt(address: number): Dome {
		const known = domes.get(address)
		if (known) return known
		const dome = createDome(byteMs, (id, error, taken) => settle(id, error, null, taken))
		domes.set(address, dome)
		return dome
	}

	/** The order that goes before all others now. */
	function firstOrder(now: number): { address: number; order: Order } | undefined {
		const all = [...domes].flatMap(([address, { orders }]) => orders.map((order) => ({ address, order })))
		return all
			.filter(({ order }) => order.dueAt <= now)
			.sort((a, b) => ranks[a.order.kind] - ranks[b.order.kind] || a.order.since - b.order.since)[0]
	}

	const stopIsDue = (now: number) => firstOrder(now)?.order.kind === 'stop'

	// --- what is said

	/** False: there is nothing to say. */
	function sayNext(now: number): boolean {
		const first = firstOrder(now)
		const [question] = questions
		if (question && (!first || (questionFirst && first.order.kind !== 'stop'))) {
			questions = questions.filter((other) => other !== question)
			if (question.until === 0) question.until = now + silentMs
			say(question.address, question, encodeQuestion(question.address, question.axis), now)
			return true
		}
		const command = first?.order.frames[0]
		if (!first || !command) return false
		const { address, order } = first
		domeAt(address).saying(order, now)
		say(address, order, encode(address, command), now)
		return true
	}

	function say(address: number, said: Turn['said'], bytes: Uint8Array, now: number) {
		outputs.push({ type: 'write', address, bytes })
		questionFirst = 'kind' in said
		// One byte's rest, so that a receiver sees where a frame ends.
		freeAt = now + (bytes.length + 1) * byteMs
		turn = { address, said, reader: createReader(bytes), dueAt: 0, lateAt: freeAt + lateMs }
		if (!('kind' in said)) turn.dueAt = freeAt + frameLength * byteMs + thinkMs
		else if (domeAt(address).awaits(said)) {
			// Each time longer: one that is slow would else be talked over again and again.
			turn.dueAt = freeAt + responseLength * byteMs + responseThinkMs * (1 + said.untaken)
		} else domeAt(address).said(said, false, now)
	}

	// --- what came of it

	/** Its answer did not come, or a stop could not wait for it. */
	function giveUp({ address, said, dueAt }: Turn, now: number) {
		if ('kind' in said) return domeAt(address).untaken(said, now)
		if (!said.wanted) return
		if (now >= dueAt) said.unanswered += 1
		// At the end of those who wait: a dome that is dead must not keep the others from being asked.
		if (now < said.until || said.unanswered < leastAsked) questions.push(said)
		else settle(said.id, new DeviceError('timeout', 'the camera does not answer'))
	}

	function hear(bytes: Uint8Array, listening: Turn, now: number) {
		const { address, said, reader, dueAt } = listening
		const reply = reader.read(bytes)
		// Once it has begun there is no sense in not hearing the end.
		if (dueAt > 0 && reader.begun) listening.dueAt = Math.max(dueAt, now + (frameLength + 1) * byteMs)
		if (!reply) return
		if (reply.kind === 'taken') domeAt(address).responds()
		if (dueAt === 0) return
		turn = null
		// Time for the other side to let go of the wire.
		freeAt = Math.max(freeAt, now + 2 * byteMs)
		if ('kind' in said) return domeAt(address).said(said, true, now)
		if (reply.kind !== 'position') return
		domeAt(address).answers()
		settle(said.id, null, reply.steps)
	}

	/** Ends a call: what may be said is said, and the next moment is told. */
	function flush(now: number): Output[] {
		for (;;) {
			if (turn && turn.dueAt > 0) {
				const passed = now >= turn.lateAt && !turn.reader.begun && stopIsDue(now)
				if (now < turn.dueAt && !passed) break
				const ended = turn
				turn = null
				giveUp(ended, now)
			}
			if (now < freeAt || !sayNext(now)) break
		}
		const told = outputs
		outputs = []
		const at = wakeAt()
		return Number.isFinite(at) ? [...told, { type: 'wake', at }] : told
	}

	function wakeAt(): number {
		const orders = [...domes.values()].flatMap((dome) => dome.orders)
		if (turn && turn.dueAt > 0) {
			if (turn.reader.begun) return turn.dueAt
			const stops = orders.filter(({ kind }) => kind === 'stop').map(({ dueAt }) => dueAt)
			return Math.min(turn.dueAt, Math.max(turn.lateAt, Math.min(...stops)))
		}
		const due = [...orders.map(({ dueAt }) => dueAt), ...questions.map(() => freeAt)]
		return Math.max(freeAt, Math.min(...due))
	}

	return {
		submit(id, address, message, now) {
			domeAt(address).submit(id, message, now)
			return flush(now)
		},

		ask(id, address, axis, now) {
			questions.push({ id, address, axis, until: 0, unanswered: 0, wanted: true })
			return flush(now)
		},

		receive(bytes, now) {
			if (turn) hear(bytes, turn, now)
			return flush(now)
		},

		tick: flush,

		get talkingTo() {
			return turn?.address ?? null
		},

		isSilent(address) {
			const asked = turn && !('kind' in turn.said) ? [turn.said, ...questions] : questions
			return asked.some((question) => question.address === address && question.unanswered > 0)
		},

		forget(address) {
			domes.delete(address)
			questions = questions.filter((question) => question.address !== address)
			if (turn?.address === address && !('kind' in turn.said)) turn.said.wanted = false
		},
	}
}
