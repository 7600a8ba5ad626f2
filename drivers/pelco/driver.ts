import type { Camera } from '../camera.ts'
import type { Driver } from '../device.ts'
import { openPtz } from '../ptz/opening.ts'
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
		async open(config, context) {
			// Checked against its schema where the configuration is read.
			const { path, baudRate = 2_400, address = 1, blind = false, travel, model = {} } = config as PelcoConfig
			const line = await openLine({ path, baudRate }, context.signal)
			const leave = () => line[Symbol.asyncDispose]()
			try {
				const dome = conversationOn(line.port, baudRate, path).join(address, context.log)
				const close = () => {
					dome.close()
					leave()
				}
				const options = { blind, model, ended: line.lost, ...(travel && { limits: travel }) }
				return await openPtz(new PelcoMechanism({ ...dome, close }, options), context)
			} catch (error) {
				await leave()
				throw error
			}
		},
	}
}
