import { longestPacket, terminator } from './codec.ts'
import { createSplitter } from './framing.ts'

/**
 * The addresses of the cameras on one serial line. Pure: bytes and the time in, what should happen out.
 *
 * AddressSet goes round the daisy chain: each camera takes the number that it hears and hands on the next (EVI-D70
 * Technical Manual, "VISCA network administration"). So it is done once for the line, not for each camera. It is done anew
 * - when a camera says that the chain has changed (it was switched on, or plugged in): then all begin anew;
 * - when one does not answer, which may have been switched off and on with nobody listening. That disturbs nobody, because
 *   the others keep their numbers; only if there are more or fewer of them than before do all begin anew.
 * Cameras on a bus have their address from a switch and may not answer at all; nobody waits for that longer than once.
 */

export type AddressingOutput =
	| { type: 'write'; bytes: Uint8Array }
	/** There is nothing to wait for any more; cameras on the line, null where none has told. */
	| { type: 'settled'; cameras: number | null }
	/** Whoever talks to a camera of this line should begin anew. */
	| { type: 'changed' }
	| { type: 'wake'; at: number }

export interface Addressing {
	/** `clear`: and all cameras forget what they were doing. */
	begin(now: number, clear: boolean): AddressingOutput[]
	receive(bytes: Uint8Array, now: number): AddressingOutput[]
	tick(now: number): AddressingOutput[]
}

/** Through seven cameras at 9600 baud it takes some 200 ms: four bytes and one field of video for each. */
const answerMs = 500
const tries = 3
/** A change that is told so soon after AddressSet was its doing. */
const echoMs = 200
const broadcast = 0x88
const addressSet = Uint8Array.of(broadcast, 0x30, 0x01, terminator)
const clearAll = Uint8Array.of(broadcast, 0x01, 0x00, 0x01, terminator)

export function createAddressing(): Addressing {
	const split = createSplitter(longestPacket)
	let asking: { tries: number; dueAt: number; clear: boolean } | null = null
	/** As told last. */
	let cameras: number | null = null
	let answeredAt = Number.NEGATIVE_INFINITY

	function ask(now: number, tries: number, clear: boolean): AddressingOutput[] {
		asking = { tries, dueAt: now + answerMs, clear }
		return [{ type: 'write', bytes: addressSet }]
	}

	function hear(packet: Uint8Array, now: number): AddressingOutput[] {
		const heard = readBroadcast(packet)
		if (heard?.kind === 'addressed') {
			const differs = cameras !== null && cameras !== heard.cameras
			const cleared: AddressingOutput[] = asking?.clear ? [{ type: 'write', bytes: clearAll }] : []
			asking = null
			answeredAt = now
			cameras = heard.cameras
			return [...cleared, ...(differs ? [{ type: 'changed' } as const] : []), { type: 'settled', cameras }]
		}
		if (heard?.kind !== 'changed') return []
		if (asking) return [] // the answer is still to come; who missed the question is found when it does not answer
		if (now - answeredAt < echoMs) return []
		return [{ type: 'changed' }, ...ask(now, 1, true)]
	}

	const flush = (outputs: AddressingOutput[]): AddressingOutput[] =>
		asking ? [...outputs, { type: 'wake', at: asking.dueAt }] : outputs

	return {
		begin: (now, clear) => flush(ask(now, 1, clear)),
		receive: (bytes, now) => flush(split(bytes).flatMap((packet) => hear(packet, now))),
		tick(now) {
			if (!asking || now < asking.dueAt) return flush([])
			if (asking.tries < tries) {
				const again = ask(now, asking.tries + 1, asking.clear)
				return flush([{ type: 'settled', cameras: null }, ...again])
			}
			asking = null
			return [{ type: 'settled', cameras: null }]
		},
	}
}

type Broadcast = { kind: 'addressed'; cameras: number } | { kind: 'changed' }

/**
 * What concerns the whole line: AddressSet that has gone round, 88 30 0w FF with w - 1 cameras, or a network change, z0 38
 * FF of a camera that has an address and 88 38 FF of one that has none. Null: something else.
 */
export function readBroadcast(packet: Uint8Array): Broadcast | null {
	const [header = 0, what, value = 0] = packet
	if (packet.at(-1) !== terminator) return null
	// 01 comes back as it was sent where an adapter echoes and where there is no camera.
	if (packet.length === 4 && header === broadcast && what === 0x30) {
		return value >= 0x02 && value <= 0x08 ? { kind: 'addressed', cameras: value - 1 } : null
	}
	const fromCamera = header === broadcast || (header >= 0x90 && header <= 0xf0 && header % 0x10 === 0)
	return packet.length === 3 && fromCamera && what === 0x38 ? { kind: 'changed' } : null
}
