import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { alive, descendants } from '../scene/processes.ts'
import { until } from '../scene/wait.ts'

/** The program in `service.ts` as the test sees it that is going to kill it. */

interface Told {
	camera?: string
	process?: string
	devices?: number
	done?: string
}

export type Service = ReturnType<typeof startService>

const program = fileURLToPath(import.meta.resolve('./service.ts'))

/** It has a camera that is ready when `ready` resolves, and is to be ended whether that happens or not. */
export function startService({ host, port }: { host: string; port: number }, cacheDir = '') {
	const child = spawn(process.execPath, [program, host, String(port), cacheDir], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	const exited = once(child, 'exit')
	const told: Told[] = []
	createInterface({ input: child.stdout }).on('line', (line) => told.push(JSON.parse(line)))
	const pid = child.pid ?? 0
	return {
		pid,
		told,
		/** Of its devices process, as last told. */
		devices: () => told.findLast(({ devices }) => devices)?.devices ?? 0,
		ask: (line: string) => {
			const from = told.length
			child.stdin.write(`${line}\n`)
			return until(line, () => told.slice(from).some(({ done }) => done === line))
		},
		ready: (from = 0) => until('a camera that is ready', () => told.slice(from).some((it) => it.camera === 'ready')),
		send: (line: string) => child.stdin.write(`${line}\n`),
		async end() {
			const family = descendants(pid)
			if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
			await exited
			for (const { pid } of alive(family)) process.kill(pid, 'SIGCONT')
			await until('the devices process to be gone', () => alive(family).length === 0)
		},
		exited,
	}
}
