import type { Appliance } from '../../scene/appliance.ts'
import { call, type Member, openMember } from '../../scene/member.ts'

/** A meeting that is open, with a clerk in it. */
export interface OpenMeeting {
	readonly id: string
	/** http://127.0.0.1:PORT */
	readonly origin: string
	/** That of the link for everybody of a role. */
	token(role: string): string
	readonly clerk: Member
}

/** Opens one in which nobody speaks unasked, and at most so many microphones are open at a time. */
export async function openMeeting(
	appliance: Pick<Appliance, 'origin' | 'token'>,
	{ microphones }: { microphones: number },
): Promise<OpenMeeting> {
	const { origin } = appliance
	const admin = appliance.token('admin')
	const { id, links } = await call<{ id: string; links: Record<string, string> }>(origin, admin, 'POST', '/meetings', {
		title: '확대간부회의',
		kind: 'council',
	})
	await call(origin, admin, 'POST', `/meetings/${id}/open`)
	const token = (role: string) => new URL(links[role] ?? '').hash.slice(1)
	const clerk = await openMember({ origin, token: token('clerk'), name: '서기' })
	await clerk.get({ type: 'rules.set', floor: { mode: 'chair', maxOpen: microphones } })
	return { id, origin, token, clerk }
}
