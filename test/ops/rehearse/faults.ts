import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openCertificates } from '../../../appliance/identity/certificates.ts'
import { noteBackup, recordFile } from '../../../appliance/ops/backup/record.ts'
import { readDisk } from '../../../appliance/ops/rehearse/machine.ts'
import { type RehearsalFault, rehearsalFaults } from '../../../appliance/protocol/rehearsal-texts.ts'
import { type OnvifFaults, startOnvifCamera } from '../../../drivers/virtual/onvif-camera.ts'
import { type Faults, startViscaCamera } from '../../../drivers/virtual/visca-camera.ts'
import { startViscaTcpCamera, type TcpFaults } from '../../../drivers/virtual/visca-tcp-camera.ts'
import { eventually } from '../../eventually.ts'
import { own, type RehearsedRoom, type RoomScript, startRehearsedRoom } from './rehearsed-room.ts'

/** Faults that are seeded into rooms, and by which name a report has to call them. */

type Ends = (() => unknown)[]
/** By the step that must tell it; of a camera by its id, whichever of its steps tells. */
type Expected = Record<string, RehearsalFault>
interface Seeded {
	hall: RehearsedRoom
	faults: Expected
}

/** Each is told, with its remedy, and nothing else is said to have failed. */
export async function expectFaults({ hall, faults }: Seeded): Promise<void> {
	const report = await hall.rehearse()
	const failed = report.steps.filter(({ outcome }) => outcome === 'failed')
	const told = Object.fromEntries(failed.map(({ id, camera, fault }) => [camera?.id ?? id, fault]))
	expect(told).toEqual(faults)
	expect(report.outcome).toBe('failed')
	for (const { fault } of failed) expect(rehearsalFaults.ko[fault as RehearsalFault].todo).not.toBe('')
	expect(hall.room.state().state.rehearsal?.last?.counts.failed).toBe(failed.length)
}

const host = '127.0.0.1'
const login = { username: 'maru', password: 'geheim' }
const view = [{ pan: 15, tilt: 0, zoom: 0, unit: 'degrees' }] as const

interface Seed {
	fault: RehearsalFault
	driver: 'visca-ip' | 'visca-tcp' | 'onvif'
	/** Without any it is driven a little left and back. */
	views?: readonly { pan: number; tilt: number; zoom: number; unit: 'degrees' | 'fraction' }[]
	seed: Faults & TcpFaults & OnvifFaults
	/** It never becomes ready. */
	away?: boolean
	/** Told within seconds, and so part of `npm test`. */
	quick?: boolean
	password?: string
}

const cameraSeeds: Record<string, Seed> = {
	'silent-visca': { fault: 'camera-silent', driver: 'visca-ip', views: view, seed: { silent: true } },
	'silent-tcp': { fault: 'camera-silent', driver: 'visca-tcp', views: view, seed: { silent: true } },
	'silent-onvif': { fault: 'camera-silent', driver: 'onvif', views: view, seed: { silent: true } },
	'dead-visca': { fault: 'camera-still', driver: 'visca-ip', views: view, seed: { ignoreDrives: true }, quick: true },
	'dead-tcp': { fault: 'camera-still', driver: 'visca-tcp', views: view, seed: { ignoreDrives: true } },
	'dead-onvif': { fault: 'camera-still', driver: 'onvif', views: view, seed: { ignoreDrives: true } },
	'mirrored-visca': { fault: 'camera-reversed', driver: 'visca-ip', seed: { reversed: true } },
	'mirrored-onvif': { fault: 'camera-reversed', driver: 'onvif', seed: { reversedPan: true }, quick: true },
	'other-model': {
		...{ fault: 'preset-unit', driver: 'visca-ip', seed: {}, quick: true },
		views: [{ pan: 0.2, tilt: 0, zoom: 0, unit: 'fraction' }],
	},
	'other-password': {
		...{ fault: 'camera-login', driver: 'onvif', views: view, seed: {}, away: true, quick: true },
		password: 'verkehrt',
	},
	standby: { fault: 'camera-refuses', driver: 'visca-tcp', views: view, seed: { initialising: true }, quick: true },
}

/** Sixteen at most are in a room; each has a fault of its own, and nothing else in the hall has. */
export async function camerasAtFault(ends: Ends, which: Partial<Pick<Seed, 'quick'>> = {}): Promise<Seeded> {
	const seeds = Object.entries(cameraSeeds).filter(([, { quick }]) => which.quick === undefined || quick)
	const cameras = await Promise.all(seeds.map(([id, seed]) => start(id, seed, ends)))
	const presets = Object.fromEntries(seeds.map(([id, { views = [] }]) => [id, [...views]]))
	const config = [...cameras.map(({ config }) => config), { id: 'nobody', driver: 'visca-tcp', host, port: 9 }]
	const hall = await startHall(ends, config, presets)
	await eventually(() => {
		for (const [id, { away }] of seeds) expect([id, hall.view(id)?.status]).toEqual([id, away ? 'failed' : 'ready'])
		expect(hall.view('nobody')?.status).toBe('failed')
	})
	for (const { faults, seed } of cameras) Object.assign(faults, seed.seed)
	const faults = Object.fromEntries(seeds.map(([id, { fault }]) => [id, fault]))
	return { hall, faults: { ...faults, nobody: 'camera-silent' } }
}

async function start(id: string, seed: Seed, ends: Ends) {
	const { driver, password = login.password } = seed
	const port = 0
	if (driver === 'onvif') {
		const faults: OnvifFaults = { spaces: 'degrees' }
		const camera = await startOnvifCamera({ host, port, ...login, faults })
		ends.push(() => camera.close())
		return { config: { id, driver, host, port: camera.port, username: login.username, password }, faults, seed }
	}
	const faults = {}
	const camera = await (driver === 'visca-ip' ? startViscaCamera : startViscaTcpCamera)({ host, port, faults })
	ends.push(() => camera.close())
	return { config: { id, driver, host, port: camera.port }, faults, seed }
}

type Cameras = NonNullable<RoomScript['cameras']>

/** A hall that is well: a picture from a capture device, sound, a speakerphone. */
async function startHall(ends: Ends, cameras: Cameras = [], presets: RoomScript['presets'] = {}) {
	const table = { id: 'table', name: '탁상', driver: 'fixed', video: { usb: 'Cam Link' } }
	const hall = await startRehearsedRoom({ cameras: [table, ...cameras], presets, captures: ['table'] })
	ends.push(() => hall.close())
	hall.meeting.arrivals.push({ use: 'camera', label: '탁상', kind: 'video', bytes: 400_000, frames: 70 })
	const picture = {
		id: 'cam',
		kind: 'video',
		use: 'camera',
		label: '탁상',
		muted: false,
		open: true,
		live: true,
	} as const
	const { onJoin } = hall.stage
	hall.stage.onJoin = (command) => {
		onJoin(command)
		hall.hub.setSources([...(hall.hub.people.get('room')?.sources ?? []), picture])
	}
	await eventually(() => {
		const { stage, speakerphone } = hall.room.state().state
		expect([stage.status, speakerphone.status]).toEqual(['ready', 'ready'])
	})
	return hall
}

interface HallAtFault {
	name: string
	faults: Expected
	seed(hall: RehearsedRoom): unknown
}

export async function startHallAtFault(ends: Ends, { faults, seed }: HallAtFault): Promise<Seeded> {
	const hall = await startHall(ends)
	await seed(hall)
	return { hall, faults }
}

/** A hall with faults of its own and cameras with theirs, all at once. */
export async function startAllAtFault(ends: Ends): Promise<Seeded> {
	const { hall, faults } = await camerasAtFault(ends, { quick: true })
	const [first] = hallsAtFault
	await first?.seed(hall)
	return { hall, faults: { ...faults, ...first?.faults } }
}

function hallAtFault(name: string, faults: Expected, seed: HallAtFault['seed']): HallAtFault {
	return { name, faults, seed }
}

const gigabyte = 1024 ** 3
const dayMs = 86_400_000

/** One fault of each kind at a time: no two of them hide each other. */
export const hallsAtFault: HallAtFault[] = [
	hallAtFault(
		'a dead speaker, a frozen picture, a relay without segments that does not stop, a full disk, an old certificate',
		{
			...{ tone: 'tone-unheard', table: 'picture-frozen', recording: 'recording-refused', disk: 'disk-read-only' },
			...{ certificate: 'certificate-expired', speakerphone: 'phone-gone', backup: 'backup-old', relay: 'relay-stays' },
		},
		async (hall) => {
			hall.acoustics.tone = null
			const [sound, picture] = hall.meeting.arrivals
			hall.meeting.arrivals = [...(sound ? [sound] : []), ...(picture ? [{ ...picture, frames: 1 }] : [])]
			Object.assign(hall.meeting, { recordingRefused: true, relayObeys: false })
			// Not even root writes there.
			hall.machine.disk = () => readDisk('/proc/self')
			hall.told.at = 500 * dayMs
			hall.cable?.close()
			await eventually(() => expect(hall.room.state().state.speakerphone.status).toBe('failed'))
		},
	),
	hallAtFault(
		'a dead microphone, whose sound does not arrive, a picture that is missing, another name, a clock that nothing sets',
		{
			...{ tone: 'microphone-silent', call: 'sound-unreceived', relay: 'relay-refused', recording: 'recording-empty' },
			...{ disk: 'disk-low', certificate: 'certificate-name', clock: 'clock-unsynchronised', backup: 'backup-gone' },
		},
		async (hall) => {
			Object.assign(hall.acoustics, { floor: 0, tone: null })
			hall.meeting.arrivals = []
			Object.assign(hall.meeting, { relayRefused: true, recordingEnd: { state: 'removed', bytes: 0 } })
			const disk = await hall.machine.disk()
			hall.machine.disk = async () => ({ ...disk, freeBytes: 3 * gigabyte })
			hall.told.host = 'elsewhere.test'
			hall.machine.clock = async (known) => ({ kind: 'clock', synchronised: false, now: Date.now(), known })
			noteBackup(hall.dir, { at: Date.now(), file: join(hall.dir, 'gone.backup'), bytes: 1, key: hall.dir })
		},
	),
	hallAtFault(
		'no microphone, a link that the hub refuses, a recording that breaks off, few inodes, a certificate that runs out, a clock gone back',
		{
			...{ tone: 'microphone-missing', call: 'call-refused', recording: 'recording-stopped', disk: 'disk-inodes' },
			...{ certificate: 'certificate-expiring', clock: 'clock-back', backup: 'backup-gone' },
		},
		async (hall) => {
			hall.acoustics.floor = null
			hall.hub.refusing.set(hall.meeting.link, 'forged')
			hall.meeting.broke = true
			const disk = await hall.machine.disk()
			hall.machine.disk = async () => ({ ...disk, freeFiles: 9 })
			const made = {
				dir: join(hall.dir, 'old'),
				names: ['maru.test'],
				addresses: [],
				now: () => Date.now() - 390 * dayMs,
			}
			hall.told.certificate = (await openCertificates(made)).cert
			hall.machine.clock = async () => ({ kind: 'clock', synchronised: true, now: 0, known: Date.now() })
			writeFileSync(join(hall.dir, recordFile), 'no JSON')
		},
	),
	hallAtFault(
		'speakers that are missing, a slow disk, a certificate of tomorrow',
		{ tone: 'speaker-elsewhere', disk: 'disk-slow', certificate: 'certificate-early', relay: 'relay-empty' },
		async (hall) => {
			hall.acoustics.played = 'elsewhere'
			hall.meeting.segments = false
			const disk = await hall.machine.disk()
			hall.machine.disk = async () => ({ ...disk, bytesPerSecond: 900_000 })
			const made = {
				dir: join(hall.dir, 'new'),
				names: ['maru.test'],
				addresses: [],
				now: () => Date.now() + 9 * dayMs,
			}
			hall.told.certificate = (await openCertificates(made)).cert
		},
	),
	hallAtFault(
		'nothing to play with, a disk that fails, a certificate that is none',
		{ tone: 'speaker-missing', disk: 'disk-failed', certificate: 'certificate-unreadable' },
		async (hall) => {
			hall.acoustics.played = 'nowhere'
			hall.machine.disk = async () => ({ ...(await readDisk('/proc/self')), error: 'EIO' })
			hall.told.certificate = 'no certificate'
		},
	),
	hallAtFault('a volume of nought, a full disk', { tone: 'volume-zero', disk: 'disk-full' }, async (hall) => {
		hall.acoustics.tone = null
		await hall.room.dispatch({ type: 'room.volume', volume: 0 }, own)
		hall.machine.disk = async () => ({ ...(await readDisk('/proc/self')), error: 'ENOSPC' })
	}),
	hallAtFault('a loud room', { tone: 'too-noisy' }, (hall) => {
		Object.assign(hall.acoustics, { floor: 0.8, tone: 0.85 })
	}),
	hallAtFault('a page that does not run', { tone: 'stage-away', call: 'stage-away' }, async (hall) => {
		hall.stage.broken = true
		hall.stage.kill()
		await eventually(() => expect(hall.room.state().state.stage.status).not.toBe('ready'))
	}),
	hallAtFault('media that do not connect', { call: 'call-ice' }, (hall) => {
		hall.stage.obedient = false
	}),
]
