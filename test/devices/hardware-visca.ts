import { isMoving } from '../../drivers/virtual/head.ts'
import { startViscaTcpCamera, type TcpFaults } from '../../drivers/virtual/visca-tcp-camera.ts'
import type { Faults, Unit } from '../../drivers/virtual/visca-unit.ts'
import { startViscaLine, type VirtualLine } from '../drivers/visca/specimen.ts'
import type { Hardware } from './hardware-kinds.ts'

/** VISCA cameras that are no datagrams, as hardware. */

function of(device: Pick<Unit, 'head' | 'onPacket'>): Pick<Hardware, 'head' | 'onDrive'> {
	return {
		head() {
			const head = device.head()
			const { pan, tilt, zoom } = head
			return { pan: pan.position, tilt: tilt.position, zoom: zoom.position, moving: isMoving(head) }
		},
		// 8x 01 06 01 …: a pan-tilt drive.
		onDrive: (listener) =>
			device.onPacket((packet) => {
				if (packet[1] === 0x01 && packet[2] === 0x06 && packet[3] === 0x01) listener()
			}),
	}
}

export async function viscaTcp(faults: TcpFaults): Promise<Hardware<TcpFaults>> {
	const device = await startViscaTcpCamera({ host: '127.0.0.1', port: 0, faults })
	return {
		...of(device),
		config: { driver: 'visca-tcp', host: '127.0.0.1', port: device.port },
		faults: device.faults,
		close: device.close,
	}
}

export interface SerialHardware extends Hardware<Faults> {
	readonly line: VirtualLine
}

/** The first of two cameras on one line; the second one when there is a first, `beside` which it stands. */
export async function viscaSerial(faults: Faults, beside?: Hardware): Promise<SerialHardware> {
	const first = beside as SerialHardware | undefined
	const line = first?.line ?? (await startViscaLine([faults, {}], { baudRate: 38_400 }))
	const address = first ? 2 : 1
	const device = line.chain.cameras[address - 1]
	if (!device) throw new Error('a line has two cameras')
	return {
		...of(device),
		config: { driver: 'visca-serial', path: line.path, baudRate: line.baudRate, address },
		faults: Object.assign(device.faults, faults),
		line,
		async close() {
			if (!first) await line.close()
		},
	}
}
