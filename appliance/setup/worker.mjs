import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StepError } from './step-error.mjs'
import { cachedWorker, mediasoupVersion } from './worker-path.mjs'

/**
 * The SFU worker: the one that the environment names, else the one in the cache, else mediasoup's ready-made one, else
 * one built from the sources in mediasoup's npm package. Files appear in the cache by a rename, so one is whole or absent.
 */

const RECIPE = join(dirname(fileURLToPath(import.meta.url)), 'sfu-worker')
const DOWNLOAD_DEADLINE_MS = 8000
const RELEASES = 'https://github.com/versatica/mediasoup/releases/download'

/** Whether there is no worker yet: neither given nor cached. Throws where the one given is no worker. */
export function workerIsMissing(root) {
	const given = process.env.MEDIASOUP_WORKER_BIN
	if (!given) return !runsHere(cachedWorker(root))
	if (runsHere(given)) return false
	throw new StepError(
		`MEDIASOUP_WORKER_BIN names ${given}, which is no mediasoup-worker that runs here`,
		'Unset it to let set-up get one, or name one that runs',
	)
}

/** mediasoup's ready-made worker, where its archive can be reached: worth seconds of trying, not more. */
export function downloadStep(root) {
	return {
		name: 'SFU worker, ready-made',
		mayTake: '10 s',
		optional: true,
		isDone: () => !workerIsMissing(root),
		async perform(run) {
			await intoCache(root, async (folder) => {
				const archive = join(folder, 'worker.tgz')
				try {
					writeFileSync(archive, await download(archiveUrl(mediasoupVersion(root))))
					await run(['tar', '-xzf', archive, '-C', folder, 'mediasoup-worker'])
				} catch {
					return null // out of reach, none for this machine, or something else than an archive
				}
				return join(folder, 'mediasoup-worker')
			})
		},
	}
}

/** The worker built from mediasoup's own sources with Debian's libraries. Goes on where an earlier build was ended. */
export function buildStep(root) {
	return {
		name: 'SFU worker, built from source',
		mayTake: '4 min on two cores',
		isDone: () => !workerIsMissing(root),
		async perform(run) {
			const sources = join(root, 'node_modules/mediasoup/worker')
			const build = `${cachedWorker(root)}.build`
			const advice = `Remove ${build}, then run it again; or name a worker with MEDIASOUP_WORKER_BIN`
			await run(['cmake', '-G', 'Ninja', '-S', RECIPE, '-B', build, `-DWORKER_DIR=${sources}`], { advice })
			await run(['ninja', '-C', build, '-j', `${jobs()}`], { advice, env: { NINJA_STATUS: '[%f/%t] ' } })
			await intoCache(root, async (folder) => {
				const file = join(folder, 'mediasoup-worker')
				copyFileSync(join(build, 'mediasoup-worker'), file)
				await run(['strip', file], { advice })
				return file
			})
			rmSync(build, { recursive: true })
		},
	}
}

/** Puts the file that `make` leaves in a folder of its own into the cache, if it runs here. */
async function intoCache(root, make) {
	const cached = cachedWorker(root)
	const folder = `${cached}.new`
	rmSync(folder, { recursive: true, force: true }) // of a set-up that was killed
	mkdirSync(folder, { recursive: true })
	try {
		const file = await make(folder)
		if (file && runsHere(file)) renameSync(file, cached)
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

/** Started without its parent's word, a worker that runs here ends with 41 (mediasoup's own check, see its main.cpp). */
function runsHere(file) {
	return spawnSync(file, [], { env: {}, stdio: 'ignore', timeout: 5000 }).status === 41
}

/** As mediasoup's own installer names it (npm-scripts.mjs, getWorkerPrebuildTarName), with the same variable to move it. */
function archiveUrl(version) {
	const base = process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || RELEASES
	const kernel = release().split('.')[0]
	return `${base}/${version}/mediasoup-worker-${version}-${process.platform}-${process.arch}-kernel${kernel}.tgz`
}

async function download(url) {
	// The deadline covers the body too: a slow line must not cost more than a build.
	const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_DEADLINE_MS) })
	if (!response.ok) throw new Error(`${url} answered ${response.status}`)
	return Buffer.from(await response.arrayBuffer())
}

/** One compiler for each core, and a gigabyte for each: the largest sources take 700 MB. */
const jobs = () => Math.max(1, Math.min(cpus().length, Math.floor(totalmem() / 2 ** 30)))
