import type { CameraState } from '../../../drivers/camera.ts'
import type { Log, OpenContext } from '../../../drivers/device.ts'
import type { OnvifConfig } from '../../../drivers/onvif/config.ts'
import { onvif } from '../../../drivers/onvif/driver.ts'
import { isMoving } from '../../../drivers/virtual/head.ts'
import {
	type OnvifCamera,
	type OnvifCameraOptions,
	type OnvifFaults,
	startOnvifCamera,
} from '../../../drivers/virtual/onvif-camera.ts'
import type { Specimen } from '../contract.ts'
import { silentLog } from '../wait.ts'

/** What was said (tx) and heard (rx), as the log has it. */
export type Line = { tx: string } | { rx: string }

export interface OnvifSpecimen extends Specimen {
	device: OnvifCamera
	lines: Line[]
	states: CameraState[]
}

export interface Options {
	faults?: OnvifFaults
	/** Undefined takes away what is there otherwise. */
	config?: { [Key in keyof OnvifConfig]?: OnvifConfig[Key] | undefined }
	device?: Partial<OnvifCameraOptions>
	context?: Partial<OpenContext>
}

export const who = { username: 'maru', password: 'pa:ss "word" & <한글>' }
const travel: OnvifConfig['travel'] = { pan: [-170, 170], tilt: [-30, 90] }

export async function startDevice(faults: OnvifFaults = {}, options: Options['device'] = {}): Promise<OnvifCamera> {
	return startOnvifCamera({ host: '127.0.0.1', port: 0, ...who, faults, ...options })
}

/** The real driver's view of a virtual camera. Rejects as the driver does. */
export function openDriver(device: OnvifCamera, { config, context }: Options = {}, lines: Line[] = []) {
	const https = device.certificate !== null
	const log: Log = { ...silentLog, trace: (detail) => void lines.push(detail as Line) }
	return onvif.open(
		{ host: '127.0.0.1', port: device.port, ...who, travel, ...(https ? { https } : {}), ...config },
		{ signal: new AbortController().signal, log, ...context },
	)
}

/** The real driver, talking to a virtual camera over real sockets. */
export async function openSpecimen(options: Options = {}): Promise<OnvifSpecimen> {
	const device = await startDevice(options.faults, options.device)
	const lines: Line[] = []
	const camera = await openDriver(device, options, lines).catch(async (error) => {
		await device.close()
		throw error
	})
	const states: CameraState[] = []
	camera.watch((state) => states.push(state))
	return {
		...{ camera, device, lines, states },
		head() {
			const head = device.head()
			return { pan: head.pan.position, tilt: head.tilt.position, zoom: head.zoom.position, moving: isMoving(head) }
		},
		silence() {
			device.faults.silent = true
		},
		close: () => device.close(),
	}
}

/** A camera for as long as the check takes. */
export async function withCamera(options: Options, check: (specimen: OnvifSpecimen) => Promise<void>): Promise<void> {
	const specimen = await openSpecimen(options)
	try {
		await check(specimen)
	} finally {
		await specimen.camera[Symbol.asyncDispose]()
		await specimen.close()
	}
}
