import { describe, expect, it } from 'vitest'
import { lineFraming } from '../../../drivers/visca/framing.ts'
import { linePace } from '../../../drivers/visca/pace.ts'
import type { Message } from '../../../drivers/visca/pending.ts'
import { createSession } from '../../../drivers/visca/session.ts'
import { converse, right, stop } from './converse.ts'

/** Conversations on a line that several share: what is written waits for its turn, and only then is an answer due. */

const begin = () => converse(createSession(lineFraming(2), linePace(1, 2)))
const faster: Message = { kind: 'drive', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 9, tilt: 0 } }
const save: Message = { kind: 'act', command: { kind: 'preset', action: 'set', slot: 1 }, axes: [], limitMs: 5_000 }
const [turning, turningFaster] = ['82 01 06 01 05 01 02 03 FF', '82 01 06 01 09 01 02 03 FF']
const standstill = '82 01 06 01 01 01 03 03 FF'
const saved = '82 01 04 3F 01 01 FF'

describe('on a busy line', () => {
	it('an answer is due from when the question has left, and not before', () => {
		const talk = begin()
		expect(talk.tell(0, { kind: 'inquiry', inquiry: 'zoom' })).toEqual(['82 09 04 47 FF'])
		expect(talk.tick(60_000)).toEqual([])
		expect(talk.wakeAt(60_000)).toBeUndefined()
		expect(talk.sent(60_000, '82 09 04 47 FF')).toEqual([])
		expect(talk.wakeAt(60_000)).toBe(60_316)
		expect(talk.tick(60_316)).toEqual(['82 09 04 47 FF'])
		expect(talk.tick(120_000)).toEqual([])
	})

	it('a stop is urgent, and what it overtakes does not follow it', () => {
		const talk = begin()
		talk.tell(0, right)
		expect(talk.tell(10, stop)).toEqual(['1: done', `not ${turning}`, `urgent ${standstill}`])
		talk.sent(12, standstill)
		expect(talk.hear(30, 'A0 41 FF')).toEqual(['2: done'])
	})

	it('the newest movement takes the place of one that has not left', () => {
		const talk = begin()
		talk.tell(0, right)
		expect(talk.tell(5, faster)).toEqual(['1: done', `not ${turning}`, turningFaster])
		talk.sent(12, turningFaster)
		expect(talk.hear(30, 'A0 41 FF')).toEqual(['2: done'])
	})

	it('what has left is not taken back, and its ACK not mistaken for the one of the stop', () => {
		const talk = begin()
		talk.tell(0, right)
		talk.sent(0, turning)
		expect(talk.tell(10, stop)).toEqual(['1: done', `urgent ${standstill}`])
		talk.sent(12, standstill)
		expect(talk.hear(20, 'A0 41 FF')).toEqual([])
		expect(talk.hear(30, 'A0 42 FF')).toEqual(['2: done'])
	})

	it('an ACK is for what left first, not for what was asked first', () => {
		const talk = begin()
		talk.tell(0, save)
		talk.tell(1, stop)
		talk.sent(2, standstill)
		expect(talk.hear(20, 'A0 41 FF')).toEqual(['2: done'])
		talk.sent(30, saved)
		expect(talk.hear(40, 'A0 42 FF')).toEqual([])
		expect(talk.hear(60, 'A0 52 FF')).toEqual(['1: done'])
	})

	it('what is told again and overtaken in the queue may still be answered, for its first telling', () => {
		const talk = begin()
		talk.tell(0, right)
		talk.sent(0, turning)
		expect(talk.tick(400)).toEqual([turning])
		expect(talk.tell(410, stop)).toEqual(['1: done', `not ${turning}`, `urgent ${standstill}`])
		talk.sent(412, standstill)
		expect(talk.hear(420, 'A0 41 FF')).toEqual([])
		expect(talk.hear(430, 'A0 42 FF')).toEqual(['2: done'])
	})
})
