import { setTimeout as sleep } from 'node:timers/promises'
import { type Cameras, openCameras } from '../../appliance/devices/cameras.ts'
import { type CameraConfig, monotonicMs } from '../../appliance/devices/messages.ts'
import { loadCameraDriver } from '../../appliance/devices/registry.ts'
import { DeviceError } from '../../drivers/device.ts'
import type { Kind } from '../devices/hardware-kinds.ts'
import { bares } from './bares.ts'
import { farEnd } from './far-end.ts'
import { compare, type Figure } from './figures.ts'

/**
 * Command → wire within the devices process: from an order, as the channel brings it, to the moment when the camera, a
 * process of its own, has the drive. Against the same bytes written to the bare transport, by turns, so that whatever
 * else the machine does falls on both.
 */

/** A camera acknowledges after some 16 ms, and no more than two drives are without an ACK. */
const usual = { shots: 1_000, warmUp: 200, spacingMs: 12, config: {} }
const quiet = () => {}
const log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error }

/**
 * A frame of Pelco-D takes 29 ms at 2400 baud, whoever writes it. Blind, because on a line that is half duplex a drive waits
 * for the answer under way, and the bare transport asks nothing.
 */
const slow: Partial<Record<Kind, Pace>> = {
	'pelco-d': { shots: 250, warmUp: 50, spacingMs: 50, config: { blind: true } },
}

interface Pace {
	shots: number
	warmUp: number
	spacingMs: number
	/** Over what the camera would be opened with. */
	config: object
}

async function ready(config: CameraConfig): Promise<Cameras> {
	const { promise, resolve } = Promise.withResolvers<void>()
	const cameras = openCameras({
		configs: [config],
		async open(one, context) {
			const driver = await loadCameraDriver(one.driver)
			if (!driver) throw new DeviceError('unsupported', one.driver)
			return driver.open(one, { ...context, log })
		},
		report: ({ status }) => status === 'ready' && resolve(),
		log,
		now: monotonicMs,
	})
	await promise
	return cameras
}

async function measure(kind: Kind): Promise<{ ours: number[]; bare: number[] }> {
	const far = await farEnd(kind)
	const { shots, warmUp, spacingMs, config } = slow[kind] ?? usual
	const cameras = await ready({ ...far.config, ...config })
	const bare = await bares[kind](far.other)
	const beat = setInterval(() => cameras.beat(), 100)
	const figures = { ours: [] as number[], bare: [] as number[] }
	let sentAt = 0
	let whose: 'ours' | 'bare' = 'bare'
	far.onArrival((at) => {
		if (sentAt === 0) return
		figures[whose].push(at - sentAt)
		sentAt = 0
	})
	for (let i = 0; i < 2 * (shots + warmUp); i++) {
		whose = i % 2 ? 'ours' : 'bare'
		const velocity = { pan: i % 4 < 2 ? 0.5 : -0.5, tilt: 0, zoom: 0 }
		sentAt = monotonicMs()
		if (whose === 'bare') bare.send()
		else cameras.order('a', { name: 'move', velocity, forMs: 400 }, sentAt).catch(quiet)
		await sleep(spacingMs)
	}
	clearInterval(beat)
	await cameras.close(500)
	bare.close()
	far.close()
	return { ours: figures.ours.slice(warmUp), bare: figures.bare.slice(warmUp) }
}

export async function commandToWire(): Promise<Figure[]> {
	const figures: Figure[] = []
	for (const kind of Object.keys(bares) as Kind[]) {
		const { ours, bare } = await measure(kind)
		figures.push(...compare(`command → wire, ${kind}`, ours, bare, 'bare transport', { p99: 1.5 }))
	}
	return figures
}
