import type { Message } from './pending.ts'

/** How long an answer is waited for, and how often it is asked for. */
export interface Pace {
	answerMs: number
	/** Soon and often. */
	stopAnswerMs: number
	/** Bytes wait for their turn on the line; what counts is when they leave. */
	inTurn: boolean
}

/** A camera acknowledges within one field of video, 16 or 20 ms; its network and its processor take the rest. */
export const networkPace: Pace = { answerMs: 250, stopAnswerMs: 80, inTurn: false }

/**
 * On a serial line the wire's own time comes on top: the request through up to seven cameras, each of which passes packets
 * on as a whole, and an answer that waits behind those of six others.
 */
export const linePace = (byteMs: number): Pace => ({
	answerMs: networkPace.answerMs + 100 * byteMs,
	stopAnswerMs: networkPace.stopAnswerMs + 40 * byteMs,
	inTurn: true,
})

/**
 * How soon after an answer each of so many cameras on a line is asked again where it is while it moves, so that the answers
 * of all of them, some eighteen bytes each time, leave half of the line free.
 */
export const lookMs = (cameras: number, byteMs: number) => Math.max(50, 30 * byteMs * cameras)

export const patience = ({ kind }: Message, { answerMs, stopAnswerMs }: Pace) =>
	kind === 'stop' ? stopAnswerMs : answerMs

export const stopTries = 12
const tries = 4
const inquiryTries = 3

export function triesOf({ kind }: Message): number {
	return kind === 'stop' ? stopTries : kind === 'inquiry' ? inquiryTries : tries
}
