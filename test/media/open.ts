import { pino } from 'pino'
import { openSfu, type Sfu, type SfuOptions } from '../../appliance/media/sfu.ts'

export const log = pino({ level: process.env.MARU_TEST_LOG ?? 'silent' })

/** A real SFU on free ports of this machine. */
export function openTestSfu(options: Partial<SfuOptions> = {}): Promise<Sfu> {
	return openSfu({
		workers: 1,
		listen: { host: '127.0.0.1', announce: ['auto'], port: 0 },
		feeds: { host: '127.0.0.1', portRange: [24_400, 24_499] },
		log,
		...options,
	})
}
