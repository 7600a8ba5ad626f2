import type { CallLamps, Speakerphone } from '../speakerphone.ts'
import type { HidPort } from '../transport/hidraw.ts'
import { whileWanted } from '../while-wanted.ts'
import { HidSpeakerphone } from './device.ts'

type Options = Omit<ConstructorParameters<typeof HidSpeakerphone>[1], 'lamps'> & {
	/** What the device is told first of all; a function is asked at the moment when it is told. */
	lamps: CallLamps | (() => CallLamps)
}

/** What is at this port, when it has taken the lamps. The port is let go where that fails or is no longer wanted. */
export async function openOn(
	port: HidPort,
	{ lamps, ...options }: Options,
	signal: AbortSignal,
): Promise<Speakerphone> {
	const speakerphone = new HidSpeakerphone(port, { ...options, lamps: typeof lamps === 'function' ? lamps() : lamps })
	return whileWanted(speakerphone, signal, () => speakerphone.start())
}
