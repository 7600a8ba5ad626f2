import type { MeetingClient } from '../lib/meeting/client.svelte.ts'

/** Whether this one is a trainee of a class (교육). */
export function learns({ core, role }: Pick<MeetingClient, 'core' | 'role'>): boolean {
	return core?.meeting.kind === 'class' && (role === 'member' || role === 'observer')
}
