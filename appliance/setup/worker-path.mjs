import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where the SFU worker lives. Outside node_modules, so that installing the dependencies anew does not cost a build;
 * named by version and architecture, so that an update never starts the wrong one.
 */

const CHECKOUT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** The SFU worker's binary: `MEDIASOUP_WORKER_BIN` if given, else the one that set-up left in the cache. */
export function workerPath() {
	const path = process.env.MEDIASOUP_WORKER_BIN || cachedWorker(CHECKOUT)
	if (!existsSync(path)) throw new Error(`There is no SFU worker at ${path}: 'npm start' makes one`)
	return path
}

/** Where set-up keeps the worker for the mediasoup that the lockfile of `root` names. */
export function cachedWorker(root) {
	return join(cacheFolder(root), `mediasoup-worker-${mediasoupVersion(root)}-${process.arch}`)
}

/** The user's cache; in the checkout where the user has no home that can be written (a service account, `sudo npm start`). */
export function cacheFolder(root) {
	const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
	return canWrite(base) ? join(base, 'maru') : join(root, '.cache')
}

/** From the lockfile, which is there before node_modules is. */
export function mediasoupVersion(root) {
	const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
	return lock.packages['node_modules/mediasoup'].version
}

/** Whether a folder can be written, or made where it is missing. */
function canWrite(folder) {
	if (!existsSync(folder)) return folder !== dirname(folder) && canWrite(dirname(folder))
	try {
		accessSync(folder, constants.W_OK | constants.X_OK)
		return true
	} catch {
		return false
	}
}
