import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../appliance/setup/worker-path.mjs'

const root = join(import.meta.dirname, '../..')
const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror']

/** A load generator in C: its folder of sources, what its program is called, and what it is linked with. */
interface Generator {
	sources: string
	name: string
	libraries: readonly string[]
}

/**
 * Its binary, compiled when its sources are new here and kept in the cache under their hash. Takes two seconds then. Throws
 * what the compiler says, or that there is none (Debian's gcc, libc6-dev and libssl-dev).
 */
export function compiled({ sources, name, libraries }: Generator): string {
	const names = globSync('*.{c,h}', { cwd: sources }).sort()
	const hash = createHash('sha256').update(flags.join(' '))
	for (const file of names) hash.update(file).update(readFileSync(join(sources, file)))
	const folder = join(cacheFolder(root), 'load', name)
	const path = join(folder, `${name}-${hash.digest('hex').slice(0, 16)}-${process.arch}`)
	if (existsSync(path)) return path

	// What older sources became is of no more use. Made aside and moved: another test may be making the same.
	rmSync(folder, { recursive: true, force: true })
	mkdirSync(folder, { recursive: true })
	const aside = `${path}.${process.pid}`
	const units = names.filter((file) => file.endsWith('.c'))
	const { status, stderr, error } = spawnSync('gcc', [...flags, '-o', aside, ...units, ...libraries], {
		cwd: sources,
		encoding: 'utf8',
	})
	if (error) throw new Error(`load generators need Debian's gcc, libc6-dev and libssl-dev: ${error.message}`)
	if (status !== 0)
		throw new Error(`the load generator was not compiled (are libc6-dev and libssl-dev here?):\n${stderr}`)
	renameSync(aside, path)
	return path
}
