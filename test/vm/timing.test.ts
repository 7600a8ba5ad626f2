import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connectGuest, type Guest, shell } from './guest.ts'
import { program } from './install.ts'

/** What a speakerphone promises within a time, when nothing else runs in the machine. */

let guest: Guest

beforeAll(async () => {
	guest = await connectGuest(inject('guest'))
	await shell(guest, 'modprobe uhid')
})
afterAll(() => guest.close())

describe('A speakerphone', () => {
	it('agrees with the room 150 ms after the last of 200 presses at both, none lost or doubled', async () => {
		const [result] = (await program(guest, 'presses')) as {
			presses: number
			pressed: number
			heard: number
			p95: number
		}[]
		console.log(result)
		expect(result?.presses).toBe(200)
		expect(result?.heard).toBe(result?.pressed)
		expect(result?.p95).toBeLessThanOrEqual(150 * inject('patience'))
	})

	it('is back and muted 3 s after it was pulled out and plugged in, 20 times', async () => {
		const [result] = (await program(guest, 'replug')) as {
			rounds: number
			backMs: number
			inverted: number
			files: number[]
		}[]
		console.log(result)
		expect(result).toMatchObject({ rounds: 20, inverted: 0 })
		expect(result?.backMs).toBeLessThanOrEqual(3_000 * inject('patience'))
		expect(result?.files.at(-1)).toBe(result?.files[0])
	})
})
