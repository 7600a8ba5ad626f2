import { existsSync } from 'node:fs'
import type { OpenContext } from '../../../drivers/device.ts'
import { openSerial } from '../../../drivers/transport/serial.ts'
import { type Head, isMoving } from '../../../drivers/virtual/head.ts'
import { type Faults, startViscaCamera, type VirtualCamera } from '../../../drivers/virtual/visca-camera.ts'
import { type LineFaults, startViscaChain, type VirtualChain } from '../../../drivers/virtual/visca-chain.ts'
import {
	startViscaTcpCamera,
	type TcpFaults,
	type VirtualTcpCamera,
} from '../../../drivers/virtual/visca-tcp-camera.ts'
import type { Faults as UnitFaults } from '../../../drivers/virtual/visca-unit.ts'
import { viscaIp } from '../../../drivers/visca/driver.ts'
import { viscaSerial } from '../../../drivers/visca/serial-driver.ts'
import { viscaTcp } from '../../../drivers/visca/tcp-driver.ts'
import type { Specimen } from '../contract.ts'
import { type Line, startPair } from '../transport/pty.ts'
import { silentLog, until } from '../wait.ts'

/** The real drivers, talking to virtual cameras over real sockets and ptys. */

export interface ViscaSpecimen<D = VirtualCamera> extends Specimen {
	device: D
}

interface Options {
	faults?: Faults
	/** Of both sides; default Sony's. */
	framing?: 'sony' | 'sony-uncounted' | 'raw'
}

export const context = (): OpenContext => ({ signal: new AbortController().signal, log: silentLog })

const headOf = (device: { head(): Head }) => () => {
	const head = device.head()
	return { pan: head.pan.position, tilt: head.tilt.position, zoom: head.zoom.position, moving: isMoving(head) }
}

/** Where the driver cannot open it, the device is freed before that is told. */
async function opened<T>(opening: Promise<T>, close: () => Promise<unknown>): Promise<T> {
	try {
		return await opening
	} catch (error) {
		await close()
		throw error
	}
}

export async function openSpecimen({ faults = {}, framing = 'sony' }: Options = {}): Promise<ViscaSpecimen> {
	const device = await startViscaCamera({
		...{ host: '127.0.0.1', port: 0, faults },
		framing: framing === 'raw' ? 'raw' : 'sony',
	})
	const close = () => device.close()
	const opening = viscaIp.open({ host: '127.0.0.1', port: device.port, framing }, context())
	return {
		...{ device, close, camera: await opened(opening, close), head: headOf(device) },
		silence() {
			device.faults.silent = true
		},
	}
}

export async function openTcpSpecimen(faults: TcpFaults = {}): Promise<ViscaSpecimen<VirtualTcpCamera>> {
	const device = await startViscaTcpCamera({ host: '127.0.0.1', port: 0, faults })
	const close = () => device.close()
	const opening = viscaTcp.open({ host: '127.0.0.1', port: device.port }, context())
	return {
		...{ device, close, camera: await opened(opening, close), head: headOf(device) },
		silence() {
			device.faults.silent = true
		},
	}
}

export interface VirtualLine {
	/** Where the driver opens it. */
	path: string
	baudRate: number
	chain: VirtualChain
	unplug(): Promise<void>
	replug(): Promise<void>
	close(): Promise<void>
}

/** A chain of virtual cameras behind a real pty. */
export async function startViscaLine(
	cameras: UnitFaults[] = [{}],
	{ faults = {}, baudRate = 9_600 }: { faults?: LineFaults; baudRate?: number } = {},
): Promise<VirtualLine> {
	const pair: Line & { other: string } = await startPair()
	const chain = startViscaChain({ baudRate, cameras, faults })
	const plug = async () => chain.plug(await openSerial({ path: pair.other, baudRate }, new AbortController().signal))
	await plug()
	return {
		...{ path: pair.path, baudRate, chain, unplug: pair.unplug },
		async replug() {
			await pair.replug()
			await until('its other end', () => existsSync(pair.other))
			await plug()
		},
		async close() {
			await chain.close()
			await pair.close()
		},
	}
}

export interface SerialSpecimen extends ViscaSpecimen<VirtualChain['cameras'][number]> {
	line: VirtualLine
}

interface SerialOptions {
	faults?: UnitFaults
	/** Of those behind and before it. */
	others?: number
	address?: number
	line?: LineFaults
	baudRate?: number
	blind?: boolean
}

/** One camera of a chain, by default alone. */
export async function openSerialSpecimen({
	faults = {},
	others = 0,
	address = 1,
	line: lineFaults = {},
	baudRate = 9_600,
	blind = false,
}: SerialOptions = {}): Promise<SerialSpecimen> {
	const cameras = Array.from({ length: others + 1 }, (_, at) => (at + 1 === address ? faults : {}))
	const line = await startViscaLine(cameras, { faults: lineFaults, baudRate })
	const device = line.chain.cameras[address - 1] as VirtualChain['cameras'][number]
	const opening = viscaSerial.open({ path: line.path, baudRate, address, blind }, context())
	return {
		...{ device, line, close: line.close, camera: await opened(opening, line.close), head: headOf(device) },
		silence() {
			device.faults.silent = true
		},
	}
}
