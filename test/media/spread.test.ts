import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Attendee } from '../../appliance/media/attendee.ts'
import type { Sfu } from '../../appliance/media/sfu.ts'
import { camera, microphone } from '../hub/site.ts'
import { openTestSfu } from './open.ts'
import { openHall, plainSfu, streamOf } from './plain-sfu.ts'
import { clock, openSender } from './stamped.ts'
import { until } from './wait.ts'

/** A meeting over two workers: what is sent to one is heard and seen by those of the other. */

type Hall = ReturnType<typeof openHall>
type Ear = Awaited<ReturnType<Hall['listen']>>

let sfu: Sfu
let sender: ReturnType<typeof openSender>
let hall: Hall
let lost: string[]
/** Each is the only one in their worker, until the ears come. */
let kim: Attendee
let lee: Attendee
let ears: [Ear, Ear]

beforeAll(async () => {
	sender = openSender()
})
afterAll(() => sender.close())
beforeEach(async () => {
	sfu = await openTestSfu({ workers: 2 })
	lost = []
	hall = openHall(plainSfu(sfu), sender, { peopleEach: 1, onLost: (persons) => lost.push(...persons) })
	kim = await hall.enter('kim')
	lee = await hall.enter('lee')
	ears = [await hall.listen([], 'ear-1'), await hall.listen([], 'ear-2')]
})
afterEach(async () => {
	hall.close()
	await sfu.close()
})

const portOf = (attendee: Attendee) => attendee.hold.port
const earIn = (attendee: Attendee) => ears.find((ear) => portOf(ear.attendee) === portOf(attendee)) as Ear
const earBeside = (attendee: Attendee) => ears.find((ear) => portOf(ear.attendee) !== portOf(attendee)) as Ear
const hears = (ear: Ear, after: number) => until('sound', () => ear.sentAfter(after).length > 3)

describe('A meeting', () => {
	it('takes another worker where one is full, and where there is none they move up', () => {
		expect(portOf(kim)).not.toBe(portOf(lee))
		expect(new Set(ears.map(({ attendee }) => portOf(attendee)))).toEqual(new Set([portOf(kim), portOf(lee)]))
		expect(sfu.health().workers.map(({ meetings }) => meetings)).toEqual([1, 1])
	})

	it('with room for all in one worker stays there', async () => {
		const small = openHall(plainSfu(sfu), sender)
		const ports = [await small.enter('a'), await small.enter('b'), await small.enter('c')].map(portOf)
		expect(new Set(ports).size).toBe(1)
		small.close()
	})
})

describe('A voice', () => {
	it('is heard in both workers, and in neither once the floor has shut it', async () => {
		const { id } = await hall.speak(kim)
		await Promise.all(ears.map((ear) => hears(ear, 0)))
		for (let round = 0; round < 3; round++) {
			const reports = await hall.media.setGate(() => false)
			expect(reports).toMatchObject([{ source: id, open: false, error: null }])
			const shut = clock()
			await sleep(200)
			for (const ear of ears) expect(ear.sentAfter(shut)).toEqual([])
			await hall.media.setGate(() => true)
			await Promise.all(ears.map((ear) => hears(ear, shut)))
		}
	})

	it('made ready in line is heard as early beside as at home', async () => {
		await hall.media.setGate(() => false)
		const { id } = await hall.speak(kim)
		hall.media.prepare(new Set(['kim']))
		await until('both to be ready', () => ears.every(({ offered }) => offered.includes(id)))
		await sleep(100)
		const opened = clock()
		await hall.media.setGate(() => true)
		await Promise.all(ears.map((ear) => hears(ear, opened)))
		const [home, beside] = [earIn(kim), earBeside(kim)].map((ear) => (ear.heard[0]?.sentAt ?? 0) - opened)
		console.log(
			`first packet heard: sent ${home?.toFixed(1)} ms after the grant at home, ${beside?.toFixed(1)} ms beside`,
		)
	})

	it('shut from its first packet on is heard by nobody', async () => {
		await hall.media.setGate(() => false)
		await hall.speak(kim)
		await hall.speak(lee)
		await sleep(400)
		for (const ear of ears) expect(ear.heard).toEqual([])
	})
})

describe('A picture', () => {
	it('is seen beside, and once its sender stops it is closed for all', async () => {
		const spec = camera()
		await hall.speak(kim, spec)
		const watchers = [await hall.listen([spec.id], 'eye-1'), await hall.listen([spec.id], 'eye-2')]
		expect(new Set(watchers.map(({ attendee }) => portOf(attendee))).size).toBe(2)
		const { payloadType } = streamOf(spec)
		for (const eye of watchers) await until('the picture', () => eye.heard.length > 3)
		expect(payloadType).toBeGreaterThan(0)
		hall.media.closeSource('kim', spec.id)
		await until('nothing to be forwarded', () => watchers.every(({ attendee }) => attendee.watching === 0))
	})
})

describe('A worker that dies', () => {
	it('takes only those with it who were connected by it', async () => {
		const one = await hall.speak(kim, microphone())
		const other = await hall.speak(lee, microphone())
		await Promise.all(ears.map((ear) => until('both voices', () => new Set(ear.offered).size === 2)))
		const dying = sfu.health().workers.find(({ port }) => port === portOf(kim))
		const stays = earIn(lee)
		process.kill(dying?.pid ?? Number.NaN, 'SIGKILL')
		await until('the loss', () => lost.length > 0)
		expect(new Set(lost)).toEqual(new Set(['kim', earIn(kim).attendee.person]))
		expect(hall.media.all.map(({ id }) => id)).toEqual([other.id])
		await until('the dead voice to be let go of', () => stays.attendee.watching === 1)
		await hears(stays, clock())

		// Who comes again is heard beside as before, whichever worker takes them.
		const again = await hall.enter('kim')
		const spec = microphone()
		await hall.speak(again, spec)
		await until('the voice', () => stays.offered.includes(spec.id))
		await until('both', () => new Set(stays.sentAfter(clock() - 200).map(({ sentAt }) => sentAt)).size > 5)
		expect(spec.id).not.toBe(one.id)
	})

	it('while it is asked to carry a voice leaves the others theirs', async () => {
		await hall.speak(lee, microphone())
		await hears(earIn(lee), 0)
		const dying = sfu.health().workers.find(({ port }) => port === portOf(kim))
		const speaking = hall.speak(lee, microphone())
		process.kill(dying?.pid ?? Number.NaN, 'SIGKILL')
		await speaking
		await until('the loss', () => lost.length > 0)
		const now = clock()
		await hears(earIn(lee), now)
	})
})
