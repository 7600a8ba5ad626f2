import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from '../scene/wait.ts'
import { isSilentWhileStopped, listenForNotify, type NotifySocket } from './notify-socket.ts'

/** As the unit starts it: with a socket that is told, here by us, how the service is. */

const root = join(import.meta.dirname, '../..')
let dir: string
let systemd: NotifySocket
let child: ChildProcess | null
beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-notify-'))
	systemd = await listenForNotify(dir)
	child = null
})
afterEach(() => {
	child?.kill('SIGKILL')
	systemd.close()
	rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

function start(watchdogMs: number, ...args: string[]) {
	const command = ['perl', join(root, 'systemd/with-notify'), process.execPath, ...args]
	const told = { NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: String(watchdogMs * 1_000) }
	const ours = { MARU_CONFIG: '', MARU_DATA: join(dir, 'data'), MARU_PORT: '0' }
	const env = { ...process.env, ...told, ...ours }
	const started = spawn(command[0] as string, command.slice(1), { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] })
	child = started
	return started
}

const heard = (line: string) => until(`systemd to hear ${line}`, () => systemd.lines.includes(line), 120_000)

it('The main process itself feeds the watchdog, and does not while its event loop is held up', async () => {
	const service = start(800, join(root, 'test/ops/held-up.ts'))
	await heard('STOPPING=1')
	const { lines } = systemd
	expect(lines).toContain(`STATUS=pid ${service.pid}`)
	const [held, free] = [lines.indexOf('STATUS=held up'), lines.indexOf('STATUS=free again')]
	expect(lines.slice(0, held)).toContain('WATCHDOG=1')
	expect(lines.slice(held + 1, free)).toEqual([])
	expect(lines.slice(free)).toContain('WATCHDOG=1')
})

it('The service is ready when it can be reached, is silent while it is stopped, and tells that it ends', async () => {
	const service = start(10_000, join(root, 'appliance/ops/cli.ts'), 'run')
	let output = ''
	service.stdout.on('data', (chunk) => (output += chunk))
	await heard('READY=1')
	await until('the addresses', () => /^\s*panel\s/m.test(output), 60_000)
	const origin = /panel\s+(http:\S+)\/panel#/.exec(output)?.[1]
	expect((await fetch(`${origin}/api/v1/health`)).ok).toBe(true)
	await until('it to be fed', () => systemd.feeds > 1, 60_000)

	await isSilentWhileStopped(systemd, [Number(service.pid)])

	const exited = once(service, 'exit')
	service.kill('SIGTERM')
	expect(await exited).toEqual([0, null])
	expect(systemd.lines).toContain('STOPPING=1')
	expect(systemd.lines.indexOf('STOPPING=1')).toBeGreaterThan(systemd.lines.lastIndexOf('WATCHDOG=1'))
})
