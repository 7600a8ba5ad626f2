import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Logger } from 'pino'
import { type BundleStep, type BundleView, bundleSteps } from '../protocol/bundle.ts'
import type { DiagnosisView } from '../protocol/diagnosis.ts'
import { Refusal } from '../protocol/errors.ts'

/**
 * The doctor and the bundle of logs, asked of the running service. Each is the command itself, in a process of its own and
 * behind everything else: a database that is looked through, or a browser that is asked for its version, costs the room nothing.
 */

export interface Diagnosis {
	/** What `maru doctor --json` prints; of the last half minute, where somebody has just asked. Rejects with a Refusal. */
	doctor(): Promise<DiagnosisView>
	bundle(): Omit<BundleView, 'mine'>
	/** Begins one, unless one is being made. */
	makeBundle(): Omit<BundleView, 'mine'>
	/** Null: there is none. */
	bundleFile(): string | null
	close(): void
}

interface DiagnosisOptions {
	dataDir: string
	log: Logger
	/** Instead of our own command line. */
	command?: readonly string[]
	now?: () => number
}

const freshMs = 30_000
const patienceMs = 120_000
const cli = join(import.meta.dirname, 'cli.ts')

export function createDiagnosis({ dataDir, log, command, now = Date.now }: DiagnosisOptions): Diagnosis {
	const [program = '', ...before] = command ?? [process.execPath, '--disable-warning=ExperimentalWarning', cli]
	const folder = join(dataDir, 'cache', 'logs')
	const file = join(folder, 'bundle.zip')
	const ending = new AbortController()
	let asked: { at: number; answer: Promise<DiagnosisView> } | null = null
	let view: Omit<BundleView, 'mine'> = { state: 'none', step: null, at: null, bytes: null }

	/** Answers the exit code. */
	async function run(args: string[], onLine: (line: string) => void): Promise<number | null> {
		const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(patienceMs)])
		const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']
		const child = spawn(program, [...before, ...args], { stdio, signal, killSignal: 'SIGKILL' })
		const closed = once(child, 'close')
		if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
		createInterface({ input: child.stdout }).on('line', onLine)
		const [code] = await closed
		return code as number | null
	}

	async function examine(): Promise<DiagnosisView> {
		const lines: string[] = []
		try {
			await run(['doctor', '--json'], (line) => lines.push(line))
			return JSON.parse(lines.join('\n')) as DiagnosisView
		} catch (error) {
			log.warn({ reason: String(error) }, 'the doctor did not answer')
			throw new Refusal('internal', 'the doctor did not answer')
		}
	}

	async function make(): Promise<void> {
		const partial = `${file}.partial`
		try {
			mkdirSync(folder, { recursive: true, mode: 0o700 })
			rmSync(partial, { force: true })
			const code = await run(['logs', '--bundle', partial, '--steps'], (line) => {
				if (isStep(line)) view = { ...view, step: line }
			})
			if (code !== 0) throw new Error(`exit ${code}`)
			renameSync(partial, file)
			view = { state: 'ready', step: null, at: now(), bytes: statSync(file).size }
		} catch (error) {
			rmSync(partial, { force: true })
			view = { state: 'failed', step: null, at: null, bytes: null }
			if (!ending.signal.aborted) log.warn({ reason: String(error) }, 'the bundle of logs could not be made')
		}
	}

	return {
		doctor() {
			if (asked && now() - asked.at < freshMs) return asked.answer
			const answer = examine()
			asked = { at: now(), answer }
			answer.catch(() => {
				asked = null
			})
			return answer
		},
		bundle: () => view,
		makeBundle() {
			if (view.state === 'making') return view
			view = { state: 'making', step: 'logs', at: null, bytes: null }
			void make()
			return view
		},
		bundleFile: () => (view.state === 'ready' ? file : null),
		close: () => ending.abort(),
	}
}

const isStep = (line: string): line is BundleStep => (bundleSteps as readonly string[]).includes(line)
