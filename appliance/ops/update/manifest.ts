import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

/** What an update says of itself, and what is signed. Pure. */

const Version = Type.String({ pattern: '^[0-9A-Za-z.+~:-]{1,200}$' })
const Bytes = Type.Integer({ minimum: 0, maximum: 2 ** 40 })

const PartSchema = Type.Object({
	/** A file's name; never a path. */
	name: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z.+~%_-]{0,250}\\.deb$' }),
	package: Type.String({ pattern: '^[a-z0-9][a-z0-9.+-]{1,100}$' }),
	version: Version,
	bytes: Bytes,
	sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
})

const ManifestSchema = Type.Object({
	version: Version,
	architecture: Type.String({ pattern: '^[a-z0-9]{1,20}$' }),
	/** Which versions it may be put over: this one and later ones, and only such as are before the other. */
	from: Type.Object({ least: Version, before: Type.Union([Version, Type.Null()]) }),
	/** The form of the database that it writes (ops/database.ts). */
	schema: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
	/** Milliseconds. */
	madeAt: Type.Integer({ minimum: 0 }),
	/** What it takes once it is unpacked. */
	installedBytes: Bytes,
	/** Debian's packages that it needs. */
	depends: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1_000 }),
	/** In the order in which they follow. */
	parts: Type.Array(PartSchema, { minItems: 1, maxItems: 2_000 }),
})

export type Part = Static<typeof PartSchema>
export type Manifest = Static<typeof ManifestSchema>

/** Null: it is none, or of a form that this version does not know. */
export function readManifest(text: string): Manifest | null {
	let value: unknown
	try {
		value = JSON.parse(text)
	} catch {
		return null
	}
	if (!Value.Check(ManifestSchema, value)) return null
	const names = new Set(value.parts.map(({ name }) => name))
	return names.size === value.parts.length && ownPart(value) ? value : null
}

/** Maru's own package among the parts. */
function ownPart({ parts, version }: Manifest): Part | undefined {
	return parts.find((part) => part.package === 'maru' && part.version === version)
}
