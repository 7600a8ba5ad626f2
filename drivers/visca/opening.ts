import type { Camera } from '../camera.ts'
import { DeviceError, type OpenContext } from '../device.ts'
import { PtzCamera } from '../ptz/camera.ts'
import { Conversation, type Link } from './conversation.ts'
import { ViscaMechanism, type ViscaOptions } from './mechanism.ts'
import type { Session } from './session.ts'

/** A camera over a link that is open: resolves when it has answered. Otherwise, or when it is no longer wanted, the link is closed. */
export async function openCamera(
	link: Link,
	session: Session,
	options: Omit<ViscaOptions, 'prolong'>,
	{ signal, log, prolong }: OpenContext,
): Promise<Camera> {
	const mechanism = new ViscaMechanism(new Conversation(session, link, log), log, {
		...options,
		...(prolong ? { prolong } : {}),
	})
	const camera = new PtzCamera(mechanism, log)
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
}
