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

/** Bytes of a drive and its ACK: what each camera before this one receives whole before it passes it on. */
const exchangeBytes = 13
/** What may be on the wire before it, either way: a packet of ours, and answers of others. */
const othersBytes = 40

/** On a serial line the wire's own time comes on top, as often as there are cameras on the way to this one. */
export function linePace(byteMs: number, address: number): Pace {
	const wireMs = (othersBytes + exchangeBytes * address) * byteMs
	return { answerMs: networkPace.answerMs + wireMs, stopAnswerMs: networkPace.stopAnswerMs + wireMs, inTurn: true }
}

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
