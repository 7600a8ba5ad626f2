import { describe, expect, it } from 'vitest'
import { createBlindSession } from '../../../drivers/visca/blind.ts'
import { converse, right, stop } from './converse.ts'

/** Conversations with a camera that is not heard; time is a number. */

const begin = () => converse(createBlindSession(4))
const [turning, standstill] = ['84 01 06 01 05 01 02 03 FF', '84 01 06 01 01 01 03 03 FF']

describe('A camera that is not heard', () => {
	it('has done what it was told', () => {
		const talk = begin()
		expect(talk.tell(0, right)).toEqual([turning, '1: done'])
		expect(talk.tell(0, { kind: 'inquiry', inquiry: 'power' })).toEqual(['2: done'])
		expect(talk.hear(10, 'C0 60 02 FF')).toEqual([])
	})

	it('is told each stop three times', () => {
		const talk = begin()
		expect(talk.tell(0, stop)).toEqual([`urgent ${standstill}`, '1: done'])
		talk.sent(1, standstill)
		expect(talk.wakeAt(0)).toBe(80)
		expect(talk.tick(80)).toEqual([`urgent ${standstill}`])
		talk.sent(81, standstill)
		expect(talk.tick(160)).toEqual([`urgent ${standstill}`])
		talk.sent(161, standstill)
		expect(talk.tick(240)).toEqual([])
		expect(talk.wakeAt(1_000)).toBeUndefined()
	})

	it('is not told a stop again while the last telling still waits for its turn', () => {
		const talk = begin()
		talk.tell(0, stop)
		expect(talk.tick(80)).toEqual([])
		talk.sent(100, standstill)
		expect(talk.tick(160)).toEqual([`urgent ${standstill}`])
	})

	it('is not stopped by an old stop once it is driven again', () => {
		const talk = begin()
		talk.tell(0, stop)
		talk.sent(1, standstill)
		expect(talk.tell(50, right)).toEqual([turning, '2: done'])
		expect(talk.tick(80)).toEqual([])
	})

	it('is not driven by what a stop has overtaken', () => {
		const talk = begin()
		talk.tell(0, right)
		expect(talk.tell(5, stop)).toEqual([`not ${turning}`, `urgent ${standstill}`, '2: done'])
	})
})
