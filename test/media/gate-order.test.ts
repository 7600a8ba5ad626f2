import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MeetingRouter } from '../../appliance/media/sfu.ts'
import { LiveSource } from '../../appliance/media/source.ts'
import { microphone } from '../hub/site.ts'
import { hallForEach } from './halls.ts'
import { openTestSfu } from './open.ts'
import { openHall, plainSfu } from './plain-sfu.ts'
import { clock } from './stamped.ts'
import { until } from './wait.ts'

/** Rules that overtake each other, orders that fail, and who is connected beforehand. */

const shut = () => false
const open = () => true

let hall: ReturnType<typeof openHall>
const halls = hallForEach((opened) => {
	hall = opened
})

describe('A source under gate and mute', () => {
	let hold: MeetingRouter

	beforeEach(async () => {
		hold = await halls.sfu.openRouter()
	})
	afterEach(() => hold.close())

	async function begin(paused: boolean, whose: { muted: boolean; open: boolean }) {
		const { rtpParameters } = microphone()
		const up = await hold.router.createPlainTransport({
			listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
			comedia: true,
		})
		const producer = await up.produce({
			id: randomUUID(),
			kind: 'audio',
			paused,
			rtpParameters: rtpParameters as never,
		})
		let changes = 0
		const source = new LiveSource(
			producer,
			{ home: hold, person: 'kim', use: 'microphone', label: '', ...whose },
			() => {
				changes += 1
			},
		)
		return { producer, source, changes: () => changes }
	}

	it('is in the worker what both want, whatever order they come in and however fast', async () => {
		const step = fc.record({ what: fc.constantFrom('open', 'muted'), to: fc.boolean(), waits: fc.boolean() })
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, paused) => {
				const { producer, source } = await begin(paused, { muted: false, open: true })
				const orders: (Promise<void> | null)[] = []
				const wanted = { open: true, muted: false }
				for (const { what, to, waits } of steps) {
					wanted[what] = to
					orders.push(what === 'open' ? source.setOpen(to) : source.setMuted(to))
					if (waits) await orders.at(-1)
				}
				await Promise.all(orders)
				const isPaused = (await producer.dump()) as { paused: boolean }
				expect(source.view).toMatchObject(wanted)
				expect(isPaused.paused).toBe(!wanted.open || wanted.muted)
				producer.close()
			}),
			{ numRuns: 300 },
		)
	})

	it('is made as both want it, however its producer was made', async () => {
		for (const paused of [true, false]) {
			for (const isOpen of [true, false]) {
				for (const muted of [true, false]) {
					const { producer, source } = await begin(paused, { open: isOpen, muted })
					expect(await producer.dump()).toMatchObject({ paused: !isOpen || muted })
					expect(source.opened).toBe(isOpen && !muted)
				}
			}
		}
	})

	it('is ended when it cannot be shut', async () => {
		const { producer, source } = await begin(false, { open: true, muted: false })
		producer.pause = () => Promise.reject(new Error('no answer'))
		await expect(source.setOpen(false)).rejects.toThrow('no answer')
		expect(producer.closed).toBe(true)
	})

	it('stays shut when it could not be opened, and is opened by the next rule that says so', async () => {
		const { producer, source } = await begin(true, { open: false, muted: false })
		const { resume } = producer
		producer.resume = () => Promise.reject(new Error('no answer'))
		await expect(source.setOpen(true)).rejects.toThrow('no answer')
		expect(await producer.dump()).toMatchObject({ paused: true })
		producer.resume = resume
		await source.setOpen(true)
		expect(await producer.dump()).toMatchObject({ paused: false })
	})

	it('is muted still when it could not be unmuted', async () => {
		const { producer, source } = await begin(true, { open: true, muted: true })
		producer.resume = () => Promise.reject(new Error('no answer'))
		await expect(source.setMuted(false)).rejects.toMatchObject({ code: 'media-failed' })
		expect(source.view).toMatchObject({ open: true, muted: true })
		expect(await producer.dump()).toMatchObject({ paused: true })
	})
})

describe('A rule', () => {
	it('that is overtaken by the next does not hold, and neither waits for the other', async () => {
		const { id } = await hall.speak(await hall.enter('kim'))
		const ear = await hall.listen()
		await until('sound', () => ear.heard.length > 3)
		const quickly = (rules: (typeof open)[]) => Promise.all(rules.map((rule) => hall.media.setGate(rule)))
		await hall.media.setGate(shut)
		for (let i = 0; i < 10; i++) {
			for (const rules of [
				[open, shut],
				[open, shut, open, shut],
			]) {
				const told = await quickly(rules)
				expect(told.map(([report]) => report?.open)).toEqual(rules.map((rule) => rule === open))
				const confirmed = clock()
				await sleep(50)
				expect(ear.sentAfter(confirmed)).toEqual([])
			}
			ear.heard.length = 0
			await quickly([open, shut, open])
			await until('sound', () => ear.heard.length > 1)
			await quickly([shut, open])
			const confirmed = clock()
			await until('sound', () => ear.sentAfter(confirmed).length > 1)
			if (i < 9) await quickly([shut, open, shut])
		}
		expect(hall.media.sourcesOf('kim')).toMatchObject([{ id, open: true }])
	})

	it('says nothing of what it left as it was, but waits for what an earlier one has under way', async () => {
		const { id } = await hall.speak(await hall.enter('kim'))
		await hall.speak(await hall.enter('lee'))
		const first = hall.media.setGate((person) => person === 'lee')
		const second = hall.media.setGate((person) => person === 'lee')
		expect(await second).toMatchObject([{ person: 'kim', source: id, open: false, error: null }])
		expect(await first).toMatchObject([{ person: 'kim', source: id, open: false, error: null }])
		expect(await hall.media.setGate((person) => person === 'lee')).toEqual([])
	})

	it('over a source that closes meanwhile ends well', async () => {
		const kim = await hall.enter('kim')
		const { id } = await hall.speak(kim)
		const told = hall.media.setGate(shut)
		hall.media.closeSource('kim', id)
		expect(await told).toMatchObject([{ person: 'kim', open: false }])
		expect(await hall.media.setGate(open)).toEqual([])
	})

	it('that a dying worker cannot confirm says so, and holds for who comes back on the next one', async () => {
		const dying = await openTestSfu()
		const other = openHall(plainSfu(dying), halls.sender)
		const spec = microphone()
		await other.speak(await other.enter('kim'), spec)
		const { pid } = dying.health().workers[0] ?? {}
		process.kill(pid ?? Number.NaN, 'SIGSTOP')
		const told = other.media.setGate(shut)
		process.kill(pid ?? Number.NaN, 'SIGKILL')
		expect(await told).toMatchObject([{ person: 'kim', open: false, error: { name: 'WorkerClosedError' } }])
		await until('the loss to be known', () => other.media.sourcesOf('kim').length === 0)

		other.media.prepare(new Set(['kim']))
		await other.speak(await other.enter('kim'), spec)
		const ear = await other.listen()
		expect(ear.offered).toEqual([spec.id])
		await sleep(300)
		expect(ear.heard).toEqual([])
		await other.media.setGate(open)
		await until('sound', () => ear.heard.length > 3)
		other.close()
		await dying.close()
	})
})

describe('Those who wait', () => {
	async function crowd(count: number) {
		const people = Array.from({ length: count }, (_, i) => `p${i}`)
		await hall.media.setGate(shut)
		for (const person of people) {
			await hall.media.publish(await hall.enter(person), [microphone()], () => false)
		}
		const idOf = (person: string | undefined) => hall.media.sourcesOf(person ?? '')[0]?.id
		return { people, idOf }
	}

	it('cost nothing until they were heard, and stay connected from then on', async () => {
		const { people, idOf } = await crowd(30)
		const ear = await hall.listen()
		expect(ear.offered).toEqual([])
		await hall.media.setGate((person) => person === 'p7')
		await until('the consumer', () => ear.offered.length === 1)
		await hall.media.setGate(shut)
		await hall.media.setGate((person) => person === 'p7')
		await sleep(100)
		expect(ear.offered).toEqual([idOf('p7')])
		expect(people).toHaveLength(30)
	})

	it('are connected beforehand, so that a grant takes no signalling; sixteen at most, the next ones first', async () => {
		const { people, idOf } = await crowd(40)
		const ear = await hall.listen()
		hall.media.prepare(new Set(people.slice(10)))
		await until('the consumers', () => ear.offered.length === 16)
		expect(new Set(ear.offered)).toEqual(new Set(people.slice(10, 26).map(idOf)))
		await hall.media.setGate((person) => person === 'p10')
		await sleep(100)
		expect(ear.offered).toHaveLength(16)

		// One who was heard takes no place; the next in line does.
		hall.media.prepare(new Set(people.slice(11)))
		await until('one more', () => ear.offered.length === 17)
		expect(ear.offered.at(-1)).toBe(idOf('p26'))
	})

	it('stay connected for a while after they went out of the line, until others take their place', async () => {
		const { people, idOf } = await crowd(24)
		const ear = await hall.listen()
		hall.media.prepare(new Set(people.slice(0, 4)))
		await until('the consumers', () => ear.offered.length === 4)
		hall.media.prepare(new Set(people.slice(4, 12)))
		hall.media.prepare(new Set(people.slice(0, 4)))
		await until('the others', () => ear.offered.length === 12)
		await sleep(100)
		expect(ear.offered).toHaveLength(12)
		hall.media.prepare(new Set(people.slice(8)))
		await until('the line', () => ear.offered.length === 24)
		expect(new Set(ear.offered).size).toBe(24)
		expect(new Set(ear.offered.slice(12))).toEqual(new Set(people.slice(12).map(idOf)))
	})

	it('cannot take the places of others with many microphones', async () => {
		await hall.media.setGate(shut)
		const greedy = await hall.enter('greedy')
		await hall.media.publish(
			greedy,
			Array.from({ length: 15 }, () => microphone()),
			() => false,
		)
		await hall.media.publish(await hall.enter('kim'), [microphone()], () => false)
		const newest = hall.media.sourcesOf('greedy').at(-1)?.id
		const ear = await hall.listen()
		hall.media.prepare(new Set(['greedy', 'kim']))
		await until('both', () => ear.offered.length === 2)
		expect(new Set(ear.offered)).toEqual(new Set([newest, hall.media.sourcesOf('kim')[0]?.id]))
	})
})
