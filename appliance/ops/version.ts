import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The version of this program: the package's, which brings it in a file, or in a checkout what package.json says. */
export function runningVersion(): string {
	const file = join(root, 'VERSION')
	if (existsSync(file)) return readFileSync(file, 'utf8').trim()
	return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}
