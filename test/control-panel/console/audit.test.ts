import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditChain, AuditEntry, AuditPage } from '../../../appliance/protocol/audit.ts'
import { actOf } from '../../../control-panel/console/audit/acts.ts'
import { en } from '../../../control-panel/console/audit/i18n-audit-en.ts'
import { ko } from '../../../control-panel/console/audit/i18n-audit-ko.ts'
import { Trail } from '../../../control-panel/console/audit/trail.svelte.ts'

it.each([
	['camera.move front', 'moveCamera'],
	['feed.move m1 f1', 'moveCamera'],
	['POST /api/v1/cameras/front/move', 'moveCamera'],
	['PUT /api/v1/cameras/front/presets/1', 'savePreset'],
	['DELETE /api/v1/cameras/front/presets/1', 'removePreset'],
	['POST /api/v1/cameras/front/presets/1/recall', 'recallPreset'],
	['GET /api/v1/cameras/front/presets', 'presetFile'],
	['PUT /api/v1/cameras/front/presets', 'importPresets'],
	['floor.grant m1 p1', 'grantFloor'],
	['POST /api/v1/meetings/m1/floor/grant p1', 'grantFloor'],
	['POST /api/v1/meetings/m1/floor/revoke p1', 'floor'],
	['person.muteAll m1', 'muteOther'],
	['person.role m1 p1 role=chair', 'changeRole'],
	['roll.links m1', 'linksMade'],
	['roll.enter m1', 'roll'],
	['POST /api/v1/meetings/m1/roll/links', 'linksMade'],
	['POST /api/v1/meetings/m1/roll', 'roll'],
	['token.create role=panel 1', 'tokenMade'],
	['POST /api/v1/tokens role=panel 1', 'tokenMade'],
	['POST /api/v1/tokens/revoke 1', 'tokenRevoked'],
	['token.refused expired, 10 times', 'tokenRefused'],
	['sign-in /ws/panel', 'signIn'],
	['sign-in.refused', 'signInRefused'],
	['sign-out account a1', 'signOut'],
	['GET /api/v1/meetings/m1/minutes.pdf', 'minutes'],
	['GET /api/v1/meetings/m1/attendance.csv', 'attendance'],
	['GET /api/v1/meetings/m1/class/attendance.csv', 'attendance'],
	['GET /api/v1/meetings/m1/class/certificates/p1.pdf', 'certificate'],
	['GET /api/v1/meetings/m1/recordings/r1/recording.mp4', 'recording'],
	['DELETE /api/v1/meetings/m1/recordings/r1', 'removeRecording'],
	['GET /api/v1/audit', 'readAudit'],
	['GET /api/v1/audit/chain', 'checkAudit'],
	['GET /api/v1/audit.csv', 'auditFile'],
	['POST /api/v1/meetings', 'makeMeeting'],
	['POST /api/v1/meetings/m1/open', 'stepMeeting'],
	['meeting.kind m1 kind=class', null],
	['POST /api/v1/counsel/calls', null],
])('%s is told as %s', (action, act) => {
	expect(actOf(action)).toBe(act)
})

it('Both languages have words for the same', () => {
	const keys = (value: object): string[] =>
		Object.entries(value).flatMap(([key, one]) => [key, ...(typeof one === 'object' ? keys(one) : [])])
	expect(keys(en).sort()).toEqual(keys(ko).sort())
})

describe('The page', () => {
	const entry = (seq: number): AuditEntry => ({
		...{ seq, at: seq * 1_000, kind: 'camera', role: 'panel', jti: 'j', person: null, place: 'panel' },
		...{ action: 'camera.home front', hash: 'ab' },
	})
	/** What was asked, and what the next answers are. */
	let asked: string[]
	let answers: { status?: number; body: unknown; after?: Promise<void> }[]
	beforeEach(() => {
		asked = []
		answers = []
		vi.stubGlobal('fetch', async (path: string) => {
			asked.push(path)
			const { status = 200, body, after } = answers.shift() ?? { body: { entries: [], next: null } }
			await after
			return new Response(JSON.stringify(body), { status })
		})
	})
	afterEach(() => vi.unstubAllGlobals())
	const page = (...seqs: number[]): { body: AuditPage } => ({
		body: { entries: seqs.map(entry), next: seqs.at(-1) === 1 ? null : (seqs.at(-1) ?? null) },
	})
	const query = (at: number) => Object.fromEntries(new URL(asked[at] ?? '', 'http://maru.test').searchParams)

	it('begins with the newest, and goes back as far as is asked for', async () => {
		const trail = new Trail('token')
		answers.push(page(5, 4), page(3, 2), page(1))
		await trail.load()
		expect(trail.more).toBe(4)
		await trail.loadMore()
		await trail.loadMore()
		await trail.loadMore()
		expect(trail.entries.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1])
		expect([trail.more, asked.length]).toEqual([null, 3])
		expect(query(1)).toMatchObject({ before: '4' })
	})

	it('asks for one kind and a span of time, with the whole of its last minute', async () => {
		const trail = new Trail('token')
		expect(trail.filtered).toBe(false)
		Object.assign(trail, { kind: 'camera', from: '2026-11-30T09:00', to: '2026-11-30T09:30' })
		expect(trail.filtered).toBe(true)
		await trail.load()
		const at = (time: string) => String(Date.parse(`2026-11-30T${time}`))
		expect(query(0)).toMatchObject({ kind: 'camera', from: at('09:00'), to: at('09:31') })
		trail.clear()
		await trail.load()
		expect(Object.keys(query(1))).toEqual(['before', 'limit'])
	})

	it('shows what was asked last, whatever comes last', async () => {
		const trail = new Trail('token')
		const { promise: after, resolve } = Promise.withResolvers<void>()
		answers.push({ ...page(9), after }, page(1))
		const first = trail.load()
		await trail.load()
		resolve()
		await first
		expect(trail.entries.map(({ seq }) => seq)).toEqual([1])
	})

	it('keeps what it has when the rest does not come, and says why', async () => {
		const trail = new Trail('token')
		answers.push(page(5, 4), { status: 401, body: { code: 'revoked' } })
		await trail.load()
		await trail.loadMore()
		expect([trail.entries.length, trail.failed]).toEqual([2, 'revoked'])
	})

	it('tells the state of the chain, and that it could not be looked at', async () => {
		const trail = new Trail('token')
		const chain: AuditChain = { entries: 7, head: 'ab', fault: { seq: 8, fault: 'missing' } }
		answers.push({ body: chain }, { status: 403, body: { code: 'not-allowed' } })
		await trail.check()
		expect(trail.chain).toEqual(chain)
		await trail.check()
		expect([trail.chainFailed, trail.checking]).toEqual(['not-allowed', false])
	})
})
