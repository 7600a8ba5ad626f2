import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPanel } from './panel.ts'
import { alive, descendants } from './processes.ts'
import { limitOf, until } from './wait.ts'

/** `npm start` as a user types it, without a configuration: the demo room. Set-up is in place, as at a second start. */

const root = join(import.meta.dirname, '../..')
let dir: string

beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-start-'))
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function startDemo() {
	const begin = performance.now()
	const child = spawn('npm', ['start'], {
		cwd: root,
		env: { ...process.env, MARU_CONFIG: '', MARU_DATA: dir, MARU_PORT: '0' },
		stdio: ['ignore', 'pipe', 'pipe'],
	})
	let output = ''
	child.stdout.on('data', (chunk) => {
		output += chunk
	})
	child.stderr.on('data', (chunk) => {
		output += chunk
	})
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
	const address = (name: string) => new RegExp(`^\\s*${name}\\s+(\\S+)$`, 'm').exec(output)?.[1]
	const link = await until(`addresses in:\n${output}`, () => address('panel'), 60_000)
	const listeningMs = performance.now() - begin
	const { origin, hash } = new URL(link)
	const panel = await openPanel(origin, hash.slice(1))
	await panel.until('the room to be in the demo meeting', ({ call }) => call.phase === 'inCall', 60_000)
	return { child, ended, panel, address, listeningMs, inCallMs: performance.now() - begin }
}

describe('npm start without a configuration', () => {
	it('ends with the room in the demo meeting and the addresses printed; SIGTERM ends it with 0 and leaves nothing', async () => {
		const first = await startDemo()
		expect(first.address('attend')).toMatch(/\/attend#/)
		expect(first.panel.state()).toMatchObject({ demo: true, call: { meeting: { title: '시연 회의' } } })
		// One speaks VISCA, one ONVIF, and one stands on the table.
		const ready = await first.panel.until(
			'its cameras',
			({ cameras }) => cameras.length === 3 && cameras.every(({ status }) => status === 'ready'),
		)
		expect(ready.cameras.map(({ driver }) => driver)).toEqual(['visca-ip', 'onvif', 'fixed'])
		const below = descendants(first.child.pid ?? 0)
		expect(below.length).toBeGreaterThan(5)
		const begin = performance.now()
		first.child.kill('SIGTERM')
		expect(await first.ended).toBe(0)
		const endedMs = performance.now() - begin
		await until('every process to be gone', () => alive(below).length === 0)
		expect(endedMs).toBeLessThan(limitOf(5_000))

		const second = await startDemo()
		console.log(
			`second start: listening after ${Math.round(second.listeningMs)} ms, in call after ${Math.round(second.inCallMs)} ms; ended in ${Math.round(endedMs)} ms`,
		)
		second.child.kill('SIGTERM')
		expect(await second.ended).toBe(0)
	}, 180_000)
})
