import { cameraContract } from '../contract.ts'
import { openSpecimen } from './specimen.ts'

cameraContract('Pelco-D', openSpecimen, { positions: true })
cameraContract('Pelco-D at 9600 baud, with neighbours', () => openSpecimen({ baudRate: 9_600, others: 2 }), {
	positions: true,
})
