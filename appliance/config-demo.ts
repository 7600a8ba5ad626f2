import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { demoCounsel } from './config-counsel.ts'
import { type Config, defaultConfig } from './config-schema.ts'

/** The demo room: what runs when there is no configuration. Its cameras and its speakerphone are virtual; everything else is real. */

type Address =
	| { visca: { host: string; port: number } }
	| { onvif: { host: string; port: number; username: string; password: string; uuid: string } }

export interface DemoDevices {
	addresses: (Address & { id: string; rtsp: string })[]
	phone: { host: string; port: number }
	/** Settles when their process has ended. */
	gone: Promise<void>
	close(): void
}

/** One of each kind that most halls have. */
const cameras = [
	{ id: 'front', name: '정면', protocol: 'visca' },
	{ id: 'left', name: '좌측', protocol: 'onvif' },
] as const
const program = new URL('../drivers/virtual/main.ts', import.meta.url).pathname

/** They run in a process of their own, as hardware would be. They end with us, however we end. */
export async function startDemoDevices(cacheDir: string): Promise<DemoDevices> {
	const ids = cameras.map(({ id }) => id).join(',')
	const titles = cameras.map(({ name }) => name).join(',')
	const onvif = cameras.filter(({ protocol }) => protocol === 'onvif').map(({ id }) => id)
	const args = [
		program,
		'--cameras',
		ids,
		'--titles',
		titles,
		'--onvif',
		onvif.join(','),
		'--phone',
		'--cache',
		cacheDir,
	]
	const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
	const gone = once(child, 'exit').then(() => {})
	const line = await Promise.race([
		once(createInterface({ input: child.stdout }), 'line').then(([first]) => String(first)),
		gone.then(() => {
			throw new Error('the virtual devices could not be started')
		}),
	])
	const { cameras: addresses, phone } = JSON.parse(line) as {
		cameras: DemoDevices['addresses']
		phone: DemoDevices['phone']
	}
	return { addresses, phone, gone, close: () => child.stdin.end() }
}

export function demoConfig({ addresses, phone }: DemoDevices): Config {
	const config = defaultConfig('대회의실')
	config.stage.devices = 'virtual'
	config.cameras = [
		...addresses.map((address) => ({
			id: address.id,
			name: cameras.find(({ id }) => id === address.id)?.name ?? address.id,
			// A camera of ONVIF is asked where its picture is.
			...('onvif' in address
				? { driver: 'onvif' as const, ...address.onvif }
				: { driver: 'visca-ip' as const, ...address.visca, localPort: 0, video: { rtsp: address.rtsp } }),
		})),
		// The browser's own moving picture stands for a camera on the table.
		{ id: 'table', name: '탁상', driver: 'fixed', video: { usb: 'fake_device_0' } },
	]
	config.deviceNetworks.push('127.0.0.0/8') // where its cameras are
	config.counsel = demoCounsel
	config.speakerphone = { driver: 'virtual-phone', ...phone }
	config.seats = demoPresets.map(({ slot, seat }) => ({ id: String(slot), name: seat, camera: 'front', preset: slot }))
	return config
}

/** Where the seats are in the drawn chamber: degrees and a fraction of zoom. */
export const demoPresets = [
	{ slot: 1, seat: '의장석', pan: 0, tilt: 3.9, zoom: 0.35 },
	{ slot: 2, seat: '2번석', pan: -35.2, tilt: -4.1, zoom: 0.45 },
	{ slot: 3, seat: '3번석', pan: -22, tilt: -5.7, zoom: 0.45 },
	{ slot: 4, seat: '4번석', pan: -8.9, tilt: -7, zoom: 0.45 },
	{ slot: 5, seat: '5번석', pan: 8.9, tilt: -7, zoom: 0.45 },
	{ slot: 6, seat: '6번석', pan: 22, tilt: -5.7, zoom: 0.45 },
	{ slot: 7, seat: '7번석', pan: 35.2, tilt: -4.1, zoom: 0.45 },
	{ slot: 8, seat: '8번석', pan: 0, tilt: -11.5, zoom: 0.45 },
] as const
