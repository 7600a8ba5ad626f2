import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type Client, openSite, type Site, until } from './site.ts'

let site: Site
let panel: Client
beforeEach(async () => {
	site = await openSite()
	panel = await site.socket('panel')
	panel.auth(await site.token('panel'))
	await panel.until('the snapshot', () => panel.of('state').length > 0)
})
afterEach(() => site.close())

/** The panel on the table, while somebody does harm. */
async function undisturbed() {
	expect(panel.closed).toBe(false)
	expect(await panel.ask({ type: 'room.mute', muted: false })).toMatchObject({ ok: true })
	site.room.change({ muted: site.room.state().revision % 2 === 0 })
	const { revision } = site.room.state()
	await panel.until('the change', () => panel.of('state').some((state) => state.revision === revision))
}

describe.each(['panel', 'meeting'] as const)('On the %s socket a client', (name) => {
	const role = name === 'panel' ? 'panel' : 'member'

	it('that sends 10,000 random messages is shut out, again and again, and nobody else is disturbed', async () => {
		const token = await site.token(role)
		let sent = 0
		let connections = 0
		while (sent < 10_000) {
			const client = await site.socket(name)
			connections++
			client.auth(token)
			for (let i = 0; i < 1_000 && client.socket.readyState === WebSocket.OPEN; i++, sent++) {
				const noise = randomBytes(1 + (i % 300))
				client.socket.send(i % 3 ? noise : noise.toString('latin1'))
				if (i % 100 === 99) await sleep(0)
			}
			await client.until('the end', () => client.closed)
			expect(client.of('error').length).toBeLessThanOrEqual(20)
		}
		expect(connections).toBeGreaterThan(1)
		expect(site.room.done).toEqual([])
		expect(site.hub.done).toEqual([])
		await undisturbed()
	})

	it('that sends what looks like messages and is none never reaches room or hub', async () => {
		const token = await site.token(role)
		let client = await site.socket(name)
		const anything = fc.anything({ withBigInt: false, maxDepth: 3 })
		const shapes = fc.oneof(
			fc.record({ type: fc.constantFrom('command', 'auth', 'state', '__proto__'), id: anything, command: anything }),
			fc.record({
				type: fc.constant('command'),
				id: fc.nat(),
				command: fc.record({
					type: fc.constantFrom(
						'room.mute',
						'camera.move',
						'meeting.join',
						'media.open',
						'toString',
						'__proto__',
						'constructor',
					),
					muted: anything,
					pan: fc.double(),
					camera: fc.string(),
					device: anything,
				}),
			}),
			anything,
		)
		for (const message of fc.sample(shapes, 500)) {
			if (client.socket.readyState !== WebSocket.OPEN) {
				client = await site.socket(name)
				client.auth(token)
			}
			client.socket.send(JSON.stringify(message) ?? 'undefined')
			await sleep(0)
		}
		expect([...site.room.done, ...site.hub.done]).toEqual([])
		await undisturbed()
	})

	it('is warned twenty times in ten seconds, and then cut off', async () => {
		const client = await site.socket(name)
		client.auth(await site.token(role))
		for (let i = 0; i < 20; i++) client.send({ type: 'nonsense' })
		await client.until('all warnings', () => client.of('error').length === 20)
		expect(client.closed).toBe(false)
		client.send({ type: 'nonsense' })
		await client.until('the end', () => client.closed)
	})

	it('that sends good commands without end is told that they are too many, and cut off', async () => {
		const client = await site.socket(name)
		client.auth(await site.token(role))
		const command = name === 'panel' ? { type: 'room.leave' } : { type: 'meeting.leave' }
		expect(await client.ask(command)).toMatchObject({ ok: true })
		const began = performance.now()
		// Fewer at a time than warnings before the end: what lies unread when a connection is cut off may be lost.
		let id = 100
		while (!client.of('error').length) {
			for (const last = id + 19; id < last; id++) client.send({ type: 'command', id, command })
			const heard = () => client.of('result').some((result) => result.id === id - 1) || client.of('error').length > 0
			await client.until('the answers', heard)
		}
		for (; id < 20_000 && client.socket.readyState === WebSocket.OPEN; id++) {
			client.send({ type: 'command', id, command })
			if (id % 500 === 0) await sleep(0)
		}
		await client.until('the end', () => client.closed)
		expect(client.of('error').at(-1)).toMatchObject({ code: 'too-many' })
		const done = site.room.done.length + site.hub.done.length
		expect(done).toBeGreaterThanOrEqual(190)
		expect(done).toBeLessThan(600 + (200 * (performance.now() - began)) / 1_000)
		await undisturbed()
	})

	it('that sends one message of more than 256 KiB is cut off', async () => {
		const client = await site.socket(name)
		client.auth(await site.token(role))
		client.send({ type: 'command', id: 1, command: { type: 'x'.repeat(300 * 1024) } })
		await client.until('the end', () => client.closed)
		await undisturbed()
	})
})

describe('A client that does not answer', () => {
	it('is not waited for: its movements stop though its connection stands', async () => {
		const client = await site.socket('panel', { autoPong: false })
		client.auth(await site.token('panel'))
		await client.until('the snapshot', () => client.of('state').length > 0)
		// A busy machine that was late itself asks once more, each time.
		await until('the end', () => client.closed, 60_000)
		await until('the release', () => site.room.releases.length > 0)
		expect(site.room.releases).toEqual([client.heard[0]?.origin])
		await undisturbed()
	}, 90_000)
})

describe('A client that does not read', () => {
	it('is cut off when four MiB wait for it', async () => {
		const client = await site.socket('meeting')
		client.auth(await site.token('member'))
		await until('the seat', () => site.hub.connected.size > 0)
		const [peer] = site.hub.connected.values()
		client.socket.pause()
		const text = 'x'.repeat(100_000)
		// More than the system's own buffers hold.
		let sent = 0
		for (; sent < 1_000 && site.hub.connected.size > 0; sent++) {
			peer?.send({ type: 'people', revision: sent, set: [], gone: [text] })
			if (sent % 10 === 0) await sleep(1)
		}
		expect(sent).toBeLessThan(1_000)
		await until('the hub to be told', () => site.hub.connected.size === 0)
		await undisturbed()
	})
})
