import { afterEach, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { camerasAtFault, expectFaults, hallsAtFault, startHallAtFault } from '../ops/rehearse/faults.ts'
import { over, own } from '../ops/rehearse/rehearsed-room.ts'
import { startSoundRoom } from '../ops/rehearse/sound-room.ts'

/** Every fault that is seeded, of cameras and of halls, and every way of ending a rehearsal, through the real devices process. */

const ends: (() => unknown)[] = []
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end()
})

test('Faults of cameras are found, each by its name', async () => {
	await expectFaults(await camerasAtFault(ends))
})

test.each(hallsAtFault)('Faults of a hall are found: $name', async (hall) => {
	await expectFaults(await startHallAtFault(ends, hall))
})

test('Thirty faults and more are seeded', async () => {
	const cameras = Object.keys((await camerasAtFault(ends)).faults).length
	const halls = hallsAtFault.flatMap(({ faults }) => Object.values(faults))
	expect(cameras + new Set(halls).size).toBeGreaterThanOrEqual(30)
})

test('A rehearsal leaves its own meeting for that of people', async () => {
	const { hall } = await startSoundRoom(ends)
	hall.meeting.segments = false
	await hall.room.dispatch({ type: 'rehearsal.start' }, own)
	await eventually(() => expect(hall.room.state().state.rehearsal?.running?.step?.kind).toBe('relay'))
	// No panel is told of a call that is nobody's.
	expect(hall.room.state().state.call.phase).toBe('idle')
	expect(hall.stage.commands.some(({ type }) => type === 'join')).toBe(true)
	expect(await hall.room.dispatch({ type: 'room.join', meeting: 'm1' }, own)).toEqual({ ok: true })
	await eventually(() => expect(hall.room.state().state.call.phase).toBe('inCall'))
	const joins = hall.stage.commands.filter(({ type }) => type === 'join')
	expect(joins.map((join) => 'token' in join && join.token)).toEqual(['own.meeting.token', 'room.link.token'])
	expect(hall.meeting.closed).toBe(1)
})

test('A rehearsal is stopped by a panel, and lets go of a camera that somebody drives', async () => {
	const { hall, camera } = await startSoundRoom(ends)
	await hall.room.dispatch({ type: 'rehearsal.start' }, own)
	await eventually(() => expect(Math.abs(camera.head().pan.velocity)).toBeGreaterThan(0))
	const move = { type: 'camera.move', camera: 'front', pan: 0, tilt: 0.2, zoom: 0 } as const
	expect(await hall.room.dispatch(move, own)).toEqual({ ok: true })
	await eventually(() =>
		expect(hall.room.state().state.rehearsal?.running?.step?.kind).not.toMatch(/camera|preset|return/),
	)
	expect(await hall.room.dispatch({ type: 'rehearsal.stop' }, own)).toEqual({ ok: true })
	await over(hall.room)
	const report = hall.room.latestRehearsal()
	expect(report?.outcome).toBe('ended')
	expect(report?.steps.find(({ id }) => id === 'return front')).toMatchObject({
		outcome: 'skipped',
		fault: 'camera-taken',
	})
	expect(report?.steps.at(-1)).toMatchObject({ outcome: 'skipped', fault: 'step-ended' })
})
