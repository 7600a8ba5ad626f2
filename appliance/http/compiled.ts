import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

const compiled = new WeakMap<TSchema, unknown>()

/**
 * What checks a message against this schema, compiled when the first one comes: all of a socket's commands at once took
 * longer than anything else between the start of the service and its first answer. Kept for all servers of this process.
 */
export function checkOf<Schema extends TSchema>(schema: Schema): Validator<Record<never, never>, Schema> {
	let made = compiled.get(schema)
	if (!made) {
		made = Compile(schema)
		compiled.set(schema, made)
	}
	return made as Validator<Record<never, never>, Schema>
}
