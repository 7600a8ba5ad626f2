import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { type CameraConfig, monotonicMs } from '../../appliance/devices/messages.ts'
import type { Kind } from '../devices/hardware-kinds.ts'
import { openSite } from '../scene/appliance.ts'
import { openPanel, type Panel } from '../scene/panel.ts'
import { bares } from './bares.ts'
import { farEnd } from './far-end.ts'
import { compare, type Figure } from './figures.ts'

/**
 * From a panel's socket to the camera, a process of its own, that has the drive: through the room and the devices process,
 * against the least program that could do it, by turns, so that whatever else the machine does falls on both.
 */
const usual = { taps: 400, spacingMs: 25, config: {} }
/** See wire.ts: a frame takes 29 ms, and a line that is half duplex is asked nothing. */
const slow: Partial<Record<Kind, typeof usual>> = { 'pelco-d': { taps: 200, spacingMs: 60, config: { blind: true } } }
const warmUp = 40
const kinds = Object.keys(bares) as Kind[]
const paceOf = (kind: Kind) => slow[kind] ?? usual

/** One that is sent what a panel sends, and passes it on. */
async function openBare(kind: Kind, config: CameraConfig) {
	const program = join(import.meta.dirname, 'bare-tap.ts')
	const child = spawn(process.execPath, [program, kind, JSON.stringify(config)], { stdio: ['pipe', 'pipe', 'inherit'] })
	const [port] = await once(child.stdout, 'data')
	const socket = new WebSocket(`ws://127.0.0.1:${String(port).trim()}`)
	await once(socket, 'open')
	let id = 0
	return {
		command: (command: object) => socket.send(JSON.stringify({ type: 'command', id: ++id, command })),
		close() {
			socket.close()
			child.stdin.end()
		},
	}
}

async function measure(kind: Kind, far: Awaited<ReturnType<typeof farEnd>>, panel: Panel) {
	const { taps, spacingMs } = paceOf(kind)
	const bare = await openBare(kind, far.other)
	const figures = { ours: [] as number[], bare: [] as number[] }
	let sentAt = 0
	let whose: keyof typeof figures = 'bare'
	far.onArrival((at) => {
		if (sentAt === 0) return
		figures[whose].push(at - sentAt)
		sentAt = 0
	})
	for (let i = 0; i < 2 * (taps + warmUp); i++) {
		whose = i % 2 ? 'ours' : 'bare'
		const command = { type: 'camera.move', camera: kind, pan: i % 4 < 2 ? 0.5 : -0.5, tilt: 0, zoom: 0 } as const
		sentAt = monotonicMs()
		if (whose === 'bare') bare.command(command)
		else void panel.command(command)
		await sleep(spacingMs)
	}
	await panel.command({ type: 'camera.stop', camera: kind })
	bare.close()
	return { ours: figures.ours.slice(warmUp), bare: figures.bare.slice(warmUp) }
}

/** Tap on the panel's socket → the camera has the drive, for each driver, with all of them in one room. */
export async function tapToWire(port: number): Promise<Figure[]> {
	const ends = new Map(await Promise.all(kinds.map(async (kind) => [kind, await farEnd(kind)] as const)))
	const cameras = [...ends].map(([kind, { config }]) => ({
		...{ ...config, ...paceOf(kind).config, id: kind, name: kind },
		...('password' in config ? { password: { file: 'password' } } : {}),
	}))
	const site = await openSite({ addresses: [] }, port, { cameras })
	writeFileSync(join(site.dir, 'password'), 'maru')
	try {
		const appliance = await site.start()
		const panel = await openPanel(appliance.origin, appliance.token('panel'))
		await panel.until('the cameras to be ready', (state) => state.cameras.every(({ status }) => status === 'ready'))
		const figures: Figure[] = []
		for (const [kind, far] of ends) {
			const { ours, bare } = await measure(kind, far, panel)
			figures.push(...compare(`tap → wire, ${kind}`, ours, bare, 'bare ws + transport', { p99: 3 }))
		}
		panel.close()
		return figures
	} finally {
		await site.close()
		for (const far of ends.values()) far.close()
	}
}
