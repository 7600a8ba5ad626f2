import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { startViscaCamera } from '../../drivers/virtual/visca-camera.ts'
import { openSite } from '../scene/appliance.ts'
import { openPanel } from '../scene/panel.ts'
import { compare, type Figure } from './figures.ts'

const taps = 400
const warmUp = 40
const spacingMs = 25

/** Milliseconds from each `send` to the datagram that it caused; `arrivals` is told when a drive command arrives. */
async function measure(send: (pan: number) => void, arrivals: (listener: () => void) => void): Promise<number[]> {
	const figures: number[] = []
	let sentAt = 0
	arrivals(() => {
		if (sentAt === 0) return
		figures.push(performance.now() - sentAt)
		sentAt = 0
	})
	for (let i = 0; i < taps + warmUp; i++) {
		sentAt = performance.now()
		send(i % 2 === 0 ? 0.5 : -0.5)
		await sleep(spacingMs)
	}
	return figures.slice(warmUp)
}

async function bare(): Promise<number[]> {
	const camera = createSocket('udp4')
	camera.bind(0, '127.0.0.1')
	await once(camera, 'listening')
	const program = spawn(process.execPath, [join(import.meta.dirname, 'bare-tap.ts'), String(camera.address().port)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	const [port] = await once(program.stdout, 'data')
	const socket = new WebSocket(`ws://127.0.0.1:${String(port).trim()}`)
	await once(socket, 'open')
	let id = 0
	const figures = await measure(
		(pan) =>
			socket.send(
				JSON.stringify({
					type: 'command',
					id: ++id,
					command: { type: 'camera.move', camera: 'front', pan, tilt: 0, zoom: 0 },
				}),
			),
		(listener) => camera.on('message', listener),
	)
	socket.close()
	program.stdin.end()
	camera.close()
	return figures
}

async function ours(port: number): Promise<number[]> {
	let heard = () => {}
	const camera = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	camera.onDatagram((bytes) => {
		// 81 01 06 01 … behind Sony's eight bytes: a pan-tilt drive.
		if (bytes[9] === 0x01 && bytes[10] === 0x06 && bytes[11] === 0x01) heard()
	})
	const site = await openSite(
		{ addresses: [{ id: 'front', visca: { host: '127.0.0.1', port: camera.port }, rtsp: '' }] },
		port,
	)
	try {
		const appliance = await site.start()
		const panel = await openPanel(appliance.origin, appliance.token('panel'))
		await panel.until('the camera to be ready', (state) => state.cameras[0]?.status === 'ready')
		const figures = await measure(
			(pan) => void panel.command({ type: 'camera.move', camera: 'front', pan, tilt: 0, zoom: 0 }),
			(listener) => {
				heard = listener
			},
		)
		await panel.command({ type: 'camera.stop', camera: 'front' })
		panel.close()
		return figures
	} finally {
		await site.close()
		await camera.close()
	}
}

/** Tap on the panel's socket → first byte of the camera command, against the least program that could do it. */
export async function tapToWire(port: number): Promise<Figure[]> {
	// Floor, ours, floor: a noisy machine shows in the two floors.
	const before = await bare()
	const figures = await ours(port)
	const after = await bare()
	return compare('tap → wire', figures, [...before, ...after], 'bare ws + dgram', { p99: 3 })
}
