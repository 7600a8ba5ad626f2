import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DescriptorError, parseDescriptor } from '../../../drivers/hid-telephony/descriptor.ts'
import { layoutOf } from '../../../drivers/hid-telephony/layout.ts'
import { createSession, type Output } from '../../../drivers/hid-telephony/session.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { mutated, survives } from '../fuzz.ts'

/** Noise, and descriptors and reports that were right once. */

const lamps = { offHook: false, muted: false, ringing: false, held: false }
const descriptors = phoneModels.map((model) => new Uint8Array(new VirtualPhone(model).descriptor))

function layout(descriptor: Uint8Array) {
	try {
		return layoutOf(parseDescriptor(descriptor))
	} catch (error) {
		// A fault that is named is what marks a device as unsupported.
		if (error instanceof DescriptorError) return null
		throw error
	}
}

describe('whatever a device says', () => {
	it('of itself is a layout, none, or a fault that has a name', () => {
		const anything = fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated(descriptors))
		survives(anything, (descriptor) => {
			const found = layout(descriptor)
			for (const report of found?.compose({ ...lamps, offHook: true }) ?? []) expect(report.length).toBeGreaterThan(0)
		})
	})

	it('in its reports leaves a session able to write, and settles each call once', () => {
		const known = descriptors.map(layout)
		const act = fc.oneof(
			fc.uint8Array({ maxLength: 12 }),
			fc.record({
				id: fc.constantFrom(0, 1, 2, 3, 4, 6, 7, 8, 9, 10),
				bits: fc.uint8Array({ minLength: 1, maxLength: 3 }),
			}),
			fc.record({ offHook: fc.boolean(), muted: fc.boolean(), ringing: fc.boolean(), held: fc.boolean() }),
			fc.integer({ min: 0, max: 3_000 }),
		)
		survives(fc.tuple(fc.constantFrom(...known), fc.array(act, { maxLength: 30 })), ([found, acts]) => {
			if (!found) throw new Error('no telephone')
			const session = createSession(found, lamps)
			const waiting = new Set<number>()
			let now = 0
			let id = 0
			let writing = false
			const note = (outputs: Output[]) => {
				for (const output of outputs) {
					if (output.type === 'settled') expect(waiting.delete(output.id)).toBe(true)
					if (output.type === 'wake') expect(output.at).toBeGreaterThanOrEqual(now)
					if (output.type !== 'write') continue
					expect(writing).toBe(false)
					writing = true
				}
			}
			for (const one of acts) {
				if (typeof one === 'number') {
					now += one
					note(session.tick(now))
				} else if (one instanceof Uint8Array) note(session.receive(one, now))
				else if ('bits' in one) note(session.receive(Uint8Array.of(...(one.id ? [one.id] : []), ...one.bits), now))
				else {
					waiting.add(++id)
					note(session.show(id, one, now))
				}
			}
			for (let left = 10; writing && left > 0; left--) {
				writing = false
				note(session.written(now))
			}
			expect([...waiting]).toEqual([])
		})
	})
})
