import { isMoving } from '../../../drivers/virtual/head.ts'
import { type Faults, startViscaCamera, type VirtualCamera } from '../../../drivers/virtual/visca-camera.ts'
import { viscaIp } from '../../../drivers/visca/driver.ts'
import type { Specimen } from '../contract.ts'
import { silentLog } from '../wait.ts'

export interface ViscaSpecimen extends Specimen {
	device: VirtualCamera
}

interface Options {
	faults?: Faults
	/** Of both sides; default Sony's. */
	framing?: 'sony' | 'sony-uncounted' | 'raw'
}

export const context = () => ({ signal: new AbortController().signal, log: silentLog })

/** The real driver, talking to a virtual camera over real sockets. */
export async function openSpecimen({ faults = {}, framing = 'sony' }: Options = {}): Promise<ViscaSpecimen> {
	const device = await startViscaCamera({
		...{ host: '127.0.0.1', port: 0, faults },
		framing: framing === 'raw' ? 'raw' : 'sony',
	})
	const camera = await viscaIp
		.open({ host: '127.0.0.1', port: device.port, framing }, context())
		.catch(async (error) => {
			await device.close()
			throw error
		})
	return {
		camera,
		device,
		head() {
			const head = device.head()
			return { pan: head.pan.position, tilt: head.tilt.position, zoom: head.zoom.position, moving: isMoving(head) }
		},
		silence() {
			device.faults.silent = true
		},
		close: () => device.close(),
	}
}
