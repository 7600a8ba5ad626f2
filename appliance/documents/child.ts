import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'

/**
 * Programs that read what strangers gave us. They run with as little as they need: as `nobody` when we are root, without a
 * way to more rights, with limits on memory, time and files, in a process group of their own that is killed as one; and
 * the kernel kills them when this process is killed. They get the document as an open file: the folder is closed to them.
 */
export interface Work {
	program: string
	args: readonly string[]
	/** A file descriptor to read from. Without it standard input is closed. */
	input?: number
	/** It is killed after this long. */
	timeoutMs: number
	/** Its address space, in bytes: what asks for more is refused. */
	memory: number
	/** Its working folder, which is also its HOME. */
	folder?: string
	/** Without any network, where the kernel lets us: what it reads may name addresses. */
	offline?: Offline
	signal: AbortSignal
}

export interface Outcome {
	/** Null: it was killed, or could not be started. */
	code: number | null
	output: Buffer
	/** The end of what it complained of. For logs at debug: it may quote the document. */
	complaints: string
	ended: 'itself' | 'timeout' | 'aborted' | 'too-much' | 'missing'
}

/** How to take the network away: what to put before a command. */
export type Offline = readonly string[]

const outputMost = 64 * 1024 * 1024
const fileMost = 512 * 1024 * 1024
const complaintsMost = 2_000

/** Runs to its end. Never rejects. */
export function runContained(work: Work): Promise<Outcome> {
	const seconds = Math.ceil(work.timeoutMs / 1000)
	const [command = '', ...args] = [
		...(work.offline ?? []),
		...['setpriv', ...identityOf(unprivileged()), '--no-new-privs', '--pdeathsig', 'KILL', '--'],
		// A limit of CPU time as well: it holds also when nobody is left to watch the clock.
		...['prlimit', `--as=${work.memory}`, `--cpu=${seconds}`, `--fsize=${fileMost}`, '--core=0', '--'],
		...[work.program, ...work.args],
	]
	return new Promise((resolve) => {
		if (work.signal.aborted) return resolve({ code: null, output: Buffer.alloc(0), complaints: '', ended: 'aborted' })
		const child: ChildProcess = spawn(command, args, {
			stdio: [work.input ?? 'ignore', 'pipe', 'pipe'],
			detached: true,
			cwd: work.folder ?? '/',
			env: environment(work.folder ?? '/'),
		})
		const output: Buffer[] = []
		let bytes = 0
		let complaints = ''
		let ended: Outcome['ended'] = 'itself'
		const stop = (why: Outcome['ended']) => {
			ended = why
			killGroup(child.pid)
		}
		const timer = setTimeout(() => stop('timeout'), work.timeoutMs)
		const abort = () => stop('aborted')
		work.signal.addEventListener('abort', abort)
		piped(child.stdout).on('data', (chunk: Buffer) => {
			bytes += chunk.length
			if (bytes > outputMost) stop('too-much')
			else output.push(chunk)
		})
		piped(child.stderr).on('data', (chunk: Buffer) => {
			complaints = `${complaints}${chunk}`.slice(-complaintsMost)
		})
		const end = (code: number | null) => {
			clearTimeout(timer)
			work.signal.removeEventListener('abort', abort)
			// What it started itself and left behind goes as well.
			killGroup(child.pid)
			resolve({ code, output: Buffer.concat(output), complaints, ended })
		}
		child.once('error', () => {
			ended = 'missing'
			end(null)
		})
		child.once('close', end)
	})
}

/** The user who runs such programs; null: we are not root, and run them as ourselves. */
export function unprivileged(): { uid: number; gid: number } | null {
	if (process.getuid?.() !== 0) return null
	// The system's own users, never a directory's.
	const line = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.find((user) => user.startsWith('nobody:'))
	const [, , uid, gid] = line?.split(':') ?? []
	if (uid === undefined || gid === undefined) throw new Error('documents need the user nobody, and there is none')
	return { uid: Number(uid), gid: Number(gid) }
}

/** What to put before a command to take the network from it; null: this kernel, or our own rights, don't allow it. */
export async function findOffline(signal: AbortSignal): Promise<Offline | null> {
	const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user']
	const offline = ['unshare', ...user, '--net', '--']
	const tried = { program: 'true', args: [], timeoutMs: 5_000, memory: 256 * 1024 * 1024, offline, signal }
	return (await runContained(tried)).code === 0 ? offline : null
}

function identityOf(user: { uid: number; gid: number } | null): string[] {
	return user === null ? [] : ['--reuid', `${user.uid}`, '--regid', `${user.gid}`, '--clear-groups']
}

/** No secrets, and nothing that would send it elsewhere. */
function environment(home: string): Record<string, string> {
	const env: Record<string, string> = { HOME: home, LANG: process.env.LANG ?? 'C.UTF-8' }
	for (const name of ['PATH', 'TZ']) {
		const value = process.env[name]
		if (value !== undefined) env[name] = value
	}
	return env
}

function killGroup(pid: number | undefined) {
	if (pid === undefined) return
	try {
		process.kill(-pid, 'SIGKILL')
	} catch {
		// All of them have ended.
	}
}

function piped(stream: Readable | null): Readable {
	if (stream === null) throw new Error('a program was started without pipes')
	return stream
}
