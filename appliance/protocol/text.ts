import { Type } from 'typebox'

/** Identifiers are ours (UUIDs, slugs) and appear in paths and logs: nothing else passes. */
export const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })

/** What a person typed in one line: 1..80 characters, no control characters. */
export const Line = Type.String({ minLength: 1, maxLength: 80, pattern: '^[^\\u0000-\\u001f\\u007f]+$' })

/** A literal union as one schema, smaller and clearer in messages than anyOf. */
export function oneOf<const T extends string>(values: readonly T[]) {
	return Type.Unsafe<T>({ type: 'string', enum: [...values] })
}
