import { describe, expect, it } from 'vitest'
import { lineFraming } from '../../../drivers/visca/framing.ts'
import { linePace } from '../../../drivers/visca/pace.ts'
import type { Message } from '../../../drivers/visca/pending.ts'
import { createSession, type Output } from '../../../drivers/visca/session.ts'
import { bytes, notation } from '../hex.ts'

/** Conversations on a line that several share: what is written waits for its turn, and only then is an answer due. */

function converse() {
	const session = createSession(lineFraming(2), linePace(1.04))
	const written = new Map<string, Uint8Array>()
	let lastId = 0
	const told = (outputs: Output[]) =>
		outputs.flatMap((output) => {
			switch (output.type) {
				case 'write':
					written.set(notation(output.bytes), output.bytes)
					return `${output.urgent ? 'urgent ' : ''}${notation(output.bytes)}`
				case 'withdraw':
					return `not ${notation(output.bytes)}`
				case 'settled':
					return `${output.id}: ${output.error?.code ?? 'done'}`
				default:
					return []
			}
		})
	return {
		ask: (now: number, message: Message) => told(session.submit(++lastId, message, now)),
		sent: (now: number, packet: string) => told(session.sent(written.get(packet) as Uint8Array, now)),
		hear: (now: number, packet: string) => told(session.receive(bytes(packet), now)),
		tick: (now: number) => told(session.tick(now)),
		wakeAt: (now: number) => session.tick(now).find((output) => output.type === 'wake')?.at,
	}
}

const drive = (pan: number): Message => ({
	kind: 'drive',
	axis: 'pan-tilt',
	command: { kind: 'pan-tilt', pan, tilt: 0 },
})
const stop: Message = { kind: 'stop', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 0, tilt: 0 } }
const save: Message = { kind: 'act', command: { kind: 'preset', action: 'set', slot: 1 }, axes: [], limitMs: 5_000 }
const [right, faster] = ['82 01 06 01 05 01 02 03 FF', '82 01 06 01 09 01 02 03 FF']
const standstill = '82 01 06 01 01 01 03 03 FF'
const saved = '82 01 04 3F 01 01 FF'

describe('on a busy line', () => {
	it('an answer is due from when the question has left, and not before', () => {
		const talk = converse()
		expect(talk.ask(0, { kind: 'inquiry', inquiry: 'zoom' })).toEqual(['82 09 04 47 FF'])
		expect(talk.tick(60_000)).toEqual([])
		expect(talk.wakeAt(60_000)).toBeUndefined()
		expect(talk.sent(60_000, '82 09 04 47 FF')).toEqual([])
		expect(talk.wakeAt(60_000)).toBeCloseTo(60_354)
		expect(talk.tick(60_355)).toEqual(['82 09 04 47 FF'])
		expect(talk.tick(120_000)).toEqual([])
	})

	it('a stop is urgent, and what it overtakes does not follow it', () => {
		const talk = converse()
		talk.ask(0, drive(5))
		expect(talk.ask(10, stop)).toEqual(['1: done', `not ${right}`, `urgent ${standstill}`])
		talk.sent(12, standstill)
		expect(talk.hear(30, 'A0 41 FF')).toEqual(['2: done'])
	})

	it('the newest movement takes the place of one that has not left', () => {
		const talk = converse()
		talk.ask(0, drive(5))
		expect(talk.ask(5, drive(9))).toEqual(['1: done', `not ${right}`, faster])
		talk.sent(12, faster)
		expect(talk.hear(30, 'A0 41 FF')).toEqual(['2: done'])
	})

	it('what has left is not taken back, and its ACK not mistaken for the one of the stop', () => {
		const talk = converse()
		talk.ask(0, drive(5))
		talk.sent(0, right)
		expect(talk.ask(10, stop)).toEqual(['1: done', `urgent ${standstill}`])
		talk.sent(12, standstill)
		expect(talk.hear(20, 'A0 41 FF')).toEqual([])
		expect(talk.hear(30, 'A0 42 FF')).toEqual(['2: done'])
	})

	it('an ACK is for what left first, not for what was asked first', () => {
		const talk = converse()
		talk.ask(0, save)
		talk.ask(1, stop)
		talk.sent(2, standstill)
		expect(talk.hear(20, 'A0 41 FF')).toEqual(['2: done'])
		talk.sent(30, saved)
		expect(talk.hear(40, 'A0 42 FF')).toEqual([])
		expect(talk.hear(60, 'A0 52 FF')).toEqual(['1: done'])
	})

	it('what is told again and overtaken in the queue may still be answered, for its first telling', () => {
		const talk = converse()
		talk.ask(0, drive(5))
		talk.sent(0, right)
		expect(talk.tick(400)).toEqual([right])
		expect(talk.ask(410, stop)).toEqual(['1: done', `not ${right}`, `urgent ${standstill}`])
		talk.sent(412, standstill)
		expect(talk.hear(420, 'A0 41 FF')).toEqual([])
		expect(talk.hear(430, 'A0 42 FF')).toEqual(['2: done'])
	})
})
