import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pagesHash } from '../../appliance/setup/panels.mjs'

/** The pages as they are shipped: those of set-up, else built by Vite once for what they are made of and kept. */

const root = join(import.meta.dirname, '../..')
const shipped = join(root, 'control-panel/dist')
const kept = join(root, 'node_modules/.cache/maru-pages')
const dayMs = 24 * 3_600_000

/** The folder of the built pages. It is nobody's: read only. */
export function builtPages(): string {
	const hash = pagesHash(root) // before the build: what is edited meanwhile is built next time
	const stamp = join(shipped, '.hash')
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return shipped
	const pages = join(kept, hash)
	if (existsSync(pages)) return pages
	mkdirSync(kept, { recursive: true })
	for (const old of readdirSync(kept)) {
		const path = join(kept, old)
		if (Date.now() - statSync(path).mtimeMs > dayMs) rmSync(path, { recursive: true, force: true })
	}
	// Built aside and moved: another test may be building the same, or may look while this one is half done.
	const aside = mkdtempSync(join(kept, 'building-'))
	execFileSync(
		process.execPath,
		[join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', aside, '--logLevel', 'error'],
		{ cwd: root, env: { ...process.env, NODE_ENV: 'production' } }, // or it is built as this test runs: for development
	)
	try {
		renameSync(aside, pages)
	} catch {
		rmSync(aside, { recursive: true, force: true }) // the other was first
	}
	return pages
}
