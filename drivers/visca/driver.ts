import type { Camera } from '../camera.ts'
import type { Driver } from '../device.ts'
import { createUdp } from '../transport/udp.ts'
import { ViscaCamera } from './camera.ts'
import type { ViscaIpConfig } from './config.ts'

/** VISCA over IP with Sony's framing, UDP 52381. */
export const viscaIp: Driver<unknown, Camera> = createViscaIp()

function createViscaIp(): Driver<unknown, Camera> {
	const openUdp = createUdp()
	return {
		name: 'visca-ip',
		async open(config, { signal, log }) {
			const { host, port = 52381, localPort = 0 } = config as Partial<ViscaIpConfig> & { host: string }
			const link = await openUdp({ host, port, localPort })
			const camera = new ViscaCamera(link, log)
			const abort = () => void camera[Symbol.asyncDispose]()
			signal.addEventListener('abort', abort, { once: true })
			try {
				await camera.start()
				return camera
			} catch (error) {
				await camera[Symbol.asyncDispose]()
				throw error
			} finally {
				signal.removeEventListener('abort', abort)
			}
		},
	}
}
