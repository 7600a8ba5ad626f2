import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../wait.ts'

/** A serial line whose other end is something else that socat can open (Debian package socat). */
export interface Line {
	path: string
	/** As when the adapter is pulled out. */
	unplug(): Promise<void>
	/** The same path again. */
	replug(): Promise<void>
	close(): Promise<void>
}

/** `peer(dir)`: socat's other address: 'pty,raw,echo=0,link=…', 'tcp:127.0.0.1:4000'. */
export async function startLine(peer: (dir: string) => string): Promise<Line> {
	const dir = mkdtempSync(join(tmpdir(), 'maru-line-'))
	const path = join(dir, 'line')
	let socat: ChildProcess | null = null

	async function plug() {
		const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, peer(dir)], { stdio: ['ignore', 'ignore', 'inherit'] })
		child.once('error', (error) => console.error('socat is not here:', error.message))
		socat = child
		await until('a serial line', () => existsSync(path))
	}

	async function unplug() {
		const child = socat
		socat = null
		if (!child || child.exitCode !== null || child.signalCode !== null) return
		child.kill('SIGKILL')
		await once(child, 'exit')
		rmSync(path, { force: true })
	}

	await plug()
	return {
		path,
		unplug,
		replug: plug,
		async close() {
			await unplug()
			rmSync(dir, { recursive: true, force: true })
		},
	}
}

/** Two serial lines, joined. */
export async function startPair(): Promise<Line & { other: string }> {
	let other = ''
	const line = await startLine((dir) => {
		other = join(dir, 'other')
		return `pty,raw,echo=0,link=${other}`
	})
	await until('its other end', () => existsSync(other))
	return { ...line, other }
}
