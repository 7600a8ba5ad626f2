import { afterEach, describe, expect, it } from 'vitest'
import { textLines } from '../../../drivers/microphones/driver.ts'
import type { Microphones, SeatEvent } from '../../../drivers/microphones.ts'
import { type MicrophoneFaults, startMicrophoneSystem } from '../../../drivers/virtual/microphones.ts'
import { limitOf } from '../../scene/wait.ts'
import { startLine } from '../transport/pty.ts'
import { silentLog, until } from '../wait.ts'
import { configured } from './setup.ts'

/** The driver against a system on a real socket, and on a real serial line. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

const seats = ['1', '2', '3', '4']
const poll = { commands: { on: 'SET {seat} 1', off: 'SET {seat} 0', poll: 'STATUS' }, pollMs: 500 }

async function system(faults: MicrophoneFaults = {}, terminator = '\r\n') {
	const system = await startMicrophoneSystem({ faults, terminator })
	running.push(system.close)
	return system
}

async function connect(change: Record<string, unknown>, open: readonly string[] | null = null) {
	const setup = { system: configured({ paceMs: 5, confirmMs: 100, ...change }), seats, open }
	const microphones = await textLines.open(setup, { signal: AbortSignal.timeout(10_000), log: silentLog })
	running.push(() => microphones[Symbol.asyncDispose]())
	return microphones
}

function heardBy(microphones: Microphones): SeatEvent[] {
	const events: SeatEvent[] = []
	microphones.onSeat((event) => events.push(event))
	return events
}

const tcp = (port: number) => ({ tcp: { host: '127.0.0.1', port } })

describe('Over TCP', () => {
	it('buttons are told, and commands open and close', async () => {
		const hall = await system()
		const microphones = await connect(tcp(hall.port))
		const events = heardBy(microphones)
		await until('the connection', () => hall.clients() === 1)
		hall.press('1')
		hall.say('REQ 2')
		hall.say('REQ 2 CANCEL')
		hall.say('PRIO 3')
		await until('four events', () => events.length === 4)
		expect(events.map(({ seat, state }) => `${seat} ${state}`)).toEqual([
			'1 on',
			'2 request',
			'2 withdraw',
			'3 priority',
		])
		await microphones.set('2', true)
		await microphones.set('1', false)
		expect(hall.open()).toEqual(['2'])
		expect(events.slice(4)).toEqual([
			{ seat: '2', state: 'on', own: true },
			{ seat: '1', state: 'off', own: true },
		])
	})

	it.each<[string, MicrophoneFaults, string]>([
		['noise between the lines', { noise: true }, '\r\n'],
		['lines that come byte by byte', { split: true }, '\r\n'],
		['lines that end with CR', {}, '\r'],
		['answers that are late', { echoMs: 250 }, '\n'],
		['commands that are lost', { loseCommands: 2 }, '\n'],
		['a system that repeats itself', { repeats: true }, '\n'],
	])('a seat opens and closes in spite of %s', async (_, faults, terminator) => {
		const hall = await system(faults, terminator)
		const microphones = await connect({ ...tcp(hall.port), confirmMs: 200 })
		const events = heardBy(microphones)
		await microphones.set('2', true)
		expect(hall.open()).toEqual(['2'])
		await microphones.set('2', false)
		expect(hall.open()).toEqual([])
		expect(events.map(({ state, own }) => `${state} ${own}`)).toEqual(['on true', 'off true'])
	})

	it('a seat that does not confirm is told, and told as fine once it does', async () => {
		const hall = await system({ noEcho: true })
		const microphones = await connect(tcp(hall.port))
		const states: string[] = []
		microphones.watch(({ unconfirmed }) => states.push(unconfirmed.join()))
		await expect(microphones.set('2', true)).rejects.toMatchObject({ code: 'timeout' })
		expect(hall.heard).toEqual(['SET 2 1', 'SET 2 1', 'SET 2 1'])
		hall.say('MIC 2 ON')
		await until('the confirmation', () => states.length === 3)
		expect(states).toEqual(['', '2', ''])
	})

	it('what was open is set right from the first moment, and asks nobody for anything', async () => {
		const hall = await system()
		for (const number of ['1', '3']) hall.press(number)
		const microphones = await connect({ ...tcp(hall.port), ...poll }, ['2'])
		const events = heardBy(microphones)
		await until('the hall to be right', () => hall.open().join() === '2')
		await until('all to be told', () => events.length >= 3)
		expect(events.every(({ own }) => own)).toBe(true)
	})

	it('nothing is touched while nobody holds the seats', async () => {
		const hall = await system()
		hall.press('1')
		const microphones = await connect({ ...tcp(hall.port), ...poll })
		const events = heardBy(microphones)
		await until('what is open', () => events.length === 1)
		expect(events).toEqual([{ seat: '1', state: 'on', own: false }])
		expect([...new Set(hall.heard)]).toEqual(['STATUS'])
	})

	it('a system that never answers, though it should, is not called open', async () => {
		const hall = await system({ silent: true })
		await expect(connect({ ...tcp(hall.port), ...poll })).rejects.toMatchObject({ code: 'timeout' })
		await until('the connection to be closed', () => hall.clients() === 0)
	})

	it('a system that falls silent is lost, and what waits is told so', async () => {
		const hall = await system()
		const microphones = await connect({ ...tcp(hall.port), ...poll, confirmMs: 2_000 })
		hall.faults.silent = true
		const refused = expect(microphones.set('2', true)).rejects.toMatchObject({ code: 'timeout' })
		expect(await microphones.lost).toMatchObject({ code: 'timeout' })
		await refused
		await expect(microphones.set('2', true)).rejects.toMatchObject({ code: 'lost' })
	})

	it('a cut connection is lost', async () => {
		const hall = await system()
		const microphones = await connect(tcp(hall.port))
		await until('the connection', () => hall.clients() === 1)
		hall.drop()
		expect(await microphones.lost).toMatchObject({ code: 'lost' })
	})

	it('a flood is ended, and costs this process little of its time', async () => {
		const hall = await system()
		const microphones = await connect(tcp(hall.port))
		const before = process.cpuUsage()
		const { stop } = hall.flood('MIC 1 ON MIC 1 ON MIC 1')
		running.push(stop)
		expect(await microphones.lost).toMatchObject({ code: 'protocol' })
		stop()
		const { user, system: kernel } = process.cpuUsage(before)
		console.log(`a flood cost ${Math.round((user + kernel) / 1_000)} ms of this process`)
		expect((user + kernel) / 1_000).toBeLessThan(limitOf(1_000))
	})

	it('nobody waits for a connection that is no longer wanted', async () => {
		const hall = await system({ silent: true })
		const ending = new AbortController()
		const setup = { system: configured({ ...tcp(hall.port), ...poll }), seats, open: null }
		const opening = textLines.open(setup, { signal: ending.signal, log: silentLog })
		await until('the connection', () => hall.clients() === 1)
		ending.abort()
		await expect(opening).rejects.toMatchObject({ code: 'lost' })
		await until('the connection to be closed', () => hall.clients() === 0)
	})
})

describe('Over a serial line', () => {
	it('buttons are told, commands open and close, and pulling it out is noticed', async () => {
		const hall = await system()
		const line = await startLine(() => `tcp:127.0.0.1:${hall.port}`)
		running.push(line.close)
		const microphones = await connect({ serial: { path: line.path, baudRate: 9_600 }, ...poll })
		const events = heardBy(microphones)
		hall.press('1')
		await microphones.set('2', true)
		expect(hall.open()).toEqual(['1', '2'])
		await until('both', () => events.length === 2)
		expect(events).toEqual([
			{ seat: '1', state: 'on', own: false },
			{ seat: '2', state: 'on', own: true },
		])
		await line.unplug()
		expect(await microphones.lost).toMatchObject({ code: 'lost' })
	})
})
