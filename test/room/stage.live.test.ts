import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LaunchedBrowser, launchBrowser } from '../../appliance/browser/launch.ts'
import type { StageEvent } from '../../appliance/protocol/stage.ts'
import { type Stage, startStage } from '../../appliance/room/stage.ts'
import { processesOf, until } from '../browser-launch/processes.ts'
import { limitOf } from '../scene/wait.ts'

/** The smallest page that keeps the bargain of the stage: it says ready, beats, and answers. */
const page = `<!doctype html><script>
	const say = (event) => window.maruStage(JSON.stringify(event))
	let frames = 0
	const draw = () => { frames++; requestAnimationFrame(draw) }
	draw()
	setInterval(() => say({ type: 'beat', frames, decoded: 0, expected: 0, energy: 0, ice: 'new' }), 500)
	window.maru = { command: (text) => say({ type: 'failed', reason: 'internal', detail: text }) }
	say({ type: 'ready', build: 'test' })
</script>`

const log = pino({ level: 'silent' })
let server: Server
let answers = true
let stage: Stage
let events: StageEvent[]
let statuses: string[]
let launched: LaunchedBrowser[]

beforeEach(async () => {
	events = []
	statuses = []
	launched = []
	answers = true
	server = createServer((_, response) => {
		response.writeHead(answers ? 200 : 503, { 'content-type': 'text/html' })
		response.end(page)
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
})
afterEach(async () => {
	await stage.close()
	server.close()
	server.closeAllConnections()
})

function start(standBy = false) {
	const address = server.address()
	if (address === null || typeof address === 'string') throw new Error('no port')
	stage = startStage({
		async launch() {
			const browser = await launchBrowser({ name: 'stage-test', headless: true, fakeDevices: true, log })
			launched.push(browser)
			return browser
		},
		standBy,
		url: `http://127.0.0.1:${address.port}/stage`,
		log,
		onStatus: (status) => statuses.push(status),
		onEvent: (event) => events.push(event),
	})
}
const ready = () => until(() => statuses.at(-1) === 'ready' && events.at(-1)?.type === 'beat')

test('a page that beats is kept, and takes commands', async () => {
	start()
	await ready()
	await new Promise((resolve) => setTimeout(resolve, 4000))
	expect(statuses).toEqual(['starting', 'ready'])
	expect(stage.send({ type: 'leave' })).toBe(true)
	await until(() => events.some((event) => event.type === 'failed' && event.detail === '{"type":"leave"}'))
})

test.each([
	['killed', 'SIGKILL', 1000, 5000],
	['hung', 'SIGSTOP', 3500, 10_000],
] as const)('a %s browser is replaced, and nothing of it is left', async (_, signal, noticedMs, backMs) => {
	start()
	await ready()
	const { pid } = stage
	if (pid === null) throw new Error('no browser')
	process.kill(-pid, signal)
	const noticed = await until(() => statuses.at(-1) !== 'ready')
	const back = noticed + (await until(() => statuses.at(-1) === 'ready'))
	expect(noticed).toBeLessThan(limitOf(noticedMs))
	expect(back).toBeLessThan(limitOf(backMs))
	expect(stage.pid).not.toBe(pid)
	await until(() => processesOf(pid).length === 0)
})

test('a renderer that hangs or dies alone is replaced with its browser', async () => {
	start()
	await ready()
	for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
		const { pid } = stage
		if (pid === null) throw new Error('no browser')
		statuses.length = 0
		for (const one of processesOf(pid)) if (one.seccomp === 2) process.kill(one.pid, signal)
		await until(() => statuses.includes('failed') && statuses.at(-1) === 'ready')
		await until(() => processesOf(pid).length === 0)
		await ready()
	}
})

test('a browser that stands by takes the place of one that is killed, and another stands by then', async () => {
	start(true)
	await ready()
	const { pid } = stage
	if (pid === null) throw new Error('no browser')
	await until(() => launched.length === 2)
	await new Promise((resolve) => setTimeout(resolve, 2000))
	process.kill(-pid, 'SIGKILL')
	const back = await until(() => statuses.includes('failed') && statuses.at(-1) === 'ready')
	expect(back).toBeLessThan(limitOf(1500))
	expect(stage.pid).toBe(launched[1]?.pid)
	expect(stage.send({ type: 'leave' })).toBe(true)
	await until(() => events.some((event) => event.type === 'failed'))
	await until(() => launched.length === 3)
	await until(() => processesOf(pid).length === 0)
	await stage.close()
	await until(() => launched.every(({ pid }) => processesOf(pid).length === 0))
}, 60_000)

test('a page that cannot be loaded is tried again', async () => {
	answers = false
	start()
	await until(() => statuses.filter((status) => status === 'failed').length >= 2)
	answers = true
	await ready()
})
