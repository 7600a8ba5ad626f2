import { statfsSync } from 'node:fs'
import { localAddresses } from '../config-ports.ts'
import type { MachineView } from '../protocol/pairing.ts'

/** This machine as those see it who look after it, read anew each time. */
export function machineFacts({ dataDir, outside, startedAt }: { dataDir: string; outside: string; startedAt: number }) {
	return (): Pick<MachineView, 'addresses' | 'outside' | 'startedAt' | 'disk'> => ({
		addresses: localAddresses(),
		...{ outside, startedAt },
		disk: diskOf(dataDir),
	})
}

function diskOf(path: string): MachineView['disk'] {
	try {
		const { bavail, blocks, bsize } = statfsSync(path)
		return { freeBytes: bavail * bsize, wholeBytes: blocks * bsize }
	} catch {
		return null
	}
}
