import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, readPanTilt, readPower, readVersion, readZoom } from '../../../drivers/visca/codec.ts'
import { createSplitter, rawFraming, sonyFraming } from '../../../drivers/visca/framing.ts'
import { createSession } from '../../../drivers/visca/session.ts'

const runs = { numRuns: 10_000 }
/** Bytes as noise makes them, and as a half-right camera does: it would take noise for ever to hit a whole reply. */
const noise = fc.uint8Array({ maxLength: 40 })
const packet = fc
	.tuple(fc.constantFrom(0x90, 0xa0, 0x88), fc.constantFrom(0x38, 0x40, 0x41, 0x42, 0x50, 0x51, 0x60, 0x61), noise)
	.map(([address, what, rest]) =>
		Uint8Array.of(address, what, ...rest.filter((byte) => byte < 0xff).slice(0, 12), 0xff),
	)
const datagram = fc
	.tuple(fc.constantFrom(0x0111, 0x0201, 0x0200), fc.integer({ min: 0, max: 6 }), fc.oneof(packet, noise))
	.map(([type, sequence, payload]) =>
		Uint8Array.of(type >> 8, type & 0xff, 0, payload.length, 0, 0, 0, sequence, ...payload),
	)

describe('whatever arrives', () => {
	it('is read without an exception', () => {
		fc.assert(
			fc.property(fc.oneof(noise, packet), (bytes) => {
				expect(decode(bytes).kind).toBeTypeOf('string')
				for (const read of [readPanTilt, readPower, readVersion, readZoom]) read(bytes)
			}),
			runs,
		)
	})

	it('in whatever pieces, gives the same packets, none longer than sixteen bytes', () => {
		fc.assert(
			fc.property(fc.array(fc.oneof(noise, packet), { maxLength: 6 }), (pieces) => {
				const split = createSplitter()
				const packets = pieces.flatMap((piece) => split(piece))
				expect(packets).toEqual(createSplitter()(Uint8Array.from(pieces.flatMap((piece) => [...piece]))))
				for (const one of packets) expect(one.length).toBeLessThanOrEqual(16)
			}),
			runs,
		)
	})

	it('leaves a session able to end all that was asked', () => {
		const step = fc.oneof(
			fc.constantFrom('drive', 'stop', 'act', 'inquiry', 'tick' as const),
			fc.oneof(noise, packet, datagram),
		)
		fc.assert(
			fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom('sony', 'raw'), (steps, kind) => {
				const session = createSession(kind === 'sony' ? sonyFraming() : rawFraming())
				const open = new Set<number>()
				let now = 1_000
				let id = 0
				const note = (outputs: ReturnType<typeof session.tick>) => {
					for (const output of outputs) {
						// Told twice, or told of what was never asked, would be as bad as never.
						if (output.type === 'settled') expect(open.delete(output.id)).toBe(true)
					}
					return outputs.some(({ type }) => type === 'wake')
				}
				note(session.begin())
				for (const one of steps) {
					now += 40
					if (typeof one !== 'string') note(session.receive(one, now))
					else if (one === 'tick') note(session.tick(now))
					else {
						open.add(++id)
						const drive = { axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 5, tilt: 0 } } as const
						if (one === 'drive') note(session.submit(id, { kind: 'drive', ...drive }, now))
						else if (one === 'stop') note(session.submit(id, { kind: 'stop', ...drive }, now))
						else if (one === 'inquiry') note(session.submit(id, { kind: 'inquiry', inquiry: 'zoom' }, now))
						else
							note(
								session.submit(id, { kind: 'act', command: { kind: 'home' }, axes: ['pan-tilt'], limitMs: 900 }, now),
							)
					}
				}
				// From here on the camera is silent.
				for (let i = 0; i < 200; i++) {
					now += 50
					if (!note(session.tick(now))) break
				}
				expect([...open]).toEqual([])
			}),
			{ numRuns: 3_000 },
		)
	})
})
