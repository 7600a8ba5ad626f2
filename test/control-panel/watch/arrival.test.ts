import { describe, expect, it } from 'vitest'
import { arrive } from '../../../control-panel/watch/arrival.ts'

const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
const viewer = token({ meeting: 'm1', role: 'viewer', name: '김민수' })

/** The hub or the portal before it, which answers so, one after the other. `null`: nobody does. */
function server(...answers: (readonly [number, string] | null)[]) {
	const asked: unknown[] = []
	const waits: number[] = []
	const fetch = async (_: RequestInfo | URL, options?: RequestInit) => {
		asked.push(JSON.parse(String(options?.body)))
		const [status, body] = answers[Math.min(asked.length, answers.length) - 1] ?? []
		if (status === undefined) throw new TypeError('Failed to fetch')
		return new Response(body, { status })
	}
	const wait = async (ms: number) => void waits.push(ms)
	return { asked, waits, fetch: fetch as typeof globalThis.fetch, wait }
}

const come = (search: string, kept: string | null, around: ReturnType<typeof server>) =>
	arrive({ token: kept, location: { pathname: '/watch', search }, ...around })

describe('Whoever comes to watch', () => {
	it('by a link asks nobody, and takes it along into another window', async () => {
		const hub = server(null)
		const { link, refused, address } = await come('?language=en', viewer, hub)
		expect(link).toMatchObject({ token: viewer, meeting: 'm1', name: '김민수' })
		expect([refused, address, hub.asked]).toEqual([null, `/watch?language=en#${viewer}`, []])
		expect((await come('', null, hub)).link.meeting).toBeNull()
	})

	it('by the name of a meeting is told who they are, whatever link this tab had before, and keeps that out of addresses', async () => {
		const hub = server([200, JSON.stringify({ token: viewer, name: '김민수' })])
		const { link, refused, address } = await come('?meeting=m1', token({ meeting: 'm0' }), hub)
		expect(link).toMatchObject({ token: viewer, name: '김민수' })
		expect([refused, address, hub.asked]).toEqual([null, '/watch?meeting=m1', [{ meeting: 'm1' }]])
	})

	it.each([
		['the hub does not know them', [401, '{"code":"unauthorized"}'], 'unauthorized'],
		['there is no such meeting', [404, '{"code":"no-meeting"}'], 'no-meeting'],
		['the portal wants a sign-in, in its own words', [403, '<!doctype html>'], 'unauthorized'],
		['the portal leads to its sign-in, which is a page', [200, '<!doctype html>'], 'unauthorized'],
	] as const)('is told why where %s', async (_, answer, code) => {
		const { link, refused } = await come('?meeting=m1', null, server(answer))
		expect([link.token, link.meeting, refused]).toEqual(['', 'm1', code])
	})

	it('waits while nobody answers who could know', async () => {
		const hub = server(null, [502, 'bad gateway'], [200, JSON.stringify({ token: viewer })])
		expect((await come('?meeting=m1', null, hub)).link.token).toBe(viewer)
		expect(hub.waits).toHaveLength(2)
	})
})
