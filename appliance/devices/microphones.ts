import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { DeviceError, type Log } from '../../drivers/device.ts'
import type { Microphones } from '../../drivers/microphones.ts'
import type { MicrophonesReport } from './messages.ts'
import { keepConnecting } from './reconnect.ts'

/** The hall's microphone system: opened, reopened when lost, and set right again where the room holds the seats. */
export interface HallMicrophones {
	/** Rejects with a DeviceError; what is wanted stays wanted and is commanded when the system is back. */
	set(seat: string, open: boolean): Promise<void>
	/** Exactly these seats are to be open, now and after every reconnect; null: the seats are nobody's, and left alone. */
	hold(open: readonly string[] | null): void
	/** Something was thrown where nobody could catch it. True if this driver did it; the system is then opened anew. */
	blame(error: unknown): boolean
	/** Lets go of the system, within a second whatever its driver does. The seats stay as they are. */
	close(): Promise<void>
}

export interface HallMicrophonesOptions {
	/** The seats to be open from the beginning; as in `hold`. */
	open: readonly string[] | null
	/** Opens one connection, which sets these seats right from its first moment. */
	connect(open: readonly string[] | null, signal: AbortSignal): Promise<Microphones>
	report(report: MicrophonesReport): void
	log: Log
	random?: () => number
}

const openMs = 5_000
const disposeMs = 1_000

export function openMicrophones(options: HallMicrophonesOptions): HallMicrophones {
	const { connect, report, log, random = Math.random } = options
	const closing = new AbortController()
	/** Whose code is running, as with the cameras. */
	const owner = new AsyncLocalStorage<true>()
	let wanted = options.open
	let device: Microphones | null = null
	let drop: (reason: unknown) => void = () => {}
	let told = ''

	function tell(status: 'ready' | 'lost', reason: string | null, takesCommands: boolean): void {
		// One line for each change, not for each attempt.
		if (told === `${status} ${reason}`) return
		told = `${status} ${reason}`
		report({ type: 'status', status, reason, takesCommands })
	}

	/** One connection from opening to letting go; tells for how long it was of use. */
	async function connection(): Promise<number> {
		let readyAt = Number.POSITIVE_INFINITY
		const heldFrom = wanted
		const opening = AbortSignal.any([closing.signal, AbortSignal.timeout(openMs)])
		try {
			// A system call that hangs is waited for: trying again beside it would take another thread and the same line.
			await using current = await connect(heldFrom, opening)
			if (closing.signal.aborted) return 0
			readyAt = performance.now()
			announce(await held(current, heldFrom))
		} catch (error) {
			announce(error)
		}
		return performance.now() - readyAt
	}

	/** Until the connection is lost or dropped; tells why. */
	async function held(current: Microphones, heldFrom: readonly string[] | null): Promise<unknown> {
		const { promise: dropped, resolve } = Promise.withResolvers<unknown>()
		drop = resolve
		device = current
		// What the room asked for while the connection was being opened.
		if (wanted && wanted !== heldFrom) current.hold(wanted)
		log.info({}, 'the microphone system is open')
		tell('ready', null, current.takesCommands)
		const ends = [
			current.onSeat((event) => report({ type: 'seat', ...event })),
			current.watch(({ unconfirmed }) => report({ type: 'unconfirmed', seats: unconfirmed })),
		]
		const reason = (await Promise.race([current.lost, dropped])) ?? new DeviceError('lost', 'the connection ended')
		device = null
		drop = () => {}
		for (const end of ends) end()
		return reason
	}

	function announce(reason: unknown): void {
		if (closing.signal.aborted) return
		if (!(reason instanceof DeviceError)) {
			log.error({ err: reason }, 'the driver of the microphones has a bug; they are opened anew')
			tell('lost', 'internal', false)
			return
		}
		if (told !== `lost ${reason.code}`) {
			log.warn({ code: reason.code }, `the microphone system is not available: ${reason.message}`)
		}
		tell('lost', reason.code, false)
	}

	const ended = owner.run(true, () => keepConnecting(connection, { signal: closing.signal, random }))

	return {
		async set(seat, isOpen) {
			const others = (wanted ?? []).filter((other) => other !== seat)
			wanted = isOpen ? [...others, seat] : others
			if (!device) throw new DeviceError('lost', 'the microphone system is not connected')
			const current = device
			await owner.run(true, () => current.set(seat, isOpen))
		},
		hold(seats) {
			wanted = seats
			const current = device
			if (current && seats) owner.run(true, () => current.hold(seats))
		},
		blame(error) {
			if (!owner.getStore()) return false
			if (device) drop(error)
			else announce(error)
			return true
		},
		async close() {
			closing.abort()
			drop(undefined)
			await Promise.race([ended, delay(disposeMs)])
		},
	}
}
