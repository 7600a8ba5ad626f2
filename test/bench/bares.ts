import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { SerialPort } from 'serialport'
import type { CameraConfig } from '../../appliance/devices/messages.ts'
import { continuousMove } from '../../drivers/onvif/ptz.ts'
import { envelope, headerLines } from '../../drivers/onvif/soap.ts'
import { readCoordinates } from '../../drivers/onvif/spaces.ts'
import { usernameToken } from '../../drivers/onvif/username-token.ts'
import type { Kind } from '../devices/hardware-kinds.ts'

/** A drive on the wire of each kind of camera, and nothing else: the floor of what we do. */
export type Bare = (config: CameraConfig) => Promise<{ send(): void; close(): void }>

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

export const bares: Record<Kind, Bare> = {
	'visca-ip': bareUdp,
	'visca-tcp': bareTcp,
	'visca-serial': bareSerial,
	onvif: bareHttp,
	'pelco-d': barePelco,
}
