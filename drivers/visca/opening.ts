import type { Camera } from '../camera.ts'
import type { OpenContext } from '../device.ts'
import { openPtz } from '../ptz/opening.ts'
import { Conversation, type Link } from './conversation.ts'
import { ViscaMechanism, type ViscaOptions } from './mechanism.ts'
import type { Session } from './session.ts'

/** A camera over a link that is open: resolves when it has answered. Otherwise, or when it is no longer wanted, the link is closed. */
export function openCamera(
	link: Link,
	session: Session,
	options: Omit<ViscaOptions, 'prolong'>,
	context: OpenContext,
): Promise<Camera> {
	const { log, prolong } = context
	const mechanism = new ViscaMechanism(new Conversation(session, link, log), log, {
		...options,
		...(prolong ? { prolong } : {}),
	})
	return openPtz(mechanism, context)
}
