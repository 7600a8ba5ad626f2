import { DeviceError } from '../device.ts'
import type { ByteLink } from './link.ts'
import { PacketQueue } from './packet-queue.ts'
import { openSerial, type SerialOptions } from './serial.ts'

/**
 * Serial lines with several devices on each: a daisy chain, a bus. They share one open port; each hears every byte, and
 * their packets go out whole, in turn.
 */

export interface Line {
	/**
	 * One whole packet. Resolves when the system has taken it; rejects with 'lost', 'timeout' (which ends the line), or
	 * 'rejected' when it was taken back. `urgent`: it passes all that wait and are not. `left` is called at the moment from
	 * which it cannot be taken back any more.
	 */
	write(packet: Uint8Array, urgent?: boolean, left?: () => void): Promise<void>
	/** Takes back a packet, the same object, that still waits for its turn. */
	withdraw(packet: Uint8Array): void
	/** Every byte on the line, whoever it is for. */
	onBytes(listener: (bytes: Uint8Array) => void): void
	/** Settles once, never rejects: with the reason, or undefined after a disposal. */
	readonly lost: Promise<DeviceError | undefined>
}

/** One device's part in a line. It never reconnects: the next opening opens the port anew. */
export interface SharedLine extends Line, AsyncDisposable {
	/**
	 * The open port, the same object for all who share it, and another one after it was lost: what belongs to the line as
	 * a whole (the addresses of a daisy chain) hangs on it and ends with it.
	 */
	readonly port: Line
}

/** Milliseconds that the wire is busy with one byte. */
export function byteMs({ baudRate, dataBits = 8, parity = 'none', stopBits = 1 }: SerialOptions): number {
	return ((1 + dataBits + (parity === 'none' ? 0 : 1) + stopBits) * 1_000) / baudRate
}

interface Port extends Line {
	readonly settings: string
	/** Devices that use it or wait for it; the last one to go closes it. */
	users: number
	readonly listeners: Set<(bytes: Uint8Array) => void>
	/** How each device is told that the port is gone. */
	readonly members: Set<(reason: DeviceError | undefined) => void>
	readonly queue: PacketQueue
	readonly opened: Promise<ByteLink>
}

export type OpenPort = (options: SerialOptions, signal: AbortSignal) => Promise<ByteLink>
export type OpenLine = (options: SerialOptions, signal: AbortSignal) => Promise<SharedLine>

/** Opens lines; one opener for each process and protocol, because a port is opened for one program alone. */
export function createSerialLines(openPort: OpenPort = openSerial): OpenLine {
	const ports = new Map<string, Port>()
	/** Ports that are being closed, by their path: until then they are locked. */
	const closing = new Map<string, Promise<void>>()
	const unlimited = new AbortController().signal

	function start(options: SerialOptions): Port {
		const { path } = options
		const listeners: Port['listeners'] = new Set()
		const members: Port['members'] = new Set()
		const { promise: lost, resolve: lose } = Promise.withResolvers<DeviceError | undefined>()
		const opened = (closing.get(path) ?? Promise.resolve()).then(() => openPort(options, unlimited))
		let link: ByteLink | null = null
		const queue = new PacketQueue(
			(packet) => link?.write(packet) ?? Promise.reject(new DeviceError('lost', `${path} is not open`)),
			byteMs(options),
		)
		const port: Port = {
			...{ settings: settingsOf(options), users: 0, listeners, members, queue, opened, lost },
			write: (packet, urgent, left) => queue.send(packet, port, urgent, left),
			withdraw: (packet) => queue.withdraw({ packet }),
			onBytes: (listener) => void listeners.add(listener),
		}
		ports.set(path, port)
		opened.then(
			async (open) => {
				link = open
				open.onBytes((bytes) => {
					for (const hear of listeners) hear(bytes)
				})
				const reason = await open.lost
				close(path, port)
				queue.end(reason ?? new DeviceError('lost', `${path} was closed`))
				lose(reason)
				for (const tell of members) tell(reason)
			},
			() => forget(path, port),
		)
		return port
	}

	function forget(path: string, port: Port): void {
		if (ports.get(path) === port) ports.delete(path)
	}

	/** Whoever opens the path next waits until it is done. */
	function close(path: string, port: Port): Promise<void> {
		forget(path, port)
		const closed = port.opened
			.then((link) => link[Symbol.asyncDispose]())
			.catch(() => {})
			.finally(() => {
				if (closing.get(path) === closed) closing.delete(path)
			})
		closing.set(path, closed)
		return closed
	}

	function leave(path: string, port: Port): Promise<void> {
		port.users -= 1
		return port.users > 0 ? Promise.resolve() : close(path, port)
	}

	function join(path: string, port: Port): SharedLine {
		const member = {}
		const { promise: lost, resolve: lose } = Promise.withResolvers<DeviceError | undefined>()
		port.members.add(lose)
		let hear: ((bytes: Uint8Array) => void) | null = null
		let leaving: Promise<void> | null = null
		return {
			...{ port, lost, withdraw: port.withdraw },
			write(packet, urgent, left) {
				if (leaving) return Promise.reject(new DeviceError('lost', `${path} is closed`))
				return port.queue.send(packet, member, urgent, left)
			},
			onBytes(listener) {
				if (hear) port.listeners.delete(hear)
				hear = listener
				if (!leaving) port.listeners.add(hear)
			},
			[Symbol.asyncDispose]() {
				if (leaving) return leaving
				if (hear) port.listeners.delete(hear)
				port.members.delete(lose)
				port.queue.withdraw({ owner: member })
				lose(undefined)
				leaving = leave(path, port)
				return leaving
			},
		}
	}

	/** Rejects with 'unreachable', 'rejected' where the line runs at another speed, or 'lost' when it is no longer wanted. */
	return async function openLine(options, signal) {
		const { path } = options
		const port = ports.get(path) ?? start(options)
		if (port.settings !== settingsOf(options)) {
			throw new DeviceError(
				'rejected',
				`${path} runs at ${port.settings}: a device there cannot have ${settingsOf(options)}`,
			)
		}
		port.users += 1
		try {
			await wanted(port.opened, signal)
			if (ports.get(path) !== port) throw new DeviceError('lost', `${path} was lost`)
			return join(path, port)
		} catch (error) {
			await leave(path, port)
			throw error
		}
	}
}

const settingsOf = ({ baudRate, dataBits = 8, parity = 'none', stopBits = 1 }: SerialOptions) =>
	`${baudRate} baud, ${dataBits}${parity.charAt(0).toUpperCase()}${stopBits}`

/** One who gives up takes the port from nobody else. */
async function wanted(opening: Promise<unknown>, signal: AbortSignal): Promise<void> {
	const { promise: unwanted, reject } = Promise.withResolvers<never>()
	const abort = () => reject(new DeviceError('lost', 'no longer wanted'))
	if (signal.aborted) abort()
	signal.addEventListener('abort', abort, { once: true })
	try {
		await Promise.race([opening, unwanted])
	} finally {
		signal.removeEventListener('abort', abort)
	}
}
