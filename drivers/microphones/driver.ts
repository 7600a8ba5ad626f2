import { DeviceError, type Driver } from '../device.ts'
import type { Microphones } from '../microphones.ts'
import type { ByteLink } from '../transport/link.ts'
import { openTcp } from '../transport/tcp.ts'
import { whileWanted } from '../while-wanted.ts'
import type { TextLinesConfig } from './config.ts'
import { LineMicrophones } from './device.ts'
import { createSession } from './session.ts'

export interface TextLinesSetup {
	/** As its schema and `textLinesFaults` passed it. */
	system: TextLinesConfig
	/** The ids of all seats of the hall. */
	seats: readonly string[]
	/** Exactly these are to be open from the first moment; null: nobody holds the seats, and none is touched. */
	open: readonly string[] | null
}

/**
 * A microphone system that speaks in lines of text. With `commands.poll` it has opened when the system has answered;
 * without, when the line is open: a system may well be silent until somebody presses a button.
 */
export const textLines: Driver<TextLinesSetup, Microphones> = {
	name: 'text-lines',
	async open({ system, seats, open }, { signal, log }) {
		const session = createSession(system, seats)
		const microphones = new LineMicrophones(session, await openLink(system, signal), log)
		return whileWanted(microphones, signal, () => microphones.start(open, system.commands.poll !== undefined))
	},
}

async function openLink({ tcp, serial }: TextLinesConfig, signal: AbortSignal): Promise<ByteLink> {
	if (tcp) return openTcp(tcp, signal)
	if (!serial) throw new DeviceError('unsupported', 'neither tcp nor serial is configured')
	// Loaded only where there is a line: it brings native code.
	const { openSerial } = await import('../transport/serial.ts')
	return openSerial(serial, signal)
}
