import type { CameraConfig } from '../../appliance/devices/messages.ts'
import { type Head, isMoving } from '../../drivers/virtual/head.ts'
import { type OnvifFaults, startOnvifCamera } from '../../drivers/virtual/onvif-camera.ts'
import { type Faults, startViscaCamera } from '../../drivers/virtual/visca-camera.ts'
import type { TcpFaults } from '../../drivers/virtual/visca-tcp-camera.ts'
import { type PelcoHardware, pelcoD } from './hardware-pelco.ts'
import { type SerialHardware, viscaSerial, viscaTcp } from './hardware-visca.ts'

/** Virtual cameras as tests of the whole devices process need them, whatever they speak. */

/** The device itself, as a head that can be looked at and spoilt. */
export interface Hardware<F extends object = object> {
	/** Its driver's part of the configuration. */
	readonly config: Omit<CameraConfig, 'id'>
	/** May be changed while it runs. */
	readonly faults: F
	head(): { pan: number; tilt: number; zoom: number; moving: boolean }
	/** Told when a command to move has arrived. */
	onDrive(listener: () => void): void
	close(): Promise<void>
}

const place = (head: Head) => ({
	...{ pan: head.pan.position, tilt: head.tilt.position, zoom: head.zoom.position },
	moving: isMoving(head),
})

async function viscaIp(faults: Faults): Promise<Hardware<Faults>> {
	const device = await startViscaCamera({ host: '127.0.0.1', port: 0, faults })
	return {
		config: { driver: 'visca-ip', host: '127.0.0.1', port: device.port },
		faults: device.faults,
		head: () => place(device.head()),
		// 81 01 06 01 … behind Sony's eight bytes: a pan-tilt drive.
		onDrive: (listener) =>
			device.onDatagram((bytes) => {
				if (bytes[9] === 0x01 && bytes[10] === 0x06 && bytes[11] === 0x01) listener()
			}),
		close: () => device.close(),
	}
}

async function onvif(faults: OnvifFaults): Promise<Hardware<OnvifFaults>> {
	const who = { username: 'maru', password: 'maru' }
	const device = await startOnvifCamera({ host: '127.0.0.1', port: 0, ...who, faults })
	const travel = { pan: [-170, 170], tilt: [-30, 90] }
	return {
		config: { driver: 'onvif', host: '127.0.0.1', port: device.port, ...who, travel },
		faults: device.faults,
		head: () => place(device.head()),
		onDrive: (listener) => device.onHeard((operation) => operation === 'ContinuousMove' && listener()),
		close: () => device.close(),
	}
}

interface Kinds {
	'visca-ip': Hardware<Faults>
	'visca-tcp': Hardware<TcpFaults>
	'visca-serial': SerialHardware
	onvif: Hardware<OnvifFaults>
	'pelco-d': PelcoHardware
}
export type Kind = keyof Kinds

type Start<H extends Hardware> = (faults: H['faults'], beside?: Hardware) => Promise<H>

const kinds: { [K in Kind]: Start<Kinds[K]> } = {
	'visca-ip': viscaIp,
	'visca-tcp': viscaTcp,
	'visca-serial': viscaSerial,
	onvif,
	'pelco-d': pelcoD,
}

/** `beside`: on the same line as that one, where a line has several. */
export function startHardware<K extends Kind>(
	kind: K,
	faults: Kinds[K]['faults'],
	beside?: Hardware,
): Promise<Kinds[K]> {
	return kinds[kind](faults, beside)
}
