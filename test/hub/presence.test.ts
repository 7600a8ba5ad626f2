import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Presence } from '../../appliance/hub/presence.ts'
import type { Expected, MeetingEvent } from '../../appliance/meeting/meeting.ts'

/** Who is away and for how long they are waited for, on a clock that the test turns. A minute here. */

const kim = 'kim'
let connected: Set<string>
/** What was journaled and forgotten, as it happened. */
let told: string[]
/** What the disk does not take at this moment. */
let unsaved: (() => void)[]
let isFull: boolean
let roll: Map<string, Expected>
let calledAt: number | null
let presence: Presence

beforeEach(() => {
	vi.useFakeTimers()
	connected = new Set([kim])
	told = []
	unsaved = []
	isFull = false
	roll = new Map()
	calledAt = null
	const state = new Map([[kim, 'here']])
	presence = new Presence({
		awayMs: 60_000,
		isConnected: (person) => connected.has(person),
		meeting: () => ({ roll, calledAt }),
		change(request) {
			if (request.type === 'roll.mark') {
				told.push(`${request.who} ${request.attendance}`)
				return []
			}
			const { type, person } = request
			const next = type === 'goAway' ? 'away' : 'left'
			if (state.get(person) === next) return []
			state.set(person, next)
			told.push(`${person} ${next}`)
			return [{ type: next === 'away' ? 'person.away' : 'person.left', person, at: 0 } as MeetingEvent]
		},
		byItself: (act) => (isFull ? unsaved.push(act) : act()),
		forgetMutes: (person) => told.push(`${person} unmuted`),
	})
})
afterEach(() => vi.useRealTimers())

function room() {
	isFull = false
	for (const act of unsaved.splice(0)) act()
}

describe('Somebody whose last connection is cut', () => {
	beforeEach(() => connected.delete(kim))

	it('is away at once, and has left when they are not back in time; what they muted stays muted', () => {
		presence.goesAway(kim)
		expect(told).toEqual(['kim away'])
		vi.advanceTimersByTime(59_999)
		expect(told).toEqual(['kim away'])
		vi.advanceTimersByTime(1)
		expect(told).toEqual(['kim away', 'kim left'])
	})

	it('has not left when they are back in time', () => {
		presence.goesAway(kim)
		vi.advanceTimersByTime(59_999)
		connected.add(kim)
		presence.isHere(kim)
		vi.advanceTimersByTime(120_000)
		expect(told).toEqual(['kim away'])
	})

	it('is waited for from the first cut on, however many connections of theirs end', () => {
		presence.goesAway(kim)
		vi.advanceTimersByTime(50_000)
		presence.goesAway(kim)
		vi.advanceTimersByTime(10_000)
		expect(told).toEqual(['kim away', 'kim left'])
	})

	it('is neither away nor gone where they came back before the disk took it', () => {
		isFull = true
		presence.goesAway(kim)
		connected.add(kim)
		presence.isHere(kim)
		room()
		vi.advanceTimersByTime(120_000)
		expect(told).toEqual([])
	})

	it('stays where they were when the service ends meanwhile', () => {
		presence.goesAway(kim)
		presence.close()
		vi.advanceTimersByTime(120_000)
		expect(told).toEqual(['kim away'])
	})
})

describe('Somebody who leaves of their own accord', () => {
	it('has left at once, and chooses anew what is muted', () => {
		connected.delete(kim)
		presence.leaves(kim)
		expect(told).toEqual(['kim left', 'kim unmuted'])
	})

	it('is in as long as another page of theirs is', () => {
		presence.leaves(kim)
		expect(told).toEqual([])
	})
})

describe('Somebody who was in when the service ended', () => {
	it('is away, and waited for as long as anybody', () => {
		connected.delete(kim)
		presence.wasHere(kim)
		vi.advanceTimersByTime(60_000)
		expect(told).toEqual(['kim away', 'kim left'])
	})

	it('is waited for anew where they were away already', () => {
		connected.delete(kim)
		presence.goesAway(kim)
		vi.advanceTimersByTime(50_000)
		presence.wasHere(kim)
		vi.advanceTimersByTime(59_999)
		expect(told).toEqual(['kim away'])
		vi.advanceTimersByTime(1)
		expect(told).toEqual(['kim away', 'kim left'])
	})
})

describe('Who runs the meeting from a desk', () => {
	const expected = (attendance: Expected['attendance']) => roll.set(kim, { id: kim, attendance } as Expected)

	it('is present where they are of the roll, or late when it was called already', () => {
		expected('expected')
		presence.isAtDesk(kim)
		calledAt = 1
		expected('absent')
		presence.isAtDesk(kim)
		expect(told).toEqual(['kim present', 'kim late'])
	})

	it('is marked once, and nobody is who is not expected', () => {
		expected('present')
		presence.isAtDesk(kim)
		presence.isAtDesk('lee')
		expect(told).toEqual([])
	})
})
