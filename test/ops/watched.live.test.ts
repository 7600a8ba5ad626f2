import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alive, descendants, type Process } from '../scene/processes.ts'
import { until } from '../scene/wait.ts'
import { isSilentWhileStopped, listenForNotify, type NotifySocket } from './notify-socket.ts'

/**
 * What stands between systemd's watchdog and a program that knows nothing of it. `npm run test:systemd` shows the same with
 * sway, which draws, and with systemd, which starts it again.
 */

const patienceMs = 60_000
/** Nobody: Chromium refuses its sandbox to root. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0
let dir: string
let systemd: NotifySocket
const ends: (() => unknown)[] = []

beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-watched-'))
	chmodSync(dir, 0o755)
	// Where anybody can read it, as below /opt.
	for (const name of ['display-host', 'panel-host', 'watched.pl']) {
		cpSync(join(import.meta.dirname, '../../systemd', name), join(dir, name))
	}
	systemd = await listenForNotify(dir)
	chmodSync(systemd.path, 0o777)
})
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end()
	systemd.close()
	rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

function start(host: string, args: readonly string[], env: Record<string, string>): ChildProcess {
	const other = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
	const [program = '', ...rest] = [...(isRoot ? other : []), 'perl', join(dir, host), ...args]
	const all = { PATH: process.env.PATH ?? '', NOTIFY_SOCKET: systemd.path, ...env }
	const child = spawn(program, rest, { env: all, stdio: ['ignore', 'ignore', 'pipe'] })
	ends.push(() => child.kill('SIGKILL'))
	return child
}

/** What is begun is ready, and then feeds the watchdog. */
async function begun(begin: () => ChildProcess | Promise<ChildProcess>): Promise<ChildProcess> {
	const { lines, feeds } = systemd
	const said = lines.length
	const host = await begin()
	await until('the watchdog to be fed', () => systemd.feeds > feeds, patienceMs)
	expect(lines[said]).toBe('READY=1')
	return host
}

const allBelow = (host: ChildProcess, look: RegExp) =>
	descendants(host.pid ?? 0).filter(({ command }) => look.test(command))
const below = (host: ChildProcess, look: RegExp) => allBelow(host, look)[0] ?? null
const isGone = (one: Process) => until(`${one.pid} to be gone`, () => alive([one]).length === 0, patienceMs)

describe('The compositor', () => {
	/** It runs, and has answered. */
	async function answering() {
		const socket = join(dir, 'orders')
		// A folder of its own: where it makes its socket.
		if (isRoot) chownSync(dir, nobody, nobody)
		const sway = [process.execPath, '--no-warnings', join(import.meta.dirname, 'stand-in-sway.ts')]
		const host = await begun(() => start('display-host', sway, { SWAYSOCK: socket }))
		return { host, sway: await until('it', () => below(host, /stand-in-sway/)) }
	}

	it('feeds the watchdog as long as it answers', async () => {
		const { sway } = await answering()
		await isSilentWhileStopped(systemd, [sway.pid])
	})

	it('is no more as soon as it ends, and ends with whoever speaks for it', async () => {
		const first = await answering()
		process.kill(first.sway.pid, 'SIGKILL')
		expect(await once(first.host, 'exit')).toEqual([1, null])

		const second = await answering()
		process.kill(second.sway.pid, 'SIGSTOP')
		second.host.kill('SIGKILL')
		await isGone(second.sway)
	})
})

describe('The panel', () => {
	interface Shown {
		host: ChildProcess
		browser: Process
		/** The page's, and one that Chromium holds ready. */
		renderers: Process[]
		/** Of the compositor. */
		leave(): void
	}

	/** How it leaves. */
	async function compositor(path: string): Promise<() => void> {
		const held = new Set<Socket>()
		const server: Server = createServer((one) => void held.add(one.on('error', () => {}))).listen(path)
		await once(server, 'listening')
		chmodSync(path, 0o777)
		const leave = () => {
			server.close()
			for (const one of held) one.destroy()
		}
		ends.push(leave)
		return leave
	}

	/** Its page is there, and has answered. */
	async function shown(): Promise<Shown> {
		const home = join(dir, 'home')
		mkdirSync(home)
		if (isRoot) chownSync(home, nobody, nobody)
		const wayland = join(dir, 'wayland-1')
		const http = createHttp((_, response) => response.setHeader('content-type', 'text/html').end('<p>패널'))
		http.listen(0, '127.0.0.1')
		await once(http, 'listening')
		ends.push(() => http.close())
		const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/panel`
		const flags = [`--user-data-dir=${home}`, '--headless', '--disable-gpu', '--no-first-run', '--disable-sync']
		let leave = () => {}
		const host = await begun(async () => {
			const env = { HOME: home, WAYLAND_DISPLAY: wayland }
			const waiting = start('panel-host', [url, '/usr/bin/chromium', ...flags], env)
			await sleep(300)
			expect(below(waiting, /chromium/), 'it waits for the compositor').toBeNull()
			leave = await compositor(wayland)
			return waiting
		})
		const browser = await until('its browser', () => below(host, /^\/usr\/lib\/chromium\/chromium (?!--type)/))
		return { host, browser, renderers: allBelow(host, /--type=renderer/), leave }
	}

	const reason = async ({ host }: Shown) => {
		let said = ''
		host.stderr?.on('data', (chunk) => (said += chunk))
		await once(host, 'close')
		expect(host.exitCode).toBe(1)
		return /Chromium is ended: (.*)/.exec(said)?.[1]
	}

	it('feeds the watchdog as long as its page answers', async () => {
		const { renderers } = await shown()
		await isSilentWhileStopped(
			systemd,
			renderers.map(({ pid }) => pid),
		)
	})

	it('is ended when its page crashes', async () => {
		const panel = await shown()
		const ended = reason(panel)
		for (const { pid } of panel.renderers) process.kill(pid, 'SIGKILL')
		expect(await ended).toBe('its page crashed')
		await isGone(panel.browser)
	})

	it('is ended when its compositor is gone, whatever Chromium makes of that', async () => {
		const panel = await shown()
		const ended = reason(panel)
		panel.leave()
		expect(await ended).toBe('its compositor is gone')
		await isGone(panel.browser)
	})

	it('ends with whoever speaks for it, also where it was stopped', async () => {
		const { host, browser } = await shown()
		process.kill(browser.pid, 'SIGSTOP')
		host.kill('SIGKILL')
		await isGone(browser)
	})
})
