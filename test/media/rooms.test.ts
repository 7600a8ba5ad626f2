import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Sfu } from '../../appliance/media/sfu.ts'
import { openTestSfu } from './open.ts'
import { openHall, plainSfu } from './plain-sfu.ts'
import { clock, openSender } from './stamped.ts'
import { until } from './wait.ts'

/** Groups of a class by their packets: people who never stop sending, and ears behind the SFU. */

let sfu: Sfu
let sender: ReturnType<typeof openSender>
let hall: ReturnType<typeof openHall>

beforeAll(async () => {
	sfu = await openTestSfu()
	sender = openSender()
})
afterAll(async () => {
	await sender.close()
	await sfu.close()
})
beforeEach(() => {
	hall = openHall(plainSfu(sfu), sender)
})
afterEach(() => hall.close())

const rooms = (of: Record<string, string>) => (person: string) => of[person] ?? null

describe('Who is in a group', () => {
	it('is heard there alone from the moment it begins, and by all again after it', async () => {
		await hall.speak(await hall.enter('kim'))
		const beside = await hall.listen([], 'lee')
		const outside = await hall.listen([], 'park')
		await until('sound for both', () => beside.heard.length > 5 && outside.heard.length > 5)

		hall.media.setRooms(rooms({ kim: 'g1', lee: 'g1' }))
		// The worker takes its orders one after the other: this one is done after the parting, however long that took.
		await hall.enter('choi')
		const parted = clock()
		await until('more sound in the group', () => beside.sentAfter(parted).length > 20)
		expect(outside.sentAfter(parted)).toEqual([])

		const back = clock()
		hall.media.setRooms(rooms({}))
		await until('sound for both again', () => outside.sentAfter(back).length > 5)
	})

	it('is heard there though the floor is shut, and by nobody outside while the gate opens and shuts', async () => {
		const shut = () => false
		await hall.media.setGate(shut)
		await hall.speak(await hall.enter('kim'))
		const beside = await hall.listen([], 'lee')
		const outside = await hall.listen([], 'park')
		for (let round = 0; round < 5; round++) {
			const before = beside.heard.length
			hall.media.setRooms(rooms({ kim: 'g1', lee: 'g1' }))
			await hall.media.setGate((person) => person === 'kim')
			await until('sound in the group', () => beside.heard.length > before + 5)
			hall.media.setRooms(rooms({}))
			await hall.media.setGate(shut)
		}
		expect(outside.heard).toEqual([])
	})
})
