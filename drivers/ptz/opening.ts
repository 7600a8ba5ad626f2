import { DeviceError, type OpenContext } from '../device.ts'
import { PtzCamera } from './camera.ts'
import type { Mechanism } from './mechanism.ts'

/** The camera once it has answered. Otherwise, or when it is no longer wanted, its connection is closed. */
export async function openPtz(mechanism: Mechanism, { signal, log }: OpenContext): Promise<PtzCamera> {
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
