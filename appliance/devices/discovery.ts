import type { Log } from '../../drivers/device.ts'
import { findSerialPorts } from '../../drivers/transport/serial-ports.ts'
import type { Discovery } from './messages.ts'

/** What could be set up as a camera: on the networks of this machine, and on its serial lines. */
export async function discover(_seconds: number, _: { signal: AbortSignal; log: Log }): Promise<Discovery> {
	const lines = await findSerialPorts()
	return { cameras: [], lines, networks: [] }
}
