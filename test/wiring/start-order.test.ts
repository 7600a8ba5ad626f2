import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { createStartOrder, type StartOrder } from '../../appliance/wiring/start-order.ts'

/** Who starts when, by a clock that is ours. */

let order: StartOrder
let started: string[]
let watching: Set<(state: RoomState) => void>

beforeEach(() => {
	vi.useFakeTimers()
	started = []
	watching = new Set()
	order = createStartOrder()
	void order.listening.then(() => started.push('stage'))
	void order.stageFirst.then(() => started.push('programme'))
})
afterEach(() => {
	vi.useRealTimers()
})

/** The room as it is told at once, and then on change. */
function follow(first: RoomState) {
	order.follow({
		watch(listener) {
			watching.add(listener)
			listener(first)
			return () => void watching.delete(listener)
		},
	})
}

function room(stage: RoomState['stage']['status'], phase: RoomState['call']['phase'], recovering = false): RoomState {
	return { stage: { status: stage }, call: { phase, recovering } } as RoomState
}

async function becomes(state: RoomState) {
	for (const listener of [...watching]) listener(state)
	await vi.advanceTimersByTimeAsync(0)
}

/** The panel has its moment first. */
async function opened() {
	void order.opened()
	await vi.advanceTimersByTimeAsync(299)
	expect(started).toEqual([])
	await vi.advanceTimersByTimeAsync(1)
}

const up = room('ready', 'inCall')

it('No browser starts before the panel has its listener and was answered, however long that takes', async () => {
	follow(up)
	await vi.advanceTimersByTimeAsync(60_000)
	expect(started).toEqual([])
	await opened()
	expect(started).toEqual(['stage', 'programme'])
})

it('The programme waits for the stage, and for the meeting that the hall comes back to', async () => {
	follow(room('starting', 'joining', true))
	await opened()
	await becomes(room('ready', 'starting'))
	await becomes(room('ready', 'joining'))
	await becomes(room('ready', 'inCall', true))
	await becomes(room('failed', 'inCall'))
	expect(started).toEqual(['stage'])
	await becomes(up)
	expect(started).toEqual(['stage', 'programme'])
})

it('A hall that is in no meeting keeps viewers waiting for its stage alone', async () => {
	follow(room('starting', 'idle'))
	await opened()
	await becomes(room('ready', 'idle'))
	expect(started).toEqual(['stage', 'programme'])
})

it('A stage that does not come up keeps viewers waiting for 8 s, and no longer', async () => {
	follow(room('starting', 'idle'))
	await vi.advanceTimersByTimeAsync(5_000)
	await opened()
	await vi.advanceTimersByTimeAsync(7_999)
	expect(started).toEqual(['stage'])
	await vi.advanceTimersByTimeAsync(1)
	expect(started).toEqual(['stage', 'programme'])
})

it('The room is not looked at any more once its stage was up', async () => {
	follow(room('starting', 'idle'))
	expect(watching.size).toBe(1)
	await becomes(up)
	expect(watching.size).toBe(0)
})
