import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, globSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { databaseSchema } from '../../appliance/ops/database.ts'
import { writeUpdate } from '../../appliance/ops/update/file.ts'
import type { Manifest, Part } from '../../appliance/ops/update/manifest.ts'
import { openHalf, readKeys } from '../../appliance/ops/update/sign.ts'

/** `maru-VERSION.maru-update`: the package as a file that an installed appliance takes by itself, signed. */

interface UpdateOf {
	version: string
	at: Date
	deb: string
	depends: readonly string[]
	installedKb: number
	/** A folder with Debian's packages that come along; null: none do. */
	debian: string | null
	/** The version from which on it may be installed. */
	least: string
	/** Files of private keys. */
	keys: readonly string[]
}

/** Writes it to `path`. */
export async function makeUpdate(path: string, of: UpdateOf): Promise<void> {
	const others =
		of.debian === null ? [] : globSync('*.deb', { cwd: of.debian }).map((name) => join(of.debian ?? '', name))
	const files = [...others.filter((file) => basename(file) !== basename(of.deb)).sort(), of.deb]
	const parts: Part[] = []
	for (const file of files) parts.push(await partOf(file))
	const manifest: Manifest = {
		version: of.version,
		architecture: 'amd64',
		from: { least: of.least, before: null },
		schema: databaseSchema,
		madeAt: of.at.getTime(),
		installedBytes: of.installedKb * 1_024,
		depends: [...of.depends],
		parts,
	}
	const secrets = of.keys.map((key) => readFileSync(key, 'utf8'))
	await writeUpdate(path, manifest, secrets, ({ name }) => files.find((file) => basename(file) === name) ?? '')
}

async function partOf(file: string): Promise<Part> {
	const field = (name: string) => execFileSync('dpkg-deb', ['--field', file, name], { encoding: 'utf8' }).trim()
	const hash = createHash('sha256')
	for await (const piece of createReadStream(file)) hash.update(piece)
	return {
		name: basename(file),
		package: field('Package'),
		version: field('Version'),
		bytes: statSync(file).size,
		sha256: hash.digest('hex'),
	}
}

/** The public keys that the package takes updates by, as one file: those who sign this one, and whoever may sign the next. */
export function acceptedKeys(signing: readonly string[], others: readonly string[]): string {
	const pems = [
		...signing.map((key) => openHalf(readFileSync(key, 'utf8'))),
		...others.map((key) => readFileSync(key, 'utf8')),
	]
	const faulty = others.filter((_, i) => readKeys(pems[signing.length + i] ?? '').length === 0)
	if (faulty.length > 0) throw new Error(`no public key (maru update keygen makes one): ${faulty.join(', ')}`)
	return [...new Set(pems.map((pem) => pem.trim()))].map((pem) => `${pem}\n`).join('')
}
