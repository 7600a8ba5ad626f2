import type { Camera } from '../camera.ts'
import type { Driver } from '../device.ts'
import { openTcp } from '../transport/tcp.ts'
import type { ViscaTcpConfig } from './config.ts'
import { rawFraming } from './framing.ts'
import { openCamera } from './opening.ts'
import { createSession } from './session.ts'

/**
 * VISCA packets as they are over TCP (5678: PTZOptics and its kin). A camera that was switched off and on leaves the
 * connection half open, which only its silence shows: two looks without an answer end it.
 */
export const viscaTcp: Driver<unknown, Camera> = {
	name: 'visca-tcp',
	async open(config, context) {
		// Checked against its schema where the configuration is read.
		const { host, port = 5678, model = {} } = config as ViscaTcpConfig
		const stream = await openTcp({ host, port }, context.signal)
		const link = {
			// What could not be sent ends the connection, which is all that there is to say.
			send: (bytes: Uint8Array) => void stream.write(bytes).catch(() => {}),
			onDatagram: stream.onBytes,
			close: () => void stream[Symbol.asyncDispose](),
		}
		return openCamera(link, createSession(rawFraming()), { model, ended: stream.lost }, context)
	},
}
