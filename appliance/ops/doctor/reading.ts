import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Read } from './finding.ts'

/** How readers ask the machine: what does not answer becomes a value that says why. */

const run = promisify(execFile)
const patienceMs = 15_000

/** What a program prints; where that is nothing, what it complains of (`pdfinfo -v` says its version there). */
export async function output(program: string, args: readonly string[]): Promise<Read<string>> {
	try {
		const env = { ...process.env, LC_ALL: 'C.UTF-8' }
		const { stdout, stderr } = await run(program, args, { timeout: patienceMs, env, maxBuffer: 8 * 1024 * 1024 })
		return stdout || stderr
	} catch (error) {
		return { unread: `${program}: ${reasonOf(error)}` }
	}
}

/** A text file, without the space around it. */
export function textOf(path: string): Read<string> {
	try {
		return readFileSync(path, 'utf8').trim()
	} catch (error) {
		return { unread: `${path}: ${reasonOf(error)}` }
	}
}

export function numberOf(path: string): Read<number> {
	const text = textOf(path)
	if (typeof text !== 'string') return text
	const number = Number(text)
	return Number.isFinite(number) ? number : { unread: `${path}: ${text.slice(0, 40)}` }
}

/** Whether systemd runs this machine: a container, or a checkout in one, has none. */
export const hasSystemd = () => existsSync('/run/systemd/system')

/** The code of the system's errors, else the first line of what is said. */
export function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error)
	const { code } = error as { code?: unknown }
	if (typeof code === 'string') return code
	return error.message.split('\n')[0] ?? ''
}
