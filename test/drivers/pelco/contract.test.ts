import { vi } from 'vitest'
import { cameraContract } from '../contract.ts'
import { openSpecimen } from './specimen.ts'

/** They wait rather than work. */
vi.setConfig({ maxConcurrency: 10 })

cameraContract('Pelco-D', openSpecimen, { positions: true })
cameraContract(
	'Pelco-D among neighbours, through an adapter that hears itself',
	() => openSpecimen({ baudRate: 9_600, others: 2, echo: true }),
	{ positions: true },
)
cameraContract(
	'Pelco-D that acknowledges and no more',
	() => openSpecimen({ baudRate: 9_600, faults: { acknowledges: true, noPosition: true } }),
	{ positions: false },
)
cameraContract(
	'Pelco-D that nothing comes back from',
	async () => {
		const blind = await openSpecimen({ baudRate: 9_600, faults: { noPosition: true }, config: { blind: true } })
		// Nobody would hear that it is dead; that its line is, the system tells.
		return { ...blind, silence: () => void blind.pty.unplug() }
	},
	{ positions: false },
)
