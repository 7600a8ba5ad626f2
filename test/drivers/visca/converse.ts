import type { Message } from '../../../drivers/visca/pending.ts'
import type { Output, Session } from '../../../drivers/visca/session.ts'
import { bytes, notation } from '../hex.ts'

/** A conversation with a session on a line, told in the manual's notation; time is a number. */
export function converse(session: Session) {
	const written = new Map<string, Uint8Array>()
	let lastId = 0
	const told = (outputs: Output[]) =>
		outputs.flatMap((output) => {
			switch (output.type) {
				case 'write':
					written.set(notation(output.bytes), output.bytes)
					return `${output.urgent ? 'urgent ' : ''}${notation(output.bytes)}`
				case 'withdraw':
					return `not ${notation(output.bytes)}`
				case 'settled':
					return `${output.id}: ${output.error?.code ?? 'done'}`
				default:
					return []
			}
		})
	return {
		tell: (now: number, message: Message) => told(session.submit(++lastId, message, now)),
		sent: (now: number, packet: string) => told(session.sent(written.get(packet) as Uint8Array, now)),
		hear: (now: number, packet: string) => told(session.receive(bytes(packet), now)),
		tick: (now: number) => told(session.tick(now)),
		wakeAt: (now: number) => session.tick(now).find((output) => output.type === 'wake')?.at,
	}
}

export const right: Message = { kind: 'drive', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 5, tilt: 0 } }
export const stop: Message = { kind: 'stop', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 0, tilt: 0 } }
