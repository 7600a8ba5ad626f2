import { cameraContract } from '../contract.ts'
import { openSpecimen } from './specimen.ts'

cameraContract('ONVIF', openSpecimen, { positions: true })
cameraContract('ONVIF that tells no degrees', () => openSpecimen({ config: { travel: undefined } }), {
	positions: true,
	told: ({ pan, tilt, zoom }) => ({ pan: pan / 170, tilt: (tilt - 30) / 60, zoom, unit: 'fraction', at: 0 }),
})
cameraContract('ONVIF that does not tell where it is', () => openSpecimen({ faults: { noPosition: true } }), {
	positions: false,
})
