import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Command, createReader, encode, encodeQuestion } from '../../../drivers/pelco/codec.ts'
import { createExchange } from '../../../drivers/pelco/exchange.ts'
import type { Message } from '../../../drivers/pelco/orders.ts'
import { fuzzInputs, mutated, survives } from '../fuzz.ts'
import { bytes } from '../hex.ts'

/** Noise, and answers that are half right: it would take noise for ever to hit a whole one. */

const noise = fc.uint8Array({ maxLength: 40 })
const halfRight = mutated(
	['FF 01 00 59 11 94 FF', 'FF 01 00 5B 80 E8 C4', 'FF 01 00 5D 06 F5 59', 'FF 01 00 01', 'FF 01 00 51 00 00 52'].map(
		bytes,
	),
)
const anything = fc.oneof(noise, halfRight)
const sent = fc.constantFrom(
	encode(1, { kind: 'stop' }),
	encode(1, { kind: 'drive', pan: 5, tilt: -3, zoom: 1, focus: null }),
	encodeQuestion(1, 'pan'),
	encodeQuestion(255, 'zoom'),
)
const goto5: Command = { kind: 'preset', action: 'goto', preset: 5 }
const messages: readonly Message[] = [
	{ kind: 'drive', drive: { pan: 5, tilt: 0, zoom: 2, focus: null }, first: [] },
	{ kind: 'stop', unseen: false, instead: null },
	{ kind: 'stop', unseen: true, instead: null },
	{ kind: 'stop', unseen: false, instead: [goto5, goto5] },
	{ kind: 'act', commands: [goto5, goto5], moves: true },
	{ kind: 'act', commands: [{ kind: 'autofocus', on: true }], moves: false },
]

describe('whatever arrives', () => {
	it('is read without an exception, in whatever pieces', () => {
		survives(fc.tuple(sent, fc.array(anything, { maxLength: 6 })), ([frame, pieces]) => {
			const whole = createReader(frame).read(Uint8Array.from(pieces.flatMap((piece) => [...piece])))
			const reader = createReader(frame)
			let first = null
			for (const piece of pieces) first ??= reader.read(piece)
			expect(first).toEqual(whole)
		})
	})

	it('leaves a line able to end all that was asked', () => {
		const step = fc.oneof(
			fc.record({ address: fc.constantFrom(1, 2), message: fc.constantFrom('tilt' as const, ...messages) }),
			fc.integer({ min: 1, max: 200 }),
			anything,
		)
		const talk = (steps: readonly (number | Uint8Array | { address: number; message: Message | 'tilt' })[]) => {
			const exchange = createExchange(10_000 / 2_400)
			const waiting = new Set<number>()
			let now = 1_000
			let id = 0
			const note = (outputs: ReturnType<typeof exchange.tick>) => {
				for (const output of outputs) {
					// Told twice, or told of what was never asked, would be as bad as never.
					if (output.type === 'settled') expect(waiting.delete(output.id)).toBe(true)
				}
				return outputs.some(({ type }) => type === 'wake')
			}
			for (const one of steps) {
				if (typeof one === 'number') {
					now += one
					note(exchange.tick(now))
				} else if (one instanceof Uint8Array) note(exchange.receive(one, now))
				else {
					const { address, message } = one
					waiting.add(++id)
					if (message === 'tilt') note(exchange.ask(id, address, message, now))
					else note(exchange.submit(id, address, message, now))
				}
			}
			// From here on everybody is silent.
			for (let i = 0; i < 2_000; i++) {
				now += 20
				if (!note(exchange.tick(now))) break
			}
			expect([...waiting]).toEqual([])
		}
		survives(fc.array(step, { maxLength: 30 }), talk, Math.ceil(fuzzInputs / 4))
	})
})
