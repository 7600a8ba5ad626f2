import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { MeetingMediaOptions } from '../../appliance/media/meeting-media.ts'
import type { Sfu, SfuOptions } from '../../appliance/media/sfu.ts'
import { openTestSfu } from './open.ts'
import { openHall, plainSfu } from './plain-sfu.ts'
import { openSender } from './stamped.ts'

export interface Halls {
	sfu: Sfu
	sender: ReturnType<typeof openSender>
}

/**
 * One real SFU and one sender for the tests of this file or block, and for each of them a hall, which `use` is given.
 * What it answers is there while they run.
 */
export function hallForEach(
	use: (hall: ReturnType<typeof openHall>) => void,
	{ sfu = {}, media = {} }: { sfu?: Partial<SfuOptions>; media?: Partial<MeetingMediaOptions> } = {},
): Halls {
	const halls = {} as Halls
	let hall: ReturnType<typeof openHall>
	beforeAll(async () => {
		halls.sfu = await openTestSfu(sfu)
		halls.sender = openSender()
	})
	afterAll(async () => {
		await halls.sender.close()
		await halls.sfu.close()
	})
	beforeEach(() => {
		hall = openHall(plainSfu(halls.sfu), halls.sender, media)
		use(hall)
	})
	afterEach(() => hall.close())
	return halls
}
