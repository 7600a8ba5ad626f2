import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../scene/wait.ts'

/**
 * The house in a network of its own, whose only way out leads to a counter (outside.py). Its name server is out there as
 * well, so that whoever only asks for a name is counted too.
 */

const namespace = `maru-${process.pid}`
const folder = join('/etc/netns', namespace)
const within = ['netns', 'exec', namespace]
const may = process.getuid?.() === 0 && spawnSync('ip', ['netns', 'add', namespace]).status === 0
/** `protocol address port`, what was said first. */
const packets: string[] = []
/** Memberships of groups are the kernel's own, and go no further than the next switch. */
const counted = () => packets.filter((line) => line !== 'ready' && !line.startsWith('2 224.0.0.22 '))
let counter: ChildProcess

beforeAll(async () => {
	if (!may) return
	mkdirSync(folder, { recursive: true })
	writeFileSync(join(folder, 'resolv.conf'), 'nameserver 192.0.2.53\n')
	const program = [...within, 'python3', '-u', join(import.meta.dirname, 'outside.py')]
	counter = spawn('ip', program, { stdio: ['ignore', 'pipe', 'inherit'] })
	createInterface({ input: counter.stdout as NodeJS.ReadableStream }).on('line', (line) => packets.push(line))
	await until('the way out', () => packets.includes('ready'))
})
afterAll(async () => {
	if (!may) return
	counter.kill()
	await once(counter, 'exit')
	spawnSync('ip', ['netns', 'del', namespace])
	rmSync(folder, { recursive: true, force: true })
})

/** Runs a program of ours in there to its end; answers the last line that it printed. */
async function run(...program: string[]): Promise<string> {
	const child = spawn('ip', [...within, process.execPath, ...program], { stdio: ['ignore', 'pipe', 'inherit'] })
	let output = ''
	child.stdout.on('data', (chunk) => {
		output += chunk
	})
	const [code] = await once(child, 'exit')
	if (code !== 0) throw new Error(`it ended with ${code}:\n${output}`)
	return output.trim().split('\n').at(-1) ?? ''
}

const knock = `const socket = require('node:dgram').createSocket('udp4'); socket.send('x', 9, '192.0.2.1', () => socket.close())`
const ask = `require('node:dns').lookup('update.city.example', () => {})`

it.skipIf(!may)('a packet to an outside address is counted, and a question for a name as well', async () => {
	await run('-e', knock)
	await until('the packet', () => counted().length > 0)
	expect(counted()).toEqual(['udp 192.0.2.1 9 x'])
	await run('-e', ask)
	expect(counted().filter((line) => line.startsWith('udp 192.0.2.53 53 '))).not.toEqual([])
	packets.length = 0
})

it.skipIf(!may)(
	'nothing leaves a house in which people meet, watch and wait at the counter',
	async () => {
		const seen = JSON.parse(await run(join(import.meta.dirname, 'house.ts'), '60000'))
		console.log('in the house:', seen)
		// They did meet.
		expect(seen).toMatchObject({ relay: 200, pages: 5 })
		expect(seen.videos).toBeGreaterThanOrEqual(2)
		expect(seen.decoded).toBeGreaterThan(50)
		expect(seen.audioSamples).toBeGreaterThan(0)
		expect(counted()).toEqual([])
	},
	900_000,
)
