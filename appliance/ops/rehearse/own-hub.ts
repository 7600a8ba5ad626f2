import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Hub } from '../../hub/hub.ts'
import type { Principal } from '../../protocol/roles.ts'
import { type OwnMeeting, openOwnMeeting } from './own-meeting.ts'

/** A hub for each rehearsal, found by the sockets that find every other meeting. */
export interface OwnHubs {
	openMeeting(): Promise<OwnMeeting>
	/** Whose meeting this link or page is of; null: of none of a rehearsal. */
	hubOf(principal: Principal): Hub | null
}

/** `create`: like the hub of this house, with its own database; `dir`: where it records, and nobody else. */
export function createOwnHubs(create: (db: DatabaseSync) => Hub, dir: string): OwnHubs {
	let open: { id: string; hub: Hub } | null = null
	return {
		async openMeeting() {
			// What a service that died in the midst of one has left.
			rmSync(dir, { recursive: true, force: true })
			const db = new DatabaseSync(':memory:')
			const meeting = await openOwnMeeting(create(db), dir)
			open = meeting
			return {
				...meeting,
				async close() {
					open = null
					await meeting.close()
					db.close()
				},
			}
		},
		hubOf: (principal) => (principal.kind === 'meeting' && principal.meeting === open?.id ? open.hub : null),
	}
}
