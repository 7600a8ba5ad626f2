import { vi } from 'vitest'
import { cameraContract } from '../contract.ts'
import { openSerialSpecimen, openTcpSpecimen } from './specimen.ts'

/** They wait rather than work. */
vi.setConfig({ maxConcurrency: 10 })

cameraContract('VISCA over TCP', () => openTcpSpecimen(), { positions: true })
cameraContract('VISCA on a serial line of its own', () => openSerialSpecimen(), { positions: true })
cameraContract('VISCA as the third of seven on one serial line', () => openSerialSpecimen({ others: 6, address: 3 }), {
	positions: true,
})
