import { DeviceError } from '../device.ts'
import { type Command, frameLength } from './codec.ts'

/**
 * What one dome is to be told, and how it takes it. Pure.
 *
 * - The newest movement takes the place of any before it, also of a stop that was told once; one that was not told at all
 *   goes before what is newer.
 * - Few domes acknowledge, and none is known to have heard its stop, so that is told three times with pauses.
 * - A dome that gives the general response is told again what it did not take. Whether it does shows after its first stops.
 */

/** In steps: pan and tilt -63..63, zoom -4..4. All that moves, so that what is 0 or null is stopped by it. */
export interface Drive {
	pan: number
	tilt: number
	zoom: number
	focus: 'near' | 'far' | null
}

export type Message =
	/**
	 * Settles when it is out (taken, where the dome says so), or when something newer takes its place. `first`: said before
	 * it.
	 */
	| { kind: 'drive'; drive: Drive; first: readonly Command[] }
	/**
	 * Settles when it was told, once or, where nobody sees whether it stands, as often as it is going to be. `instead`: said
	 * once in place of the stop.
	 */
	| { kind: 'stop'; unseen: boolean; instead: readonly Command[] | null }
	/** `moves`: ends when something newer moves this dome. */
	| { kind: 'act'; commands: readonly Command[]; moves: boolean }

export interface Order {
	readonly kind: Message['kind']
	readonly moves: boolean
	/** Who waits for it. */
	readonly ids: number[]
	/** All that one telling says, and what is left of the present one. */
	readonly whole: readonly Command[]
	frames: Command[]
	/** Still to come, the present one included. */
	tellings: number
	/** Its first telling is enough for those who wait. */
	readonly seen: boolean
	/** Not before; infinite while it is being said. */
	dueAt: number
	/** The oldest goes first: when it came in, or the one whose place it took. */
	since: number
	untaken: number
}

export interface Dome {
	readonly orders: readonly Order[]
	submit(id: number, message: Message, now: number): void
	/** The next frame of it is being said. */
	saying(order: Order, now: number): void
	/** Whether a general response to it is to be waited for. */
	awaits(order: Order): boolean
	/** It was said; `taken`: the dome says so itself. */
	said(order: Order, taken: boolean, now: number): void
	/** A general response that was waited for did not come. */
	untaken(order: Order, now: number): void
	/** It has given the general response. */
	responds(): void
	/** It has answered a question. */
	answers(): void
}

const stopTellings = 3
const pauseMs = 60
/** How often a dome that acknowledges is told what it does not take. */
const mostUntaken = 4
/** Stops without a general response, after which none is waited for. */
const enough = 3

/** `settle`: for one who waits, once. `byteMs`: how long the wire is busy with one byte. */
export function createDome(
	byteMs: number,
	settle: (id: number, error: DeviceError | null, taken: boolean) => void,
): Dome {
	let orders: Order[] = []
	/** As it was set last; null: it may be anything. */
	let zoomSpeed: number | null = null
	/** Whether it gives the general response; null: not known yet. */
	let takes: boolean | null = null
	let silentStops = 0

	const find = (kind: Order['kind']) => orders.find((order) => order.kind === kind)

	function end(order: Order, error: DeviceError | null, taken = false) {
		orders = orders.filter((other) => other !== order)
		for (const id of order.ids.splice(0)) settle(id, error, taken)
	}

	/** For who asked for a movement that is as good as done; who waits for a journey's end learns that there is none. */
	function overrule() {
		const drive = find('drive')
		if (drive) end(drive, null)
		for (const order of orders.filter(({ kind, moves }) => kind === 'act' && moves)) {
			end(order, new DeviceError('rejected', 'something newer moves the camera'))
		}
	}

	/** What moves it from now on contradicts further tellings. */
	function endStop() {
		const stop = find('stop')
		if (!stop) return
		if (stop.tellings < stopTellings) end(stop, null)
		else stop.tellings = 1
	}

	function add(id: number, kind: Order['kind'], whole: readonly Command[], over: Partial<Order> & { since: number }) {
		orders.push({
			...{ kind, ids: [id], whole, frames: [...whole], moves: true, tellings: 1, seen: true, untaken: 0 },
			...{ dueAt: over.since, ...over },
		})
	}

	function framesOf({ pan, tilt, zoom, focus }: Drive): Command[] {
		const drive: Command = { kind: 'drive', pan, tilt, zoom, focus }
		const speed = Math.abs(zoom) - 1
		return zoom === 0 || speed === zoomSpeed ? [drive] : [{ kind: 'zoom-speed', speed }, drive]
	}

	/** Told once more from the start. */
	function tellAgain(order: Order) {
		order.frames = [...order.whole]
		order.dueAt = order.since
	}

	return {
		get orders() {
			return orders
		},

		submit(id, message, now) {
			switch (message.kind) {
				case 'drive': {
					const since = find('drive')?.since ?? now
					overrule()
					endStop()
					return add(id, 'drive', [...message.first, ...framesOf(message.drive)], { since })
				}
				case 'stop': {
					overrule()
					// The next zoom sets its speed anew: the dome may not have heard the last one, or was off since.
					zoomSpeed = null
					const before = find('stop')
					orders = orders.filter((order) => order !== before)
					add(id, 'stop', message.instead ?? [{ kind: 'stop' }], {
						...{ ids: [...(before?.ids.splice(0) ?? []), id], seen: !message.unseen, since: now },
						tellings: message.instead ? 1 : stopTellings,
					})
					return
				}
				case 'act':
					if (message.moves) {
						overrule()
						endStop()
					}
					return add(id, 'act', message.commands, { moves: message.moves, since: now })
			}
		},

		saying(order, now) {
			order.dueAt = Number.POSITIVE_INFINITY
			// When it is due again, should it be.
			if (order.kind === 'stop') order.since = now + frameLength * byteMs + pauseMs
		},

		awaits: ({ kind, tellings }) => takes ?? (kind === 'stop' && tellings === stopTellings),

		said(order, taken, now) {
			const frame = order.frames.shift()
			if (frame?.kind === 'zoom-speed') zoomSpeed = frame.speed
			order.dueAt = now
			order.untaken = 0
			if (order.frames.length > 0) return
			order.tellings -= 1
			if (taken || order.tellings <= 0) return end(order, null, taken)
			if (order.seen) for (const id of order.ids.splice(0)) settle(id, null, false)
			tellAgain(order)
		},

		untaken(order, now) {
			if (!takes) {
				silentStops += 1
				if (silentStops >= enough) takes = false
				return this.said(order, false, now)
			}
			order.dueAt = now
			order.untaken += 1
			if (order.untaken < mostUntaken) return
			end(order, new DeviceError('timeout', 'the camera does not say that it has taken it'))
		},

		responds() {
			takes = true
		},

		// It is heard, so what it did not say so far it does not say.
		answers() {
			if (silentStops > 0) takes ??= false
		},
	}
}
