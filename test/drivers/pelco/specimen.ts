import { pelcoD } from '../../../drivers/pelco/driver.ts'
import { isMoving } from '../../../drivers/virtual/head.ts'
import type { Dome, DomeOptions } from '../../../drivers/virtual/pelco-dome.ts'
import { type PelcoLine, startPelcoLine } from '../../../drivers/virtual/pelco-line.ts'
import type { Specimen } from '../contract.ts'
import { type Line, startPair } from '../transport/pty.ts'
import { silentLog } from '../wait.ts'

export interface PelcoSpecimen extends Specimen {
	dome: Dome
	line: PelcoLine
	pty: Line
	/** The driver's part of the configuration. */
	config: object
}

interface Options extends Omit<Partial<DomeOptions>, 'address'> {
	baudRate?: number
	echo?: boolean
	/** Neighbours on the line, from address 2 on. */
	others?: number
	/** Over the configuration. */
	config?: { blind?: boolean; model?: object; address?: number; travel?: object }
}

/** What the virtual heads can do. */
const travel = { pan: [-170, 170], tilt: [-30, 90] }
export const context = () => ({ signal: new AbortController().signal, log: silentLog })

export const headOf = (dome: Dome) => {
	const head = dome.head()
	return { pan: head.pan.position, tilt: head.tilt.position, zoom: head.zoom.position, moving: isMoving(head) }
}

/** A line with a dome on it, and neighbours; nobody talks to it yet. */
export async function startDomes({ baudRate = 2_400, echo = false, others = 0, config, ...dome }: Options = {}) {
	const pty = await startPair()
	const addresses = Array.from({ length: others }, (_, i) => i + 2)
	const line = await startPelcoLine({
		...{ path: pty.other, baudRate, echo },
		domes: [{ address: config?.address ?? 1, ...dome }, ...addresses.map((address) => ({ address }))],
	})
	return {
		pty,
		line,
		config: { path: pty.path, baudRate, travel, ...config },
		async close() {
			await line.close()
			await pty.close()
		},
	}
}

/** The real driver, talking to a virtual dome over a real serial port. */
export async function openSpecimen(options: Options = {}): Promise<PelcoSpecimen> {
	const started = await startDomes(options)
	const { line, pty, config, close } = started
	const camera = await pelcoD.open(config, context()).catch(async (error) => {
		await close()
		throw error
	})
	const dome = line.domes[0] as Dome
	return {
		...{ camera, dome, line, pty, config, close },
		head: () => headOf(dome),
		silence() {
			dome.faults.silent = true
		},
	}
}
