import { isMoving } from '../../drivers/virtual/head.ts'
import type { Dome, DomeFaults } from '../../drivers/virtual/pelco-dome.ts'
import { type PelcoLine, startPelcoLine } from '../../drivers/virtual/pelco-line.ts'
import { startPair } from '../drivers/transport/pty.ts'
import type { Hardware } from './hardware-kinds.ts'

export interface PelcoHardware extends Hardware<DomeFaults> {
	readonly line: PelcoLine
}

/** The first of two domes on one line at 2400 baud; the second one when there is a first, `beside` which it hangs. */
export async function pelcoD(faults: DomeFaults, beside?: Hardware): Promise<PelcoHardware> {
	const first = beside as PelcoHardware | undefined
	const started = first ? { line: first.line, path: first.config.path, close: async () => {} } : await startLine()
	const address = first ? 2 : 1
	const dome = started.line.domes[address - 1] as Dome
	const travel = { pan: [-170, 170], tilt: [-30, 90] }
	return {
		config: { driver: 'pelco-d', path: started.path, baudRate: 2_400, address, travel },
		faults: Object.assign(dome.faults, faults),
		head() {
			const head = dome.head()
			const { pan, tilt, zoom } = head
			return { pan: pan.position, tilt: tilt.position, zoom: zoom.position, moving: isMoving(head) }
		},
		onDrive: dome.onDrive,
		line: started.line,
		close: started.close,
	}
}

async function startLine() {
	const pty = await startPair()
	const line = await startPelcoLine({ path: pty.other, domes: [{ address: 1 }, { address: 2 }] })
	return {
		...{ line, path: pty.path },
		async close() {
			await line.close()
			await pty.close()
		},
	}
}
