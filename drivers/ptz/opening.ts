import type { OpenContext } from '../device.ts'
import { whileWanted } from '../while-wanted.ts'
import { PtzCamera } from './camera.ts'
import type { Mechanism } from './mechanism.ts'

/** The camera once it has answered. Otherwise, or when it is no longer wanted, its connection is closed. */
export async function openPtz(mechanism: Mechanism, { signal, log }: OpenContext): Promise<PtzCamera> {
	const camera = new PtzCamera(mechanism, log)
	return whileWanted(camera, signal, () => camera.start())
}
