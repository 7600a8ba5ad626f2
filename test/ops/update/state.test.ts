import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StepFault } from '../../../appliance/ops/update/fault.ts'
import { type End, isEnd, next, type State, type Step } from '../../../appliance/ops/update/state.ts'
import { carryOut } from '../../../appliance/ops/update/steps.ts'

/** A machine in which every step is made of smaller ones, between which the power may go. */

class PowerCut extends Error {}

interface Disk {
	package: 'old' | 'new' | 'half'
	/** 'a' is what was there before; each version that runs adds to it. */
	data: string
	saved: string | null
	state: State
	/** What the service was started with. */
	starts: string[]
}

const begin = (): State => ({
	...{ step: 'prepare', from: '1', to: '2', began: 0, install: [], why: null, unwell: null },
})

/** `until`: so many small steps are done before the power goes; null: it doesn't. */
async function run(
	disk: Disk,
	from: State,
	failing: ReadonlySet<Step>,
	until: number | null,
): Promise<State & { step: End }> {
	let left = until ?? Number.POSITIVE_INFINITY
	let cut = false
	const small = (change: () => unknown) => {
		if (left-- <= 0) cut = true
		if (cut) throw new PowerCut()
		change()
	}
	const start = () => {
		disk.starts.push(`${disk.package} with ${disk.data}`)
		disk.data += disk.package === 'new' ? 'N' : 'o'
	}
	const perform = async (step: Exclude<Step, End>) => {
		switch (step) {
			case 'save':
				small(() => Object.assign(disk, { saved: 'half' }))
				small(() => Object.assign(disk, { saved: disk.data }))
				break
			case 'install':
				small(() => Object.assign(disk, { package: 'half' }))
				if (failing.has(step)) throw new StepFault('dpkg')
				small(() => Object.assign(disk, { package: 'new' }))
				break
			case 'undo-install':
				small(() => Object.assign(disk, { package: 'half' }))
				small(() => Object.assign(disk, { package: 'old' }))
				break
			case 'undo-data':
				small(() => Object.assign(disk, { data: 'half' }))
				small(() => Object.assign(disk, { data: disk.saved ?? 'lost' }))
				break
			case 'start':
			case 'undo-start':
				small(start)
				break
			case 'commit':
			case 'discard':
			case 'drop':
				small(() => Object.assign(disk, { saved: null }))
				break
			default:
				small(() => {})
		}
		if (failing.has(step)) throw new StepFault('failed', step)
	}
	return carryOut(from, perform, (state) => {
		// Before it is on the disk, or after it.
		small(() => {})
		disk.state = state
		small(() => {})
	})
}

const forward: Step[] = ['prepare', 'stop', 'save', 'install', 'start', 'watch', 'commit']

describe('An update that is cut off anywhere, again and again', () => {
	it('ends with the new version whole, or with the old one and its data as they were', async () => {
		const cuts = fc.array(fc.nat(20), { maxLength: 6 })
		await fc.assert(
			fc.asyncProperty(cuts, fc.subarray(forward), async (cuts, failing) => {
				const disk: Disk = { package: 'old', data: 'a', saved: null, state: begin(), starts: [] }
				const fails = new Set(failing)
				let ended: (State & { step: End }) | null = null
				for (const [i, until] of [...cuts, null].entries()) {
					const from = i === 0 ? disk.state : next(disk.state, { type: 'interrupted' })
					// Ends are kept; whoever boots then has nothing to put in order.
					if (isEnd(disk.state.step) && i > 0) break
					ended = await run(disk, from, fails, until).catch((error) => {
						if (error instanceof PowerCut) return null
						throw error
					})
				}
				const { step } = ended ?? disk.state
				if (step === 'new')
					expect(disk).toMatchObject({ package: 'new', data: expect.stringMatching(/^aN+$/), saved: null })
				else expect(disk).toMatchObject({ package: 'old', data: expect.stringMatching(/^ao*$/), saved: null })
				expect(['new', 'old', 'refused']).toContain(step)
				// The service never ran half a version, or one version with what another has made of the data.
				for (const start of disk.starts) expect(start).toMatch(/^(old with ao*|new with aN*)$/)
			}),
			{ numRuns: 2_000 },
		)
	})

	it.each(forward.slice(0, -1))('that fails in the step %s ends with the old version', async (step) => {
		const disk: Disk = { package: 'old', data: 'a', saved: null, state: begin(), starts: [] }
		const ended = await run(disk, disk.state, new Set([step]), null)
		expect(ended.step).toBe(step === 'prepare' ? 'refused' : 'old')
		expect(ended.why).not.toBeNull()
		expect(disk).toMatchObject({ package: 'old', saved: null })
		expect(disk.data.replaceAll('o', '')).toBe('a')
	})

	it('that is not cut off ends with the new version', async () => {
		const disk: Disk = { package: 'old', data: 'a', saved: null, state: begin(), starts: [] }
		expect(await run(disk, disk.state, new Set(), null)).toMatchObject({ step: 'new', why: null })
		expect(disk).toMatchObject({ package: 'new', data: 'aN', saved: null })
	})
})

describe('An update that cannot be taken back', () => {
	it.each(['undo-stop', 'undo-install', 'undo-data'] as const)(
		'because of %s waits for somebody, and is tried again at the next boot',
		async (step) => {
			const disk: Disk = { package: 'old', data: 'a', saved: null, state: begin(), starts: [] }
			const ended = await run(disk, disk.state, new Set<Step>(['watch', step]), null)
			expect(ended).toMatchObject({ step: 'stuck', why: { detail: 'watch' }, unwell: { detail: step } })
			expect(disk.saved).toBe('a')
			const again = await run(disk, next(disk.state, { type: 'interrupted' }), new Set(), null)
			expect(again).toMatchObject({ step: 'old', why: { detail: 'watch' }, unwell: null })
			expect(disk).toMatchObject({ package: 'old', data: 'ao' })
		},
	)

	it('far enough for the old version to be well has it back, and says so', async () => {
		const disk: Disk = { package: 'old', data: 'a', saved: null, state: begin(), starts: [] }
		const ended = await run(disk, disk.state, new Set<Step>(['watch', 'undo-watch']), null)
		expect(ended).toMatchObject({ step: 'old', unwell: { detail: 'undo-watch' } })
		expect(disk).toMatchObject({ package: 'old', data: 'ao', saved: null })
	})
})
