import { expect, it } from 'vitest'
import { RelayMedia } from '../../appliance/media/relay-media.ts'
import type { Tap } from '../../appliance/media/tap.ts'
import { microphone } from '../hub/site.ts'
import { hallForEach } from './halls.ts'
import { type openHall, picture } from './plain-sfu.ts'
import { until } from './wait.ts'

/** What the programme's page sends, in a real SFU; its packets are ours to send. */

const [small, large] = [7_001, 7_002] as const
let hall: ReturnType<typeof openHall>
const halls = hallForEach((opened) => {
	hall = opened
})

it('A programme is there for the relay as soon as the last of its two pictures is, without another question', async () => {
	const page = await hall.enter('programme')
	/** Asked at each word that something changed, and at no other time. */
	const answers: (Tap | null)[] = []
	const media: RelayMedia = new RelayMedia({
		...{ routers: hall.media, turn: null, onLost: () => {} },
		onSources: () => void media.tap().then((tap) => answers.push(tap)),
	})
	const port = hall.portOf(page)
	const send = (ssrc: number) => halls.sender.send(`${ssrc}`, { port, ssrc, payloadType: 96 })
	try {
		const sound = microphone()
		await media.publish(page, [picture([small, large]), sound])
		hall.hammer(page, sound)
		send(small)
		await until('both to be live', () => media.sources.every(({ live }) => live))
		expect(answers.length).toBeGreaterThan(0)
		expect(answers.every((tap) => tap === null)).toBe(true)
		send(large)
		await until('the programme', () => answers.some((tap) => tap !== null))
		expect(answers.map((tap) => tap?.pictures ?? 0)).toContain(2)
	} finally {
		for (const tap of answers) tap?.close()
		for (const ssrc of [small, large]) halls.sender.stop(`${ssrc}`)
		media.close()
	}
})
