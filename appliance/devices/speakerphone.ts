import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { DeviceError, type Log } from '../../drivers/device.ts'
import {
	type CallLamps,
	type Speakerphone,
	SpeakerphoneError,
	type SpeakerphoneEvent,
} from '../../drivers/speakerphone.ts'
import type { SpeakerphoneReport } from './messages.ts'
import { keepConnecting } from './reconnect.ts'

/**
 * The room's speakerphone: found, opened, opened anew when it was unplugged or another one when it stays away, and told
 * first of all how the call stands.
 */
export interface RoomSpeakerphone {
	/** As in `CallControl.show`. Never fails: what is wanted stays wanted. */
	show(lamps: CallLamps): void
	/** Something was thrown where nobody could catch it. True if this driver did it; the device is then opened anew. */
	blame(error: unknown): boolean
	/** Puts out its lamps and lets go of it, within a second and a half whatever its driver does. */
	close(): Promise<void>
}

export interface RoomSpeakerphoneOptions {
	/** From the beginning; null: the room has not said yet. */
	lamps: CallLamps | null
	/** Opens the one that there is, its first word being the lamps as they are then. Rejects with 'unreachable' while there is none. */
	connect(lamps: () => CallLamps, signal: AbortSignal): Promise<Speakerphone>
	report(report: SpeakerphoneReport): void
	onEvent(event: SpeakerphoneEvent): void
	log: Log
	/** How often it is looked whether one was plugged in; default 500. */
	lookMs?: number
	random?: () => number
}

const openMs = 5_000
const darkMs = 500
const disposeMs = 1_000
const dark: CallLamps = { offHook: false, muted: false, ringing: false, held: false }

export function openSpeakerphone(options: RoomSpeakerphoneOptions): RoomSpeakerphone {
	const { connect, onEvent, log, lookMs = 500, random = Math.random } = options
	const closing = new AbortController()
	/** Whose code is running, as with the cameras. */
	const owner = new AsyncLocalStorage<true>()
	let wanted = options.lamps ?? dark
	/** What the connection that is being opened was told. */
	let told = wanted
	let device: Speakerphone | null = null
	let drop: (reason: unknown) => void = () => {}
	let view: SpeakerphoneReport = {
		...{ status: 'none', reason: null, detail: null },
		...{ model: null, capabilities: null, state: null },
	}

	function tell(change: Partial<SpeakerphoneReport>): void {
		view = { ...view, ...change }
		options.report(view)
	}

	/** One connection from looking for it to letting go; tells for how long it was of use. */
	async function connection(): Promise<number> {
		try {
			await using current = await appeared()
			if (closing.signal.aborted) return 0
			// What the room asked for while the connection was being opened.
			while (told !== wanted) {
				told = wanted
				await current.show(told)
			}
			const reason = await held(current)
			announce(reason)
			// Its coming and going is its owner's doing: no reason to wait ever longer. A bug is.
			return reason instanceof DeviceError ? Number.POSITIVE_INFINITY : 0
		} catch (error) {
			announce(error)
			return 0
		}
	}

	/** Opening takes a while, in which the call goes on. */
	function tellingWanted(): CallLamps {
		told = wanted
		return told
	}

	/** Until there is one. */
	async function appeared(): Promise<Speakerphone> {
		for (;;) {
			try {
				return await connect(tellingWanted, AbortSignal.any([closing.signal, AbortSignal.timeout(openMs)]))
			} catch (error) {
				// Looking again costs nothing; trying to open what is not ours to open waits longer each time.
				const plain = error instanceof SpeakerphoneError && error.fault !== 'no-permission'
				if (closing.signal.aborted || !plain) throw error
				announce(error)
			}
			await delay(lookMs, undefined, { signal: closing.signal })
		}
	}

	/** Until the connection is lost or dropped; tells why. */
	async function held(current: Speakerphone): Promise<unknown> {
		const { promise: dropped, resolve } = Promise.withResolvers<unknown>()
		drop = resolve
		device = current
		const { model, capabilities } = current
		log.info({ model: model.name, firmware: model.firmware }, 'the speakerphone is open')
		const ends = [
			current.watch((state) => tell({ status: 'ready', reason: null, detail: null, model, capabilities, state })),
			current.onEvent(onEvent),
		]
		const reason = (await Promise.race([current.lost, dropped])) ?? new DeviceError('lost', 'the connection ended')
		device = null
		drop = () => {}
		for (const end of ends) end()
		if (closing.signal.aborted) await Promise.race([current.show(dark).catch(() => {}), delay(darkMs)])
		return reason
	}

	function announce(reason: unknown): void {
		if (closing.signal.aborted) return
		if (!(reason instanceof DeviceError)) {
			log.error({ err: reason }, 'the driver of the speakerphone has a bug; it is opened anew')
			tell({ status: 'lost', reason: 'internal', detail: null, state: null })
			return
		}
		const { fault, detail } = reason instanceof SpeakerphoneError ? reason : { fault: reason.code, detail: null }
		const absent = fault === 'none-found'
		// One that was there and is not any more was unplugged, and somebody should know.
		const status = absent && view.model === null ? 'none' : 'lost'
		if (view.status === status && view.reason === fault && view.detail === detail) return
		if (status === 'lost') log.warn({ code: reason.code, fault }, `no speakerphone: ${reason.message}`)
		tell({ status, reason: fault, detail, state: null })
	}

	/** It fails only with the connection, and then the next one begins with these lamps. */
	function showOn(current: Speakerphone): void {
		owner
			.run(true, () => current.show(wanted))
			.catch((error: unknown) => {
				if (!(error instanceof DeviceError)) drop(error)
				else log.debug({ code: error.code }, `the speakerphone was not told: ${error.message}`)
			})
	}

	const ended = owner.run(true, () => keepConnecting(connection, { signal: closing.signal, random }))

	return {
		show(lamps) {
			wanted = lamps
			if (device) showOn(device)
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
			await Promise.race([ended, delay(darkMs + disposeMs)])
		},
	}
}
