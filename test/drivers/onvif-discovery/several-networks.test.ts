import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * A machine in several networks, made of network namespaces and pairs of virtual cables: the default route leads to the
 * first, cameras are in the first and in the second. Needs root and iproute2.
 */

const run = promisify(execFile)
const from = (path: string) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href)
const names = Object.fromEntries(
	['machine', 'first', 'second'].map((name) => [name, `maru-${name}-${process.pid}`]),
) as Record<'machine' | 'first' | 'second', string>
const ip = (...args: string[]) => run('ip', args)
const within = (name: keyof typeof names, ...args: string[]) => ip('-n', names[name], ...args)
const ending: (() => unknown)[] = []
let impossible: string | null = null

async function cable(camera: 'first' | 'second', network: string): Promise<void> {
	const [ours, theirs] = [`m-${camera}`, `c-${camera}`]
	await within('machine', 'link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', names[camera])
	await within('machine', 'address', 'add', `${network}.1/24`, 'dev', ours)
	await within('machine', 'link', 'set', ours, 'up')
	await within(camera, 'address', 'add', `${network}.2/24`, 'dev', theirs)
	await within(camera, 'link', 'set', theirs, 'up')
}

/** Runs a module in one of the namespaces; tells its first line. It ends with its standard input. */
async function program(name: keyof typeof names, text: string): Promise<string> {
	const args = ['netns', 'exec', names[name], process.execPath, '--disable-warning=ExperimentalWarning']
	const child = spawn('ip', [...args, '--input-type=module', '-e', text], { stdio: ['pipe', 'pipe', 'inherit'] })
	ending.push(() => child.stdin.end())
	child.stdin.on('error', () => {})
	for await (const line of createInterface({ input: child.stdout })) return line
	throw new Error(`nothing was said in ${name}`)
}

const camera = (address: string, uuid: string) => `
	import { createServer } from 'node:net'
	import { answerProbes } from ${from('drivers/virtual/discovery.ts')}
	createServer((socket) => socket.destroy()).listen(8000, '${address}')
	const identity = { uuid: '${uuid}', serial: '1', name: 'camera' }
	await answerProbes({ identity, url: 'http://${address}:8000/onvif/device_service', address: '${address}' })
	process.stdin.on('end', () => process.exit()).resume()
	console.log('ready')`

const search = `
	import { searchCameras } from ${from('drivers/onvif/discovery-search.ts')}
	const log = { debug() {} }
	console.log(JSON.stringify(await searchCameras({ seconds: 2 }, { signal: new AbortController().signal, log })))`

/** As a program looks for cameras that leaves the choice of the network to the system. */
const library = `
	import onvif from ${from('node_modules/onvif/lib/onvif.js')}
	onvif.Discovery.on('error', () => {})
	onvif.Discovery.probe({ timeout: 2000 }, (_, found) => console.log(JSON.stringify(found.map(({ hostname }) => hostname))))`

beforeAll(async () => {
	try {
		for (const name of Object.values(names)) {
			await ip('netns', 'add', name)
			ending.push(() => ip('netns', 'delete', name))
			await ip('-n', name, 'link', 'set', 'lo', 'up')
		}
		await cable('first', '10.77.0')
		await cable('second', '10.78.0')
		await within('machine', 'route', 'add', 'default', 'via', '10.77.0.2')
	} catch (error) {
		impossible = `no network namespaces here: ${error instanceof Error ? error.message.trim() : error}`
		return
	}
	await Promise.all([
		program('first', camera('10.77.0.2', 'uuid-first')),
		program('second', camera('10.78.0.2', 'uuid-second')),
	])
})

afterAll(async () => {
	for (const end of ending.splice(0).reverse()) await end()
})

describe('on a machine in several networks', () => {
	it('a camera is found that is not where the default route leads', async ({ skip }) => {
		if (impossible !== null) skip(impossible)
		// A tunnel knows no multicast, and must not spoil the others.
		await within('machine', 'link', 'add', 'tunnel', 'type', 'veth', 'peer', 'name', 'end')
		await within('machine', 'link', 'set', 'tunnel', 'multicast', 'off', 'up')
		await within('machine', 'address', 'add', '10.79.0.1/24', 'dev', 'tunnel')
		const [found, byLibrary] = await Promise.all([program('machine', search), program('machine', library)])
		const { cameras, networks } = JSON.parse(found) as {
			cameras: { uuid: string; host: string; port: number }[]
			networks: string[]
		}
		expect(cameras.map(({ uuid, host, port }) => `${uuid} ${host}:${port}`).sort()).toEqual([
			'uuid-first 10.77.0.2:8000',
			'uuid-second 10.78.0.2:8000',
		])
		expect(networks).toEqual(expect.arrayContaining(['10.77.0.0/24', '10.78.0.0/24']))
		// That the scene is what it says: the second is out of the reach of who does not ask there.
		expect(JSON.parse(byLibrary)).toEqual(['10.77.0.2'])
	})
})
