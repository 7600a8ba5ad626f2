import { DeviceError } from '../device.ts'

interface Waiting {
	packet: Uint8Array
	owner: object
	urgent: boolean
	left(): void
	resolve(): void
	reject(error: DeviceError): void
}

/** A timer rings up to so much late, and a wire without a gap is worth a packet that is handed over so much too early. */
const earlyMs = 1

/**
 * Packets of several devices, one after the other at the speed of the wire. What the system has taken cannot be overtaken
 * any more, so it is given one packet at a time; an urgent one goes before all others that wait.
 */
export class PacketQueue {
	readonly #write: (packet: Uint8Array) => Promise<void>
	readonly #byteMs: number
	#waiting: Waiting[] = []
	/** When the last packet will have left, by the monotonic clock. */
	#freeAt = 0
	#timer: NodeJS.Timeout | undefined

	/** `byteMs`: how long the wire is busy with one byte. */
	constructor(write: (packet: Uint8Array) => Promise<void>, byteMs: number) {
		this.#write = write
		this.#byteMs = byteMs
	}

	/** At once where the wire is free; `left` is called then. Resolves when the system has taken the packet. */
	send(packet: Uint8Array, owner: object, urgent = false, left: () => void = () => {}): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>()
		const place = urgent ? this.#waiting.findIndex((other) => !other.urgent) : -1
		const at = place < 0 ? this.#waiting.length : place
		this.#waiting.splice(at, 0, { packet, owner, urgent, left, resolve, reject })
		this.#pump()
		return promise
	}

	/** Takes back what waits: this packet, or all that this owner wants sent and that is not urgent. It is rejected. */
	withdraw(which: { packet: Uint8Array } | { owner: object }): void {
		const taken = (one: Waiting) =>
			'packet' in which ? one.packet === which.packet : one.owner === which.owner && !one.urgent
		for (const one of this.#waiting.filter(taken)) one.reject(new DeviceError('rejected', 'taken back'))
		this.#waiting = this.#waiting.filter((one) => !taken(one))
	}

	/** The line is gone. */
	end(reason: DeviceError): void {
		clearTimeout(this.#timer)
		for (const one of this.#waiting.splice(0)) one.reject(reason)
	}

	#pump(): void {
		clearTimeout(this.#timer)
		const now = performance.now()
		while (now >= this.#freeAt - earlyMs) {
			const next = this.#waiting.shift()
			if (!next) return
			this.#freeAt = Math.max(now, this.#freeAt) + next.packet.length * this.#byteMs
			this.#write(next.packet).then(next.resolve, next.reject)
			next.left()
		}
		if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#pump(), this.#freeAt - now)
	}
}
