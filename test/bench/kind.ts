import { setTimeout as sleep } from 'node:timers/promises'
import type { MeetingKind } from '../../appliance/protocol/room-state.ts'
import { openSite } from '../scene/appliance.ts'
import { call, type Member, openMember } from '../scene/member.ts'
import { percentile } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'

/** A meeting that becomes a class, counselling and a meeting again, with people inside: how long until each has read the new rules. */
const people = 60
const turns: readonly MeetingKind[] = ['class', 'counsel', 'council']
const rounds = 10

export async function anotherKind(port: number): Promise<Figure[]> {
	const site = await openSite({ addresses: [] }, port, { cameras: [] })
	try {
		const appliance = await site.start()
		const { origin } = appliance
		const plan = { title: '확대간부회의', kind: 'council' }
		const admin = appliance.token('admin')
		const created = await call<{ id: string; links: Record<string, string> }>(origin, admin, 'POST', '/meetings', plan)
		await call(origin, admin, 'POST', `/meetings/${created.id}/open`)
		const token = (role: string) => new URL(created.links[role] ?? '').hash.slice(1)
		const clerk = await openMember({ origin, token: token('clerk'), name: '서기' })
		const members: Member[] = []
		for (let i = 0; i < people; i++) {
			members.push(await openMember({ origin, token: token('member'), name: `${i}번 국장` }))
		}
		let closed = 0
		for (const member of members) void member.closed.then(() => closed++)
		await sleep(1_000)
		const took: number[] = []
		for (let i = 0; i < rounds * turns.length; i++) {
			took.push(...(await turn(clerk, members, turns[i % turns.length] ?? 'class')))
			await sleep(200)
		}
		if (closed > 0) throw new Error(`${closed} lost their connection`)
		for (const member of [clerk, ...members]) member.close()
		return [
			figure(`another kind, told to ${people}, p95`, 'ms', percentile(took, 0.95), 1_000, 'the promise', 1),
			figure(`another kind, told to ${people}, worst`, 'ms', Math.max(...took), 1_000, 'the promise', 1),
		]
	} finally {
		await site.close()
	}
}

async function turn(clerk: Member, members: readonly Member[], kind: MeetingKind): Promise<number[]> {
	const begun = performance.now()
	const told = members.map(
		(member) =>
			new Promise<number>((resolve) => {
				member.onMessage = (message) => {
					if (message.type !== 'core' || message.core.meeting.kind !== kind) return
					member.onMessage = null
					resolve(performance.now() - begun)
				}
			}),
	)
	await clerk.get({ type: 'meeting.kind', kind })
	return Promise.all(told)
}
