import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { alive, descendants } from '../scene/processes.ts'
import { until } from '../scene/wait.ts'

const root = join(import.meta.dirname, '../..')
let dir: string
let child: ChildProcess
let output: string
let exited: Promise<unknown[]>
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-signals-'))
	output = ''
	const env = { ...process.env, MARU_CONFIG: '', MARU_DATA: join(dir, 'data'), MARU_PORT: '0' }
	child = spawn(process.execPath, [join(root, 'appliance/ops/cli.ts'), 'run'], { cwd: dir, env })
	child.stdout?.on('data', (chunk) => (output += chunk))
	child.stderr?.on('data', (chunk) => (output += chunk))
	exited = once(child, 'exit')
})
afterEach(() => {
	child.kill('SIGKILL')
	rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

const everything = () => descendants(child.pid as number)
const started = (file: string) =>
	until(`${file}; printed: ${output}`, () => existsSync(join(dir, 'data', file)), 60_000)

it.each([
	['has just made its keys', 'identity/tokens.jwk', 0],
	['is about to open its listeners', 'certificates/server.crt', 0],
	['starts its children', 'certificates/server.crt', 400],
])('A service that %s ends with 0 when it is told to, and leaves nothing', async (_, file, afterMs) => {
	await started(file)
	await sleep(afterMs)
	const children = everything()
	child.kill('SIGTERM')
	expect(await exited, output).toEqual([0, null])
	expect(output).not.toMatch(/^\s+at /m)
	await until('its children to end', () => alive(children).length === 0)
})

it('Told twice, as a terminal and npm both tell it, a service still ends in order', async () => {
	await until('the addresses', () => /^\s*panel\s/m.test(output), 60_000)
	const children = everything()
	for (let i = 0; i < 3; i++) {
		child.kill('SIGINT')
		await sleep(20)
	}
	expect(await exited, output).toEqual([0, null])
	await until('its children to end', () => alive(children).length === 0)
})
