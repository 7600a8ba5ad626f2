import type { Command, Inquiry, Reply } from './codec.ts'

/** What was asked of a camera and not yet answered, and which of it a reply belongs to. Pure. */

export type AxisGroup = 'pan-tilt' | 'zoom'

export type Message =
	/** Continuous movement. Settles on its ACK. */
	| { kind: 'drive'; command: Command; axis: AxisGroup }
	/** Settles on its ACK. */
	| { kind: 'stop'; command: Command; axis: AxisGroup }
	/**
	 * Settles on its completion, which is waited for no longer than `limitMs` after its ACK. `axes`: what it moves; it ends
	 * when something newer moves these. What moves nothing is done when it was acknowledged: some cameras never complete.
	 */
	| { kind: 'act'; command: Command; axes: readonly AxisGroup[]; limitMs: number }
	| { kind: 'inquiry'; inquiry: Inquiry }

export interface Pending {
	/** Null: nobody waits for it any more. It stays until its reply, which would otherwise be taken for another's. */
	id: number | null
	message: Message
	/** Null: from before the numbers began anew. */
	sequence: number | null
	bytes: Uint8Array
	tries: number
	/** When it is done about again; infinite while its bytes wait for their turn on the line. */
	dueAt: number
	/** The camera took it; 0 when it did not say into which socket. Null: not yet. */
	socket: number | null
	/** The camera dropped it for want of room: to be sent again as a new request. */
	refused: boolean
	/** How often it could not be known whether it had arrived. */
	doubts: number
}

const answerLengths: Readonly<Record<Inquiry, readonly number[]>> = {
	version: [7],
	power: [1],
	'pan-tilt': [8, 9, 10],
	zoom: [4],
	focus: [4],
	'focus-mode': [1],
}

export const isJourney = ({ message }: Pending) => message.kind === 'act' && message.axes.length > 0

export const isCommand = ({ message }: Pending) => message.kind !== 'inquiry'

/** IF_Clear has none: an ACK that comes then is the second one of something that was sent twice. */
const awaitsAck = ({ message, socket }: Pending) =>
	message.kind !== 'inquiry' && message.command.kind !== 'clear' && socket === null

export const waitsForTurn = ({ dueAt }: Pending) => dueAt === Number.POSITIVE_INFINITY

/** At least once: what never left us has no answer. */
export const hasLeft = (entry: Pending) => !waitsForTurn(entry) || entry.tries > 1

/** Whether it moves, or stops, one of these axes. */
export function touches({ message }: Pending, axes: readonly AxisGroup[]): boolean {
	switch (message.kind) {
		case 'drive':
		case 'stop':
			return axes.includes(message.axis)
		case 'act':
			return message.axes.some((axis) => axes.includes(axis))
		case 'inquiry':
			return false
	}
}

/**
 * By number where the camera copies numbers. Otherwise by order: an ACK is for the oldest command without one, what names
 * a socket is for the command in that socket, an error without a socket is for the oldest command without an ACK, and an
 * answer is for the oldest inquiry that it fits in length (VISCA lists, "Timing chart" and "Error messages").
 */
export function ownerOf(all: readonly Pending[], reply: Reply, sequence: number | null): Pending | undefined {
	const pending = all.filter(hasLeft)
	if (sequence !== null) {
		return pending.find((entry) => entry.sequence === sequence && fits(entry, reply))
	}
	const unacknowledged = () => pending.find((entry) => isCommand(entry) && entry.socket === null)
	const inSocket = (socket: number) => pending.find((entry) => isCommand(entry) && entry.socket === socket)
	switch (reply.kind) {
		case 'ack':
			return pending.find((entry) => awaitsAck(entry))
		case 'completion':
			// One for a socket that nobody is in belongs to a drive or a stop, which count as done with their ACK.
			if (reply.socket > 0) return inSocket(reply.socket) ?? inSocket(0)
			return inSocket(0) ?? unacknowledged()
		case 'answer':
			return pending.find((entry) => fits(entry, reply))
		case 'error':
			if (reply.reason === 'no-socket') return undefined
			if (reply.reason === 'cancelled') return inSocket(reply.socket)
			return (
				(reply.socket > 0 ? inSocket(reply.socket) : undefined) ??
				unacknowledged() ??
				pending.find((entry) => !isCommand(entry))
			)
		case 'unknown':
			return undefined
	}
}

function fits(entry: Pending, reply: Reply): boolean {
	switch (reply.kind) {
		case 'ack':
			return awaitsAck(entry)
		case 'completion':
			return isCommand(entry)
		case 'answer':
			return entry.message.kind === 'inquiry' && answerLengths[entry.message.inquiry].includes(reply.payload.length)
		case 'error':
			return true
		case 'unknown':
			return false
	}
}
