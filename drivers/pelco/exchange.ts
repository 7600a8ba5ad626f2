import { DeviceError } from '../device.ts'
import { type Axis, type Command, createReader, encode, encodeQuestion, frameLength, type Reader } from './codec.ts'

/**
 * All that is said on one line, whoever hangs on it. Pure: bytes and the time in, what should happen out.
 *
 * - Half duplex: one conversation at a time. After a question nobody speaks until it is answered or overdue, and what goes
 *   out is given away frame by frame at the speed of the wire, so that nothing stands before a stop that could wait.
 * - A stop passes everything. Few domes acknowledge and none is known to have heard it, so it is told three times with
 *   pauses; it does not wait for an answer that is late, because the collision would cost one telling of three.
 * - The newest movement of a dome takes the place of any before it, also of a stop that was told once.
 * - A dome that gives the general response is waited for, and what it did not take is told again.
 */

/** In steps: pan and tilt -63..63, zoom -4..4. All that moves, so that what is 0 or null is stopped by it. */
export interface Drive {
	pan: number
	tilt: number
	zoom: number
	focus: 'near' | 'far' | null
}

export type Message =
	/** Settles when it is out (taken, where the dome says so), or when something newer takes its place. `first`: said before. */
	| { kind: 'drive'; drive: Drive; first: readonly Command[] }
	/** Settles when it was told, once or, where nobody sees whether it stands, as often as it is going to be. */
	| { kind: 'stop'; unseen: boolean }
	/** `moves`: ends when something newer moves this dome. */
	| { kind: 'act'; commands: readonly Command[]; moves: boolean }
	| { kind: 'question'; axis: Axis }

export type Output =
	| { type: 'write'; address: number; bytes: Uint8Array }
	/** `steps`: the answer to a question. `taken`: the dome itself has said so. */
	| { type: 'settled'; id: number; error: DeviceError | null; steps: number | null; taken: boolean }
	/** Once in what a call returns, while anything waits: call `tick` then, unless a later call says otherwise. */
	| { type: 'wake'; at: number }

export interface Exchange {
	submit(id: number, address: number, message: Message, now: number): Output[]
	receive(bytes: Uint8Array, now: number): Output[]
	tick(now: number): Output[]
	/** Whose answers are awaited; null: nobody's. */
	readonly talkingTo: number | null
	/** Nothing more of this dome is told; what waited need not be settled. */
	forget(address: number): void
}

const stopTellings = 3
const pauseMs = 60
/** From the last byte of a question to the last of its answer, without the time on the wire: domes think, adapters gather. */
const thinkMs = 90
/** An answer that has not begun by then is late enough for a stop to pass it. */
const lateMs = 40
/** A dome that is asked is silent only after so long. */
const silentMs = 420
/** Frames that go before a question that waits. */
const mostBefore = 3
/** Stops without the general response, after which none is expected. */
const enough = 2

interface Dome {
	stop: { ids: number[]; told: number; tellings: number; unseen: boolean; dueAt: number } | null
	drive: { id: number; frames: Command[] } | null
	acts: { id: number; frames: Command[]; moves: boolean }[]
	/** As it was set last; null: it may be anything. */
	zoomSpeed: number | null
	/** Whether it gives the general response; null: not known yet. */
	takes: boolean | null
	untaken: number
}

interface Question {
	id: number
	address: number
	axis: Axis
	/** Until when it is asked again; 0: not asked yet. */
	until: number
}

type Work =
	| { kind: 'stop' }
	| { kind: 'drive'; drive: NonNullable<Dome['drive']> }
	| { kind: 'act'; act: Dome['acts'][number] }
	| { kind: 'question'; question: Question }

/** What was said last, and who may answer to it. */
interface Turn {
	address: number
	work: Work
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
	/** Until then the wire is busy with what we said. */
	let freeAt = 0
	let beforeQuestion = 0
	let outputs: Output[] = []

	function domeAt(address: number): Dome {
		const known = domes.get(address)
		if (known) return known
		const dome: Dome = { stop: null, drive: null, acts: [], zoomSpeed: null, takes: null, untaken: 0 }
		domes.set(address, dome)
		return dome
	}

	function settle(id: number, error: DeviceError | null = null, steps: number | null = null, taken = false) {
		outputs.push({ type: 'settled', id, error, steps, taken })
	}

	/** For who asked for a movement that is as good as done; who waits for a journey's end learns that there is none. */
	function overrule(dome: Dome) {
		if (dome.drive) settle(dome.drive.id)
		dome.drive = null
		for (const { id } of dome.acts.filter(({ moves }) => moves)) {
			settle(id, new DeviceError('rejected', 'something newer moves the camera'))
		}
		dome.acts = dome.acts.filter(({ moves }) => !moves)
	}

	/** What moves it from now on contradicts further tellings; one that was not told at all goes before. */
	function endStop(dome: Dome) {
		if (!dome.stop) return
		if (dome.stop.told === 0) dome.stop.tellings = 1
		else {
			for (const id of dome.stop.ids) settle(id)
			dome.stop = null
		}
	}

	// --- what is said next

	function dueStop(now: number): [number, NonNullable<Dome['stop']>] | null {
		let first: [number, NonNullable<Dome['stop']>] | null = null
		for (const [address, { stop }] of domes) {
			if (stop && stop.dueAt <= now && (!first || stop.dueAt < first[1].dueAt)) first = [address, stop]
		}
		return first
	}

	function sayNext(now: number): boolean {
		const due = dueStop(now)
		if (due) {
			const [address, stop] = due
			stop.dueAt = Number.POSITIVE_INFINITY
			say(address, { kind: 'stop' }, encode(address, { kind: 'stop' }), now)
			return true
		}
		const [question] = questions
		if (question && beforeQuestion >= mostBefore) return ask(question, now)
		for (const [address, { drive }] of domes) {
			if (drive) return sayFrame(address, drive.frames, { kind: 'drive', drive }, now)
		}
		for (const [address, { acts }] of domes) {
			const [act] = acts
			if (act) return sayFrame(address, act.frames, { kind: 'act', act }, now)
		}
		return question ? ask(question, now) : false
	}

	function sayFrame(address: number, [command]: Command[], work: Work, now: number): boolean {
		if (command) say(address, work, encode(address, command), now)
		return true
	}

	function ask(question: Question, now: number): boolean {
		questions = questions.filter((other) => other !== question)
		if (question.until === 0) question.until = now + silentMs
		const { address, axis } = question
		say(address, { kind: 'question', question }, encodeQuestion(address, axis), now)
		return true
	}

	function say(address: number, work: Work, bytes: Uint8Array, now: number) {
		const { takes } = domeAt(address)
		const awaited = work.kind === 'question' || takes === true || (takes === null && work.kind === 'stop')
		beforeQuestion = work.kind === 'question' ? 0 : beforeQuestion + 1
		// One byte's rest, so that a receiver sees where a frame ends.
		freeAt = now + (bytes.length + 1) * byteMs
		turn = {
			...{ address, work, reader: createReader(bytes) },
			dueAt: awaited ? freeAt + frameLength * byteMs + thinkMs : 0,
			lateAt: freeAt + lateMs,
		}
		outputs.push({ type: 'write', address, bytes })
		if (!awaited) conclude(turn, now, false)
	}

	// --- what came of it

	/** It was said, and the dome has taken it or is not expected to say so. */
	function conclude({ address, work }: Turn, now: number, taken: boolean) {
		const dome = domeAt(address)
		switch (work.kind) {
			case 'stop':
				return concludeStop(dome, now, taken)
			case 'drive': {
				const { drive } = work
				noteSpeed(dome, drive.frames.shift())
				if (drive.frames.length > 0 || dome.drive !== drive) return
				dome.drive = null
				return settle(drive.id, null, null, taken)
			}
			case 'act': {
				const { act } = work
				noteSpeed(dome, act.frames.shift())
				if (act.frames.length > 0 || !dome.acts.includes(act)) return
				dome.acts = dome.acts.filter((other) => other !== act)
				return settle(act.id, null, null, taken)
			}
		}
	}

	function concludeStop(dome: Dome, now: number, taken: boolean) {
		const { stop } = dome
		if (!stop) return
		stop.told += 1
		const over = taken || stop.told >= stop.tellings
		if (over || !stop.unseen) for (const id of stop.ids.splice(0)) settle(id, null, null, taken)
		if (over) dome.stop = null
		else stop.dueAt = now + frameLength * byteMs + pauseMs
	}

	/** Its answer did not come, or a stop could not wait for it. */
	function giveUp({ address, work }: Turn, now: number) {
		const dome = domeAt(address)
		if (work.kind === 'question') {
			const { question } = work
			// At the end of those who wait: a dome that is dead must not keep the others from being asked.
			if (now < question.until) questions.push(question)
			else settle(question.id, new DeviceError('timeout', 'the camera does not answer'))
			return
		}
		const expected = dome.takes === true
		if (!expected && ++dome.untaken >= enough) dome.takes = false
		if (!expected) return concludeStop(dome, now, false)
		const error = new DeviceError('timeout', 'the camera does not say that it has taken it')
		if (work.kind === 'stop') {
			const { stop } = dome
			if (!stop) return
			stop.told += 1
			stop.dueAt = now
			if (stop.told < stop.tellings) return
			dome.stop = null
			for (const id of stop.ids) settle(id, error)
		} else if (work.kind === 'drive') {
			if (dome.drive !== work.drive) return
			dome.drive = null
			settle(work.drive.id, error)
		} else if (dome.acts.includes(work.act)) {
			dome.acts = dome.acts.filter((other) => other !== work.act)
			settle(work.act.id, error)
		}
	}

	function hear(bytes: Uint8Array, listening: Turn, now: number) {
		const reply = listening.reader.read(bytes)
		if (!reply) return
		const { address, work, dueAt } = listening
		if (reply.kind === 'taken') domeAt(address).takes = true
		if (dueAt === 0) return
		turn = null
		// Time for the other side to let go of the wire.
		freeAt = Math.max(freeAt, now + 2 * byteMs)
		if (work.kind !== 'question') conclude(listening, now, true)
		else if (reply.kind === 'position') settle(work.question.id, null, reply.steps)
	}

	/** Ends a call: what may be said is said, and the next moment is told. */
	function flush(now: number): Output[] {
		for (;;) {
			if (turn && turn.dueAt > 0) {
				const passed = dueStop(now) !== null && now >= turn.lateAt && !turn.reader.begun
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
		return at === null ? told : [...told, { type: 'wake', at }]
	}

	function wakeAt(): number | null {
		const stops = [...domes.values()].flatMap(({ stop }) => (stop ? [stop.dueAt] : []))
		const soonest = Math.min(...stops)
		if (turn && turn.dueAt > 0) {
			return turn.reader.begun ? turn.dueAt : Math.min(turn.dueAt, Math.max(turn.lateAt, soonest))
		}
		const more = questions.length > 0 || [...domes.values()].some(({ drive, acts }) => drive || acts.length > 0)
		if (more) return freeAt
		return stops.length > 0 ? Math.max(freeAt, soonest) : null
	}

	return {
		submit(id, address, message, now) {
			const dome = domeAt(address)
			switch (message.kind) {
				case 'drive':
					overrule(dome)
					endStop(dome)
					dome.drive = { id, frames: [...message.first, ...framesOf(message.drive, dome.zoomSpeed)] }
					break
				case 'stop': {
					overrule(dome)
					// The next zoom sets its speed anew: the dome may not have heard the last one, or was off since.
					dome.zoomSpeed = null
					const ids = [...(dome.stop?.ids ?? []), id]
					dome.stop = { ids, told: 0, tellings: stopTellings, unseen: message.unseen, dueAt: now }
					break
				}
				case 'act':
					if (message.moves) {
						overrule(dome)
						endStop(dome)
					}
					dome.acts.push({ id, frames: [...message.commands], moves: message.moves })
					break
				case 'question':
					questions.push({ id, address, axis: message.axis, until: 0 })
					break
			}
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

		forget(address) {
			domes.delete(address)
			questions = questions.filter((question) => question.address !== address)
			if (turn?.address === address && turn.work.kind === 'question') turn.work.question.until = 0
		},
	}
}

function noteSpeed(dome: Dome, said: Command | undefined) {
	if (said?.kind === 'zoom-speed') dome.zoomSpeed = said.speed
}

function framesOf({ pan, tilt, zoom, focus }: Drive, zoomSpeed: number | null): Command[] {
	const drive: Command = { kind: 'drive', pan, tilt, zoom: Math.sign(zoom) as -1 | 0 | 1, focus }
	const speed = Math.abs(zoom) - 1
	return zoom === 0 || speed === zoomSpeed ? [drive] : [{ kind: 'zoom-speed', speed }, drive]
}
