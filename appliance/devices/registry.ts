import type { Camera } from '../../drivers/camera.ts'
import type { Driver } from '../../drivers/device.ts'
import type { TextLinesSetup } from '../../drivers/microphones/driver.ts'
import type { Microphones } from '../../drivers/microphones.ts'
import type { CallLamps, Speakerphone } from '../../drivers/speakerphone.ts'

export type CameraDriver = Driver<unknown, Camera>

/** Camera drivers by the name that the configuration uses. Only what is configured is loaded: a restart must be quick. */
const cameraDrivers: Record<string, () => Promise<CameraDriver>> = {
	'visca-ip': async () => (await import('../../drivers/visca/driver.ts')).viscaIp,
	'visca-tcp': async () => (await import('../../drivers/visca/tcp-driver.ts')).viscaTcp,
	'visca-serial': async () => (await import('../../drivers/visca/serial-driver.ts')).viscaSerial,
	onvif: async () => (await import('../../drivers/onvif/driver.ts')).onvif,
	'pelco-d': async () => (await import('../../drivers/pelco/driver.ts')).pelcoD,
}

type MicrophonesDriver = Driver<TextLinesSetup, Microphones>

/** Null: there is no such driver. */
export async function loadMicrophonesDriver(name: string): Promise<MicrophonesDriver | null> {
	return name === 'text-lines' ? (await import('../../drivers/microphones/driver.ts')).textLines : null
}

/** Each has a configuration of its own, which its schema has passed. */
type SpeakerphoneDriver = Driver<{ config: never; lamps: () => CallLamps }, Speakerphone>

const speakerphoneDrivers: Record<string, () => Promise<SpeakerphoneDriver>> = {
	'hid-telephony': async () => (await import('../../drivers/hid-telephony/driver.ts')).hidTelephony,
	'virtual-phone': async () => (await import('../../drivers/hid-telephony/virtual-driver.ts')).virtualPhone,
}

/** Null: there is no such driver. */
export async function loadSpeakerphoneDriver(name: string): Promise<SpeakerphoneDriver | null> {
	return loadOf(speakerphoneDrivers, name)
}

/** Null: there is no such driver. */
export async function loadCameraDriver(name: string): Promise<CameraDriver | null> {
	return loadOf(cameraDrivers, name)
}

async function loadOf<D>(drivers: Record<string, () => Promise<D>>, name: string): Promise<D | null> {
	const load = Object.hasOwn(drivers, name) ? drivers[name] : undefined
	return load ? load() : null
}
