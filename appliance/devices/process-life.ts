import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import type { Log } from '../../drivers/device.ts'
import { beatMs, type DownMessage, isUpMessage, type UpMessage } from './messages.ts'

/** The devices process seen from the room: started, heard, killed when it hangs, started anew, ended. */
export interface ProcessLife {
	send(message: DownMessage): void
	/** Null between two processes. */
	readonly pid: number | null
	/** Asks the process to end, and sees to it that it does. */
	end(): Promise<void>
}

export interface ProcessLifeOptions {
	/** What a new process is told first, as it is then. */
	setup(): DownMessage
	onMessage(message: UpMessage): void
	/** Nothing that the process said holds any more; another one is on its way. */
	onLost(): void
	/** Where compiled code is kept from start to start; null: nowhere. Nobody else may write there. */
	cacheDir: string | null
	log: Log
}

/** Without a beat for this long the process hangs. */
const hungMs = 400
const lookMs = 25
/** It has not said a word yet: on a busy machine starting takes longer than a beat. */
const startMs = 3_000
/**
 * One that is killed before it is so old was perhaps loading itself or its drivers, on a slow machine: the next may be
 * silent for twice as long, or it would be killed at the same point for ever.
 */
const youngMs = 3_000
const mostSlack = 8
/** A process that lived this long was in order, and its end no failure to start. */
const goodMs = 1_000
/** One that ended in order has stopped its cameras: no hurry, perhaps we are next. */
const politeMs = 1_000
/** The process itself gives its cameras less to come to rest. */
const endMs = 3_000
const entry = new URL('./process.ts', import.meta.url)

/** How long to wait before another start; `failures` counts processes in a row that did not live. */
export function restartMs(exitCode: number | null, failures: number): number {
	if (exitCode === 0) return politeMs
	return failures <= 1 ? 0 : Math.min(5_000, 100 * 2 ** failures)
}

export function liveProcess({ setup, onMessage, onLost, cacheDir, log }: ProcessLifeOptions): ProcessLife {
	let child: ChildProcess | null = null
	let upAt: number | null = null
	/** Times the limits. */
	let slack = 1
	let ending = false
	let startedAt = 0
	let heardAt = 0
	let lookedAt = performance.now()
	let failures = 0
	let restart: NodeJS.Timeout | undefined

	function start(): void {
		const fresh = fork(entry, {
			execArgv: [],
			// A camera may be moving until the new process has stopped it: reading our own sources anew is time lost.
			env: cacheDir === null ? process.env : { ...process.env, NODE_COMPILE_CACHE: cacheDir },
			serialization: 'json',
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		})
		child = fresh
		upAt = null
		startedAt = performance.now()
		heardAt = startedAt
		// What a dead process said last may be read after its end.
		fresh.on('message', (message) => child === fresh && hear(message))
		fresh.on('error', (error) => {
			log.error({ err: error }, 'the devices process could not be started or reached')
			if (fresh.pid === undefined) exited(null, null) // no 'exit' follows when there was no process
		})
		fresh.once('exit', exited)
		send(setup())
		urge(fresh.pid)
	}

	function send(message: DownMessage): void {
		// The callback keeps a channel that breaks this moment from being an uncaught error; 'exit' follows.
		if (child?.connected) child.send(message, undefined, undefined, () => {})
	}

	function hear(message: unknown): void {
		heardAt = performance.now()
		if (!isUpMessage(message)) {
			log.warn({}, 'a message of unknown type was dropped')
			return
		}
		if (message.type === 'up') {
			upAt = heardAt
			log.info({ pid: child?.pid, ms: Math.round(heardAt - startedAt) }, 'the devices process is up')
		}
		onMessage(message)
	}

	function exited(code: number | null, signal: NodeJS.Signals | null): void {
		child = null
		onLost()
		if (ending) return
		failures = performance.now() - startedAt > goodMs ? 0 : failures + 1
		const waitMs = restartMs(code, failures)
		log.warn({ code, signal, waitMs }, 'the devices process ended and is started anew')
		if (waitMs === 0) start()
		else restart = setTimeout(start, waitMs)
	}

	/** Finds a process that hangs. Time in which we ourselves did not run says nothing about it. */
	function look(): void {
		const now = performance.now()
		heardAt += Math.max(0, now - lookedAt - 2 * lookMs)
		lookedAt = now
		const young = upAt === null || now - upAt < youngMs
		if (!young) slack = 1
		if (!child || now - heardAt < slack * (upAt === null ? startMs : hungMs)) return
		log.warn({ pid: child.pid, slack }, 'the devices process hangs and is killed')
		if (young) slack = Math.min(mostSlack, 2 * slack)
		heardAt = now
		child.kill('SIGKILL')
		onLost()
	}

	start()
	const beats = setInterval(send, beatMs, { type: 'beat' } satisfies DownMessage)
	const looks = setInterval(look, lookMs)

	return {
		send,
		get pid() {
			return child?.pid ?? null
		},
		async end() {
			ending = true
			clearTimeout(restart)
			clearInterval(looks)
			const last = child
			if (last) {
				const { promise: gone, resolve } = Promise.withResolvers<void>()
				last.once('exit', () => resolve())
				send({ type: 'close' })
				const kill = setTimeout(() => last.kill('SIGKILL'), endMs)
				await gone
				clearTimeout(kill)
			}
			clearInterval(beats)
		},
	}
}

/** Cameras should stop in time on a busy machine too. Where we may not ask for that, we go without. */
function urge(pid: number | undefined): void {
	if (pid === undefined) return
	try {
		setPriority(pid, -5)
	} catch {
		// Needs CAP_SYS_NICE.
	}
}
