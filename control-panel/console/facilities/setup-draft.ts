import type { CameraSetup, CameraSetupView, Found } from '../../../appliance/protocol/facilities.ts'

/** A camera's settings while somebody types them: text as it stands in the fields, and what becomes of it. */

export type DriverName = CameraSetup['driver']
export const driverNames: readonly DriverName[] = ['onvif', 'visca-ip', 'visca-tcp', 'visca-serial', 'pelco-d', 'fixed']
export const framings = ['sony', 'sony-uncounted', 'raw'] as const

export interface SetupDraft {
	name: string
	driver: DriverName
	host: string
	port: string
	framing: string
	path: string
	baudRate: string
	address: string
	/** Nothing that it does can be confirmed. */
	blind: boolean
	https: boolean
	username: string
	/** Empty: the one it has stays. */
	password: string
	hasPassword: boolean
	uuid: string
	/** Whether its travel is told by hand: left, right, down, up. */
	travels: boolean
	panFrom: string
	panTo: string
	tiltFrom: string
	tiltTo: string
	picture: 'own' | 'rtsp' | 'usb'
	rtsp: string
	usb: string
	delayMs: string
}

export type Field =
	| 'name'
	| 'host'
	| 'port'
	| 'path'
	| 'baudRate'
	| 'address'
	| 'travel'
	| 'picture'
	| 'rtsp'
	| 'usb'
	| 'delayMs'
type Fault = 'needed' | 'choose' | 'port' | 'address' | 'baud' | 'rtsp' | 'delay' | 'degrees' | 'ends'
export type Faults = Partial<Record<Field, Fault>>

/** Which fields a driver has, and what most of its cameras use. */
export const driverFields: Record<
	DriverName,
	{ host: boolean; port: string; framing: boolean; line: boolean; baud: string; user: boolean; moves: boolean }
> = {
	onvif: { host: true, port: '80', framing: false, line: false, baud: '', user: true, moves: true },
	'visca-ip': { host: true, port: '52381', framing: true, line: false, baud: '', user: false, moves: true },
	'visca-tcp': { host: true, port: '5678', framing: false, line: false, baud: '', user: false, moves: true },
	'visca-serial': { host: false, port: '', framing: false, line: true, baud: '9600', user: false, moves: true },
	'pelco-d': { host: false, port: '', framing: false, line: true, baud: '2400', user: false, moves: true },
	fixed: { host: false, port: '', framing: false, line: false, baud: '', user: false, moves: false },
}

export function emptyDraft(): SetupDraft {
	return {
		name: '',
		driver: 'onvif',
		host: '',
		port: '',
		framing: '',
		path: '',
		baudRate: '',
		address: '',
		blind: false,
		https: false,
		username: '',
		password: '',
		hasPassword: false,
		uuid: '',
		travels: false,
		panFrom: '',
		panTo: '',
		tiltFrom: '',
		tiltTo: '',
		picture: 'own',
		rtsp: '',
		usb: '',
		delayMs: '',
	}
}

export function draftOf({ setup }: CameraSetupView): SetupDraft {
	const text = (value: string | number | undefined) => (value === undefined ? '' : String(value))
	const { travel, video } = setup
	return {
		...emptyDraft(),
		name: setup.name,
		driver: setup.driver,
		host: text(setup.host),
		port: text(setup.port),
		framing: text(setup.framing),
		path: text(setup.path),
		baudRate: text(setup.baudRate),
		address: text(setup.address),
		blind: setup.blind ?? false,
		https: setup.https ?? false,
		username: text(setup.username),
		hasPassword: setup.hasPassword,
		uuid: text(setup.uuid),
		travels: travel !== undefined,
		panFrom: text(travel?.pan[0]),
		panTo: text(travel?.pan[1]),
		tiltFrom: text(travel?.tilt[0]),
		tiltTo: text(travel?.tilt[1]),
		picture: video === undefined ? 'own' : 'rtsp' in video ? 'rtsp' : 'usb',
		rtsp: video && 'rtsp' in video ? video.rtsp : '',
		usb: video && 'usb' in video ? video.usb : '',
		delayMs: text(setup.delayMs),
	}
}

/** A camera that answered a search. */
export function draftFound(found: Found['cameras'][number]): SetupDraft {
	const { name, model, host, port, https, uuid } = found
	return { ...emptyDraft(), name: name ?? model ?? '', driver: 'onvif', host, port: String(port), https, uuid }
}

/** A camera at the end of a serial line. */
export function draftLine(path: string): SetupDraft {
	return { ...emptyDraft(), driver: 'visca-serial', path, address: '1' }
}

export function changed(a: SetupDraft, b: SetupDraft): boolean {
	const keys = Object.keys(a) as (keyof SetupDraft)[]
	return keys.some((key) => a[key] !== b[key])
}

/** What is sent: only what this driver has. How it feels in the hand is kept apart. */
export function setupOf(draft: SetupDraft): CameraSetup {
	const { host, framing, line, user, moves } = driverFields[draft.driver]
	const text = <K extends string>(key: K, value: string, has = true) =>
		(has && value.trim() !== '' ? { [key]: value.trim() } : {}) as { [P in K]?: string }
	const number = <K extends string>(key: K, value: string, has = true) =>
		(has && value.trim() !== '' ? { [key]: Number(value) } : {}) as { [P in K]?: number }
	return {
		name: draft.name.trim(),
		driver: draft.driver,
		...text('host', draft.host, host),
		// Left empty it would be the usual one without TLS.
		...number('port', user && draft.https && draft.port.trim() === '' ? '443' : draft.port, host),
		...text('framing', draft.framing, framing),
		...text('path', draft.path, line),
		...number('baudRate', draft.baudRate, line),
		...number('address', draft.address, line),
		...(line && draft.blind ? { blind: true } : {}),
		...(user && draft.https ? { https: true } : {}),
		...text('username', draft.username, user),
		...(user && draft.password !== '' ? { password: draft.password } : {}),
		...text('uuid', draft.uuid, user),
		...(moves && draft.travels
			? {
					travel: {
						pan: [Number(draft.panFrom), Number(draft.panTo)] as [number, number],
						tilt: [Number(draft.tiltFrom), Number(draft.tiltTo)] as [number, number],
					},
				}
			: {}),
		...(draft.picture === 'rtsp' ? { video: { rtsp: draft.rtsp.trim() } } : {}),
		...(draft.picture === 'usb' ? { video: { usb: draft.usb.trim() } } : {}),
		...number('delayMs', draft.delayMs),
	}
}

/** What has to be put right before it can be sent. */
export function faultsOf(draft: SetupDraft): Faults {
	const { host, line, moves } = driverFields[draft.driver]
	const faults: Faults = {}
	const need = (field: 'name' | 'host' | 'path' | 'usb') => {
		if (draft[field].trim() === '') faults[field] = 'needed'
	}
	const range = (field: 'port' | 'baudRate' | 'address' | 'delayMs', from: number, to: number, fault: Fault) => {
		const value = draft[field].trim()
		if (value !== '' && !(Number.isInteger(Number(value)) && Number(value) >= from && Number(value) <= to)) {
			faults[field] = fault
		}
	}
	need('name')
	if (host) {
		need('host')
		range('port', 1, 65535, 'port')
	}
	if (line) {
		need('path')
		range('baudRate', 1200, 250_000, 'baud')
		range('address', 1, 255, 'address')
	}
	// Some ONVIF cameras count against the way they turn.
	const either = draft.driver === 'onvif'
	const travels = apart(draft.panFrom, draft.panTo, either) && apart(draft.tiltFrom, draft.tiltTo, either)
	if (moves && draft.travels && !travels) faults.travel = either ? 'ends' : 'degrees'
	if (draft.driver === 'fixed' && draft.picture === 'own') faults.picture = 'choose' // it is nothing but its picture
	if (draft.picture === 'rtsp' && !/^rtsps?:\/\/./.test(draft.rtsp.trim())) faults.rtsp = 'rtsp'
	if (draft.picture === 'usb') need('usb')
	range('delayMs', 0, 1000, 'delay')
	return faults
}

/** Two ends of a range in degrees, the smaller one first or `either`. */
function apart(from: string, to: string, either: boolean): boolean {
	const [a, b] = [Number(from), Number(to)]
	const given = from.trim() !== '' && to.trim() !== ''
	return given && Math.abs(a) <= 720 && Math.abs(b) <= 720 && (either ? a !== b : a < b)
}

/** One that no camera ever had: the room keeps the views of those that are gone, for their return. */
export function freshId(): string {
	const chance = crypto.getRandomValues(new Uint32Array(2))
	return `camera-${[...chance].map((word) => word.toString(36)).join('')}`
}
