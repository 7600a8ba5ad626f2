import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LaunchedBrowser, type LaunchOptions, launchBrowser } from '../../appliance/browser/launch.ts'
import { processesOf, until } from './processes.ts'

/** Browsers as an installed appliance has them: systemd starts them, here by its own tool, and we hold a connection. */

const tool = 'systemd-socket-activate'
const missing = spawnSync(tool, ['--version']).status !== 0
const log = pino({ level: 'silent' })
const open: LaunchedBrowser[] = []
let folder: string
let listener: ChildProcess
let server: Server
let url: string

beforeAll(async () => {
	server = createServer((_, response) => {
		response.writeHead(200, { 'content-type': 'text/html' })
		response.end('<script>window.maru = { command: (text) => window.maruStage("heard " + text) }</script>')
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
	if (missing) return
	folder = mkdtempSync(join(tmpdir(), 'maru-hosted-'))
	chmodSync(folder, 0o755)
	const socket = join(folder, 'socket')
	// Where anybody can read it, as below /opt.
	const host = join(folder, 'browser-host')
	copyFileSync(fileURLToPath(new URL('../../systemd/browser-host', import.meta.url)), host)
	// The unit has a user of its own; Chromium refuses its sandbox to root.
	const other = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups']
	const command = [...(process.getuid?.() === 0 ? other : []), 'perl', host]
	listener = spawn(tool, ['--accept', '--inetd', '-l', socket, ...command], { stdio: 'ignore' })
	await until(() => existsSync(socket))
	process.env.MARU_BROWSERS = socket
})
afterAll(() => {
	delete process.env.MARU_BROWSERS
	server.close()
	listener?.kill('SIGKILL')
	if (folder) rmSync(folder, { recursive: true, force: true })
})
afterEach(async () => {
	await Promise.all(open.splice(0).map((browser) => browser.close()))
})

async function launch(options: Partial<LaunchOptions> = {}) {
	const browser = await launchBrowser({ name: 'test', headless: true, fakeDevices: false, log, ...options })
	open.push(browser)
	return browser
}

describe.skipIf(missing)(`A browser of systemd's${missing ? ` (skipped: ${tool} is not here)` : ''}`, () => {
	it('talks with us both ways, by another user and in its sandbox, and leaves nothing when it is closed', async () => {
		const browser = await launch()
		const heard: string[] = []
		const page = await browser.openPage({ url, bindings: { maruStage: (text) => heard.push(text) } })
		// Longer than what a socket brings at once.
		const long = '가'.repeat(300_000)
		await page.call('maru.command', long)
		await until(() => heard.length > 0)
		expect(heard).toEqual([`heard ${long}`])
		expect(await browser.puppeteer.pages()).toHaveLength(1)

		const processes = processesOf(browser.pid)
		expect(processes.every(({ uid }) => uid !== 0)).toBe(true)
		const ours = readlinkSync('/proc/self/ns/pid')
		expect(processes.filter((one) => one.seccomp === 2 && one.pidNamespace !== ours).length).toBeGreaterThan(0)

		await browser.close()
		expect(processesOf(browser.pid)).toEqual([])
		await until(() => profiles().length === 0)
	})

	it('is told apart when it is gone by itself', async () => {
		const browser = await launch()
		const page = await browser.openPage({ url })
		process.kill(browser.pid, 'SIGKILL')
		await browser.gone
		expect(await page.gone).toBe('browser gone')
	})

	it('is closed when it hangs, too', async () => {
		const browser = await launch()
		process.kill(-browser.pid, 'SIGSTOP')
		await browser.close()
		await until(() => processesOf(browser.pid).length === 0)
	})

	it.each([false, true])('goes with the service that is killed (hung: %s)', async (hung) => {
		const victim = spawn(process.execPath, [fileURLToPath(new URL('./victim.ts', import.meta.url)), folder], {
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		const [line] = await once(victim.stdout, 'data')
		const pid = Number(String(line).trim())
		expect(processesOf(pid).length).toBeGreaterThan(3)
		if (hung) process.kill(-pid, 'SIGSTOP')
		victim.kill('SIGKILL')
		await until(() => processesOf(pid).length === 0)
	})

	it.each([['--no-sandbox'], ['--renderer-cmd-prefix=/bin/sh'], ['--user-data-dir=/var/lib/maru'], ['/etc/passwd']])(
		'is not started with %s',
		async (arg) => {
			await expect(launch({ args: [arg] })).rejects.toThrow('gave no browser')
		},
	)
})

it('Where nobody listens, whoever wants a browser is told so at once', async () => {
	const before = process.env.MARU_BROWSERS
	process.env.MARU_BROWSERS = '/nonexistent/socket'
	try {
		await expect(launch()).rejects.toThrow('ENOENT')
	} finally {
		if (before === undefined) delete process.env.MARU_BROWSERS
		else process.env.MARU_BROWSERS = before
	}
})

const profiles = () => readdirSync(tmpdir()).filter((name) => name.startsWith('maru-browser-'))
