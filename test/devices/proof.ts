import { setTimeout as sleep } from 'node:timers/promises'
import { openCameras } from '../../appliance/devices/cameras.ts'
import { type CameraConfig, type CameraReport, monotonicMs } from '../../appliance/devices/messages.ts'
import { loadCameraDriver } from '../../appliance/devices/registry.ts'
import type { Position, Velocity } from '../../drivers/camera.ts'
import { DeviceError } from '../../drivers/device.ts'
import { silentLog, until } from '../drivers/wait.ts'
import type { Hardware } from './hardware-kinds.ts'

/** One camera with a scripted fault under the room's real supervision, and what its reports said when. */

export interface Sample {
	/** Milliseconds since the fault struck. */
	t: number
	status: CameraReport['status']
	reason: string | null
	pan: number
	moving: boolean
}

export interface Room {
	head: Hardware['head']
	report(): CameraReport | undefined
	/** As a finger does: renewed every 150 ms until `letGo`. */
	hold(velocity: Partial<Velocity>): void
	/** The finger leaves, and says so. */
	release(): void
	go(to: Partial<Position>): Promise<unknown>
	recall(slot: number): Promise<unknown>
	/** All that is seen from now on for so long, every 10 ms. */
	observe(forMs: number): Promise<Sample[]>
	close(): Promise<void>
}

const still = { pan: 0, tilt: 0, zoom: 0 }

async function openRoom(hardware: Hardware): Promise<Room> {
	let report: CameraReport | undefined
	const cameras = openCameras({
		configs: [{ id: 'a', ...hardware.config } as CameraConfig],
		async open(config, context) {
			const driver = await loadCameraDriver(config.driver)
			if (!driver) throw new DeviceError('unsupported', config.driver)
			return driver.open(config, { ...context, log: silentLog })
		},
		report: (next) => {
			report = next
		},
		log: silentLog,
		now: monotonicMs,
	})
	const beat = setInterval(() => cameras.beat(), 100)
	let renewal: NodeJS.Timeout | undefined
	const order = (what: Parameters<typeof cameras.order>[1]) => cameras.order('a', what, monotonicMs())
	const quietly = (work: Promise<unknown>) => void work.catch(() => {})
	await until('a camera that is ready', () => report?.status === 'ready', 20_000)
	return {
		head: hardware.head,
		report: () => report,
		hold(velocity) {
			const move = () => quietly(order({ name: 'move', velocity: { ...still, ...velocity }, forMs: 400 }))
			clearInterval(renewal)
			renewal = setInterval(move, 150)
			move()
		},
		release() {
			clearInterval(renewal)
			quietly(order({ name: 'stop' }))
		},
		go: (to) => order({ name: 'moveTo', position: { ...still, unit: 'degrees', at: 0, ...to }, speed: 1 }),
		recall: (slot) => order({ name: 'recallSlot', slot }),
		async observe(forMs) {
			const begin = performance.now()
			const samples: Sample[] = []
			while (performance.now() - begin < forMs) {
				const { pan, moving } = hardware.head()
				const { status = 'off', reason = null } = report ?? {}
				samples.push({ t: performance.now() - begin, status, reason, pan, moving })
				await sleep(10)
			}
			return samples
		},
		async close() {
			clearInterval(renewal)
			clearInterval(beat)
			await cameras.close(500)
			await hardware.close()
		},
	}
}

export interface Fault<H extends Hardware> {
	name: string
	/** The camera before the fault: whole, unless the fault is one that it was born with. */
	hardware(): Promise<H>
	/** Brings it into the state in which the fault strikes. */
	before?(room: Room, hardware: H): Promise<unknown>
	/** The fault, and the order that shows it. */
	strike(room: Room, hardware: H): unknown
	/** What the head, not a report, shows when all is well again. */
	well(sample: Sample, first: Sample): boolean
	/** It answers nothing from then on: once that was told, a report that calls it ready is a lie. */
	dead?: boolean
}

export interface Verdict {
	/** Milliseconds until a report spoke of it; null: never. */
	toldAt: number | null
	/** From when on all was well until the end; null: it never was. */
	wellAt: number | null
	/** What the last report says. */
	reason: string | null
	/** Reports that called a dead camera ready after it had been noticed. */
	lies: number
}

const observedMs = 5_500

/** Milliseconds within which a fault is to be noticed, healed or reported; and what only a hang would break. */
export const promises = { noticedMs: 1_000, settledMs: 5_000, patienceMs: 30_000 }

export async function play(fault: Fault<Hardware>): Promise<Verdict> {
	const hardware = await fault.hardware()
	const room = await openRoom(hardware)
	try {
		await fault.before?.(room, hardware)
		await fault.strike(room, hardware)
		const samples = await room.observe(observedMs)
		for (;;) {
			const verdict = judge(samples, fault)
			const begun = samples.at(-1)?.t ?? 0
			if (Number.isFinite(settledAt(verdict)) || begun > promises.patienceMs) return verdict
			// A busy machine is looked at for longer.
			samples.push(...(await room.observe(500)).map((sample) => ({ ...sample, t: begun + sample.t })))
		}
	} finally {
		await room.close()
	}
}

function judge(samples: Sample[], fault: Pick<Fault<Hardware>, 'well' | 'dead'>): Verdict {
	const first = samples[0] as Sample
	const told = ({ status, reason }: Sample) => reason !== null || (status !== 'ready' && status !== 'moving')
	const ill = samples.findLastIndex((sample) => !fault.well(sample, first))
	const noticed = samples.findIndex(told)
	return {
		toldAt: samples[noticed]?.t ?? null,
		wellAt: samples[ill + 1]?.t ?? null,
		reason: samples.at(-1)?.reason ?? null,
		lies: fault.dead && noticed >= 0 ? samples.slice(noticed).filter((sample) => !told(sample)).length : 0,
	}
}

/** Noticed: it was told, or well again before anybody could be told. */
export const noticedAt = ({ toldAt, wellAt }: Verdict) =>
	Math.min(toldAt ?? Number.POSITIVE_INFINITY, wellAt ?? Number.POSITIVE_INFINITY)
/** Settled: it is well, or still told. */
export const settledAt = ({ toldAt, wellAt, reason }: Verdict) =>
	wellAt ?? (reason === null ? Number.POSITIVE_INFINITY : (toldAt ?? Number.POSITIVE_INFINITY))

export const turnsRight = (sample: Sample, first: Sample) => sample.moving && sample.pan >= first.pan
export const stands = (sample: Sample) => !sample.moving
export const right = { pan: 0.15 }

/** Turns right until the head has gone a little way. */
export async function turning(room: Room): Promise<void> {
	const from = room.head().pan
	room.hold(right)
	await until('the head to turn', () => room.head().pan > from + 2)
}
