import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { todays } from '../../appliance/hub/room-lobby.ts'
import { mostHeard } from '../../appliance/media/loudest.ts'
import type { Wanted } from '../../appliance/protocol/media.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { MeetingView } from '../../appliance/protocol/room-state.ts'
import { Client, camera, dtls, microphone, openSite, panel, type Site } from './site.ts'

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

describe('A meeting in the hub', () => {
	it('is made with a link for each role, on the base that was asked for', async () => {
		expect(Object.keys(links).sort()).toEqual(['chair', 'clerk', 'member', 'observer', 'room', 'viewer'])
		expect(links.member).toMatch(/^https:\/\/maru\.test:8443\/attend#ey/)
		const other = await site.hub.links(id, 'http://127.0.0.1:8080')
		expect(other.member).toMatch(/^http:\/\/127\.0\.0\.1:8080\/attend#ey/)
		expect(await site.identity.verify(new URL(other.chair).hash.slice(1))).toMatchObject({ role: 'chair', meeting: id })
	})

	it('knows who comes by a personal link, by name and as the same person each time', async () => {
		const { person, link } = await site.hub.invite(id, { role: 'clerk', name: '박민정 복지국장' })
		const first = await site.client(link)
		expect(await first.join()).toMatchObject({ person, role: 'clerk', name: '박민정 복지국장' })
		await first.get({ type: 'meeting.leave' })
		const again = await site.client(link)
		expect(await again.join({ name: '남의 이름' })).toMatchObject({ person, name: '박민정 복지국장' })
		await expect(site.hub.invite('nowhere', { role: 'member', name: '아무개' })).rejects.toMatchObject({
			code: 'no-meeting',
		})
	})

	it('goes through its phases, each journaled and chained', () => {
		site.hub.transition(id, 'suspend', panel)
		expect(site.hub.get(id).phase).toBe('suspended')
		site.hub.transition(id, 'resume', panel)
		expect(site.hub.transition(id, 'close', panel).phase).toBe('closed')
		const { events } = site.hub.journal(id)
		const steps = events.filter(({ type }) => type.startsWith('meeting.')).map(({ type }) => type.slice(8))
		expect(steps).toEqual(['planned', 'opened', 'suspended', 'resumed', 'closed'])
		expect(events.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true)
		expect(site.hub.get(id).phase).toBe('closed')
		expect(site.hub.list().find((meeting) => meeting.id === id)?.phase).toBe('closed')
	})

	it('refuses what cannot be, by name', async () => {
		const chair = await site.identity.verify(new URL(links.chair).hash.slice(1))
		const { id: other } = await site.hub.create({ title: '다른 회의', kind: 'class' })
		expect(() => site.hub.transition(id, 'open', panel)).toThrow(expect.objectContaining({ code: 'already-so' }))
		expect(() => site.hub.transition(other, 'suspend', panel)).toThrow(
			expect.objectContaining({ code: 'meeting-not-open' }),
		)
		expect(() => site.hub.transition(other, 'open', chair)).toThrow(expect.objectContaining({ code: 'not-allowed' }))
		expect(() => site.hub.get('none')).toThrow(expect.objectContaining({ code: 'no-meeting' }))
		expect(() => site.hub.journal('none')).toThrow(expect.objectContaining({ code: 'no-meeting' }))
		site.hub.transition(id, 'close', panel)
		expect(() => site.hub.transition(id, 'open', panel)).toThrow(expect.objectContaining({ code: 'meeting-closed' }))
		await expect(site.client(links.member)).rejects.toMatchObject({ code: 'meeting-closed' })
		expect(() => new Client(site.hub, { ...chair, meeting: 'none' } as typeof chair)).toThrow(
			expect.objectContaining({ code: 'no-meeting' }),
		)
	})

	it('keeps no name in its journal', async () => {
		const client = await site.client(links.member)
		await client.join({ name: '홍길동' })
		expect(client.self?.name).toBe('홍길동')
		const rows = JSON.stringify(site.db.prepare('SELECT * FROM journal').all())
		expect(rows).toContain('person.joined')
		expect(rows).not.toContain('홍길동')
	})
})

describe('People', () => {
	it('join in one answer, with transports, and are told of each other', async () => {
		const first = await site.client(links.chair)
		const joined = await first.join({ name: '의장' })
		expect(joined).toMatchObject({
			role: 'chair',
			name: '의장',
			core: { meeting: { id, phase: 'open' }, floor: { mode: 'open' } },
		})
		expect(joined.media?.send).toMatchObject({
			iceParameters: {},
			iceCandidates: expect.any(Array),
			dtlsParameters: {},
		})
		const second = await site.client(links.member)
		const { person } = await second.join({ name: '홍길동' })
		expect(second.people.size).toBe(2)
		await first.until('the second to be known', () => first.people.get(person)?.name === '홍길동')
		second.connection.gone()
		await first.until('them to be away', () => first.people.get(person)?.here === false)
	})

	it('need a name on a shared link', async () => {
		expect(await (await site.client(links.member)).ask({ type: 'meeting.join', device: { media: false } })).toEqual(
			refused('bad-message'),
		)
	})

	it('are one person on a personal link, and several on a shared one', async () => {
		const token = await site.identity.issue({ role: 'member', meeting: id, person: 'kim', name: '김철수', seconds: 60 })
		const personal = await site.identity.verify(token)
		const one = await site.client(personal)
		expect(await one.join()).toMatchObject({ person: 'kim', name: '김철수' })
		const again = await site.client(personal)
		expect(await again.join({ media: false })).toMatchObject({ person: 'kim' })
		const [a, b] = [await site.client(links.member), await site.client(links.member)]
		expect((await a.join({ name: '가' })).person).not.toBe((await b.join({ name: '나' })).person)
	})

	it('come back as who they were, with their secret and no other', async () => {
		const client = await site.client(links.member)
		const { person, resume } = await client.join({ name: '홍길동' })
		client.connection.gone()
		const back = await site.client(links.member)
		expect(await back.join({ resume })).toMatchObject({ person, resume, name: '홍길동' })
		const thief = await site.client(links.chair)
		expect((await thief.join({ resume, name: '남' })).person).not.toBe(person)
		const types = site.hub.journal(id).events.map(({ type }) => type)
		expect(types.filter((type) => type === 'person.joined')).toHaveLength(2)
		expect(types).toContain('person.returned')
	})

	it('join again on the same socket as the same person', async () => {
		const client = await site.client(links.member)
		const { person, media } = await client.join({ name: '홍길동' })
		const again = await client.join({})
		expect(again.person).toBe(person)
		expect(again.media?.receive.id).not.toBe(media?.receive.id)
	})

	it('with two pages keep the newer one', async () => {
		const old = await site.client(links.member)
		const { resume, person } = await old.join({ name: '홍길동' })
		const watcher = await site.client(links.chair)
		await watcher.join({ name: '의장' })
		const next = await site.client(links.member)
		await next.join({ resume })
		expect(old.of('ended')).toEqual([{ type: 'ended', code: 'taken-over' }])
		expect(old.closed).toBe(true)
		old.connection.gone()
		expect(await old.ask({ type: 'media.show', wanted: { audio: true, video: [] } })).toEqual(refused('not-joined'))
		await next.open([microphone()])
		await watcher.until('the new page to send', () => watcher.people.get(person)?.sources.length === 1)
		expect(
			watcher
				.of('people')
				.flatMap(({ set }) => set)
				.filter((one) => one.id === person && !one.here),
		).toEqual([])
	})

	it('wait outside until it is opened, unless they open it', async () => {
		const planned = await site.hub.create({ title: '내일', kind: 'council' })
		const member = await site.client(planned.links.member)
		const asks = { type: 'meeting.join', device: { media: false }, name: '홍길동' } as const
		expect(await member.ask(asks)).toEqual(refused('meeting-not-open'))
		const chair = await site.client(planned.links.chair)
		await chair.join({ name: '의장' })
		expect(await chair.ask({ type: 'meeting.open' })).toMatchObject({ ok: true })
		await chair.until('the core', () => chair.of('core').at(-1)?.core.meeting.phase === 'open')
		expect((await member.join({ name: '홍길동', media: false })).core.meeting.phase).toBe('open')
	})

	it('are all told when it closes, and nothing works any more', async () => {
		const clients = [await site.client(links.chair), await site.client(links.member)]
		for (const client of clients) await client.join({ name: '누구' })
		expect(await clients[0]?.ask({ type: 'meeting.close' })).toMatchObject({ ok: true })
		for (const client of clients) {
			expect(client.of('ended')).toEqual([{ type: 'ended', code: 'meeting-closed' }])
			expect(client.closed).toBe(true)
			expect(await client.ask({ type: 'meeting.leave' })).toEqual(refused('not-joined'))
		}
	})

	it('with a revoked link are out at once', async () => {
		const client = await site.client(links.member)
		const { person } = await client.join({ name: '홍길동' })
		const chair = await site.client(links.chair)
		await chair.join({ name: '의장' })
		const { jti } = await site.identity.verify(new URL(links.member).hash.slice(1))
		site.identity.revoke(jti)
		expect(client.of('ended')).toEqual([{ type: 'ended', code: 'revoked' }])
		expect(client.closed).toBe(true)
		await chair.until('them to be gone', () => !chair.people.has(person))
	})
})

describe('Sources', () => {
	it('are listed, offered to others, and gone with their page', async () => {
		const speaker = await site.client(links.member)
		const { person } = await speaker.join({ name: '홍길동' })
		const [voice, face] = [microphone(), camera({ label: 'USB' })]
		expect(await speaker.open([voice, face])).toEqual([])
		const listener = await site.client(links.viewer)
		expect((await listener.join({ name: '손님' })).media?.send).toBeNull()
		const offers = await listener.open([], [face.id])
		expect(offers.map(({ source, kind }) => [source, kind]).sort()).toEqual(
			[
				[voice.id, 'audio'],
				[face.id, 'video'],
			].sort(),
		)
		expect(
			await listener.ask({ type: 'media.ready', receive: dtls(), consumers: offers.map((one) => one.id) }),
		).toEqual({ ok: true })
		expect(listener.people.get(person)?.sources).toEqual([
			{ id: voice.id, kind: 'audio', use: 'microphone', label: '', muted: false, open: true, live: false },
			{ id: face.id, kind: 'video', use: 'camera', label: 'USB', muted: false, open: true, live: false },
		])
		speaker.connection.gone()
		await listener.until('the end of both', () => listener.of('media').flatMap(({ closed }) => closed).length === 2)
		await listener.until('an empty list', () => listener.people.get(person)?.sources.length === 0)
	})

	it('come and go with what is shown', async () => {
		const speaker = await site.client(links.member)
		await speaker.join({ name: '홍길동' })
		const face = camera()
		await speaker.open([face])
		const watcher = await site.client(links.member)
		await watcher.join({ name: '김철수' })
		expect(await watcher.open()).toEqual([])
		const show = (height: number | null) =>
			watcher.ask({
				type: 'media.show',
				wanted: { audio: true, video: height === null ? [] : [{ source: face.id, height }] },
			})
		await show(180)
		await watcher.until('an offer', () => watcher.of('media').length === 1)
		await show(720)
		await show(null)
		await watcher.until('its end', () => watcher.of('media').length === 2)
		const [first, last] = watcher.of('media')
		expect(first?.offers.map(({ source }) => source)).toEqual([face.id])
		expect(last?.closed).toEqual(first?.offers.map((one) => one.id))
	})

	it('of one’s own are never offered', async () => {
		const client = await site.client(links.member)
		await client.join({ name: '홍길동' })
		const face = camera()
		expect(await client.open([microphone(), face], [face.id])).toEqual([])
	})

	it('that were never open cost nobody a consumer until they are', async () => {
		const speaker = await site.client(links.member)
		await speaker.join({ name: '홍길동' })
		const voice = microphone({ muted: true })
		await speaker.open([voice])
		const listener = await site.client(links.member)
		await listener.join({ name: '김철수' })
		expect(await listener.open()).toEqual([])
		await speaker.ask({ type: 'media.mute', source: voice.id, muted: false })
		await listener.until('an offer', () =>
			listener
				.of('media')
				.flatMap(({ offers }) => offers)
				.some(({ source }) => source === voice.id),
		)
	})

	it('stay muted across a return that says otherwise, until their person opens them', async () => {
		const client = await site.client(links.member)
		const { resume } = await client.join({ name: '홍길동' })
		const voice = microphone()
		await client.open([voice])
		expect(await client.ask({ type: 'media.mute', source: voice.id, muted: true })).toEqual({ ok: true })
		client.connection.gone()

		const back = await site.client(links.member)
		await back.join({ resume })
		const again = microphone({ muted: false })
		await back.open([again])
		await back.until('the source', () => back.self?.sources[0]?.muted === true)
		await back.ask({ type: 'media.mute', source: again.id, muted: false })
		await back.until('it to be open', () => back.self?.sources[0]?.muted === false)

		await back.join({ resume })
		await back.open([microphone({ muted: false })])
		await back.until('it to stay open', () => back.self?.sources[0]?.muted === false)
	})

	it('are closed and added while the meeting goes on', async () => {
		const client = await site.client(links.member)
		await client.join({ name: '홍길동' })
		await client.open()
		const face = camera()
		expect(await client.ask({ type: 'media.produce', send: dtls(), producers: [face] })).toEqual({ ok: true })
		await client.until('it to be listed', () => client.self?.sources[0]?.id === face.id)
		expect(await client.ask({ type: 'media.close', sources: [face.id] })).toEqual({ ok: true })
		await client.until('it to be gone', () => client.self?.sources.length === 0)
	})

	it('are refused by name where they may not be', async () => {
		const other = await site.client(links.member)
		await other.join({ name: '김철수' })
		const theirs = microphone()
		await other.open([theirs])

		const client = await site.client(links.member)
		expect(await client.ask({ type: 'media.produce', send: dtls(), producers: [camera()] })).toEqual(
			refused('not-joined'),
		)
		await client.join({ name: '홍길동' })
		const produce = (...producers: ReturnType<typeof camera>[]) =>
			client.ask({ type: 'media.produce', send: dtls(), producers })
		expect(await client.ask({ type: 'media.mute', source: theirs.id, muted: true })).toEqual(refused('no-source'))
		expect(await client.ask({ type: 'media.close', sources: [theirs.id] })).toEqual(refused('no-source'))
		expect(await produce(microphone({ id: theirs.id }))).toEqual(refused('bad-message'))
		expect(await produce(camera({ use: 'microphone' }))).toEqual(refused('bad-message'))
		expect(await produce(camera({ rtpParameters: { codecs: 'none' } }))).toEqual(refused('bad-message'))
		const twice = camera()
		expect(await produce(twice, { ...camera(), id: twice.id })).toEqual(refused('bad-message'))
		const wanted: Wanted = { audio: true, video: [] }
		const opens = { type: 'media.open' as const, send: null, producers: [], wanted }
		expect(await client.ask({ ...opens, rtpCapabilities: { codecs: 7 } })).toEqual(refused('bad-message'))
		for (let i = 0; i < 16; i++) await produce(microphone())
		expect(await produce(microphone())).toEqual(refused('full'))

		const broken = await site.client(links.member)
		await broken.join({ name: '이상한 사람' })
		const send = { role: 'client', fingerprints: [] }
		expect(await broken.ask({ ...opens, send, rtpCapabilities: {} })).toEqual(refused('bad-message'))
		// Of so many microphones those that were opened last are connected; their own is among them.
		expect(await broken.open([microphone()])).toHaveLength(mostHeard - 1)

		const viewer = await site.client(links.viewer)
		await viewer.join({ name: '손님' })
		const rtpCapabilities = { ...viewer.joined?.media?.routerRtpCapabilities }
		expect(await viewer.ask({ ...opens, rtpCapabilities, producers: [camera()] })).toEqual(refused('not-allowed'))
		expect(await viewer.ask({ ...opens, rtpCapabilities })).toMatchObject({ ok: true })
	})

	it('restart their way through the network', async () => {
		const client = await site.client(links.member)
		const joined = await client.join({ name: '홍길동' })
		const result = await client.get<{ iceParameters: { usernameFragment: string } }>({
			type: 'media.restart-ice',
			transport: 'receive',
		})
		expect(result.iceParameters.usernameFragment).toBeTruthy()
		expect(result.iceParameters).not.toEqual(joined.media?.receive.iceParameters)
	})
})

describe('A client without manners', () => {
	it('is told when it asks faster than it is answered', async () => {
		const client = await site.client(links.member)
		await client.join({ name: '홍길동' })
		const answers = await Promise.all(
			Array.from({ length: 200 }, () => client.ask({ type: 'media.restart-ice', transport: 'send' })),
		)
		expect(answers.filter((answer) => answer.ok)).toHaveLength(64)
		expect(answers.at(-1)).toEqual(refused('too-many'))
		expect(await client.ask({ type: 'media.show', wanted: { audio: true, video: [] } })).toEqual({ ok: true })
	})
})

describe('A room', () => {
	it('keeps a standing connection: lists, creates, enters and closes meetings', async () => {
		const room = await site.client(panel)
		await room.get({ type: 'meetings.list' })
		const { meeting } = await room.get<{ meeting: MeetingView }>({
			type: 'meetings.create',
			title: '즉석 회의',
			kind: 'council',
		})
		expect(room.of('meetings').at(-1)?.meetings).toContainEqual(
			expect.objectContaining({ id: meeting.id, phase: 'planned' }),
		)
		const { link } = await room.get<{ link: string }>({ type: 'meetings.enter', meeting: meeting.id })
		expect(site.hub.get(meeting.id).phase).toBe('open')
		const principal = await site.identity.verify(new URL(link).hash.slice(1))
		expect(principal).toMatchObject({ role: 'room', meeting: meeting.id, person: expect.stringMatching(/^room-/) })
		await room.get({ type: 'meetings.close', meeting: meeting.id })
		expect(
			room
				.of('meetings')
				.at(-1)
				?.meetings.map((one) => one.id),
		).not.toContain(meeting.id)
		expect(await room.ask({ type: 'meetings.enter', meeting: meeting.id })).toEqual(refused('meeting-closed'))
		expect(await room.ask({ type: 'meetings.enter', meeting: 'none' })).toEqual(refused('no-meeting'))
		expect(await room.ask({ type: 'meeting.leave' })).toEqual(refused('not-allowed'))
		room.connection.gone()
	})

	it('is one person with two connections, whichever link it comes with', async () => {
		const lobby = await site.client(panel)
		const enter = async () => (await lobby.get<{ link: string }>({ type: 'meetings.enter', meeting: id })).link
		const control = await site.client(await enter())
		const { person, resume } = await control.join({ name: '대회의실', media: false })
		const stage = await site.client(await enter())
		expect(await stage.join({ resume })).toMatchObject({ person, name: '대회의실' })
		expect(control.closed).toBe(false)
		const voice = microphone()
		await stage.open([voice])
		await control.until('its microphone', () => control.self?.sources[0]?.id === voice.id)
		expect(await control.ask({ type: 'media.mute', source: voice.id, muted: true })).toEqual({ ok: true })
		await stage.until('the mute', () => stage.self?.sources[0]?.muted === true)

		const next = await site.client(await enter())
		await next.join({ resume })
		expect(stage.of('ended')).toEqual([{ type: 'ended', code: 'taken-over' }])
		expect(control.of('ended')).toEqual([])
		next.connection.gone()
		await control.until('the stage to be gone', () => control.self?.sources.length === 0)
		expect(control.self?.here).toBe(true)
		lobby.connection.gone()
	})

	it('sees of today what goes on and what is planned', () => {
		const noon = new Date(2026, 10, 23, 12).getTime()
		const view = (fields: Partial<MeetingView>): MeetingView => ({
			id: 'x',
			title: '',
			kind: 'council',
			phase: 'planned',
			startsAt: null,
			openedAt: null,
			...fields,
		})
		const all = [
			view({ id: 'evening', startsAt: noon + 6 * 3_600_000 }),
			view({ id: 'tomorrow', startsAt: noon + 24 * 3_600_000 }),
			view({ id: 'over', phase: 'closed' }),
			view({ id: 'a visitor’s own', kind: 'counsel', phase: 'open' }),
			view({ id: 'anytime' }),
			view({ id: 'since yesterday', phase: 'open', startsAt: noon - 20 * 3_600_000 }),
		]
		expect(todays(all, noon).map((one) => one.id)).toEqual(['since yesterday', 'evening', 'anytime'])
	})
})

describe('A service that starts again', () => {
	it('goes on with the meeting: the same people, still muted', async () => {
		const client = await site.client(links.member)
		const { person, resume } = await client.join({ name: '홍길동' })
		const voice = microphone()
		await client.open([voice])
		await client.ask({ type: 'media.mute', source: voice.id, muted: true })
		const before = site.hub.journal(id).events

		await site.restart()
		expect(site.hub.get(id)).toMatchObject({ phase: 'open', title: '확대간부회의' })
		expect(site.hub.journal(id).events.slice(0, before.length)).toEqual(before)
		const back = await site.client(links.member)
		expect(await back.join({ resume })).toMatchObject({ person, name: '홍길동' })
		await back.open([microphone({ muted: false })])
		await back.until('the source', () => back.self?.sources[0]?.muted === true)
	})
})

describe('Who is away for longer than a return takes', () => {
	let brief: Site
	beforeAll(async () => {
		brief = await openSite({ awayMs: 400 })
	})
	afterAll(() => brief.close())
	beforeEach(async () => {
		;({ id, links } = await brief.hub.create({ title: '확대간부회의', kind: 'council' }))
		brief.hub.transition(id, 'open', panel)
	})

	it('is told to have left, and comes back as who they were', async () => {
		const chair = await brief.client(links.chair)
		await chair.join({ name: '의장' })
		const client = await brief.client(links.member)
		const { person, resume } = await client.join({ name: '홍길동' })
		await chair.until('them to be known', () => chair.people.has(person))
		client.connection.gone()
		await chair.until('them to have left', () => !chair.people.has(person))
		expect(brief.hub.journal(id).events.map(({ type }) => type)).toContain('person.left')
		const back = await brief.client(links.member)
		expect(await back.join({ resume })).toMatchObject({ person, name: '홍길동' })
	})

	it('has left also where the service was started again meanwhile', async () => {
		const client = await brief.client(links.member)
		const { person } = await client.join({ name: '홍길동' })
		await brief.restart()
		const chair = await brief.client(links.chair)
		await chair.join({ name: '의장' })
		await chair.until('them to have left', () => !chair.people.has(person))
		const types = brief.hub.journal(id).events.map(({ type }) => type)
		expect(types.filter((type) => type === 'person.away' || type === 'person.left')).toEqual([
			'person.away',
			'person.left',
		])
	})
})
