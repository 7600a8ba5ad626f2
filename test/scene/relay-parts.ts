import { availableParallelism } from 'node:os'
import { descendants } from './processes.ts'

/** What a relay is made by, each a process of its own or several. */
export type RelayPart = 'programme' | 'ffmpeg' | 'worker'

const looks: Record<RelayPart, RegExp> = {
	programme: /^\/usr\/lib\/chromium\/.*maru-programme-/,
	ffmpeg: /ffmpeg .*pipe:3/,
	worker: /mediasoup-worker/,
}

/** How many of them at the most; absent: all. */
const used: Partial<Record<RelayPart, number>> = { ffmpeg: 1, worker: availableParallelism() }

/**
 * Those of this appliance that run now; of a browser the one that the others belong to stands first. Of ffmpeg and the SFU's
 * workers only those that are used: a younger one waits for its turn.
 */
export function relayPids(
	appliance: { readonly pid: number },
	part: RelayPart,
	which: 'used' | 'all' = 'used',
): number[] {
	const found = descendants(appliance.pid)
		.filter(({ command }) => looks[part].test(command))
		.map(({ pid }) => pid)
	return which === 'all' ? found : found.slice(0, used[part])
}
