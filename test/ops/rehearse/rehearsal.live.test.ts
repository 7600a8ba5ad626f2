import { afterEach, expect, test } from 'vitest'
import type { RehearsalReport } from '../../../appliance/protocol/rehearsal.ts'
import { eventually } from '../../eventually.ts'
import { expectFaults, startAllAtFault } from './faults.ts'
import { own } from './rehearsed-room.ts'
import { startSoundRoom } from './sound-room.ts'

/** Over real sockets, with the real devices process. test/long/rehearsal.test.ts plays what takes longer. */

const ends: (() => unknown)[] = []
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end()
})

const bad = ({ steps }: RehearsalReport) => steps.filter(({ outcome }) => outcome === 'failed' || outcome === 'skipped')

test('A rehearsal finds nothing wrong with a sound room and leaves it as it was, muted too; a meeting ends it at once', async () => {
	const { hall, camera } = await startSoundRoom(ends)
	await hall.room.dispatch({ type: 'room.mute', muted: true }, own)
	const { pan, tilt } = camera.head()
	const before = hall.room.state().state
	const report = await hall.rehearse()
	expect(bad(report)).toEqual([])
	expect(report).toMatchObject({ outcome: 'passed', by: 'person', reason: null })
	expect(report.steps.map(({ id }) => id)).toEqual([
		...['camera front', 'preset front 1', 'preset front 2', 'return front'],
		...['tone', 'call', 'relay', 'recording', 'disk', 'certificate', 'clock', 'speakerphone', 'backup'],
	])
	// It stood at the second view from the beginning: it was sent elsewhere first, or nothing would be proved.
	expect(Math.abs(camera.head().pan.position - pan.position)).toBeLessThan(0.6)
	expect(Math.abs(camera.head().tilt.position - tilt.position)).toBeLessThan(0.6)
	await eventually(() => {
		const { state } = hall.room.state()
		expect(state).toMatchObject({ muted: true, volume: before.volume, call: before.call, participants: [] })
		expect(state.speakerphone).toMatchObject({ offHook: false, check: null })
		expect(state.cameras[0]?.lease).toBeNull()
	})
	expect(hall.meeting.closed).toBe(1)
	expect(hall.device.hook).toBe(false)
	// Nothing of it is come back to after a crash.
	expect(hall.db.prepare("SELECT value FROM room_memory WHERE name = 'call'").get()?.value ?? 'null').toBe('null')
	expect(hall.room.state().state.rehearsal?.last).toMatchObject({
		outcome: 'passed',
		counts: { failed: 0 },
		failed: [],
	})

	await hall.room.dispatch({ type: 'rehearsal.start' }, own)
	await eventually(() => expect(Math.abs(camera.head().pan.velocity)).toBeGreaterThan(0))
	expect(await hall.room.dispatch({ type: 'room.join', meeting: 'm1' }, own)).toEqual({ ok: true })
	await eventually(() => expect(camera.head().pan.velocity).toBe(0))
	expect(hall.room.latestRehearsal()).toMatchObject({ outcome: 'ended' })
	await eventually(() => expect(hall.room.state().state.call.phase).toBe('inCall'))
	expect(await hall.room.dispatch({ type: 'rehearsal.start' }, own)).toMatchObject({ ok: false, code: 'busy' })
	expect(hall.room.state().state.rehearsal?.running).toBeNull()
})

test('Faults of a hall and of its cameras are found, each by its name', async () => {
	await expectFaults(await startAllAtFault(ends))
})
