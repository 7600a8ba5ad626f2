import { describe, expect, test } from 'vitest'
import { judge, returned, type Seen, type TrialCamera, tryMotion } from '../../appliance/room/trial.ts'
import type { Position, Velocity } from '../../drivers/camera.ts'
import { DeviceError } from '../../drivers/device.ts'
import { limitOf } from '../scene/wait.ts'

const before: Position = { pan: 10, tilt: 2, zoom: 0.5, unit: 'degrees', at: 1 }
const seen = (...pans: number[]): Seen[] => pans.map((pan, i) => ({ position: { ...before, pan }, at: i * 50 }))

describe('What the positions say of a movement to the left', () => {
	test.each<[string, Seen[], boolean, object]>([
		['it moved', seen(10, 9.95, 9, 6, 5), false, { outcome: 'moved', startedMs: 100, moved: 5 }],
		['it stood', seen(10, 10.05, 9.95, 10), false, { outcome: 'no-motion', startedMs: null }],
		['it went right', seen(10, 12, 15), false, { outcome: 'wrong-direction', startedMs: 50, moved: -5 }],
		['it hangs from the ceiling', seen(10, 12, 15), true, { outcome: 'moved', moved: 5 }],
		['nothing was heard', [], false, { outcome: 'no-motion', moved: 0 }],
	])('%s', (_, positions, mirrored, verdict) => {
		expect(judge(before, positions, mirrored)).toMatchObject(verdict)
	})

	test('fractions of a travel are smaller than degrees', () => {
		const start: Position = { ...before, pan: 0, unit: 'fraction' }
		const there = { position: { ...start, pan: -0.02 }, at: 60 }
		expect(judge(start, [there], false)).toMatchObject({ outcome: 'moved', moved: 0.02 })
	})

	test('a head that turns without end counts on from 180 degrees', () => {
		const start: Position = { ...before, pan: -178 }
		expect(judge(start, seen(-178, -179, 179), false)).toMatchObject({ outcome: 'moved', moved: 3 })
		const verdict = judge(start, seen(-178, 179), false)
		expect(returned(verdict, { ...before, pan: 180 }, { ...before, pan: -179.9 })).toMatchObject({ restored: 0.1 })
	})

	test.each([
		[10.1, 'moved', 0.1],
		[13, 'did-not-return', 3],
	])('sent back it stands at %f: %s', (pan, outcome, restored) => {
		const verdict = judge(before, seen(10, 5), false)
		expect(returned(verdict, before, { ...before, pan })).toMatchObject({ outcome, restored })
	})
})

describe('The test of a movement', () => {
	/** A head without inertia. */
	function head(faults: { deaf?: boolean; blind?: boolean; stuck?: boolean; lost?: boolean } = {}) {
		let { pan } = before
		let speed = 0
		let since = 0
		const heard: string[] = []
		const now = () => {
			const at = performance.now()
			pan += speed * (at - since)
			since = at
			return pan
		}
		const camera: TrialCamera = {
			async move(velocity: Velocity) {
				heard.push(`move ${velocity.pan}`)
				if (faults.lost) throw new DeviceError('lost', 'gone')
				now()
				if (!faults.deaf) speed = velocity.pan / 30
			},
			async stop() {
				now()
				speed = 0
				heard.push('stop')
			},
			position: async () => (faults.blind ? null : { ...before, pan: now() }),
			async moveTo(position) {
				heard.push(`to ${position.pan}`)
				if (faults.stuck) throw new DeviceError('timeout', 'it does not go there')
				pan = position.pan
			},
			mirrored: false,
		}
		return { camera, heard }
	}

	test('moves left, stops, and goes back to where it was', async () => {
		const { camera, heard } = head()
		const result = await tryMotion(camera)
		expect(result).toMatchObject({ outcome: 'moved', reason: null, restored: 0 })
		expect(result.startedMs).toBeLessThan(limitOf(400))
		expect(result.moved).toBeGreaterThan(1)
		expect(heard).toEqual(['move -0.3', 'stop', 'to 10'])
	})

	test('says of one that does not obey that it does not', async () => {
		expect(await tryMotion(head({ deaf: true }).camera)).toMatchObject({ outcome: 'no-motion', restored: 0 })
	})

	test('says of one that does not come back that it does not, and why', async () => {
		const result = await tryMotion(head({ stuck: true }).camera)
		expect(result).toMatchObject({ outcome: 'did-not-return', reason: 'timeout', restored: null })
	})

	test('moves one that tells no positions both ways, and claims nothing', async () => {
		const { camera, heard } = head({ blind: true })
		expect(await tryMotion(camera)).toMatchObject({ outcome: 'cannot-tell', moved: null })
		expect(heard).toEqual(['move -0.3', 'stop', 'move 0.3', 'stop'])
	})

	test('rejects with what the camera refuses', async () => {
		await expect(tryMotion(head({ lost: true }).camera)).rejects.toMatchObject({ code: 'lost' })
	})
})
