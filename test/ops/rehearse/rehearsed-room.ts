import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { checkCamera } from '../../../appliance/config-camera.ts'
import { startDevices } from '../../../appliance/devices/client.ts'
import { openCertificates } from '../../../appliance/identity/certificates.ts'
import { noteBackup } from '../../../appliance/ops/backup/record.ts'
import { type Machine, machineOf } from '../../../appliance/ops/rehearse/machine.ts'
import type { OwnMeeting } from '../../../appliance/ops/rehearse/own-meeting.ts'
import type { Arrived } from '../../../appliance/ops/rehearse/readings.ts'
import { openRehearsal } from '../../../appliance/ops/rehearse/rehearsal.ts'
import { openReports } from '../../../appliance/ops/rehearse/reports.ts'
import { Refusal } from '../../../appliance/protocol/errors.ts'
import type { RehearsalReport } from '../../../appliance/protocol/rehearsal.ts'
import type { StageCommand } from '../../../appliance/protocol/stage.ts'
import { openPresets } from '../../../appliance/room/presets.ts'
import { createRoom, type Room } from '../../../appliance/room/room.ts'
import { openSetups } from '../../../appliance/room/setup.ts'
import type { Position } from '../../../drivers/camera.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { servePhone } from '../../../drivers/virtual/phone-server.ts'
import { FakeHub } from '../../room/fake-hub.ts'
import { FakeStage } from '../../room/fakes.ts'

/**
 * A room whose cameras and speakerphone are virtual devices on real sockets, behind the real devices process. Its page, its
 * hub and what the machine says of itself follow a script.
 */

export const own = { id: 'test', label: 'Panel', role: 'panel' } as const

/** The hall as sound goes through it. */
export class Acoustics {
	/** What the microphone hears while nothing is played; null: there is none. */
	floor: number | null = 0.2
	/** What it hears of a tone; null: it hears nothing of it. */
	tone: number | null = 0.6
	played: 'there' | 'elsewhere' | 'nowhere' = 'there'
}

/** What becomes of the meeting of a rehearsal. */
class FakeMeeting implements OwnMeeting {
	readonly link = 'own.meeting.token'
	arrivals: Arrived[] = [{ use: 'microphone', label: '대회의실', kind: 'audio', bytes: 12_000, frames: 150 }]
	relayRefused = false
	segments = true
	relayObeys = true
	recordingRefused = false
	/** What is left of it: its file, or nothing. */
	recordingEnd: { state: 'ready' | 'removed'; bytes: number } = { state: 'ready', bytes: 90_000 }
	broke = false
	closed = 0
	#onAir = false
	#recording: 'none' | 'recording' | 'over' = 'none'

	arrived = async () => this.arrivals
	startRelay() {
		if (this.relayRefused) throw new Refusal('unsupported', 'no programme')
		this.#onAir = true
	}
	isListed = () => this.#onAir && this.segments
	isOnAir = () => this.#onAir
	stopRelay() {
		if (this.relayObeys) this.#onAir = false
	}
	startRecording() {
		if (this.recordingRefused) throw new Refusal('full', 'no room')
		this.#recording = 'recording'
	}
	recordedBytes = () => (this.#recording === 'recording' ? 1_000 : 0)
	stopRecording() {
		this.#recording = 'over'
	}
	recording() {
		const state = this.#recording === 'recording' && !this.broke ? ('recording' as const) : this.recordingEnd.state
		return { state, bytes: this.recordingEnd.bytes, cause: this.broke ? ('disk-full' as const) : null }
	}
	async close() {
		this.closed += 1
		this.#onAir = false
		this.#recording = 'none'
	}
}

export interface RoomScript {
	cameras?: { id: string; name?: string; driver: string; [key: string]: unknown }[]
	/** By camera and slot. */
	presets?: Record<string, Pick<Position, 'pan' | 'tilt' | 'zoom' | 'unit'>[]>
	phone?: boolean
	captures?: string[]
}

export type RehearsedRoom = Awaited<ReturnType<typeof startRehearsedRoom>>

export async function startRehearsedRoom({ cameras = [], presets = {}, phone = true, captures = [] }: RoomScript) {
	const dir = mkdtempSync(join(tmpdir(), 'maru-rehearsal-'))
	const log = pino({ level: process.env.MARU_LOG || 'silent' })
	const now = () => Date.now()
	const db = new DatabaseSync(':memory:')
	const [hub, stage, acoustics, meeting] = [await FakeHub.start(), new FakeStage(), new Acoustics(), new FakeMeeting()]
	const device = new VirtualPhone(phoneModels[1])
	const cable = phone ? await servePhone(device) : null
	const views = openPresets(db)
	for (const [camera, places] of Object.entries(presets)) {
		for (const [i, place] of places.entries()) views.save(camera, i + 1, `${i + 1}번석`, { ...place, at: 0 })
	}
	const devices = startDevices({
		...{ cameras: [], log },
		speakerphone: cable ? { driver: 'virtual-phone', host: cable.host, port: cable.port } : null,
	})
	const file = cameras.map((camera) => checkCamera({ name: camera.id, ...camera }))
	const secrets = { read: () => null, write() {} }
	const room: Room = createRoom({
		config: { name: '대회의실', language: 'ko', demo: false, seats: [], stage: { display: 'headless' } },
		setups: openSetups({ db, file, secrets, check: checkCamera, log }),
		...{ devices, hubUrl: hub.url, hubToken: async () => 'house', cards: () => [] },
		...{ stageUrl: 'http://127.0.0.1:1/stage', launch: stage.launch, db, now, log, build: 'test' },
	})
	stage.onJoin = () => hub.setSources([microphone])
	const hearing = hear(stage, acoustics)

	const names = { names: ['maru.test'], addresses: [] }
	const certificates = await openCertificates({ dir: join(dir, 'certificates'), ...names, now })
	noteBackup(dir, { at: now() - 3_600_000, file: join(dir, 'certificates'), bytes: 1, key: dir })
	const told = { host: 'maru.test', certificate: certificates.cert, at: 0 }
	const real = machineOf({
		...{ dir, certificate: () => told.certificate, host: () => told.host },
		...{ backupDays: 2, now: () => now() + told.at },
	})
	/** As on a good machine, whatever this one is: how fast its disk is today is no matter of these tests. */
	const machine: { -readonly [K in keyof Machine]: Machine[K] } = {
		...real,
		disk: async () => ({ ...(await real.disk()), ...good }),
		clock: async (known) => ({ ...(await real.clock(known)), synchronised: true }),
	}
	const rehearsal = openRehearsal({
		...{ room, machine, now, log, webhook: null, reports: openReports(db) },
		config: { days: ['mon'], clearMinutes: 30, recording: true, backupDays: 2 },
		has: { relay: true, recording: true, sound: 'real', speakerphone: phone, captures: () => captures },
		openMeeting: async () => meeting,
	})

	return {
		...{ room, hub, stage, acoustics, meeting, machine, told, dir, db, device, cable, devices },
		view: (id: string) => room.state().state.cameras.find((camera) => camera.id === id),
		/** Begins one and waits for its report. */
		async rehearse(): Promise<RehearsalReport> {
			const begun = await room.dispatch({ type: 'rehearsal.start' }, own)
			if (!begun.ok) throw new Error(begun.message)
			await over(room)
			const report = room.latestRehearsal()
			if (!report) throw new Error('there is no report')
			return report
		},
		async close() {
			await rehearsal.close()
			hearing.stop()
			await room.close()
			await devices.close()
			cable?.close()
			await hub.close()
			rmSync(dir, { recursive: true, force: true })
		},
	}
}

const microphone = {
	...({ id: 'mic', kind: 'audio', use: 'microphone', label: '대회의실' } as const),
	...({ muted: false, open: true, live: true } as const),
}
const good = { freeBytes: 200e9, allBytes: 400e9, freeFiles: 9e6, allFiles: 1e7, bytesPerSecond: 2e8 }
const levelMs = 20
const toneMs = 200

export const over = (room: Room) =>
	new Promise<void>((resolve) => {
		const stop = room.watch(({ rehearsal }) => {
			if (rehearsal?.running) return
			setImmediate(() => stop())
			resolve()
		})
	})

/** The page's microphone and speakers, with the hall between them. */
function hear(stage: FakeStage, hall: Acoustics) {
	let timer: NodeJS.Timeout | undefined
	let tone = false
	stage.onCommand = (command: StageCommand) => {
		if (command.type === 'listen') {
			clearInterval(timer)
			const level = () =>
				hall.floor !== null && tone && hall.tone !== null ? Math.max(hall.floor, hall.tone) : hall.floor
			if (command.on) timer = setInterval(() => stage.say({ type: 'level', level: level() }), levelMs)
		}
		if (command.type === 'tone') {
			tone = hall.played !== 'nowhere'
			setTimeout(() => {
				tone = false
				stage.say({ type: 'tone', played: hall.played })
			}, toneMs)
		}
	}
	return { stop: () => clearInterval(timer) }
}
