import type { Log } from '../../drivers/device.ts'
import { searchCameras } from '../../drivers/onvif/discovery-search.ts'
import type { Reach } from '../../drivers/reach.ts'
import { findSerialPorts } from '../../drivers/transport/serial-ports.ts'
import type { Discovery } from './messages.ts'

/**
 * What could be set up as a camera: on the networks of this machine, for so many seconds and at most one more, and on its
 * serial lines. Who asks while a search runs shares it: two would only make each other's networks busy.
 */
export function createDiscovery(context: {
	signal: AbortSignal
	log: Log
	/** Where devices may be; absent: anywhere. */
	allows?: Reach['allows']
}): (seconds: number) => Promise<Discovery> {
	let running: Promise<Discovery> | null = null

	async function search(seconds: number): Promise<Discovery> {
		const [{ cameras, networks }, lines] = await Promise.all([searchCameras({ seconds }, context), findSerialPorts()])
		return { cameras, lines, networks }
	}

	return (seconds) => {
		running ??= search(seconds).finally(() => {
			running = null
		})
		return running
	}
}
