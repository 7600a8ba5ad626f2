import { afterAll, beforeAll, expect, it } from 'vitest'
import { RelayMedia } from '../../appliance/media/relay-media.ts'
import type { Sfu } from '../../appliance/media/sfu.ts'
import type { Tap } from '../../appliance/media/tap.ts'
import { microphone } from '../hub/site.ts'
import { openTestSfu } from './open.ts'
import { openHall, plainSfu } from './plain-sfu.ts'
import { openSender } from './stamped.ts'
import { until } from './wait.ts'

/** What the programme's page sends, in a real SFU; its packets are ours to send. */

const [small, large] = [7_001, 7_002]
let sfu: Sfu
let sender: ReturnType<typeof openSender>

beforeAll(async () => {
	sfu = await openTestSfu()
	sender = openSender()
})
afterAll(async () => {
	await sender.close()
	await sfu.close()
})

it('A programme is there for the relay as soon as the last of its two pictures is, without another question', async () => {
	const hall = openHall(plainSfu(sfu), sender)
	const page = await hall.enter('programme')
	/** Asked at each word that something changed, and at no other time. */
	const answers: (Tap | null)[] = []
	const media: RelayMedia = new RelayMedia({
		...{ routers: hall.media, turn: null, onLost: () => {} },
		onSources: () => void media.tap().then((tap) => answers.push(tap)),
	})
	try {
		const sound = microphone()
		const codecs = [{ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 96, parameters: {} }]
		const encodings = [small, large].map((ssrc) => ({ ssrc, scalabilityMode: 'L1T1' }))
		const rtpParameters = { mid: 'picture', codecs, encodings, rtcp: { cname: 'a' } }
		const picture = microphone({ kind: 'video', use: 'camera', rtpParameters })
		await media.publish(page, [picture, sound])
		const port = hall.portOf(page)
		hall.hammer(page, sound)
		sender.send('small', { port, ssrc: small, payloadType: 96 })
		await until('both to be live', () => media.sources.every(({ live }) => live))
		await Promise.resolve()
		expect(answers.length).toBeGreaterThan(0)
		expect(answers.every((tap) => tap === null)).toBe(true)
		sender.send('large', { port, ssrc: large, payloadType: 96 })
		await until('the programme', () => answers.some((tap) => tap !== null))
		expect(answers.map((tap) => tap?.pictures ?? 0)).toContain(2)
	} finally {
		for (const tap of answers) tap?.close()
		for (const key of ['small', 'large']) sender.stop(key)
		media.close()
		hall.close()
	}
})
