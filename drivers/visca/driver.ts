import type { Camera } from '../camera.ts'
import type { Driver } from '../device.ts'
import { createUdp } from '../transport/udp.ts'
import type { ViscaIpConfig } from './config.ts'
import { rawFraming, sonyFraming } from './framing.ts'
import { openCamera } from './opening.ts'
import { createSession } from './session.ts'

/** VISCA over IP in datagrams: Sony's framing (UDP 52381), or packets as they are (UDP 1259). */
export const viscaIp: Driver<unknown, Camera> = createViscaIp()

function createViscaIp(): Driver<unknown, Camera> {
	const openUdp = createUdp()
	return {
		name: 'visca-ip',
		async open(config, context) {
			// Checked against its schema where the configuration is read.
			const { host, port = 52381, localPort = 0, framing = 'sony', model = {} } = config as ViscaIpConfig
			const link = await openUdp({ host, port, localPort })
			const session = createSession(framing === 'raw' ? rawFraming() : sonyFraming(framing === 'sony'))
			return openCamera(link, session, { model }, context)
		},
	}
}
