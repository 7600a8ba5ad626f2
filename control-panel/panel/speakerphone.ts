import type { RoomState } from '../../appliance/protocol/room-state.ts'

/** How the speakerphone stands, as screens tell it in one word and shape. */
export type PhoneStanding = 'ready' | 'muted' | 'waiting' | 'unconfirmed' | 'failed' | 'absent' | 'none'

export function phoneStanding({ speakerphone }: RoomState): PhoneStanding {
	const { status, reason, waiting, unconfirmed, muted } = speakerphone
	// A room with a mixer has none, and nothing is amiss.
	if (status === 'none') return reason === null ? 'none' : 'absent'
	if (status !== 'ready') return waiting ? 'waiting' : 'failed'
	if (waiting) return 'waiting'
	if (unconfirmed) return 'unconfirmed'
	return muted ? 'muted' : 'ready'
}
