import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '../../appliance/hub/journal.ts'
import { evolve } from '../../appliance/meeting/evolve.ts'
import type { Meeting } from '../../appliance/meeting/meeting.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { call, type Member, openMember } from './member.ts'
import { trials, until } from './wait.ts'

/**
 * A council meeting that is killed with `kill -9` at random points of its script. Whatever was acknowledged is in the
 * journal when the service is back, and floor, line, seconds left and votes are as they were.
 */

let site: Site
let room: Appliance

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 20_480, { cameras: [] })
	room = await site.start()
})
afterAll(() => site?.close())

interface Played {
	meeting: string
	links: { id: string; link: string }[]
	clerk: Member
	members: Member[]
	/** Everything that somebody was told to have happened. */
	acknowledged: Omit<Entry, 'seq' | 'hash'>[]
	/** Secret ballots that their voters know to be cast. */
	cast: number
	vote: string
}

const tokenOf = (link: string) => new URL(link).hash.slice(1)

async function begin(): Promise<Played> {
	const admin = room.token('admin')
	const roll = Array.from({ length: 6 }, (_, i) => ({
		name: `국장 ${i}`,
		title: '국장',
		bureau: `${i % 3}국`,
		role: i === 0 ? 'clerk' : 'member',
		email: null,
		order: i,
	}))
	const { id: meeting } = await call<{ id: string }>(room.origin, admin, 'POST', '/meetings', {
		title: '확대간부회의',
		kind: 'council',
		roll,
	})
	await call(room.origin, admin, 'POST', `/meetings/${meeting}/open`)
	const path = `/meetings/${meeting}/roll/links`
	const { links } = await call<{ links: { id: string; link: string }[] }>(room.origin, admin, 'POST', path)
	const [clerk, ...members] = await Promise.all(
		links.map(({ link }) => openMember({ origin: room.origin, token: tokenOf(link) })),
	)
	if (!clerk) throw new Error('no clerk')
	await clerk.get({ type: 'floor.mode', mode: 'chair' })
	const { vote } = await clerk.get<{ vote: string }>({ type: 'vote.open', title: '안건', kind: 'secret' })
	return { meeting, links, clerk, members, acknowledged: [], cast: 0, vote }
}

/** One step after the other, for ever, until the socket is gone. */
async function play(played: Played): Promise<void> {
	const { clerk, members } = played
	for (let i = 0; ; i++) {
		const member = members[i % members.length] as Member
		const steps: [Member, MeetingCommand][] = [
			[member, { type: 'floor.request', kind: i % 4 === 0 ? 'order' : 'speak' }],
			[clerk, { type: 'floor.grant', who: member.person, seconds: 60 + i }],
			[clerk, { type: 'floor.next' }],
			[member, { type: 'vote.cast', vote: played.vote, choice: i % 2 === 0 ? 'for' : 'against' }],
			[member, { type: 'floor.yield' }],
			[clerk, { type: 'floor.extend', who: member.person, seconds: 30 }],
			[clerk, { type: 'minutes.note', text: `쪽지 ${i}` }],
			[clerk, { type: 'floor.revokeAll' }],
		]
		const [who, command] = steps[randomInt(steps.length)] as [Member, MeetingCommand]
		const result = await who.ask(command)
		if (!result.ok) {
			if (result.code === 'lost') return
			continue
		}
		const { events } = result.data as { events: Played['acknowledged'] }
		played.acknowledged.push(...events)
		if (command.type === 'vote.cast') played.cast += events.length
	}
}

async function trial(): Promise<number> {
	const played = await begin()
	const playing = play(played)
	await until('something to lose', () => played.acknowledged.length > 0)
	await sleep(randomInt(900))
	room.kill('SIGKILL')
	await Promise.all([playing, room.ended])
	room = await site.start()

	const admin = room.token('admin')
	const { events } = await call<{ events: Entry[] }>(room.origin, admin, 'GET', `/meetings/${played.meeting}/journal`)
	const kept = new Set(events.map(({ seq: _, hash: __, ...event }) => JSON.stringify(sortKeys(event))))
	const lost = played.acknowledged.filter((event) => !kept.has(JSON.stringify(sortKeys(event))))
	expect(lost).toEqual([])

	const clerk = await openMember({ origin: room.origin, token: tokenOf(played.links[0]?.link ?? '') })
	const replayed = events.reduce<Meeting | null>(evolve, null)
	const { floor } = clerk.core
	expect(floor.speaking.map(({ who, limitMs, usedMs, runningSince }) => [who, limitMs, usedMs, runningSince])).toEqual(
		replayed?.floor.speaking.map(({ who, limitMs, usedMs, runningSince }) => [who, limitMs, usedMs, runningSince]),
	)
	expect(new Set(clerk.list('asking').map(({ id }) => id))).toEqual(
		new Set(replayed?.floor.asking.map(({ who }) => who)),
	)
	// One may have been cast whose voter was not told any more: never fewer than were acknowledged.
	expect(clerk.core.vote?.cast).toBeGreaterThanOrEqual(played.cast)
	await clerk.get({ type: 'vote.close', vote: played.vote })
	// Its socket is closed with the meeting, perhaps before the answer.
	await clerk.ask({ type: 'meeting.close' })
	const after = await call<{ events: Entry[] }>(room.origin, admin, 'GET', `/meetings/${played.meeting}/journal`)
	const closed = after.events.find(({ type }) => type === 'vote.closed') as Extract<Entry, { type: 'vote.closed' }>
	expect(closed.keys).toHaveLength(clerk.core.vote?.cast ?? -1)
	clerk.close()
	return played.acknowledged.length
}

function sortKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sortKeys)
	if (typeof value !== 'object' || value === null) return value
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, field]) => field !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, field]) => [key, sortKeys(field)]),
	)
}

describe('A council meeting that is killed at a random point', () => {
	const runs = trials >= 20 ? 200 : 2
	it(`loses nothing that was acknowledged, ${runs} times`, async () => {
		let acknowledged = 0
		for (let i = 0; i < runs; i++) acknowledged += await trial()
		console.log(`${runs} kills, ${acknowledged} events acknowledged, none lost`)
		expect(acknowledged).toBeGreaterThan(0)
	}, 3_600_000)
})
