import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RehearsalReport } from '../../appliance/protocol/rehearsal.ts'
import { openSite, type Site } from './site.ts'

let site: Site
beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

const report: RehearsalReport = {
	...{ id: 'r1', startedAt: 1, endedAt: 2, by: 'timer', outcome: 'passed', reason: null, steps: [] },
}

describe('The morning check over HTTP', () => {
	it('tells the last report, or that there is none yet', async () => {
		const token = await site.token('audit')
		const latest = async () => (await site.fetch('GET', '/api/v1/rehearsals/latest', { token })).json()
		expect(await latest()).toEqual({ running: null, latest: null })
		site.room.rehearsal = report
		const running = { startedAt: 3, steps: 9, done: 2, step: null }
		site.room.change({ rehearsal: { running, last: null, nextAt: null } })
		expect(await latest()).toEqual({ running, latest: report })
	})

	it('is begun by those who run the room, and refused in the words of the room', async () => {
		site.room.answer = () => ({ ok: true, data: { id: 'r2' } })
		const begun = await site.fetch('POST', '/api/v1/rehearsals', { token: await site.token('facilities') })
		expect([begun.status, await begun.json()]).toEqual([202, { id: 'r2' }])
		expect(site.room.done.at(-1)).toMatchObject({
			command: { type: 'rehearsal.start' },
			origin: { role: 'facilities' },
		})
		site.room.answer = () => ({ ok: false, code: 'busy', message: 'A meeting was open' })
		const refused = await site.fetch('POST', '/api/v1/rehearsals', { token: await site.token('panel') })
		expect(refused.status).toBe(409)
		expect(await refused.json()).toMatchObject({ code: 'busy', detail: 'A meeting was open' })
		expect((await site.fetch('POST', '/api/v1/rehearsals', { token: await site.token('audit') })).status).toBe(403)
	})
})
