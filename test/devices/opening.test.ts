import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startDeadline } from '../../appliance/devices/opening.ts'
import { eventually } from '../eventually.ts'

describe('The deadline of an opening', () => {
	it('ends it', async () => {
		const { signal } = startDeadline(30)
		await eventually(() => expect(signal.aborted).toBe(true))
	})

	it('is put off while the driver waits for its camera, and comes after that', async () => {
		const { signal, prolong } = startDeadline(30)
		prolong(1_000)
		await sleep(200)
		expect(signal.aborted).toBe(false)
		await eventually(() => expect(signal.aborted).toBe(true))
	})

	it('never comes earlier for being put off', async () => {
		const { signal, prolong, clear } = startDeadline(10_000)
		for (const ms of [1, -5, Number.NaN]) prolong(ms)
		await sleep(50)
		expect(signal.aborted).toBe(false)
		clear()
	})

	it('does not matter any more once all is open', async () => {
		const { signal, clear } = startDeadline(30)
		clear()
		await sleep(100)
		expect(signal.aborted).toBe(false)
	})
})
