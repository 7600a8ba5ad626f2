import type { Camera } from '../camera.ts'
import { DeviceError, type Driver } from '../device.ts'
import { PtzCamera } from '../ptz/camera.ts'
import { createUdp } from '../transport/udp.ts'
import type { ViscaIpConfig } from './config.ts'
import { Conversation } from './conversation.ts'
import { rawFraming, sonyFraming } from './framing.ts'
import { ViscaMechanism } from './mechanism.ts'
import { createSession } from './session.ts'

/** VISCA over IP in datagrams: Sony's framing (UDP 52381), or packets as they are (UDP 1259). */
export const viscaIp: Driver<unknown, Camera> = createViscaIp()

function createViscaIp(): Driver<unknown, Camera> {
	const openUdp = createUdp()
	return {
		name: 'visca-ip',
		async open(config, { signal, log }) {
			// Checked against its schema where the configuration is read.
			const { host, port = 52381, localPort = 0, framing = 'sony', model = {} } = config as ViscaIpConfig
			const link = await openUdp({ host, port, localPort })
			const session = createSession(framing === 'raw' ? rawFraming() : sonyFraming(framing === 'sony'))
			const camera = new PtzCamera(new ViscaMechanism(new Conversation(session, link, log), log, { model }), log)
			const abort = () => void camera[Symbol.asyncDispose]()
			signal.addEventListener('abort', abort, { once: true })
			try {
				if (signal.aborted) throw new DeviceError('lost', 'no longer wanted')
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
