import { presides } from '../../appliance/protocol/roles.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'

/** Those who run the meeting, whoever has the floor, a presenter of the item that is on. The hub decides; this draws the buttons. */
export function mayPresent(client: MeetingClient): boolean {
	const { state, me, role } = client
	if (me === null) return false
	if (presides(role) || state.speaking.some(({ who }) => who === me)) return true
	return role === 'member' && (state.item?.presenters.includes(me) ?? false)
}

/** Whether a key pressed there belongs to what is being typed or chosen. */
export function typing(target: EventTarget | null): boolean {
	return (
		target instanceof Element && target.closest('input, textarea, select, [role="menu"], [contenteditable]') !== null
	)
}
