import { spawn, spawnSync } from 'node:child_process'
import { StepError } from './step-error.mjs'

/**
 * Runs the programs that set-up needs (apt-get, npm, cmake, ninja, vite) so that none outlives it: each leads a
 * process group of its own, and a signal to set-up ends the whole group.
 *
 * @typedef {(command: string[], options?: {env?: object, cwd?: string, advice?: string}) => Promise<void>} Run
 * @typedef {ReturnType<typeof createTools>} Tools
 */

const KEPT_LINES = 500
const SHOWN_LINES = 15
// A package tool that is asked to stop finishes the file it is writing; what it leaves is repaired next time.
const GRACE_MS = 5000
// A group whose last member nobody reaps (a container without an init) never goes away: it is dead all the same.
const LAST_WAIT_MS = 1000

export function createTools() {
	const running = new Set()
	let ended = false

	/**
	 * A runner whose programs' lines go to `note` as they come. It resolves when the program has ended well; else it
	 * rejects with a StepError made of the program's last lines and the `advice`. After `end` it neither starts anything
	 * nor settles.
	 */
	function heardBy(note) {
		return (command, { env = {}, cwd, advice = 'Read the lines above, then run it again' } = {}) =>
			new Promise((resolve, reject) => {
				if (ended) return
				const [file, ...args] = command
				const child = spawn(file, args, {
					cwd,
					env: { ...process.env, ...env },
					detached: true,
					stdio: ['ignore', 'pipe', 'pipe'],
				})
				const output = []
				const hear = byLine((line) => {
					note(line)
					output.push(line)
					if (output.length > KEPT_LINES) output.shift()
				})
				child.stdout.on('data', hear)
				child.stderr.on('data', hear)
				child.on('error', (error) => reject(new StepError(`${file} could not be started: ${error.message}`, advice)))
				if (child.pid !== undefined) running.add(child)
				child.on('exit', (code, signal) => {
					running.delete(child)
					const settle = () => {
						clearTimeout(latest)
						for (const stream of [child.stdout, child.stderr]) stream.destroy()
						if (ended) return
						if (code === 0) return resolve()
						const ending = `'${command.join(' ')}' ended with ${signal ?? `code ${code}`}`
						reject(new StepError([...output.slice(-SHOWN_LINES), ending].join('\n'), advice, output.join('\n')))
					}
					// Its last lines may still be in the pipe; a service that it started may keep the pipe open for ever.
					child.once('close', settle)
					const latest = setTimeout(settle, 500)
				})
			})
	}

	/** Ends every program that runs, with its children; resolves when they are gone. */
	async function end() {
		ended = true
		const children = [...running]
		for (const child of children) signalGroup(child, 'TERM')
		if (await gone(children, GRACE_MS)) return
		for (const child of children) signalGroup(child, 'KILL')
		await gone(children, LAST_WAIT_MS)
	}

	return { heardBy, end }
}

function signalGroup(child, signal) {
	// What sudo started is root's: only sudo may signal it.
	if (child.spawnfile === 'sudo')
		spawnSync('sudo', ['-n', 'kill', `-${signal}`, '--', `-${child.pid}`], { stdio: 'ignore' })
	else if (groupLives(child)) process.kill(-child.pid, `SIG${signal}`)
}

async function gone(children, withinMs) {
	const until = Date.now() + withinMs
	while (children.some(groupLives)) {
		if (Date.now() > until) return false
		await new Promise((resolve) => setTimeout(resolve, 50))
	}
	return true
}

function groupLives(child) {
	try {
		process.kill(-child.pid, 0)
		return true
	} catch (error) {
		return error.code === 'EPERM' // there, and another user's
	}
}

/** Cuts text into lines that say something. A tool that draws its progress ends lines with a carriage return. */
function byLine(hear) {
	let rest = ''
	return (data) => {
		const parts = (rest + data).split(/[\r\n]+/)
		rest = parts.pop()
		for (const part of parts) if (part.trim()) hear(part.trim())
	}
}
