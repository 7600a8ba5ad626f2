import type { Camera } from '../camera.ts'
import { DeviceError, type Driver } from '../device.ts'
import { byteMs, createSerialLines, type Line, type OpenPort, type SharedLine } from '../transport/serial-lines.ts'
import { createBlindSession } from './blind.ts'
import { Chain } from './chain.ts'
import { encode } from './codec.ts'
import type { ViscaSerialConfig } from './config.ts'
import type { Link } from './conversation.ts'
import { lineFraming } from './framing.ts'
import { stops } from './mechanism.ts'
import { openCamera } from './opening.ts'
import { linePace, lookMs } from './pace.ts'
import { createSession } from './session.ts'

/**
 * VISCA over RS-232 and RS-422, up to seven cameras on one line. What concerns the whole line, the port and the addresses,
 * is shared; each camera has a conversation of its own.
 */
export const viscaSerial: Driver<unknown, Camera> = createViscaSerial()

/** `openPort`: the system's serial ports, unless a test has its own. */
export function createViscaSerial(openPort?: OpenPort): Driver<unknown, Camera> {
	const openLine = createSerialLines(openPort)
	const chains = new WeakMap<Line, Chain>()

	function chainOf(port: Line): Chain {
		const chain = chains.get(port) ?? new Chain(port)
		chains.set(port, chain)
		return chain
	}

	return {
		name: 'visca-serial',
		async open(config, context) {
			// Checked against its schema where the configuration is read.
			const { path, baudRate = 9_600, address = 1, blind = false, model = {} } = config as ViscaSerialConfig
			const options = { path, baudRate }
			const line = await openLine(options, context.signal)
			const { promise: ended, resolve: end } = Promise.withResolvers<unknown>()
			const chain = chainOf(line.port)
			let leave = () => {}
			try {
				leave = chain.take(address, () => end(null))
				line.lost.then(end)
				// The first act, before anything that takes time: whoever drove it before may be dead.
				for (const stop of stops) line.write(encode(stop, address), true).catch(() => {})
				const addressed = chain.addressed()
				if (!blind) await addressed
				const session = blind
					? createBlindSession(address)
					: createSession(lineFraming(address), linePace(byteMs(options), address))
				const link = linkOn(line, leave)
				const pollMs = {
					get moving() {
						return lookMs(chain.size, byteMs(options))
					},
					idle: 500,
				}
				const camera = await openCamera(link, session, { model, ended, blind, pollMs }, context)
				// It may have been switched off and on, and have no address any more.
				camera.lost.then((reason) => reason && chain.doubt())
				return camera
			} catch (error) {
				if (error instanceof DeviceError && error.code === 'unreachable') chain.doubt()
				leave()
				await line[Symbol.asyncDispose]()
				throw error
			}
		},
	}
}

function linkOn(line: SharedLine, leave: () => void): Link {
	let left: (bytes: Uint8Array) => void = () => {}
	return {
		// What could not be sent was taken back, or the line is lost, which is all that there is to say.
		send: (bytes, urgent) => void line.write(bytes, urgent, () => left(bytes)).catch(() => {}),
		onDatagram: line.onBytes,
		turns: {
			onSent(listener) {
				left = listener
			},
			withdraw: line.withdraw,
		},
		close() {
			leave()
			void line[Symbol.asyncDispose]()
		},
	}
}
