import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packagesStep } from './debian-packages.mjs'
import { dependenciesStep } from './dependencies.mjs'
import { lockOn } from './lock.mjs'
import { machineStep } from './machine.mjs'
import { nginxStep } from './nginx.mjs'
import { panelsStep } from './panels.mjs'
import { runSteps } from './runner.mjs'
import { screenOn } from './screen.mjs'
import { StepError, Unavailable } from './step-error.mjs'
import { createTools } from './tools.mjs'
import { buildStep, downloadStep, workerIsMissing } from './worker.mjs'
import { cacheFolder } from './worker-path.mjs'

/**
 * What `npm start` and `npm test` do first. Plain JavaScript without dependencies: it runs on the machine's own Node
 * (18 or newer), before there is a node_modules.
 */

/** Exit code where this machine can't have what the tests in a machine of their own need (EX_UNAVAILABLE). */
const UNAVAILABLE = 69

const [, , purpose] = process.argv // 'test', 'machine', or to run
const root = resolve(fileURLToPath(import.meta.url), '../../..')
const tools = createTools()
const screen = screenOn(process.stdout)
let stopping = false

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
	process.on(signal, async () => {
		if (stopping) return
		stopping = true
		await tools.end()
		screen.line(`\nset-up: ended by ${signal}; next time it goes on from here`)
		process.exit(128 + constants.signals[signal])
	})
}

// The download comes first, because it tells whether Debian's compiler is needed: a person without root is asked once.
const steps = [
	downloadStep(root),
	packagesStep(root, {
		mustBuild: () => workerIsMissing(root),
		forTests: purpose === 'test',
		forMachines: purpose === 'machine',
	}),
	dependenciesStep(root),
	buildStep(root),
	panelsStep(root),
	...(purpose === 'test' ? [nginxStep(root)] : []),
	...(purpose === 'machine' ? [machineStep(root)] : []),
]

try {
	await runSteps(steps, { screen, tools, lock: lockOn(join(cacheFolder(root), 'set-up.lock')) })
} catch (error) {
	if (!stopping) report(error)
}

function report(error) {
	const text = error instanceof StepError ? `${error.message}\n\n${error.advice}` : error.stack
	process.stderr.write(`\nset-up failed: ${text}\n`)
	process.exitCode = purpose === 'machine' && error instanceof Unavailable ? UNAVAILABLE : 1
}
