import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { StepFault } from './fault.ts'

interface Said {
	code: number | null
	stdout: string
	stderr: string
}

/** Of what a program says, no more is kept. */
const mostCharacters = 2_000_000

/** Runs a program to its end; `timeoutMs` kills it. Rejects only where it cannot be run. */
export async function runProgram(
	[program = '', ...args]: readonly string[],
	{ env = {}, timeoutMs = 0 }: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Said> {
	const child = spawn(program, args, {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
		timeout: timeoutMs,
		killSignal: 'SIGKILL',
	})
	const said = { stdout: '', stderr: '' }
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (text: string) => {
			said[name] = (said[name] + text).slice(-mostCharacters)
		})
	}
	const [code] = (await once(child, 'close')) as [number | null]
	return { code, ...said }
}

/** Runs it, and fails with its last words where it does. */
export async function succeed(command: readonly string[], options?: Parameters<typeof runProgram>[1]): Promise<string> {
	const { code, stdout, stderr } = await runProgram(command, options)
	if (code === 0) return stdout
	throw new StepFault('program', `${command[0]}: ${lastWords(`${stdout}\n${stderr}`) || code}`)
}

function lastWords(text: string): string {
	return text.trim().split('\n').slice(-3).join(' · ').slice(-500)
}
