import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type LaunchedBrowser, type LaunchOptions, launchBrowser } from '../../appliance/browser/launch.ts'
import { processesOf, until } from './processes.ts'

const log = pino({ level: 'silent' })
const open: LaunchedBrowser[] = []
const children: ChildProcess[] = []
let server: Server
let url = ''

beforeAll(async () => {
	server = createServer((request, response) => {
		response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'text/html' })
		response.end('<script>window.maru = { command: (text) => window.maruStage("heard " + text) }</script>')
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
	const address = server.address()
	if (address === null || typeof address === 'string') throw new Error('no port')
	url = `http://127.0.0.1:${address.port}`
})
afterAll(() => void server.close())
afterEach(async () => {
	await Promise.all(open.splice(0).map((browser) => browser.close()))
	for (const child of children.splice(0)) child.kill('SIGKILL')
})

async function launch(options: Partial<LaunchOptions> = {}) {
	const browser = await launchBrowser({ name: 'test', headless: true, fakeDevices: false, log, ...options })
	open.push(browser)
	return browser
}

async function evaluate(browser: LaunchedBrowser, expression: string) {
	const [page] = await browser.puppeteer.pages()
	return page?.evaluate(expression)
}

test('the sandbox is on, and nothing of the browser runs as root', async () => {
	const browser = await launch()
	await browser.openPage({ url })
	const processes = processesOf(browser.pid)
	expect(processes.every(({ uid }) => uid !== 0)).toBe(true)
	// A renderer lives in a pid namespace of its own and behind a filter of system calls.
	const ours = readlinkSync('/proc/self/ns/pid')
	expect(processes.filter((one) => one.seccomp === 2 && one.pidNamespace !== ours).length).toBeGreaterThan(0)
})

test('page and service talk both ways', async () => {
	const browser = await launch()
	const heard: string[] = []
	const page = await browser.openPage({ url, bindings: { maruStage: (text) => heard.push(text) } })
	await page.call('maru.command', '{"a":"\u2028"}')
	await until(() => heard.length > 0)
	expect(heard).toEqual(['heard {"a":"\u2028"}'])
	await expect(page.call('maru.nothing', 'x')).rejects.toThrow()
	await expect(browser.openPage({ url: `${url}/missing` })).rejects.toThrow('404')
})

test('a page gets only the devices that it was granted', async () => {
	const ask = `navigator.mediaDevices.getUserMedia({ audio: true, video: true })
		.then((stream) => stream.getTracks().length, (error) => error.name)`
	const fake = { args: ['--use-fake-device-for-media-stream'] } // devices, but nobody who answers the question
	const granted = await launch(fake)
	await granted.openPage({ url, grants: ['microphone', 'camera'] })
	expect(await evaluate(granted, ask)).toBe(2)
	const refused = await launch({ ...fake, args: [...fake.args, '--deny-permission-prompts'] })
	await refused.openPage({ url })
	expect(await evaluate(refused, ask)).toBe('NotAllowedError')
})

test('closing leaves no process and no profile behind', async () => {
	const browser = await launch()
	const profile = browser.puppeteer
		.process()
		?.spawnargs.find((arg) => arg.startsWith('--user-data-dir='))
		?.split('=')[1]
	expect(profile !== undefined && existsSync(profile)).toBe(true)
	await browser.close()
	await until(() => processesOf(browser.pid).length === 0)
	expect(profile !== undefined && existsSync(profile)).toBe(false)
})

test('a hung browser is closed too', async () => {
	const browser = await launch()
	process.kill(-browser.pid, 'SIGSTOP')
	await browser.close()
	await until(() => processesOf(browser.pid).length === 0)
})

for (const hung of [false, true]) {
	test(`when the service is killed, its ${hung ? 'hung' : 'running'} browser goes with it`, async () => {
		const profile = mkdtempSync(join(tmpdir(), 'maru-test-victim-'))
		onTestFinished(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }))
		const victim = spawn(process.execPath, [fileURLToPath(new URL('./victim.ts', import.meta.url)), profile], {
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		children.push(victim)
		const [line] = await once(victim.stdout, 'data')
		const pid = Number(String(line).trim())
		expect(processesOf(pid).length).toBeGreaterThan(3)
		if (hung) process.kill(pid, 'SIGSTOP')
		victim.kill('SIGKILL')
		await until(() => processesOf(pid).length === 0)
	})
}
