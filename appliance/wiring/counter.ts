import { departmentsOf } from '../config-counsel.ts'
import { publicOrigin } from '../config-ports.ts'
import { type Counsel, createCounsel } from '../counsel/counsel.ts'
import { smsBy } from '../counsel/sms.ts'
import type { Documents } from '../documents/documents.ts'
import type { Hub } from '../hub/hub.ts'
import { openVault } from '../hub/vault.ts'
import type { Room } from '../room/room.ts'
import type { House } from './house.ts'

interface Around {
	hub: Hub
	documents: Documents
	room: Pick<Room, 'phone' | 'dispatch'>
}

/**
 * The counter of 민원 상담. A visitor for whom nobody is there yet rings this room, and whoever answers is with them. Null:
 * this house has none.
 */
export function openCounter({ config, db, now, log }: House, { hub, documents, room }: Around): Counsel | null {
	if (!config.counsel) return null
	const { callSeconds, calls, awayMinutes, emptySeconds, minutes, recordDays, ring, sms } = config.counsel
	const rings = new Set<string>()
	const counsel = createCounsel({
		...{ db, vault: openVault(db), hub, now, log: log.child({ module: 'counsel' }) },
		...departmentsOf(config.counsel),
		rules: { callSeconds, calls, awaySeconds: awayMinutes * 60, emptySeconds, minutes },
		...{ recordDays, language: config.room.language, linkBase: () => publicOrigin(config) },
		removeDocuments: (meeting) => documents.removeAll(meeting),
		sms: sms ? smsBy(sms, log.child({ module: 'sms' })) : null,
		onRing(meeting, from) {
			if (!ring) return
			rings.add(meeting)
			room.phone.ring(meeting, from)
		},
		onQuiet(meeting) {
			if (rings.delete(meeting)) room.phone.quiet(meeting)
		},
	})
	const stop = room.phone.onRing(({ type, id }) => {
		if (!rings.delete(id) || type !== 'answered') return
		const origin = { id: 'counsel', label: 'counsel', role: 'panel' } as const
		void room.dispatch({ type: 'room.join', meeting: id }, origin).then((result) => {
			if (!result.ok) room.phone.quiet(id)
		})
	})
	return {
		...counsel,
		close() {
			stop()
			counsel.close()
		},
	}
}
