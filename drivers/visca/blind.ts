import { encode } from './codec.ts'
import type { AxisGroup, Message } from './pending.ts'
import type { Output, Session } from './session.ts'

/**
 * A conversation with a camera whose answers do not reach us (only one wire is connected). Pure. What is told counts as
 * done; a stop is told several times, because none of them is known to have arrived, unless something newer moves the axis.
 */

const stopTellings = 3
const againMs = 80

interface Telling {
	axes: readonly AxisGroup[]
	bytes: Uint8Array
}

export function createBlindSession(address: number): Session {
	/** What has not left yet. */
	let waiting: Telling[] = []
	let stops: (Telling & { left: number; at: number })[] = []

	const flush = (outputs: Output[]): Output[] =>
		stops.length > 0 ? [...outputs, { type: 'wake', at: Math.min(...stops.map(({ at }) => at)) }] : outputs

	function write({ axes, bytes }: Telling, urgent: boolean): Output {
		waiting.push({ axes, bytes })
		return { type: 'write', bytes, urgent }
	}

	/** What moved these axes so far counts no longer, and must not follow what overtakes it. */
	function overrule(axes: readonly AxisGroup[]): Output[] {
		const touches = (telling: Telling) => telling.axes.some((axis) => axes.includes(axis))
		const old = waiting.filter(touches)
		waiting = waiting.filter((telling) => !touches(telling))
		stops = stops.filter((telling) => !touches(telling))
		return old.map(({ bytes }) => ({ type: 'withdraw', bytes }))
	}

	return {
		begin: () => [],
		receive: () => flush([]),

		submit(id, message, now) {
			const settled: Output = { type: 'settled', id, error: null, payload: null }
			if (message.kind === 'inquiry') return flush([settled])
			const telling = { axes: axesOf(message), bytes: encode(message.command, address) }
			const outputs = [...overrule(telling.axes), write(telling, message.kind === 'stop'), settled]
			if (message.kind === 'stop') stops.push({ ...telling, left: stopTellings - 1, at: now + againMs })
			return flush(outputs)
		},

		sent(bytes) {
			waiting = waiting.filter((telling) => telling.bytes !== bytes)
			return flush([])
		},

		tick(now) {
			const outputs: Output[] = []
			for (const stop of stops.filter(({ at }) => at <= now)) {
				stop.at = now + againMs
				// On a line that is that busy the last telling is still to come.
				if (waiting.some(({ bytes }) => bytes === stop.bytes)) continue
				stop.left -= 1
				stop.bytes = stop.bytes.slice()
				outputs.push(write(stop, true))
			}
			stops = stops.filter(({ left }) => left > 0)
			return flush(outputs)
		},
	}
}

function axesOf(message: Exclude<Message, { kind: 'inquiry' }>): readonly AxisGroup[] {
	return message.kind === 'act' ? message.axes : [message.axis]
}
