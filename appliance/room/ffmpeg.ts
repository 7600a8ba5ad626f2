import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { Readable, type Writable } from 'node:stream'
import type { Logger } from 'pino'

export interface Ffmpeg {
	readonly pid: number | undefined
	/** Standard input, where that was asked for; nobody hears what is said after it has ended. */
	readonly input: Writable | null
	/** Standard output. */
	readonly output: Readable
	/** What it writes to descriptor 3, where that was asked for; else it has ended. */
	readonly side: Readable
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
	{ input, side = false }: { input?: Buffer | 'open'; side?: boolean } = {},
): Ffmpeg {
	const child: ChildProcess = spawn(
		'/usr/bin/setpriv',
		['--pdeathsig', 'KILL', '--', 'ffmpeg', '-hide_banner', '-loglevel', 'warning', ...args],
		{ stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', side ? 'pipe' : 'ignore'] },
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
	const beside = (child.stdio[3] as Readable | null | undefined) ?? Readable.from([])
	return { pid: child.pid, input: stdin, output: stdout, side: beside, ended, kill: () => void child.kill('SIGKILL') }
}

/** An address that may be logged. */
export function withoutSecrets(text: string): string {
	return text.replace(/\/\/[^/\s@]*@/g, '//')
}

/**
 * RTSP over TCP, with as little waiting as the source allows; what comes while ffmpeg looks at the stream is kept, because the
 * key frame that was asked for is in it. Most cameras tell all about their stream before the first
 * packet, and ffmpeg's usual second of looking at it is wasted; `patient` gives it two, for a camera that doesn't.
 * `reordered`: pictures may be shown in another order than they come, so a decoder has to wait for them.
 */
export function rtspInput(address: string, patient: boolean, reordered = false): string[] {
	return [
		...['-rtsp_transport', 'tcp', '-timeout', '5000000'], // microseconds without a byte
		...(reordered ? [] : ['-flags', 'low_delay']),
		...['-analyzeduration', patient ? '2000000' : '100000', '-fpsprobesize', '0'],
		...['-i', address],
	]
}

/**
 * Whether something accepts connections at an RTSP address. Asked before ffmpeg is started: a camera that is away costs
 * no process, and one that returns isn't missed for the seconds of TCP's own repetition.
 */
export function reachable(address: string, timeoutMs = 800): Promise<boolean> {
	const { hostname, port, protocol } = new URL(address)
	const usual = protocol === 'rtsps:' ? 322 : 554
	return new Promise((resolve) => {
		const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usual), timeout: timeoutMs })
		const end = (answer: boolean) => {
			socket.destroy()
			resolve(answer)
		}
		socket.once('connect', () => end(true))
		socket.once('timeout', () => end(false))
		socket.once('error', () => end(false))
	})
}
