import type { Camera } from '../camera.ts'
import { DeviceError, type Driver } from '../device.ts'
import { PtzCamera } from '../ptz/camera.ts'
import { byteMs, createSerialLines, type Line } from '../transport/serial-lines.ts'
import type { PelcoConfig } from './config.ts'
import { Conversation } from './conversation.ts'
import { PelcoMechanism } from './mechanism.ts'

/** Pelco-D over a serial line (RS-485), on which several domes may hang. */
export const pelcoD: Driver<unknown, Camera> = createPelcoD()

function createPelcoD(): Driver<unknown, Camera> {
	const openLine = createSerialLines()
	/** What is said on each open port; ends with it. */
	const conversations = new WeakMap<Line, Conversation>()

	function conversationOn(port: Line, baudRate: number, path: string): Conversation {
		const known = conversations.get(port)
		if (known) return known
		const conversation = new Conversation(port, byteMs({ path, baudRate }))
		conversations.set(port, conversation)
		return conversation
	}

	return {
		name: 'pelco-d',
		async open(config, { signal, log }) {
			// Checked against its schema where the configuration is read.
			const { path, baudRate = 2_400, address = 1, blind, travel, model } = config as PelcoConfig
			const line = await openLine({ path, baudRate }, signal)
			let camera: PtzCamera | null = null
			const abort = () => void camera?.[Symbol.asyncDispose]()
			try {
				const dome = conversationOn(line.port, baudRate, path).join(address, log)
				const mechanism = new PelcoMechanism(dome, {
					...(blind === undefined ? {} : { blind }),
					...(travel && { limits: travel }),
					...(model && { model }),
					ended: line.lost,
				})
				camera = new PtzCamera(mechanism, log)
				camera.lost.then(() => line[Symbol.asyncDispose]())
				signal.addEventListener('abort', abort, { once: true })
				if (signal.aborted) throw new DeviceError('lost', 'no longer wanted')
				await camera.start()
				return camera
			} catch (error) {
				await camera?.[Symbol.asyncDispose]()
				await line[Symbol.asyncDispose]()
				throw error
			} finally {
				signal.removeEventListener('abort', abort)
			}
		},
	}
}
