import { DeviceError } from '../../../drivers/device.ts'
import type { ByteLink } from '../../../drivers/transport/link.ts'
import type { OpenPort } from '../../../drivers/transport/serial-lines.ts'

/** A serial line in memory: for hours of a fake clock, which no pty can live through. */
export interface MemoryLine {
	/** Opens our end, as `openSerial` does. */
	readonly openPort: OpenPort
	/** How many times our end was opened. */
	readonly openings: number
	/** As when the adapter is pulled out; opening it fails until it is back. */
	unplug(): void
	/** Answers the other end. */
	plug(): ByteLink
	/** Bytes that come out of nowhere. */
	disturb(bytes: Uint8Array): void
}

interface End {
	link: ByteLink
	hear(bytes: Uint8Array): void
	lose(reason: DeviceError | undefined): void
}

export function createMemoryLine(path: string): MemoryLine {
	let ours: End | null = null
	let other: End | null = null
	let openings = 0

	function end(peer: () => End | null, gone: (end: End) => void): End {
		let listener: (bytes: Uint8Array) => void = () => {}
		let over = false
		const { promise: lost, resolve } = Promise.withResolvers<DeviceError | undefined>()
		const self: End = {
			link: {
				lost,
				async write(bytes) {
					if (over) throw new DeviceError('lost', `${path} is closed`)
					const copy = Buffer.from(bytes)
					queueMicrotask(() => peer()?.hear(copy))
				},
				onBytes(hear) {
					listener = hear
				},
				async [Symbol.asyncDispose]() {
					self.lose(undefined)
				},
			},
			hear: (bytes) => over || listener(bytes),
			lose(reason) {
				if (over) return
				over = true
				resolve(reason)
				gone(self)
			},
		}
		return self
	}

	return {
		get openings() {
			return openings
		},
		async openPort() {
			if (!other) throw new DeviceError('unreachable', `${path} cannot be opened: it is not there`)
			if (ours) throw new DeviceError('unreachable', `${path} cannot be opened: it is locked`)
			openings += 1
			ours = end(
				() => other,
				(self) => {
					if (ours === self) ours = null
				},
			)
			return ours.link
		},
		unplug() {
			const pulled = new DeviceError('lost', `${path} was closed by the other side`)
			other?.lose(pulled)
			other = null
			ours?.lose(pulled)
		},
		plug() {
			other = end(
				() => ours,
				() => {},
			)
			return other.link
		},
		disturb: (bytes) => ours?.hear(bytes),
	}
}
