import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MeetingMedia } from '../../appliance/media/meeting-media.ts'
import type { Sfu } from '../../appliance/media/sfu.ts'
import { camera, microphone } from '../hub/site.ts'
import { log, openTestSfu } from './open.ts'

let sfu: Sfu
let media: MeetingMedia

beforeEach(async () => {
	sfu = await openTestSfu()
	media = new MeetingMedia({ sfu, log, onSources: () => {}, onLost: () => {} })
})

afterEach(async () => {
	media.close()
	await sfu.close()
})

const attend = (person: string) => media.attend({ person, publishes: true, onChange: () => {} })

describe('What a client cannot play', () => {
	it('is not offered to it, and all else is', async () => {
		const speaker = await attend('speaker')
		const [sound, picture] = [microphone(), camera()]
		await media.publish(speaker.attendee, [sound, picture], () => false)
		const wanted = { audio: true, video: [{ source: picture.id, height: 180 }] }

		const { attendee, capabilities } = await attend('listener')
		const deaf = { ...capabilities, codecs: capabilities.codecs?.filter(({ kind }) => kind === 'video') }
		expect((await attendee.watch(deaf, wanted)).map(({ source }) => source)).toEqual([picture.id])

		const other = await attend('viewer')
		const blind = { ...capabilities, codecs: capabilities.codecs?.filter(({ kind }) => kind === 'audio') }
		expect((await other.attendee.watch(blind, wanted)).map(({ source }) => source)).toEqual([sound.id])
	})
})
