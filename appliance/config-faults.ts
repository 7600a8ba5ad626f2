import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { toCome } from './config-schema.ts'

/** A fault and where it is. */
export interface Placed {
	path: (string | number)[]
	message: string
}

const unknownKey = (name: string, key: string) =>
	toCome.test(name) ? `'${key}' is not built yet in this version` : `unknown key '${key}'`

/** What a schema finds wrong, each thing once and in words. `base`: where the value stands. */
export function schemaFaults(schema: TSchema, value: unknown, base: (string | number)[]): Placed[] {
	const faults = new Map<string, Placed>()
	const add = (path: (string | number)[], message: string) =>
		faults.set(`${path.join('/')} ${message}`, { path, message })
	const errors = Value.Errors(schema, value)
	const at = (pointer: string) => [...base, ...pointer.split('/').slice(1)]
	for (const error of errors) {
		const path = at(error.instancePath)
		const name = path.join('.') || 'the file'
		// Each unknown key is told once, by 'additionalProperties'; each missing one by 'required'.
		if (error.keyword === 'boolean' || error.keyword === 'anyOf') continue
		if (toCome.test(name)) {
			if (error.keyword !== 'type')
				add(path, `${name} ${messageOf(error, errors)}; more is not built yet in this version`)
		} else if (error.keyword === 'additionalProperties') {
			const { additionalProperties } = error.params as { additionalProperties: string[] }
			for (const key of additionalProperties) add([...path, key], unknownKey(`${name}.${key}`, key))
		} else add(path, `${name} ${messageOf(error, errors)}`)
	}
	return [...faults.values()]
}

type SchemaError = ReturnType<typeof Value.Errors>[number]

/** In words; what the branches of a union say of one place is said together. */
function messageOf(error: SchemaError, errors: readonly SchemaError[]): string {
	const here = errors.filter(
		({ instancePath, keyword }) => instancePath === error.instancePath && keyword === error.keyword,
	)
	switch (error.keyword) {
		case 'enum':
			return `must be one of: ${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`
		case 'const':
			return `must be one of: ${here.map(({ params }) => (params as { allowedValue: unknown }).allowedValue).join(', ')}`
		case 'required': {
			const missing = here.map(({ params }) =>
				(params as { requiredProperties: string[] }).requiredProperties.join(', '),
			)
			return `needs ${missing.join(' or ')}`
		}
		default:
			return error.message
	}
}
