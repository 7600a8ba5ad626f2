import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HubClient } from '../../appliance/room/hub-client.ts'
import { eventually } from '../eventually.ts'
import { FakeHub } from './fake-hub.ts'

let hub: FakeHub
let client: HubClient
let told: string[]
/** How often it has begun to connect. */
let begun: number
beforeEach(async () => {
	const own: string[] = []
	told = own
	begun = 0
	hub = await FakeHub.start()
	client = new HubClient({
		url: hub.url,
		token: async () => {
			begun += 1
			return 'room'
		},
		log: pino({ level: 'silent' }),
		onStatus: (status) => own.push(status),
		onMeetings() {},
	})
	await eventually(() => expect(told).toEqual(['online']))
})
afterEach(async () => {
	client.close()
	await hub.close()
})

it('a room whose hub was away has one connection to it afterwards, whatever came to nothing meanwhile', async () => {
	await hub.vanish()
	await eventually(() => expect(begun).toBeGreaterThanOrEqual(3))
	await hub.listen()
	await eventually(() => expect(told).toEqual(['online', 'away', 'online']))
	const before = begun
	// The longest pause by now: whoever else were to try would have done so.
	await sleep(2_500)
	expect({ begun, connections: hub.clients.size }).toEqual({ begun: before, connections: 1 })
	await expect(client.request({ type: 'meetings.list' })).resolves.toBeDefined()
})

it('a room that is closed while its hub is away does not come back', async () => {
	await hub.vanish()
	await eventually(() => expect(told.at(-1)).toBe('away'))
	client.close()
	await hub.listen()
	await sleep(500)
	expect(hub.clients.size).toBe(0)
})
