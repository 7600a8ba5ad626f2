import type { AuditChain, AuditEntry, AuditPage } from '../../appliance/protocol/audit.ts'
import type { ScriptedRoom } from './panel-room.ts'

/** What the audit routes of a scripted room answer. */

const jti = (n: number) => `${String(n).padStart(8, '0')}-7c1e-4f0a-9d51-3a2f6be0c001`
const acts: readonly (Pick<AuditEntry, 'kind' | 'role' | 'place' | 'action'> & { person?: string })[] = [
	{ kind: 'camera', role: 'panel', place: 'panel', action: 'camera.move front' },
	{ kind: 'camera', role: 'facilities', place: '192.0.2.41', action: 'PUT /api/v1/cameras/front/presets/3' },
	{ kind: 'microphone', role: 'chair', place: '192.0.2.17', action: 'floor.grant 5e0c p-118', person: 'p-104' },
	{ kind: 'role', role: 'clerk', place: '192.0.2.18', action: 'person.role 5e0c p-118 role=observer' },
	{ kind: 'sign-in', role: 'nobody', place: '198.51.100.7', action: 'token.refused expired, 10 times' },
	{ kind: 'token', role: 'admin', place: 'local', action: `POST /api/v1/tokens role=kiosk hours=24 ${jti(77)}` },
	{
		kind: 'export',
		role: 'clerk',
		place: '192.0.2.18',
		action: 'GET /api/v1/meetings/5e0c/minutes.pdf',
		person: 'p-105',
	},
	{ kind: 'export', role: 'command line', place: 'local', action: 'backup maru-20261130-020000.backup' },
	{ kind: 'configuration', role: 'system', place: 'local', action: 'configuration 9f4b1c22d07e6a51' },
	{ kind: 'meeting', role: 'official', place: '192.0.2.30', action: 'POST /api/v1/counsel/calls' },
	{ kind: 'audit', role: 'audit', place: '2001:db8:4:12::2f', action: 'GET /api/v1/audit' },
]

/** From `newest` down, with every sort of act in turn. */
export function entriesFrom(newest: number, count: number, at = Date.UTC(2026, 10, 30, 0, 12, 5)): AuditEntry[] {
	return Array.from({ length: Math.min(count, newest) }, (_, n) => {
		const { person = null, ...act } = acts[(newest - n) % acts.length] as (typeof acts)[number]
		const known =
			act.role === 'nobody' || act.role === 'system' ? '' : act.role === 'command line' ? '1000' : jti(n % 5)
		return { seq: newest - n, at: at - n * 47_000, jti: known, person, ...act, hash: 'ab'.repeat(32) }
	})
}

export const whole = (entries: number): AuditChain => ({
	entries,
	head: '5f3c9a'.repeat(10).padEnd(64, '0'),
	fault: null,
})

/** `pages`: what is answered in turn; the last one again and again. */
export function serveAudit(room: ScriptedRoom, chain: AuditChain, pages: readonly AuditPage[]) {
	let turn = 0
	room.http = ({ path }) => {
		if (path === '/api/v1/audit/chain') return { body: chain }
		if (path !== '/api/v1/audit') return null
		return { body: pages[Math.min(turn++, pages.length - 1)] }
	}
}
