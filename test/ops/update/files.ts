import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeUpdate } from '../../../appliance/ops/update/file.ts'
import type { Manifest } from '../../../appliance/ops/update/manifest.ts'

/** A package as tests have them: a name and some content. */
interface FakePackage {
	package: string
	version: string
	content: string | Buffer
}

/** Writes the packages into `folder`, and an update of them; where it lies. */
export async function makeUpdateOf(
	folder: string,
	packages: readonly FakePackage[],
	secrets: readonly string[],
	changes: Partial<Manifest> = {},
): Promise<string> {
	const parts = packages.map(({ package: name, version, content }) => {
		const file = `${name}_${version}.deb`
		writeFileSync(join(folder, file), content)
		const sha256 = createHash('sha256')
			.update(readFileSync(join(folder, file)))
			.digest('hex')
		return { name: file, package: name, version, bytes: statSync(join(folder, file)).size, sha256 }
	})
	const manifest: Manifest = {
		...{ version: '2.0', architecture: 'amd64', from: { least: '1.0', before: null }, schema: 1, madeAt: 0 },
		...{ installedBytes: 0, depends: [], parts, ...changes },
	}
	const path = join(folder, `maru-${manifest.version}.maru-update`)
	await writeUpdate(path, manifest, secrets, ({ name }) => join(folder, name))
	return path
}
