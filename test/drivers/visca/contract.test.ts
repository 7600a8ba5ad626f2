import { cameraContract } from '../contract.ts'
import { openSpecimen } from './specimen.ts'

cameraContract('VISCA over IP', openSpecimen, { positions: true })
cameraContract('VISCA in datagrams without a header', () => openSpecimen({ framing: 'raw' }), { positions: true })
cameraContract('VISCA over IP that does not tell where it is', () => openSpecimen({ faults: { noPosition: true } }), {
	positions: false,
})
