import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Crowd, openPeople } from '../bench/load/crowd.ts'
import { type OpenMeeting, openMeeting } from '../bench/load/meeting.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { openMember } from '../scene/member.ts'
import { openPanel, type Panel } from '../scene/panel.ts'
import { until } from '../scene/wait.ts'
import { watchJournal, watchMicrophones } from './witness.ts'

/**
 * Somebody sets the clock of the machine in the middle of a meeting, and sets it right again. Everything of ours that asks
 * for the time asks JavaScript: the real service, whose `Date` is off (shifted-clock.ts). The kernel has one clock for all
 * of a machine, and another test may be running.
 */

const hourMs = 3_600_000
const yearMs = 365 * 24 * hourMs
const sends = { microphone: { level: 60, kbps: 24, muted: false }, camera: null }

let site: Site
let room: Appliance
let meeting: OpenMeeting
let crowd: Crowd
let panel: Panel
let asks = false

const folder = mkdtempSync(join(tmpdir(), 'maru-clock-'))
const clockFile = join(folder, 'clock')

function setClock(shiftMs: number) {
	writeFileSync(`${clockFile}.new`, String(shiftMs))
	renameSync(`${clockFile}.new`, clockFile)
}

/** Asks for something that changes the core, which says when it was made. */
async function hubsClock(): Promise<number> {
	const who = crowd.people[1]?.person ?? ''
	const { clerk } = meeting
	const before = clerk.core.at
	// Both at once would leave the core as it was, and nobody is told of that.
	asks = !asks
	await clerk.get(asks ? { type: 'floor.request', who } : { type: 'floor.withdraw', who })
	await until('another core', () => clerk.core.at !== before)
	return clerk.core.at
}

beforeAll(async () => {
	const before = process.env.NODE_OPTIONS
	process.env.NODE_OPTIONS = `--import=${pathToFileURL(join(import.meta.dirname, 'shifted-clock.ts'))}`
	process.env.MARU_CLOCK = clockFile
	try {
		site = await openSite({ addresses: [] }, 27_280, { cameras: [] })
	} finally {
		if (before === undefined) delete process.env.NODE_OPTIONS
		else process.env.NODE_OPTIONS = before
		delete process.env.MARU_CLOCK
	}
	room = await site.start()
	meeting = await openMeeting(room, { microphones: 2 })
	panel = await openPanel(room.origin, room.token('panel'))
	crowd = await openPeople({ origin: room.origin, token: () => meeting.token('member'), count: 3, sends: () => sends })
	expect(crowd.refused).toEqual([])
	await meeting.clerk.get({ type: 'rules.set', floor: { speechSeconds: null } })
	await meeting.clerk.get({ type: 'floor.grant', who: crowd.people[0]?.person ?? '' })
})
afterAll(async () => {
	panel?.close()
	meeting?.clerk.close()
	await crowd?.close()
	await site?.close()
	rmSync(folder, { recursive: true, force: true })
})

describe('While a meeting goes on, the clock is set', () => {
	it.each([
		['an hour forward', hourMs],
		['an hour back', -hourMs],
		['a year forward', yearMs],
		['a year back', -yearMs],
	])('%s: it goes on, nobody is opened, and the floor is where it was', async (_, shiftMs) => {
		const speaker = crowd.people[0]?.person ?? ''
		const microphones = watchMicrophones(meeting.clerk, new Set([speaker]))
		const journal = watchJournal(join(site.dir, 'data/maru.db'), meeting.id)
		const speech = () => meeting.clerk.core.floor.speaking.find(({ who }) => who === speaker)
		const acknowledged: string[] = []
		for (const shift of [shiftMs, 0]) {
			setClock(shift)
			await until('the hub to have that time', async () => Math.abs((await hubsClock()) - Date.now() - shift) < 60_000)
			const before = (await crowd.stat()).received
			const text = `${shiftMs} ${shift}`
			await meeting.clerk.get({ type: 'minutes.note', text })
			acknowledged.push(text)
			if (Math.abs(shift) < yearMs) {
				// By the same link as before, which is good for a month.
				const guest = await openMember({ origin: room.origin, token: meeting.token('member'), name: '손님' })
				guest.close()
			}
			await until('sound to go on', async () => (await crowd.stat()).received > before + 100)
			expect(await panel.command({ type: 'room.mute', muted: true })).toMatchObject({ ok: true })
		}
		expect(crowd.dropped()).toEqual([])
		expect(speech()).toBeDefined()
		expect(speech()?.usedMs).toBeGreaterThanOrEqual(0)
		expect(microphones.breaches()).toEqual([])
		expect(journal.breaches(acknowledged)).toEqual([])
		expect(journal.fault()).toBeNull()
	})
})
