import { DeviceError } from '../device.ts'
import { type Command, decode, encode, encodeInquiry, type Inquiry } from './codec.ts'
import { resetSequence, unwrap, wrap } from './framing.ts'

/**
 * One conversation with one camera over Sony's UDP framing. Pure: bytes and the time in, what should happen out.
 *
 * - The reply copies its request's sequence number, so ACK, completion and answers are matched by it. A camera that
 *   ignores sequences (answers 0 or 1 always) is matched in order: the oldest that still waits for such a reply.
 * - A request without an answer is sent again with the *same* sequence; 'abnormal sequence' for one that was sent more
 *   than once means that it had arrived and only its ACK was lost.
 * - Drives (continuous movement) never queue: at most two may be un-ACKed, a newer one takes the place of the one that
 *   waits. A stop passes everything, drops the drive that waits, and is sent again sooner and more often.
 */

export type Output =
	| { type: 'write'; bytes: Uint8Array }
	| { type: 'settled'; id: number; error: DeviceError | null; payload: Uint8Array | null }

export type Message =
	/** Settles on its ACK. `axis`: a newer drive of the same axis replaces one that waits. */
	| { kind: 'drive'; command: Command; axis: 'pan-tilt' | 'zoom' }
	/** Settles on its ACK. */
	| { kind: 'stop'; command: Command; axis: 'pan-tilt' | 'zoom' }
	/** Settles on its completion, for at most `limitMs`. */
	| { kind: 'act'; command: Command; limitMs: number }
	| { kind: 'inquiry'; inquiry: Inquiry }
	/** Sequence RESET. */
	| { kind: 'reset' }

interface Pending {
	id: number
	message: Message
	sequence: number
	bytes: Uint8Array
	sentAt: number
	firstSentAt: number
	tries: number
	acked: boolean
}

export interface Session {
	submit(id: number, message: Message, now: number): Output[]
	receive(datagram: Uint8Array, now: number): Output[]
	tick(now: number): Output[]
	/** When `tick` is wanted next; null: nothing waits. */
	wakeAt(): number | null
	/** Requests in a row that the camera left unanswered. */
	readonly timeouts: number
}

const answerMs = 250
const stopAnswerMs = 80
const tries = 4
const stopTries = 12
const driveWindow = 2

export function createSession(): Session {
	let pending: Pending[] = []
	const waiting = new Map<string, { id: number; message: Message }>()
	let lastSequence = -1
	let timeouts = 0
	/** True once the camera has answered in this numbering. */
	let inStep = false

	function send(id: number, message: Message, now: number): Output[] {
		if (message.kind !== 'reset') lastSequence = (lastSequence + 1) >>> 0
		const sequence = message.kind === 'reset' ? 0 : lastSequence
		const bytes =
			message.kind === 'reset'
				? wrap('control', sequence, resetSequence)
				: message.kind === 'inquiry'
					? wrap('inquiry', sequence, encodeInquiry(message.inquiry))
					: wrap('command', sequence, encode(message.command))
		pending.push({ id, message, sequence, bytes, sentAt: now, firstSentAt: now, tries: 1, acked: false })
		return [{ type: 'write', bytes }]
	}

	function settle(entry: Pending, error: DeviceError | null, now: number, payload: Uint8Array | null = null): Output[] {
		pending = pending.filter((other) => other !== entry)
		return [{ type: 'settled', id: entry.id, error, payload }, ...sendWaiting(now)]
	}

	const drivesUnderWay = () => pending.filter(({ message, acked }) => message.kind === 'drive' && !acked).length

	function sendWaiting(now: number): Output[] {
		const outputs: Output[] = []
		for (const [axis, { id, message }] of waiting) {
			if (drivesUnderWay() >= driveWindow) break
			waiting.delete(axis)
			outputs.push(...send(id, message, now))
		}
		return outputs
	}

	/** The newer one took its place: for its sender that is as good as done. */
	function supersede(axis: string): Output[] {
		const old = waiting.get(axis)
		waiting.delete(axis)
		return old ? [{ type: 'settled', id: old.id, error: null, payload: null }] : []
	}

	/** Drives that were sent and not answered: a stop makes them void, they must not be sent again after it. */
	function abandonDrives(axis: string): Output[] {
		const old = pending.filter(({ message }) => message.kind === 'drive' && message.axis === axis)
		pending = pending.filter((entry) => !old.includes(entry))
		return old.map(({ id }) => ({ type: 'settled', id, error: null, payload: null }))
	}

	function find(sequence: number, fits: (entry: Pending) => boolean): Pending | undefined {
		return (
			pending.find((entry) => entry.sequence === sequence && fits(entry)) ??
			(sequence <= 1 ? pending.find(fits) : undefined)
		)
	}

	/** The camera counts from elsewhere (a RESET was lost, or it was switched off and on): both begin again. */
	function startAnew(entry: Pending, now: number): Output[] {
		pending = pending.filter((other) => other !== entry)
		inStep = false
		lastSequence = -1
		const outputs: Output[] = [
			{ type: 'write', bytes: wrap('control', 0, resetSequence) },
			...send(entry.id, entry.message, now),
		]
		const again = pending.at(-1)
		if (again) again.tries = entry.tries + 1 // so that it ends
		return outputs
	}

	function receiveReply(sequence: number, packet: Uint8Array, now: number): Output[] {
		const reply = decode(packet)
		inStep ||= reply.kind !== 'unknown'
		const isCommand = ({ message }: Pending) => message.kind !== 'inquiry' && message.kind !== 'reset'
		switch (reply.kind) {
			case 'ack': {
				const entry = find(sequence, (candidate) => isCommand(candidate) && !candidate.acked)
				if (!entry) return []
				timeouts = 0
				entry.acked = true
				return entry.message.kind === 'act' ? [] : settle(entry, null, now)
			}
			case 'completion': {
				const entry = find(sequence, isCommand)
				timeouts = 0
				return entry ? settle(entry, null, now) : []
			}
			case 'answer': {
				const entry = find(sequence, ({ message }) => message.kind === 'inquiry')
				timeouts = 0
				return entry ? settle(entry, null, now, reply.payload) : []
			}
			case 'error': {
				const entry = find(sequence, ({ message }) => message.kind !== 'reset')
				if (!entry) return []
				timeouts = 0
				// The command was dropped. A drive will be followed by another; a stop, or an act, is sent again by the clock.
				if (reply.reason === 'buffer-full' && entry.message.kind !== 'drive' && entry.tries < stopTries) return []
				return settle(entry, new DeviceError('rejected', `the camera refused: ${reply.reason}`), now)
			}
			case 'unknown':
				return []
		}
	}

	return {
		get timeouts() {
			return timeouts
		},

		submit(id, message, now) {
			switch (message.kind) {
				case 'drive': {
					if (drivesUnderWay() < driveWindow) return [...supersede(message.axis), ...send(id, message, now)]
					const outputs = supersede(message.axis)
					waiting.set(message.axis, { id, message })
					return outputs
				}
				case 'stop':
					return [...supersede(message.axis), ...abandonDrives(message.axis), ...send(id, message, now)]
				case 'reset':
					lastSequence = -1
					inStep = false
					return send(id, message, now)
				default:
					return send(id, message, now)
			}
		},

		receive(datagram, now) {
			const incoming = unwrap(datagram)
			switch (incoming.kind) {
				case 'reply':
					return receiveReply(incoming.sequence, incoming.packet, now)
				case 'control': {
					if (incoming.meaning === 'reset-done') {
						const entry = pending.find(({ message }) => message.kind === 'reset')
						timeouts = 0
						inStep = true
						return entry ? settle(entry, null, now) : []
					}
					if (incoming.meaning !== 'abnormal-sequence') return []
					const entry = pending.find(
						({ sequence, message }) => sequence === incoming.sequence && message.kind !== 'reset',
					)
					if (!entry) return []
					// Sent more than once and in step: it had arrived, and its ACK was lost.
					if (inStep && entry.tries > 1 && entry.message.kind !== 'inquiry') return settle(entry, null, now)
					return startAnew(entry, now)
				}
				case 'unknown':
					return []
			}
		},

		tick(now) {
			const outputs: Output[] = []
			for (const entry of [...pending]) {
				const { message } = entry
				if (now < dueAt(entry)) continue
				if (entry.acked) {
					outputs.push(...settle(entry, new DeviceError('timeout', 'no completion in time'), now))
				} else if (entry.tries >= (message.kind === 'stop' ? stopTries : tries)) {
					timeouts += 1
					outputs.push(...settle(entry, new DeviceError('timeout', 'the camera does not answer'), now))
				} else {
					entry.tries += 1
					entry.sentAt = now
					outputs.push({ type: 'write', bytes: entry.bytes })
				}
			}
			return outputs
		},

		wakeAt() {
			return pending.length === 0 ? null : Math.min(...pending.map(dueAt))
		},
	}
}

function dueAt({ message, acked, sentAt, firstSentAt }: Pending): number {
	if (acked) return firstSentAt + (message.kind === 'act' ? message.limitMs : answerMs)
	return sentAt + (message.kind === 'stop' ? stopAnswerMs : answerMs)
}
