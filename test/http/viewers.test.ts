import { afterAll, beforeAll, expect, it } from 'vitest'
import { personOf } from '../../appliance/http/portal.ts'
import { openSite, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
	site = await openSite()
	const times = { firstAt: Date.UTC(2026, 10, 30, 0, 0, 5), lastAt: Date.UTC(2026, 10, 30, 1), watchedMs: 61_400 }
	site.hub.watched = [
		{ ...times, person: personOf('kim.ms'), name: '=HYPERLINK("http://x")', ways: ['webrtc', 'http'] },
		{ ...times, person: null, name: null, ways: ['http'] },
		{ ...times, person: '1c9d6a52', name: null, ways: ['webrtc'] },
	]
})
afterAll(() => site.close())

const path = '/api/v1/meetings/m1/relay/viewers'

it('Viewers are told to those who run the meeting and to audit, and to nobody else', async () => {
	for (const role of ['chair', 'clerk', 'admin', 'audit'] as const) {
		for (const ending of ['', '.csv']) {
			expect((await site.fetch('GET', `${path}${ending}`, { token: await site.token(role) })).status, role).toBe(200)
		}
	}
	for (const role of ['viewer', 'member', 'observer', 'room', 'panel', 'facilities'] as const) {
		for (const ending of ['', '.csv']) {
			expect((await site.fetch('GET', `${path}${ending}`, { token: await site.token(role) })).status, role).toBe(403)
		}
	}
	expect((await site.fetch('GET', `${path}.csv`)).status).toBe(401)
	expect((await site.fetch('GET', `${path}.csv`, { token: await site.token('clerk', 'm2') })).status).toBe(403)
})

it('Viewers are a list with the id that the portal has', async () => {
	const response = await site.fetch('GET', path, { token: await site.token('clerk') })
	expect(await response.json()).toMatchObject({
		viewers: [{ id: 'kim.ms', watchedS: 61, ways: ['webrtc', 'http'] }, { id: null, name: null }, { id: '1c9d6a52' }],
	})
})

it('Viewers are a file for a spreadsheet, in which nothing is a formula', async () => {
	const ask =
		(query = '') =>
		async () =>
			site.fetch('GET', `${path}.csv${query}`, { token: await site.token('clerk') })
	const response = await ask()()
	expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
	expect(response.headers.get('content-disposition')).toBe('attachment; filename="viewers-m1.csv"')
	const bytes = new Uint8Array(await response.arrayBuffer())
	expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
	expect(new TextDecoder().decode(bytes).split('\r\n')).toEqual([
		'이름,아이디,처음 본 시각,마지막으로 본 시각,본 시간(초),방식',
		'"\'=HYPERLINK(""http://x"")",kim.ms,2026-11-30T00:00:05.000Z,2026-11-30T01:00:00.000Z,61,WebRTC HTTP',
		'(공유 링크),,2026-11-30T00:00:05.000Z,2026-11-30T01:00:00.000Z,61,HTTP',
		'(삭제된 사람),1c9d6a52,2026-11-30T00:00:05.000Z,2026-11-30T01:00:00.000Z,61,WebRTC',
		'',
	])
	expect(await (await ask('?language=en')()).text()).toContain('(shared link)')
	expect((await ask('?language=fr')()).status).toBe(400)
})
