import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CaptionerConnection } from '../../appliance/hub/captioner-connection.ts'
import type { CaptionCommand, CaptionerMessage, CaptionView } from '../../appliance/protocol/captions.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { type Client, openSite, panel, type Site } from './site.ts'

/** Captions from whoever writes them to whoever reads them, and what is left of them. */

let site: Site
let meeting: string
let links: Links
let chair: Client
let now: number

beforeEach(async () => {
	now = Date.now()
	site = await openSite({ now: () => now, broadcasting })
	const created = await site.hub.create({ title: '확대간부회의', kind: 'council' })
	meeting = created.id
	links = created.links
	chair = await site.client(links.chair)
	await chair.join({ name: '김의장', media: false })
	await chair.get({ type: 'meeting.open' })
	now += 60_000
})
afterEach(() => site.close())

/** What is on air here composes nothing: of the relay only that it goes matters. */
const broadcasting = {
	launch: async () => {
		throw new Error('there is no browser here')
	},
	...{ url: '', hubUrl: '', language: 'ko' as const, mark: '', dir: '/nowhere', reserveBytes: 0 },
}

class Writer {
	readonly heard: CaptionerMessage[] = []
	closed = false
	readonly connection: CaptionerConnection

	constructor(connect: (peer: { send(message: CaptionerMessage): void; close(): void }) => CaptionerConnection) {
		this.connection = connect({
			send: (message) => this.heard.push(message),
			close: () => {
				this.closed = true
			},
		})
	}

	/** → whether it counted; the code where it was refused. */
	async ask(command: CaptionCommand): Promise<boolean | string> {
		try {
			const result = await this.connection.handle(command)
			return result.ok ? (result.data as { taken: boolean }).taken : result.code
		} catch (error) {
			return (error as { code: string }).code
		}
	}

	say(more: Partial<Extract<CaptionCommand, { type: 'caption' }>> = {}) {
		const { from = now - 3_000 } = more
		const said = { id: 'a', revision: 1, from, to: from + 2_000, text: '예산 안을 보고합니다', final: true }
		return this.ask({ type: 'caption', ...said, ...more })
	}

	of<T extends CaptionerMessage['type']>(type: T): Extract<CaptionerMessage, { type: T }>[] {
		return this.heard.filter((one): one is Extract<CaptionerMessage, { type: T }> => one.type === type)
	}
}

async function writer(): Promise<Writer & { link: string }> {
	const { link } = await site.hub.invite(meeting, { role: 'captioner', name: '속기사' })
	const principal = await site.identity.verify(new URL(link).hash.slice(1))
	if (principal.kind !== 'meeting') throw new Error('a link of the house')
	return Object.assign(new Writer((peer) => site.hub.connectCaptioner(principal, peer)), { link })
}

/** What a reader has on the screen, by what it was told. */
function shown(client: Client): CaptionView[] {
	const known = new Map<string, CaptionView>()
	for (const { set, gone } of client.of('captions')) {
		for (const id of gone) known.delete(id)
		for (const one of set) known.set(one.id, one)
	}
	return [...known.values()].sort((a, b) => a.from - b.from)
}
const texts = (client: Client) => shown(client).map(({ text }) => text)
const settled = () => new Promise((resolve) => setTimeout(resolve, 450))

describe('Captions', () => {
	it('reach everybody in the meeting, five times a second at most, as they are said and set right', async () => {
		const recogniser = await writer()
		for (let revision = 1; revision <= 40; revision++) {
			await recogniser.say({ revision, final: false, to: null, text: `예산 ${revision}` })
		}
		await chair.until('the latest', () => texts(chair)[0] === '예산 40')
		await settled()
		expect(chair.of('captions').length).toBeLessThanOrEqual(3)
		expect(await recogniser.say({ revision: 41 })).toBe(true)
		await chair.until('the final word', () => shown(chair)[0]?.final === true)
		expect(shown(chair)[0]).toMatchObject({ text: '예산 안을 보고합니다', to: now - 1_000, speaker: null, at: now })
		// Whoever comes later has the line that stands.
		const late = await site.client(links.member)
		await late.join({ name: '김철수', media: false })
		await late.until('the present line', () => texts(late)[0] === '예산 안을 보고합니다')
		await recogniser.ask({ type: 'retract', id: 'a' })
		await late.until('it to be taken back', () => texts(late).length === 0)
	})

	it('of a human outrank those of a machine, whose writer is told so', async () => {
		const [recogniser, corrector] = [await writer(), await writer()]
		await recogniser.say({ text: '예산 안' })
		await corrector.ask({ type: 'clock' })
		await chair.until('the captions', () => corrector.of('captions').some(({ set }) => set[0]?.text === '예산 안'))
		expect(await corrector.say({ text: '예산안', source: 'human' })).toBe(true)
		expect(await recogniser.say({ revision: 9, text: '예사난' })).toBe(false)
		await chair.until('the correction', () => texts(chair)[0] === '예산안')
		expect(recogniser.of('captions').at(-1)?.set).toMatchObject([{ text: '예산안', source: 'human', revision: 1 }])
	})

	it('are said by whoever had the floor alone, or by whom the writer names', async () => {
		const kim = await site.client(links.member)
		const { person } = await kim.join({ name: '김철수', media: false })
		const recogniser = await writer()
		expect(recogniser.of('meeting')[0]).toMatchObject({ at: now, meeting: { title: '확대간부회의', phase: 'open' } })
		expect(recogniser.of('meeting')[0]?.words).toEqual(['김의장', '김철수', '확대간부회의'])
		await chair.get({ type: 'floor.grant', who: person })
		expect(recogniser.of('speaker').at(-1)?.speaking).toMatchObject([{ id: person, name: '김철수', since: now }])
		const granted = now
		now += 10_000
		await recogniser.say({ id: 'floor', from: granted + 1_000 })
		await recogniser.say({ id: 'before', from: granted - 2_000 })
		await recogniser.say({ id: 'known', from: granted + 2_000, speaker: chair.joined?.person ?? '' })
		await recogniser.say({ id: 'called', from: granted + 3_000, speaker: '방청석\u202e' })
		await recogniser.say({ id: 'nobody', from: granted + 4_000, speaker: null })
		await chair.until('all', () => shown(chair).length === 5)
		const speakers = Object.fromEntries(shown(chair).map(({ id, speaker }) => [id, speaker]))
		expect(speakers).toEqual({ floor: '김철수', before: null, known: '김의장', called: '방청석', nobody: null })
	})

	it.each([
		[{ from: 5, to: 4 }, 'bad-message'],
		[{ text: ' \n ' }, 'bad-message'],
		[{ from: Number.MAX_SAFE_INTEGER, to: null }, 'bad-message'],
		[{ to: Number.MAX_SAFE_INTEGER }, 'bad-message'],
		// Before it was opened.
		[{ from: 1_000, to: 2_000 }, 'meeting-not-open'],
	])('that make no sense are refused to the one who writes them: %j', async (more, code) => {
		const recogniser = await writer()
		expect(await recogniser.say(more)).toBe(code)
		expect(await recogniser.say({ id: 'b' })).toBe(true)
		await chair.until('the other', () => shown(chair).map(({ id }) => id)[0] === 'b')
	})

	it('are not taken of a pause, and those of before it are', async () => {
		const recogniser = await writer()
		await chair.get({ type: 'meeting.suspend' })
		now += 5_000
		expect(await recogniser.say({ from: now - 4_000 })).toBe('suspended')
		expect(await recogniser.say({ from: now - 6_000 })).toBe(true)
	})

	it('that come faster than anybody reads are refused, and nobody is told more', async () => {
		const recogniser = await writer()
		const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => recogniser.say({ id: `c${i}` })))
		expect(answers.filter((answer) => answer === 'too-many').length).toBeGreaterThan(200)
		await settled()
		expect(chair.of('captions').length).toBeLessThanOrEqual(3)
		expect(recogniser.closed).toBe(false)
	})

	it('are the work of a role that has no other', async () => {
		const recogniser = await writer()
		expect(recogniser.link).toMatch(/^wss:\/\/maru\.test:8443\/ws\/captions#/)
		const token = new URL(recogniser.link).hash.slice(1)
		const principal = await site.identity.verify(token)
		site.identity.revoke(principal.jti)
		expect([recogniser.closed, recogniser.heard.at(-1)]).toEqual([true, { type: 'ended', code: 'revoked' }])
		await recogniser.say()
		expect(recogniser.heard.at(-1)).toEqual({ type: 'ended', code: 'revoked' })
	})
})

describe('Viewers of the relay', () => {
	it('read what was said on air and not in a closed part, by when it was said', async () => {
		const recogniser = await writer()
		const viewer = await site.client(links.viewer)
		await viewer.watch()
		await recogniser.say({ id: 'before' })
		await chair.get({ type: 'relay.start' })
		const onAir = now
		now += 10_000
		// The recogniser is late with what was said before.
		await recogniser.say({ id: 'late', from: onAir - 500 })
		await recogniser.say({ id: 'public', from: onAir + 1_000 })
		await viewer.until(
			'the public words',
			() =>
				shown(viewer)
					.map(({ id }) => id)
					.join() === 'public',
		)

		// They speak on while the part is closed: what was shown of it is taken back.
		await recogniser.say({ id: 'on', from: now, to: null, final: false })
		await viewer.until('the beginning', () => shown(viewer).length === 2)
		await chair.get({ type: 'programme.set', closed: true })
		const closed = now
		now += 5_000
		await recogniser.say({ id: 'on', revision: 2, from: closed, to: closed + 3_000 })
		await recogniser.say({ id: 'secret', from: closed + 1_000 })
		await viewer.until(
			'it to be gone',
			() =>
				shown(viewer)
					.map(({ id }) => id)
					.join() === 'public',
		)
		// Whoever comes now is told nothing.
		const second = await site.client(links.viewer)
		await second.watch()
		await settled()
		expect(second.of('captions')).toEqual([])

		await chair.get({ type: 'programme.set', closed: false })
		const open = now
		now += 5_000
		await recogniser.say({ id: 'secret-late', from: open - 2_000 })
		await recogniser.say({ id: 'again', from: open + 500, text: '다시 공개합니다' })
		await second.until('the words in the open', () => texts(second).join() === '다시 공개합니다')
		await settled()
		expect(shown(viewer).map(({ id }) => id)).toEqual(['public', 'again'])
		// Everybody in the meeting has read all of it.
		expect(shown(chair).map(({ id }) => id)).toEqual([
			...['before', 'late', 'public', 'on', 'secret', 'secret-late', 'again'],
		])
		expect(site.hub.relay(meeting, panel)).toMatchObject({ captions: true })
		// A correction is for those who read it wrongly.
		site.hub.correctCaption(meeting, 'public', { text: '예산안을 보고합니다' })
		await viewer.until('the correction', () => texts(viewer)[0] === '예산안을 보고합니다')
	})

	it('are told of no captions where there are none', async () => {
		await chair.get({ type: 'relay.start' })
		const viewer = await site.client(links.viewer)
		await viewer.watch()
		await settled()
		expect(site.hub.relay(meeting, panel)).toMatchObject({ captions: false })
		expect([...viewer.of('captions'), ...chair.of('captions')]).toEqual([])
	})
})

describe('What was said', () => {
	const verbatim = () => site.hub.minutes(meeting).verbatim
	const said = () =>
		verbatim()?.parts.map(({ item, turns }) => [item, ...turns.map(({ who, text }) => `${who?.name ?? '?'}: ${text}`)])

	it('is in the minutes by item and turn, over a restart of the hub, without what was taken back or was not final', async () => {
		expect(verbatim()).toBeNull()
		const recogniser = await writer()
		const me = chair.joined?.person ?? ''
		await recogniser.say({ id: 'a', from: now - 9_000, speaker: me, text: '개의를' })
		await recogniser.say({ id: 'b', from: now - 6_000, speaker: me, text: '선포합니다.' })
		const { ids } = await chair.get<{ ids: string[] }>({
			type: 'agenda.set',
			items: [{ title: '예산', kind: 'report', bureau: '', presenters: [], seconds: null, documents: [] }],
		})
		await chair.get({ type: 'agenda.start', item: ids[0] ?? '' })
		now += 9_000
		await recogniser.say({ id: 'c', from: now - 8_000, speaker: '이과장', text: '보고합니다.' })
		await recogniser.say({ id: 'd', from: now - 4_000, speaker: me, text: '다음.' })
		await recogniser.say({ id: 'e', from: now - 3_000, text: '아직', final: false })
		await recogniser.say({ id: 'f', from: now - 2_000, text: '잘못' })
		await recogniser.ask({ type: 'retract', id: 'f' })
		const expected = [
			[null, '김의장: 개의를 선포합니다.'],
			['예산', '이과장: 보고합니다.', '김의장: 다음.'],
		]
		expect(said()).toEqual(expected)
		expect(JSON.stringify(site.hub.journal(meeting))).not.toContain('보고합니다')

		await site.restart()
		expect(said()).toEqual(expected)
		const again = await writer()
		expect(again.of('captions')[0]?.set.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
		// An old word, and one that was taken back, change nothing after it either.
		expect(await again.say({ id: 'c', revision: 0, from: now - 8_000, text: '보고' })).toBe(false)
		expect(await again.say({ id: 'f', revision: 9, from: now - 2_000 })).toBe(false)
		expect(said()).toEqual(expected)
	})

	it('is set right for three days after the end, and is marked', async () => {
		const recogniser = await writer()
		await recogniser.say({ id: 'a', from: now - 8_000, text: '예사난입니다' })
		await recogniser.say({ id: 'b', from: now - 5_000, text: '기침' })
		await chair.get({ type: 'meeting.close' })
		const before = verbatim()
		expect(before?.parts[0]?.turns).toMatchObject([{ text: '예사난입니다 기침', changedAfter: false }])
		now += 3_600_000
		expect(recogniser.closed).toBe(false)
		expect(
			await recogniser.say({ id: 'a', revision: 2, from: now - 3_608_000, text: '예산안입니다', source: 'human' }),
		).toBe(true)
		expect(await recogniser.say({ id: 'c', from: now - 5_000 })).toBe('meeting-closed')
		site.hub.removeCaption(meeting, 'b')
		const after = verbatim()
		expect(after).toMatchObject({ removedAfter: 1, parts: [{ turns: [{ text: '예산안입니다', changedAfter: true }] }] })
		expect(after?.sha256).not.toBe(before?.sha256)
		expect(() => site.hub.correctCaption(meeting, 'b', { text: '다시' })).toThrow('there is no such caption')

		await site.restart()
		// Whoever comes now sees the same, and the draft changes again.
		expect(site.hub.captions(meeting).map(({ text }) => text)).toEqual(['예산안입니다'])
		site.hub.correctCaption(meeting, 'a', { text: '예산안입니다.', speaker: '이과장' })
		expect(said()).toEqual([[null, '이과장: 예산안입니다.']])
		now += 72 * 3_600_000
		expect(() => site.hub.correctCaption(meeting, 'a', { text: '늦었다' })).toThrow('more than 72 hours ago')
	})

	it('of a counselling session is kept nowhere', async () => {
		const { id, links } = await site.hub.create({ title: '상담', kind: 'counsel' })
		const official = await site.client(links.chair)
		await official.join({ name: '담당', media: false })
		await official.get({ type: 'meeting.open' })
		now += 10_000
		meeting = id
		await (await writer()).say({ text: '비밀' })
		await official.until('the words', () => texts(official)[0] === '비밀')
		expect(verbatim()).toBeNull()
		expect(site.db.prepare('SELECT count(*) AS n FROM caption').get()?.n).toBe(0)
	})

	it('goes with whoever said it, when they are erased', async () => {
		const recogniser = await writer()
		await recogniser.say({ id: 'a', speaker: chair.joined?.person ?? '', text: '지울 말' })
		await recogniser.say({ id: 'b', speaker: null, text: '남을 말' })
		await chair.until('both', () => shown(chair).length === 2)
		site.hub.erase(meeting, chair.joined?.person ?? '')
		await chair.until('it to be gone', () => texts(chair).join() === '남을 말')
		expect(said()).toEqual([[null, '?: 남을 말']])
		await site.restart()
		expect(site.hub.captions(meeting).map(({ text }) => text)).toEqual(['남을 말'])
	})
})
