import { describe, expect, it } from 'vitest'
import { beginWatching, healthFaults, look, type Sample } from '../../../appliance/ops/update/gate.ts'
import { faultsOf } from '../../../appliance/ops/update/machine.ts'

const promised = { version: '2.0', readyMs: 60_000, steadyMs: 10_000, before: ['segments'] }
const well: Sample = { health: { ok: true, version: '2.0', devices: true, segments: false }, restarts: 0 }
const silent: Sample = { health: null, restarts: 0 }

/** One look a second; what came of it and when. */
function watch(samples: (second: number) => Sample) {
	let watching = beginWatching(0)
	for (let second = 0; second < 1_000; second++) {
		const verdict = look(watching, samples(second), promised, second * 1_000)
		if (verdict.type === 'passed') return `passed after ${second} s`
		if (verdict.type === 'failed') return `${verdict.fault.code} after ${second} s`
		watching = verdict.watching
	}
	return 'waits for ever'
}

describe('The health gate', () => {
	it('lets a version pass that is well at once and stays so', () => {
		expect(watch(() => well)).toBe('passed after 10 s')
	})

	it('waits for one that takes its time to start', () => {
		expect(watch((second) => (second < 50 ? silent : well))).toBe('passed after 60 s')
	})

	it('holds a version up that never answers', () => {
		expect(watch(() => silent)).toBe('no-answer after 60 s')
	})

	it('holds one up that is well only now and then', () => {
		expect(watch((second) => (second % 8 === 7 ? silent : well))).toBe('no-answer after 63 s')
	})

	it('holds one up whose parts don’t run', () => {
		const sick = { ...well, health: { ...well.health, devices: false } }
		expect(watch(() => sick)).toBe('unwell after 60 s')
	})

	it('holds one up that ended by itself, at once, however well it is now', () => {
		expect(watch((second) => (second < 5 ? well : { ...well, restarts: 1 }))).toBe('ended after 5 s')
	})

	it('is not deceived by another version that answers, or by one that does not say which it is', () => {
		expect(watch(() => ({ ...well, health: { ok: true, version: '1.5' } }))).toBe('other-version after 60 s')
		expect(watch(() => ({ ...well, health: { ok: true } }))).toBe('other-version after 60 s')
	})

	it('names what is not right', () => {
		expect(healthFaults({ ok: true, devices: false, stage: { running: false } })).toEqual(['devices'])
		expect(healthFaults({ sfu: { workers: [{ pid: 7 }, { pid: null }] } })).toEqual(['sfu'])
	})
})

describe('What the doctor finds', () => {
	const report = (...findings: [string, string | null, string][]) =>
		JSON.stringify({ ok: false, findings: findings.map(([check, of, state]) => ({ check, of, state })) })

	it('counts where an update can have broken it', () => {
		const said = report(['database', null, 'fault'], ['units', 'maru-a.service', 'fault'], ['node', null, 'ok'])
		expect(faultsOf(said)).toEqual(['database', 'units maru-a.service'])
	})

	it('does not count where it is a camera without power, or a piece of advice', () => {
		expect(faultsOf(report(['camera', 'front', 'fault'], ['certificate', null, 'advice']))).toEqual([])
	})

	it('is a fault by itself where the doctor does not run', () => {
		expect(faultsOf('Segmentation fault')).toEqual(['doctor'])
	})
})
