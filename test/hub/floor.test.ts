import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBallotBox } from '../../appliance/hub/ballot-box.ts'
import { openJournal } from '../../appliance/hub/journal.ts'
import type { AskingView, LobbyView, ReadinessView, RollView } from '../../appliance/protocol/floor.ts'
import type { RollEntry } from '../../appliance/protocol/meeting-commands.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { type Client, microphone, openSite, panel, type Site } from './site.ts'

let site: Site
let id: string
let links: Links

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())

beforeEach(async () => {
	;({ id, links } = await site.hub.create({ title: '확대간부회의', kind: 'council' }))
	site.hub.transition(id, 'open', panel)
})

const refused = (code: string) => expect.objectContaining({ ok: false, code })

async function enter(link: string, name: string): Promise<Client & { id: string }> {
	const client = await site.client(link)
	const { person } = await client.join({ name, media: false })
	return Object.assign(client, { id: person })
}

const speakers = ({ core }: Client) => core?.floor.speaking.map(({ name }) => name)
const types = () => site.hub.journal(id).events.map(({ type }) => type)
const entry = (name: string, difference: Partial<RollEntry> = {}): RollEntry => ({
	name,
	title: '국장',
	bureau: '도시국',
	role: 'member',
	email: null,
	order: 1,
	...difference,
})

describe('The floor', () => {
	it('is given with one command: everybody is told who speaks, the journal has it, and the others are shut', async () => {
		const chair = await enter(links.chair, '의장')
		const kim = await enter(links.member, '김철수')
		const lee = await enter(links.member, '이영희')
		expect(await kim.ask({ type: 'floor.request' })).toMatchObject({ ok: true })
		await chair.until('the line', () => chair.list<AskingView>('asking').length === 1)
		expect(await chair.ask({ type: 'floor.grant', who: kim.id, seconds: 60 })).toMatchObject({ ok: true })
		for (const client of [chair, kim, lee]) {
			await client.until('the speaker', () => speakers(client)?.join() === '김철수')
			expect(client.core?.floor).toMatchObject({
				mode: 'chair',
				speaking: [{ who: kim.id, limitMs: 60_000, asked: true }],
			})
			await client.until('an empty line', () => client.list('asking').length === 0)
		}
		expect(types().slice(-3)).toEqual(['floor.requested', 'rules.set', 'floor.granted'])
	})

	it('is one for hall and home: a seat asks by its button, and stands in the same line', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		const room = await enter(links.room, '대회의실')
		const seats = [
			{ id: '1', name: '의장석' },
			{ id: '7', name: '7번석' },
		]
		await room.get({ type: 'hall.declare', seats, gated: false })
		await kim.get({ type: 'floor.request' })
		await room.get({ type: 'hall.mic', seat: '7', state: 'request' })
		await clerk.until('both', () => clerk.list('asking').length === 2)
		await clerk.get({ type: 'floor.next' })
		await clerk.get({ type: 'floor.revoke', who: kim.id })
		await clerk.get({ type: 'floor.next' })
		await clerk.until('the seat', () => speakers(clerk)?.join() === '7번석')
		expect(clerk.core?.floor.speaking[0]).toMatchObject({ who: 'seat-7', seat: '7' })
		// Somebody is named for it: the strip says so when it has the floor next.
		const { ids } = await clerk.get<{ ids: string[] }>({ type: 'roll.enter', entries: [entry('박도시')] })
		await clerk.get({ type: 'floor.revoke', who: 'seat-7' })
		await clerk.get({ type: 'seat.take', seat: '7', person: ids[0] ?? '' })
		await room.get({ type: 'hall.mic', seat: '7', state: 'request' })
		await clerk.get({ type: 'floor.next' })
		await clerk.until('the name', () => speakers(clerk)?.join() === '박도시')
		expect(clerk.core?.floor.speaking[0]).toMatchObject({ title: '국장', bureau: '도시국', seat: '7' })
	})

	it('warns the one who grants that the hall is muted in the room', async () => {
		const clerk = await enter(links.clerk, '서기')
		const room = await site.client(links.room)
		await room.join({ name: '대회의실' })
		await room.get({ type: 'hall.declare', seats: [{ id: '1', name: '의장석' }], gated: false })
		await room.open([microphone({ muted: true })])
		expect(await clerk.get({ type: 'floor.grant', who: 'seat-1' })).toMatchObject({ warnings: ['hall-muted'] })
		await clerk.until('the mark', () => clerk.core?.hall?.muted === true)
	})

	it('lets those who preside shut the hall from elsewhere, at once and for the journal; opening it is the room’s alone', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		expect(await clerk.ask({ type: 'hall.mute' })).toEqual(refused('no-person'))
		const room = await site.client(links.room)
		await room.join({ name: '대회의실' })
		await room.get({ type: 'hall.declare', seats: [], gated: false })
		await room.open([microphone()])
		const { person = '' } = room.joined ?? {}
		const source = () => clerk.people.get(person)?.sources[0]
		await clerk.until('an open hall', () => clerk.core?.hall?.muted === false && source()?.muted === false)
		expect(await kim.ask({ type: 'hall.mute' })).toEqual(refused('not-allowed'))
		await clerk.get({ type: 'hall.mute' })
		await room.until('the word', () => room.core?.hall?.mutes === 1)
		await clerk.until('the mark', () => clerk.core?.hall?.muted === true && source()?.muted === true)
		expect(types().at(-1)).toBe('hall.muted')
		// Nobody elsewhere has any way to open it; the room has.
		const id = source()?.id ?? ''
		expect(await clerk.ask({ type: 'media.mute', source: id, muted: false })).toEqual(refused('no-source'))
		await room.get({ type: 'media.mute', source: id, muted: false })
		await clerk.until('an open hall again', () => clerk.core?.hall?.muted === false)
		expect(room.core?.hall?.mutes).toBe(1)
	})

	it('keeps each step of a grant with its time, and shows the one that failed', async () => {
		const clerk = await enter(links.clerk, '서기')
		const room = await enter(links.room, '대회의실')
		await room.get({ type: 'hall.declare', seats: [{ id: '1', name: '의장석' }], gated: false })
		await clerk.get({ type: 'floor.grant', who: 'seat-1' })
		await room.until('the floor', () => room.core?.floor.speaking.length === 1)
		const { who, grantedAt } = room.core?.floor.speaking[0] ?? { who: '', grantedAt: 0 }
		await room.get({ type: 'grant.step', who, grantedAt, step: 'strip', state: 'done', reason: null })
		await room.get({
			type: 'grant.step',
			who,
			grantedAt,
			step: 'camera',
			state: 'failed',
			reason: 'no-motion',
			feed: null,
		})
		const steps = () => clerk.core?.floor.speaking[0]?.steps
		await clerk.until('the steps', () => steps()?.camera?.state === 'failed' && steps()?.gate?.state === 'done')
		expect(clerk.core?.floor.speaking[0]?.steps).toMatchObject({
			gate: { state: 'done', ms: expect.any(Number) },
			strip: { state: 'done', ms: expect.any(Number) },
			camera: { state: 'failed', reason: 'no-motion' },
		})
		const kept = site.db.prepare('SELECT step, state FROM grant_step WHERE meeting = ? ORDER BY step').all(id)
		expect(kept).toEqual([
			{ step: 'camera', state: 'failed' },
			{ step: 'gate', state: 'done' },
			{ step: 'strip', state: 'done' },
		])
	})

	it('refuses by name what may not be', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		const lee = await enter(links.member, '이영희')
		expect(await kim.ask({ type: 'floor.request', who: lee.id })).toEqual(refused('not-allowed'))
		expect(await kim.ask({ type: 'floor.yield' })).toEqual(refused('no-floor'))
		expect(await clerk.ask({ type: 'floor.grant', who: 'nobody' })).toEqual(refused('no-person'))
		expect(await clerk.ask({ type: 'floor.next' })).toEqual(refused('not-in-queue'))
		await clerk.get({ type: 'meeting.suspend' })
		expect(await kim.ask({ type: 'floor.request' })).toEqual(refused('suspended'))
	})

	it('comes back after a restart: line, speaker, seconds left, and nobody is unmuted by it', async () => {
		const chair = await enter(links.chair, '의장')
		const kim = await enter(links.member, '김철수')
		const lee = await enter(links.member, '이영희')
		await kim.get({ type: 'floor.request' })
		await lee.get({ type: 'floor.request', kind: 'respond' })
		await chair.get({ type: 'floor.grant', who: kim.id, seconds: 300 })
		await chair.until('the floor', () => chair.core?.floor.speaking.length === 1)
		const before = chair.core
		await site.restart()
		const again = await enter(links.observer, '참관')
		expect(again.core?.floor).toMatchObject({
			mode: 'chair',
			speaking: [{ who: kim.id, limitMs: 300_000, runningSince: before?.floor.speaking[0]?.runningSince }],
			waiting: { respond: 1 },
			next: lee.id,
		})
	})
})

describe('A desk', () => {
	it('runs a meeting from the touch panel as nobody in it', async () => {
		const kim = await enter(links.member, '김철수')
		const desk = await site.client(panel)
		const { people } = await desk.desk(id)
		expect(people.set.map(({ name }) => name)).toEqual(['김철수'])
		await kim.get({ type: 'floor.request' })
		await desk.until('the line', () => desk.list('asking').length === 1)
		await desk.get({ type: 'floor.next' })
		await kim.until('the floor', () => speakers(kim)?.join() === '김철수')
		expect(kim.people.size).toBe(1)
		await desk.get({ type: 'meeting.close' })
		await desk.until('the end', () => desk.of('desk.ended').length === 1)
		expect(desk.closed).toBe(false)
	})

	it('is opened before anything is run from it', async () => {
		const desk = await site.client(panel)
		expect(await desk.ask({ type: 'floor.next' })).toEqual(refused('not-allowed'))
		expect(await desk.ask({ type: 'desk.open', meeting: 'none' })).toEqual(refused('no-meeting'))
	})

	it('tells a member nothing of roll, lobby and readiness', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		await clerk.get({ type: 'roll.enter', entries: [entry('박도시', { email: 'park@city.example' })] })
		await kim.get({
			type: 'readiness.report',
			microphone: 'ok',
			camera: 'none',
			network: 'ok',
			rttMs: 3,
			lossPercent: 0,
		})
		await clerk.until('both', () => clerk.list('roll').length === 1 && clerk.list('readiness').length === 1)
		expect(JSON.stringify(kim.messages)).not.toContain('park@city.example')
		expect(kim.of('list').map(({ list }) => list)).not.toContain('roll')
	})
})

describe('The readiness wall', () => {
	it('says of the next presenter whether their slides can be shown', async () => {
		const clerk = await enter(links.clerk, '서기')
		const kim = await enter(links.member, '김철수')
		const report = { microphone: 'ok', camera: 'ok', network: 'ok', rttMs: 3, lossPercent: 0 } as const
		const item = { title: '보고', kind: 'report', bureau: '', presenters: [kim.id], seconds: null } as const
		const slides = () => clerk.list<ReadinessView>('readiness')[0]?.slides
		await kim.get({ type: 'readiness.report', ...report })
		await clerk.until('nothing to present', () => slides() === 'unknown')
		await clerk.get({ type: 'agenda.set', items: [{ ...item, presenters: [kim.id], documents: [] }] })
		await kim.get({ type: 'readiness.report', ...report })
		await clerk.until('no slides', () => slides() === 'none')
	})
})

describe('The roll', () => {
	it('makes a personal link for each, by which they come with name, title and bureau', async () => {
		const clerk = await enter(links.clerk, '서기')
		await clerk.get({ type: 'roll.enter', entries: [entry('박도시'), entry('최환경', { bureau: '환경국', order: 2 })] })
		const { links: personal } = await clerk.get<{ links: { id: string; name: string; link: string }[] }>({
			type: 'roll.links',
		})
		expect(personal.map(({ name }) => name)).toEqual(['박도시', '최환경'])
		const client = await site.client(personal[1]?.link ?? '')
		const { person } = await client.join({ media: false })
		expect(person).toBe(personal[1]?.id)
		expect(client.self).toMatchObject({ name: '최환경', title: '국장', bureau: '환경국', order: 2 })
		await clerk.until('them to be present', () => {
			return clerk.list<RollView>('roll').find(({ id }) => id === person)?.attendance === 'present'
		})
	})

	it('takes back the link of whoever is struck off it', async () => {
		const clerk = await enter(links.clerk, '서기')
		const { ids } = await clerk.get<{ ids: string[] }>({ type: 'roll.enter', entries: [entry('박도시')] })
		const { links: given } = await clerk.get<{ links: { link: string }[] }>({ type: 'roll.links' })
		await clerk.get({ type: 'roll.remove', who: ids[0] ?? '' })
		await expect(site.client(given[0]?.link ?? '')).rejects.toMatchObject({ code: 'revoked' })
	})

	it('gives a clerk no link of a chair', async () => {
		const clerk = await enter(links.clerk, '서기')
		await clerk.get({ type: 'roll.enter', entries: [entry('박도시')] })
		const desk = await site.client(panel)
		await desk.desk(id)
		await desk.get({ type: 'roll.enter', entries: [entry('시장', { role: 'chair', order: 0 })] })
		const names = async (client: Client) => {
			const { links: given } = await client.get<{ links: { name: string }[] }>({ type: 'roll.links' })
			return given.map(({ name }) => name)
		}
		expect(await names(clerk)).toEqual(['박도시'])
		expect(await names(desk)).toEqual(['시장', '박도시'])
	})

	it('is called: who is in is present, others are absent, and late when they come', async () => {
		const clerk = await enter(links.clerk, '서기')
		await clerk.get({ type: 'rules.set', quorum: { people: 2 } })
		await clerk.get({ type: 'roll.enter', entries: [entry('박도시'), entry('최환경', { order: 2 })] })
		const { links: personal } = await clerk.get<{ links: { link: string }[] }>({ type: 'roll.links' })
		const park = await site.client(personal[0]?.link ?? '')
		await park.join({ media: false })
		await clerk.get({ type: 'roll.call' })
		const found = () =>
			clerk
				.list<RollView>('roll')
				.map(({ attendance }) => attendance)
				.join()
		await clerk.until('the call', () => found() === 'present,absent')
		await clerk.until('the quorum', () => clerk.core?.quorum?.required === 2)
		await (await site.client(personal[1]?.link ?? '')).join({ media: false })
		await clerk.until('the late one', () => found() === 'present,late')
	})
})

describe('Somebody who is erased', () => {
	it('is named nowhere any more: not on screens, not in the data folder, not in a backup; the chain stays whole', async () => {
		const clerk = await enter(links.clerk, '서기')
		const { ids } = await clerk.get<{ ids: string[] }>({
			type: 'roll.enter',
			entries: [entry('지워질사람', { title: '특별한직위', email: 'erase-me@city.example' })],
		})
		await clerk.until('the roll', () => clerk.list<RollView>('roll')[0]?.name === '지워질사람')
		site.hub.erase(id, ids[0] ?? '')
		await clerk.until('the name to go', () => clerk.list<RollView>('roll')[0]?.name === '—')
		const file = site.db.location() ?? ''
		const backup = `${file}.backup`
		site.db.exec(`VACUUM INTO '${backup}'`)
		for (const path of [file, `${file}-wal`, backup]) {
			const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
			for (const text of ['지워질사람', '특별한직위', 'erase-me'])
				expect(bytes.includes(text), `${text} in ${path}`).toBe(false)
		}
		expect(site.db.prepare('SELECT count(*) AS n FROM vault_key WHERE person = ?').get(ids[0] ?? '')?.n).toBe(0)
		expect(openJournal(site.db).verify(id)).toBeNull()
		await site.restart()
		const desk = await site.client(panel)
		await desk.desk(id)
		expect(desk.list<RollView>('roll')[0]).toMatchObject({ name: '—', title: '', bureau: '도시국' })
	})
})

describe('The lobby', () => {
	it('keeps who comes by a shared link before the door until the clerk knows them', async () => {
		const clerk = await enter(links.clerk, '서기')
		await clerk.get({ type: 'rules.set', lobby: 'shared' })
		const { ids } = await clerk.get<{ ids: string[] }>({ type: 'roll.enter', entries: [entry('박도시')] })
		const stranger = await site.client(links.member)
		const { lobby, before, resume } = await stranger.knock('박도시')
		expect({ lobby, before }).toEqual({ lobby: true, before: 0 })
		expect(await stranger.ask({ type: 'floor.request' })).toEqual(refused('not-joined'))
		await clerk.until('the knock', () => clerk.list<LobbyView>('lobby')[0]?.match === ids[0])
		await clerk.get({ type: 'lobby.admit', who: clerk.list('lobby')[0]?.id ?? '', as: ids[0] ?? '' })
		await stranger.until('the door', () => stranger.of('admitted').length === 1)
		const joined = await stranger.join({
			media: false,
			name: '박도시',
			resume: stranger.of('admitted')[0]?.resume ?? resume,
		})
		expect(joined).toMatchObject({ person: ids[0], name: '박도시' })
		// Documents are not given for the shared link, which those before the door hold as well, but for one of their own.
		const shared = await site.identity.verify(new URL(links.member).hash.slice(1))
		expect(site.hub.mayRead(id, shared)).toBe(false)
		const own = await site.identity.verify(joined.token ?? '')
		expect(own).toMatchObject({ person: ids[0], role: 'member', meeting: id })
		expect(site.hub.mayRead(id, own)).toBe(true)
	})

	it('turns away, and says so', async () => {
		const clerk = await enter(links.clerk, '서기')
		await clerk.get({ type: 'rules.set', lobby: 'shared' })
		const stranger = await site.client(links.member)
		await stranger.knock('아무개')
		await clerk.until('the knock', () => clerk.list('lobby').length === 1)
		await clerk.get({ type: 'lobby.refuse', who: clerk.list('lobby')[0]?.id ?? '' })
		await stranger.until('the word', () => stranger.of('ended')[0]?.code === 'refused')
	})

	it('forgets who went away from the door, and tells the others their place', async () => {
		const clerk = await enter(links.clerk, '서기')
		await clerk.get({ type: 'rules.set', lobby: 'shared' })
		const [one, two] = [await site.client(links.member), await site.client(links.member)]
		await one.knock('하나')
		expect((await two.knock('둘')).before).toBe(1)
		one.connection.gone()
		await two.until('the place', () => two.of('lobby.place').at(-1)?.before === 0)
		expect(await clerk.get({ type: 'lobby.admitAll' })).toMatchObject({ events: [{ type: 'lobby.admitted' }] })
	})
})

describe('A role', () => {
	it('is changed while the meeting goes on, and counts at once', async () => {
		const chair = await enter(links.chair, '의장')
		const guest = await enter(links.observer, '참관인')
		expect(await guest.ask({ type: 'floor.request' })).toEqual(refused('not-allowed'))
		await chair.get({ type: 'person.role', who: guest.id, role: 'member' })
		await guest.until('the word', () => guest.of('role')[0]?.role === 'member')
		expect(guest.connection.role).toBe('member')
		expect(await guest.ask({ type: 'floor.request' })).toMatchObject({ ok: true })
	})
})

describe('A vote', () => {
	it('in secret leaves nothing in the database that links a person to a ballot', async () => {
		const chair = await enter(links.chair, '의장')
		const people = await Promise.all(['가', '나', '다', '라'].map((name) => enter(links.member, name)))
		const { vote } = await chair.get<{ vote: string }>({ type: 'vote.open', title: '안건', kind: 'secret' })
		for (const [i, person] of people.entries()) {
			await person.get({ type: 'vote.cast', vote, choice: i === 0 ? 'against' : 'for' })
		}
		expect(await people[0]?.ask({ type: 'vote.cast', vote, choice: 'for' })).toEqual(refused('has-voted'))
		await chair.get({ type: 'vote.close', vote })
		await chair.until('the result', () => chair.core?.vote?.phase === 'closed')
		expect(chair.core?.vote).toMatchObject({ counts: { for: 3, against: 1, abstain: 0 }, cast: 4, passed: true })
		expect(site.db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name LIKE 'ballot%'").get()?.n).not.toBe(0)
		const casts = site.hub.journal(id).events.filter(({ type }) => type === 'ballot.cast')
		expect(casts).toHaveLength(4)
		expect(casts.every((event) => 'choice' in event && event.choice === null)).toBe(true)
	})

	it.each(['vote.cancel', 'meeting.close'] as const)(
		'in secret leaves no ballot behind when it ends by %s',
		async (type) => {
			const chair = await enter(links.chair, '의장')
			const kim = await enter(links.member, '김철수')
			const { vote } = await chair.get<{ vote: string }>({ type: 'vote.open', title: '안건', kind: 'secret' })
			await kim.get({ type: 'vote.cast', vote, choice: 'for' })
			expect(openBallotBox(site.db).take(vote)).toHaveLength(1)
			await chair.get(type === 'vote.cancel' ? { type, vote } : { type })
			expect(openBallotBox(site.db).take(vote)).toEqual([])
		},
	)

	it('closes by itself when its time is up', async () => {
		const chair = await enter(links.chair, '의장')
		const kim = await enter(links.member, '김철수')
		const { vote } = await chair.get<{ vote: string }>({
			type: 'vote.open',
			title: '안건',
			kind: 'recorded',
			seconds: 5,
		})
		await kim.get({ type: 'vote.cast', vote, choice: 'for' })
		await kim.until('their standing', () => kim.of('ballots').at(-1)?.ballots?.cast.length === 1)
		await chair.until('the close', () => chair.core?.vote?.phase === 'closed')
		expect(chair.core?.vote).toMatchObject({ counts: { for: 1 } })
	})

	it('closes by the clock that the machine has by then, whatever it was when the vote was opened', async () => {
		let aheadMs = 0
		const other = await openSite({ now: () => Date.now() + aheadMs })
		try {
			const made = await other.hub.create({ title: '임시회', kind: 'council' })
			other.hub.transition(made.id, 'open', panel)
			const chair = await other.client(made.links.chair)
			await chair.join({ name: '의장', media: false })
			await chair.get({ type: 'vote.open', title: '안건', kind: 'recorded', seconds: 600 })
			aheadMs = 3_600_000
			await chair.until('the close', () => chair.core?.vote?.phase === 'closed')
		} finally {
			await other.close()
		}
	})
})
