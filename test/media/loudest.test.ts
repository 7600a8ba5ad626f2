import { describe, expect, it } from 'vitest'
import { loudestOf, mostHeard, type Voice } from '../../appliance/media/loudest.ts'
import type { ProducerSpec } from '../../appliance/protocol/media.ts'
import { microphone } from '../hub/site.ts'
import { hallForEach } from './halls.ts'
import { type openHall, streamOf } from './plain-sfu.ts'
import { levelId } from './stamped.ts'
import { until } from './wait.ts'

const voice = (id: string, lastAt: number, fields: Partial<Voice> = {}): Voice => {
	return { id, lastAt, firm: false, heard: false, ...fields }
}
const crowd = (size: number, fields: Partial<Voice> = {}) =>
	Array.from({ length: size }, (_, at) => voice(`v${at}`, 10_000 + at, fields))

describe('Of open microphones', () => {
	it('all are connected while there is room', () => {
		expect(loudestOf(crowd(mostHeard)).size).toBe(mostHeard)
	})

	it('those that spoke last are, where there are more', () => {
		const loudest = loudestOf([...crowd(mostHeard, { heard: true }), voice('new', 20_000)])
		expect(loudest.has('new')).toBe(true)
		expect(loudest.has('v0')).toBe(false)
		expect(loudest.size).toBe(mostHeard)
	})

	it('nobody gives way for a breath', () => {
		const loudest = loudestOf([...crowd(mostHeard, { heard: true }), voice('new', 12_900)])
		expect(loudest.has('new')).toBe(false)
	})

	it('the hall and the sound of a screen always are', () => {
		expect(loudestOf([...crowd(40), voice('hall', 0, { firm: true })]).has('hall')).toBe(true)
	})
})

describe.each([1, 2])('With more open microphones than are connected, over %i workers', (workers) => {
	let hall: ReturnType<typeof openHall>
	const halls = hallForEach(
		(opened) => {
			hall = opened
		},
		{ sfu: { workers }, media: { peopleEach: 8 } },
	)

	/** Its packets say how loud they are. */
	function spoken(): ProducerSpec {
		const { rtpParameters, ...spec } = microphone()
		const headerExtensions = [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: levelId }]
		return { ...spec, rtpParameters: { ...rtpParameters, headerExtensions } }
	}

	it('whoever begins to speak is heard by all, and one who was silent longest no more', async () => {
		const specs = Array.from({ length: mostHeard + 3 }, spoken)
		const say = (spec: ProducerSpec, level: number, port: number) =>
			halls.sender.send(`${streamOf(spec).ssrc}`, { ...streamOf(spec), port, level })
		const ports: number[] = []
		for (const [at, spec] of specs.entries()) {
			const attendee = await hall.enter(`p${at}`)
			await hall.speak(attendee, spec)
			const port = hall.portOf(attendee)
			ports.push(port)
			say(spec, 127, port)
		}
		const [first] = specs
		if (!first) throw new Error('nobody')
		const ear = await hall.listen()
		await until('all that have room', () => ear.offered.length === mostHeard)
		// Opened first, and silent since: left out.
		expect(ear.offered).not.toContain(first.id)
		say(first, 20, ports[0] ?? 0)
		await until('the voice', () => ear.offered.includes(first.id))
		await until('one to give way', () => ear.attendee.watching === mostHeard)
	})
})
