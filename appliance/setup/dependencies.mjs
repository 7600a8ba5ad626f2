import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StepError } from './step-error.mjs'

/** Packages of this platform that the lockfile names and npm did not install, as 'name@version'. */
function leftOut(root) {
	const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
	const fits = (list, here) => list === undefined || list.includes(here)
	return Object.entries(packages)
		.filter(([, { optional, os, cpu, libc }]) => {
			return optional && os && fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, 'glibc')
		})
		.filter(([path]) => !existsSync(join(root, path)))
		.map(
			([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
		)
}

/** npm's packages exactly as locked, among them Node 24 itself (`node_modules/.bin/node`). */
export function dependenciesStep(root) {
	const stamp = join(root, 'node_modules/.maru-lock')
	const locked = () =>
		createHash('sha256')
			.update(readFileSync(join(root, 'package-lock.json')))
			.digest('hex')

	/** With the npm that runs us, if one does: there may be others on the PATH. */
	const npm = (...args) => {
		const { npm_execpath: cli } = process.env
		return [...(cli ? [process.execPath, cli] : ['npm']), ...args]
	}

	return {
		name: "npm's packages and Node 24",
		mayTake: '2 min',
		isDone: () => read(stamp) === locked() && isExecutable(join(root, 'node_modules/.bin/node')),
		async perform(run) {
			const options = {
				cwd: root,
				// Any value keeps mediasoup from fetching or building a worker in its own way. The worker has a step of its own.
				env: { MEDIASOUP_WORKER_BIN: process.env.MEDIASOUP_WORKER_BIN || 'later' },
				advice: 'See that this machine reaches an npm registry (npm ping), then run it again',
			}
			// Settings of the user's would leave out Vite, or Node's own installation. Warnings of an old Node, which is npm's
			// alone, would be the latest word on the screen for minutes.
			const flags = ['--include=dev', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error']
			try {
				await run(npm('ci', ...flags), options)
			} catch (error) {
				// 'npm ci' takes it amiss when the registry lacks an optional package of another platform.
				if (!/EUSAGE/.test(error.output)) throw error
				await run(npm('install', '--no-save', ...flags), options)
			}
			// npm leaves out an optional package that does not want the machine's Node, without a word; Vite's binary is one, and
			// it runs on Node 24. Asked for by name it is installed.
			const left = leftOut(root)
			if (left.length > 0) await run(npm('install', '--no-save', ...flags, ...left), options)
			if (!isExecutable(join(root, 'node_modules/.bin/node'))) {
				throw new StepError(
					'npm did not install Node 24',
					"Set npm's 'ignore-scripts' and 'omit' back to their defaults, then run it again",
				)
			}
			writeFileSync(stamp, locked())
		},
	}
}

function read(file) {
	try {
		return readFileSync(file, 'utf8')
	} catch {
		return null
	}
}

function isExecutable(file) {
	try {
		accessSync(file, constants.X_OK)
		return true
	} catch {
		return false
	}
}
