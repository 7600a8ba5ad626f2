import { beforeAll, describe, expect, it } from 'vitest'
import { trials } from '../scene/wait.ts'
import type { Hardware } from './hardware-kinds.ts'
import { type Fault, noticedAt, play, promises, settledAt, type Verdict } from './proof.ts'
import { onvifFaults } from './proof-onvif.ts'
import { pelcoFaults } from './proof-pelco.ts'
import { viscaFaults } from './proof-visca.ts'
import { viscaSerialFaults, viscaTcpFaults } from './proof-visca-streams.ts'

/** Every fault that a script can give a camera: noticed within a second, healed or reported within five, on a machine that has time. */

const faults: readonly Fault<Hardware>[] = [
	...viscaFaults,
	...viscaTcpFaults,
	...viscaSerialFaults,
	...onvifFaults,
	...pelcoFaults,
]
/** They wait rather than work. */
const together = 20
const verdicts = new Map<string, Verdict>()

describe('A camera that', () => {
	beforeAll(async () => {
		for (let i = 0; i < faults.length; i += together) {
			const some = faults.slice(i, i + together)
			const played = await Promise.all(some.map(play))
			for (const [at, { name }] of some.entries()) verdicts.set(name, played[at] as Verdict)
		}
	})

	it.each(faults.map(({ name }) => name))('%s is found out', (name) => {
		const verdict = verdicts.get(name) as Verdict
		const [noticed, settled] = [noticedAt(verdict), settledAt(verdict)]
		const outcome = verdict.wellAt === null ? `reported ${verdict.reason}` : 'well'
		console.log(`${name}: noticed ${Math.round(noticed)} ms, ${outcome} ${Math.round(settled)} ms`)
		const strict = trials >= 20
		expect(noticed).toBeLessThan(strict ? promises.noticedMs * 3 : promises.patienceMs)
		expect(settled).toBeLessThan(strict ? promises.settledMs * 1.1 : promises.patienceMs)
		expect(verdict.lies).toBe(0)
	})
})
