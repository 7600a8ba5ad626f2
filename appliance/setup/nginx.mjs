import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './worker-path.mjs'

/**
 * nginx for the tests: Debian's program alone, unpacked into the cache. Installed as a package it would begin to serve this
 * machine. The tests that need it are skipped where it is not to be had.
 */
export function nginxStep(root) {
	return {
		name: 'nginx for the tests',
		mayTake: '20 s',
		optional: true,
		isDone: () => nginxPath(root) !== null,
		async perform(run) {
			const aside = `${cached(root)}.unpacking`
			rmSync(aside, { recursive: true, force: true })
			mkdirSync(aside, { recursive: true })
			try {
				await run(['apt-get', 'download', 'nginx'], { cwd: aside })
				await run(['sh', '-c', 'dpkg-deb -x nginx_*.deb .'], { cwd: aside })
				renameSync(join(aside, 'usr/sbin/nginx'), cached(root))
			} catch {
				// Said by the step's last word: it is not to be had here.
			}
			rmSync(aside, { recursive: true, force: true })
		},
	}
}

/** This machine's own, or the one in the cache. Null: there is none. */
export function nginxPath(root) {
	return [cached(root), '/usr/sbin/nginx'].find((path) => existsSync(path)) ?? null
}

const cached = (root) => join(cacheFolder(root), `nginx-${process.arch}`)
