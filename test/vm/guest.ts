import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectJsonLines } from './json-lines.ts'

/** A machine that runs tests for us, as programs that it is told to run. */
export interface Guest {
	/** Runs a program as root. Resolves with what it said, however it ended; rejects only where it can't be run. */
	run(command: readonly string[], options?: { input?: string; timeoutMs?: number }): Promise<Outcome>
	close(): void
}

interface Outcome {
	/** Null: a signal ended it. */
	code: number | null
	stdout: string
	stderr: string
}

/** How a test reaches the machine that was booted before it: a folder of QEMU's sockets, or the first process within. */
export type GuestAddress = { sockets: string } | { init: number }

declare module 'vitest' {
	export interface ProvidedContext {
		guest: GuestAddress
		/** How much longer than promised something may take in this machine: four times, where its processor is translated. */
		patience: number
	}
}

const lookMs = 40

export async function connectGuest(address: GuestAddress): Promise<Guest> {
	return 'sockets' in address ? overAgent(join(address.sockets, 'agent')) : inNamespaces(address.init)
}

/** The script's output. Throws with all that it said where it fails. */
export async function shell(guest: Guest, script: string, timeoutMs?: number): Promise<string> {
	const { code, stdout, stderr } = await guest.run(['sh', '-ec', script], timeoutMs === undefined ? {} : { timeoutMs })
	if (code !== 0) throw new Error(`in the machine, with code ${code}: ${script}\n${stdout}${stderr}`)
	return stdout
}

/** By QEMU's guest agent. (It has no way to tell that a program has ended but to be asked.) */
async function overAgent(socket: string): Promise<Guest> {
	const agent = await connectJsonLines(socket)
	return {
		async run([path, ...arg], { input, timeoutMs = 150_000 } = {}) {
			const given = input === undefined ? {} : { 'input-data': Buffer.from(input).toString('base64') }
			const started = await agent.call('guest-exec', { path, arg, 'capture-output': true, ...given })
			const { pid } = started as { pid: number }
			for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(lookMs)) {
				const status = (await agent.call('guest-exec-status', { pid })) as ExecStatus
				if (!status.exited) continue
				const text = (data = '') => Buffer.from(data, 'base64').toString()
				return { code: status.exitcode ?? null, stdout: text(status['out-data']), stderr: text(status['err-data']) }
			}
			throw new Error(`still running after ${timeoutMs} ms: ${[path, ...arg].join(' ')}`)
		},
		close: agent.close,
	}
}

interface ExecStatus {
	exited: boolean
	exitcode?: number
	'out-data'?: string
	'err-data'?: string
}

/** By entering the namespaces of a container's first process; ours must be root. */
function inNamespaces(init: number): Guest {
	return {
		run(command, { input = '', timeoutMs = 150_000 } = {}) {
			const enter = ['-t', `${init}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--', ...command]
			const child = spawn('nsenter', enter, {
				timeout: timeoutMs,
				env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
			})
			const said = { stdout: '', stderr: '' }
			for (const name of ['stdout', 'stderr'] as const) {
				child[name].setEncoding('utf8').on('data', (text: string) => {
					said[name] += text
				})
			}
			child.stdin.on('error', () => {}) // it ended without reading, and says why
			child.stdin.end(input)
			return new Promise((resolve, reject) => {
				child.once('error', reject)
				child.once('close', (code) => resolve({ code, ...said }))
			})
		},
		close() {},
	}
}
