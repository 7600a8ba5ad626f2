import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the pages are built from. A change in any of it makes them anew. */
const SOURCES = [
	'control-panel',
	'appliance/protocol',
	'vite.config.ts',
	'svelte.config.js',
	'tsconfig.json',
	'package-lock.json',
]

/** The pages of control-panel/, built by Vite into control-panel/dist. */
export function panelsStep(root) {
	const stamp = join(root, 'control-panel/dist/.hash')
	return {
		name: 'panels',
		mayTake: '1 min',
		isDone: () => existsSync(stamp) && readFileSync(stamp, 'utf8') === pagesHash(root),
		async perform(run) {
			const hash = pagesHash(root) // before the build: what is edited meanwhile is built next time
			rmSync(stamp, { force: true })
			await run([join(root, 'node_modules/.bin/node'), join(root, 'node_modules/vite/bin/vite.js'), 'build'], {
				cwd: root,
				env: { NODE_ENV: 'production', NO_COLOR: '1' },
				advice: 'Mend what Vite names in the lines above, then run it again',
			})
			writeFileSync(stamp, hash)
		},
	}
}

/** Tells whether anything changed that the pages are built from. */
export function pagesHash(root) {
	const hash = createHash('sha256')
	for (const source of SOURCES)
		for (const file of filesOf(root, source)) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
	return hash.digest('hex')
}

function filesOf(root, path) {
	if (path === 'control-panel/dist' || !existsSync(join(root, path))) return []
	if (statSync(join(root, path)).isFile()) return [path]
	return readdirSync(join(root, path))
		.sort()
		.flatMap((name) => filesOf(root, `${path}/${name}`))
}
