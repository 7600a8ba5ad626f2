import { describe, expect, it } from 'vitest'
import { hallForEach } from './halls.ts'
import type { openHall } from './plain-sfu.ts'
import { clock } from './stamped.ts'
import { until } from './wait.ts'

/** Groups of a class by their packets: people who never stop sending, and ears behind the SFU. */

let hall: ReturnType<typeof openHall>
hallForEach((opened) => {
	hall = opened
})

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
