import { SerialPort } from 'serialport'
import { DeviceError } from '../device.ts'
import { type ByteLink, linkOver } from './link.ts'

/** A serial line without flow control. */
export interface SerialOptions {
	/** Best below /dev/serial/by-id (or by-path, for adapters without a serial number): ttyUSB0 is another one tomorrow. */
	path: string
	baudRate: number
	/** Default 8. */
	dataBits?: 7 | 8
	/** Default 'none'. */
	parity?: 'none' | 'even' | 'odd'
	/** Default 1. */
	stopBits?: 1 | 2
	/** Default 1,000. After an unplug a write never calls back. */
	writeMs?: number
}

/**
 * From a line that is unplugged in the midst of a read serialport 13 reads on, nothing and for ever, thirty thousand times
 * a second. So the system is asked this often whether the line is still there.
 */
const presenceMs = 250

/**
 * Opens the line for us alone. Rejects with 'unreachable': it is not there, not ours to open, or another program has it.
 * The lock binds programs that ask for one, and the system keeps out all others but root's.
 */
export async function openSerial(options: SerialOptions, signal: AbortSignal): Promise<ByteLink> {
	const { path, baudRate, dataBits = 8, parity = 'none', stopBits = 1, writeMs = 1_000 } = options
	const port = new SerialPort({ path, baudRate, dataBits, parity, stopBits, lock: true, autoOpen: false })
	const close = () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()))
	await new Promise<void>((resolve, reject) => {
		port.open((cause) => {
			if (!cause) return resolve()
			reject(new DeviceError('unreachable', `${path} cannot be opened: ${cause.message}`, { cause }))
		})
	})
	if (signal.aborted) {
		await close()
		throw new DeviceError('lost', 'no longer wanted')
	}
	const presence = setInterval(() => {
		port.port?.getBaudRate().catch((cause: Error) => port.isOpen && port.close(undefined, cause))
	}, presenceMs)
	port.once('close', () => clearInterval(presence))
	return linkOver(port, {
		name: path,
		writeMs,
		async end(stuck) {
			// The system would wait for bytes that will never go out.
			if (stuck && port.isOpen) await new Promise<void>((resolve) => port.flush(() => resolve()))
			await close()
		},
	})
}
