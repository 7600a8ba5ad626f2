import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { SerialPort } from 'serialport'
import { type Cameras, openCameras } from '../../appliance/devices/cameras.ts'
import { type CameraConfig, monotonicMs } from '../../appliance/devices/messages.ts'
import { loadCameraDriver } from '../../appliance/devices/registry.ts'
import { DeviceError } from '../../drivers/device.ts'
import { continuousMove } from '../../drivers/onvif/ptz.ts'
import { envelope, headerLines } from '../../drivers/onvif/soap.ts'
import { readCoordinates } from '../../drivers/onvif/spaces.ts'
import { usernameToken } from '../../drivers/onvif/username-token.ts'
import type { Kind } from '../devices/hardware-kinds.ts'
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

type Bare = (config: CameraConfig) => Promise<{ send(): void; close(): void }>

async function bareUdp({ host, port }: CameraConfig) {
	const socket = createSocket('udp4')
	socket.bind(0)
	await once(socket, 'listening')
	const frame = Buffer.from('0100000900000000810106010a0a0203ff', 'hex')
	return { send: () => socket.send(frame, Number(port), String(host)), close: () => socket.close() }
}

const drive = Buffer.from('810106010a0a0203ff', 'hex')

async function bareTcp({ host, port }: CameraConfig) {
	const socket = connect({ host: String(host), port: Number(port), noDelay: true })
	socket.resume()
	await once(socket, 'connect')
	return { send: () => socket.write(drive), close: () => socket.destroy() }
}

async function openPort({ path, baudRate }: CameraConfig) {
	const port = new SerialPort({ path: String(path), baudRate: Number(baudRate) })
	port.resume()
	await once(port, 'open')
	return port
}

async function bareSerial(config: CameraConfig) {
	const port = await openPort(config)
	// Its first camera takes an address.
	port.write(Buffer.from('883001ff', 'hex'))
	return { send: () => port.write(drive), close: () => port.close() }
}

async function barePelco(config: CameraConfig) {
	const port = await openPort(config)
	const frame = Buffer.from('ff010002200023', 'hex')
	return { send: () => port.write(frame), close: () => port.close() }
}

/** The same bytes on a connection that stays open; what has to be made anew each time is made before. */
async function bareHttp({ host, port, username, password }: CameraConfig) {
	const socket = connect({ host: String(host), port: Number(port), noDelay: true })
	socket.resume()
	await once(socket, 'connect')
	const who = { username: String(username), password: String(password) }
	const move = continuousMove(byTheBook, 'profile_1', { pan: 0.5, tilt: 0, zoom: 0 }, 'PT1S')
	const make = () => {
		const body = envelope(move, usernameToken(who, Date.now()))
		const head = `POST /onvif/ptz_service HTTP/1.1\r\nHost: ${host}:${port}\r\n${headerLines(move)}`
		return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
	}
	let next = make()
	const send = () => {
		socket.write(next)
		setImmediate(() => {
			next = make()
		})
	}
	return { send, close: () => socket.destroy() }
}

const byTheBook = readCoordinates(undefined, undefined, null)

const bares: Record<Kind, Bare> = {
	'visca-ip': bareUdp,
	'visca-tcp': bareTcp,
	'visca-serial': bareSerial,
	onvif: bareHttp,
	'pelco-d': barePelco,
}

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

/** The far end: a process with two cameras, one for us and one for the bare transport, which says when each drive has arrived. */
async function farEnd(kind: Kind) {
	const program = join(import.meta.dirname, '../devices/hardware.ts')
	// By token, so that both log in the same way.
	const faults = kind === 'onvif' ? { auth: 'ws' } : {}
	const pair = ['a', 'b'].map((id) => ({ id, kind, faults }))
	const child = spawn(process.execPath, [program, JSON.stringify(pair), 'arrivals'], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	const lines = createInterface({ input: child.stdout })
	const [first] = await once(lines, 'line')
	const [config, other] = (JSON.parse(String(first)) as { configs: CameraConfig[] }).configs
	let hear: (at: number) => void = quiet
	lines.on('line', (line: string) => hear(Number(line) / 1e6))
	return {
		config: config as CameraConfig,
		other: other as CameraConfig,
		/** In the machine's monotonic milliseconds. */
		onArrival(listener: (at: number) => void) {
			hear = listener
		},
		close: () => child.stdin.end(),
	}
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
