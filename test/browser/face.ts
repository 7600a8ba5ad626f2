import type { JoinResult } from '../../appliance/protocol/messages.ts'
import { camera, dtls } from '../hub/site.ts'
import { type Member, openMember } from '../scene/member.ts'

/** In the meeting with a camera, without a browser: a source to show, whose packets never come. */
export async function openFace(link: string, name: string): Promise<Member> {
	const { origin, hash } = new URL(link)
	const member = await openMember({ origin, token: hash.slice(1), name })
	const device = { media: true, ...(member.resume === null ? {} : { resume: member.resume }) }
	const { media } = await member.get<JoinResult>({ type: 'meeting.join', device, name })
	await member.get({
		type: 'media.open',
		send: dtls(),
		producers: [camera({ label: 'camera' })],
		rtpCapabilities: { ...media?.routerRtpCapabilities },
		wanted: { audio: false, video: [] },
	})
	return member
}
