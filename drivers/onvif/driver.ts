import type { Camera } from '../camera.ts'
import type { Driver } from '../device.ts'
import { openPtz } from '../ptz/opening.ts'
import { createHttpClient, type Pin, resolveHost } from '../transport/http.ts'
import { CameraClock } from './clock.ts'
import type { OnvifConfig } from './config.ts'
import { Conversation } from './conversation.ts'
import { Login } from './login.ts'
import { OnvifMechanism } from './mechanism.ts'

/**
 * ONVIF over HTTP or HTTPS. The dozen operations that are needed are spoken here rather than by npm's `onvif` (0.8.3), which
 * makes numbers of tokens, throws where nobody can catch it, has no deadline against a reply that trickles, and measures
 * the camera's clock once.
 */
export const onvif: Driver<unknown, Camera> = {
	name: 'onvif',
	async open(config, context) {
		const { log, trust } = context
		// Checked against its schema where the configuration is read.
		const { host, port = 80, https = false, username, password = '', travel = null } = config as OnvifConfig
		const address = await resolveHost(host)
		const pin: Pin | null = https ? { fingerprint: trust?.known ?? null } : null
		const http = () => createHttpClient({ host, port, pin }, address)
		const who = username === undefined ? null : { username, password }
		const lanes = { stop: http(), drive: http(), ask: http() }
		const talk = new Conversation({ http: lanes, login: new Login(who), clock: new CameraClock(), log })
		const camera = await openPtz(new OnvifMechanism({ talk, log, host, who, travel }), context)
		// It let us in: this is the camera, and from now on it is this certificate's.
		if (pin?.fingerprint && pin.fingerprint !== trust?.known) trust?.keep(pin.fingerprint)
		return camera
	},
}
