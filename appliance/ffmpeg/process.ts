import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Logger } from 'pino'

export interface Ffmpeg {
	readonly pid: number | undefined
	/** Standard input, where that was asked for; nobody hears what is said after it has ended. */
	readonly input: Writable | null
	/** Standard output. */
	readonly output: Readable
	/** What it writes to descriptors 3, 4, …, as many as were asked for. */
	readonly sides: readonly Readable[]
	/** Settles with the exit code when the process is gone; null: killed, or it could not be started. */
	readonly ended: Promise<number | null>
	/** At once, also when it hangs. What it does can be cut off anywhere. */
	kill(): void
}

/**
 * Starts Debian's ffmpeg so that it can't outlive us: setpriv asks the kernel to kill it with its parent, also after our
 * `kill -9`, and execs it.
 */
export function startFfmpeg(
	args: readonly string[],
	log: Logger,
	{ input, sides = 0 }: { input?: Buffer | 'open'; sides?: number } = {},
): Ffmpeg {
	const child: ChildProcess = spawn(
		'/usr/bin/setpriv',
		['--pdeathsig', 'KILL', '--', 'ffmpeg', '-hide_banner', '-loglevel', 'warning', ...args],
		{
			stdio: [
				input === undefined ? 'ignore' : 'pipe',
				'pipe',
				'pipe',
				...Array.from({ length: sides }, () => 'pipe' as const),
			],
		},
	)
	const ended = new Promise<number | null>((resolve) => {
		child.once('error', (error) => {
			log.error({ reason: error.message }, 'ffmpeg can not be started')
			resolve(null)
		})
		child.once('exit', resolve)
	})
	const { stdin, stdout, stderr } = child
	if (stdout === null || stderr === null) throw new Error('ffmpeg was started without pipes')
	// Its complaints name the source's address, and that may carry a password.
	stderr.on('data', (text: Buffer) => log.trace({ ffmpeg: withoutSecrets(String(text)) }))
	stdin?.on('error', () => {}) // it ended before it had read all
	if (input !== 'open') stdin?.end(input)
	const beside = child.stdio.slice(3) as Readable[]
	return { pid: child.pid, input: stdin, output: stdout, sides: beside, ended, kill: () => void child.kill('SIGKILL') }
}

/** An address that may be logged. */
export function withoutSecrets(text: string): string {
	return text.replace(/\/\/[^/\s@]*@/g, '//')
}
