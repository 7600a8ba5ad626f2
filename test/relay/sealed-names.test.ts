import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SealedNames } from '../../appliance/relay/sealed-names.ts'

const name = fc
	.tuple(fc.stringMatching(/^[a-z]{1,8}(-init)?$/), fc.nat(), fc.constantFrom('m4s', 'mp4', 'vtt'))
	.map(([rung, number, kind]) => `${rung}-${number}.${kind}`)

describe('Sealed names', () => {
	const names = new SealedNames()

	it('keep what they name, fit into an address, and are opened by those who sealed them alone', () => {
		fc.assert(
			fc.property(name, (plain) => {
				const sealed = names.seal(plain)
				expect(sealed).toMatch(/^[a-z0-9-]{1,80}\.[a-z0-9]+$/)
				expect(names.seal(plain)).toBe(sealed)
				expect(names.open(sealed)).toBe(plain)
				expect(new SealedNames().open(sealed)).toBeNull()
				expect(names.open(plain)).toBeNull()
			}),
		)
	})

	it('are of use for no other name', () => {
		fc.assert(
			fc.property(name, name, (one, other) => {
				fc.pre(one !== other)
				const seal = names.seal(one).slice(-36, -4)
				const dot = other.lastIndexOf('.')
				expect(names.open(`${other.slice(0, dot)}-${seal}${other.slice(dot)}`)).toBeNull()
			}),
		)
	})
})
