import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KeptBrowser } from '../../appliance/browser/kept-page.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import type { ProgrammeCommand } from '../../appliance/protocol/relay.ts'
import { type MeetingFiles, SegmentFiles } from '../../appliance/relay/segment-files.ts'
import { until } from '../scene/wait.ts'
import { type Client, camera, microphone, openSite, panel, type Site } from './site.ts'

/** The hub's side of the relay: a real SFU, and in the place of Chromium something that takes its page's commands. */

let site: Site
let dir: string
let meeting: string
let links: Links
let browsers: FakeBrowser[]
let segmentFiles: SegmentFiles
/** What the hub was given for each meeting, as it asked for it. */
let shelves: MeetingFiles[]

/** Keeps the bargain of a browser with the programme's page in it. */
class FakeBrowser implements KeptBrowser {
	readonly pid = process.pid
	readonly commands: ProgrammeCommand[] = []
	say: (event: object) => void = () => {}
	#end: () => void = () => {}
	readonly gone = new Promise<void>((resolve) => {
		this.#end = resolve
	})
	openPage: KeptBrowser['openPage'] = async ({ bindings = {} }) => {
		this.say = (event) => bindings.maruProgramme?.(JSON.stringify(event))
		setImmediate(() => this.say({ type: 'ready', build: 'test' }))
		return {
			gone: new Promise<string>(() => {}),
			call: async (_: string, text: string) => void this.commands.push(JSON.parse(text) as ProgrammeCommand),
		}
	}
	ended = false
	kill = () => {
		this.ended = true
		this.#end()
	}
	close = async () => this.kill()
}

beforeEach(async () => {
	browsers = []
	dir = mkdtempSync(join(tmpdir(), 'maru-relay-'))
	const segments = { dir: join(dir, 'segments'), reserveBytes: 0, log: pino({ level: 'silent' }) }
	segmentFiles = new SegmentFiles(segments)
	shelves = []
	const given = segmentFiles.of.bind(segmentFiles)
	segmentFiles.of = (id) => {
		const shelf = given(id)
		shelves.push(shelf)
		return shelf
	}
	site = await openSite({
		broadcasting: {
			segmentFiles,
			launch: async () => {
				const browser = new FakeBrowser()
				browsers.push(browser)
				return browser
			},
			...{ url: 'http://127.0.0.1/programme', hubUrl: 'ws://127.0.0.1/ws/meeting', language: 'ko', mark: '시청' },
			...{ dir, reserveBytes: 0 },
		},
	})
	const created = await site.hub.create({ title: '확대간부회의', kind: 'council' })
	meeting = created.id
	links = created.links
})
afterEach(async () => {
	await site.close()
	await segmentFiles.close()
	rmSync(dir, { recursive: true, force: true })
})

async function clerk(): Promise<Client> {
	const client = await site.client(links.clerk)
	await client.join({ name: '서기', media: false })
	await client.get({ type: 'meeting.open' })
	return client
}

/** The page of the browser that runs now, as it joins. */
async function programme(): Promise<Client> {
	const { until } = await site.client(links.viewer)
	await until('the page to be told', () => browsers.at(-1)?.commands.some(({ type }) => type === 'join') === true)
	const command = browsers.at(-1)?.commands.find((one) => one.type === 'join')
	const client = await site.client(`https://x/#${command?.type === 'join' ? command.token : ''}`)
	await client.join()
	return client
}

const picture = () => camera({ label: 'programme' })
const sound = () => microphone({ label: 'programme' })

describe('A relay', () => {
	it('leaves its segments as files for as long as they may be played: to the end of the meeting or of the service', async () => {
		const listed = () => readdirSync(join(dir, 'segments')).map((file) => file.split('.')[0])
		const chair = await clerk()
		const other = (await site.hub.create({ title: '둘째', kind: 'council' })).id
		const names = [1, 2].map((number) => `high-${number}-${'a'.repeat(32)}.m4s`)
		// As their stations do.
		for (const [i, shelf] of shelves.entries()) shelf.put(names[i] ?? '', Buffer.from('segment'))
		await until('two files', () => listed().length === 2)
		await chair.get({ type: 'relay.start' })
		await chair.get({ type: 'relay.stop' })
		await until('what is to be done', () => segmentFiles.idle)
		expect(listed().sort()).toEqual([meeting, other].sort())
		await chair.get({ type: 'meeting.close' })
		await until('the other meeting alone', () => listed().join() === other)
		await site.hub.close()
		await until('nothing', () => listed().length === 0)
	})

	it('is composed while it is wanted, seen by those who watch, and by nobody in the meeting', async () => {
		const chair = await clerk()
		const viewer = await site.client(links.viewer)
		const before = await viewer.watch()
		expect(before).toMatchObject({ role: 'viewer', people: { set: [] }, core: { broadcast: { relay: null } } })
		expect(browsers).toHaveLength(0)

		await chair.get({ type: 'relay.start' })
		const page = await programme()
		expect(page.joined?.people.set.map(({ name }) => name)).toEqual(['서기'])
		await page.open([picture(), sound()])
		await viewer.until('both sources', () => (viewer.people.get('programme')?.sources.length ?? 0) === 2)
		// What changes for all is told a moment later, by whichever comes first.
		await viewer.until('the relay to be told', () => typeof viewer.core?.broadcast.relay?.since === 'number')
		// Those in the meeting know of the relay, and nothing of its page.
		expect([...chair.people.keys()]).toHaveLength(1)
		const sources = viewer.people.get('programme')?.sources ?? []
		const offers = await viewer.open([], [sources.find(({ kind }) => kind === 'video')?.id ?? ''])
		expect(offers.map(({ kind }) => kind).sort()).toEqual(['audio', 'video'])

		await chair.get({ type: 'relay.stop' })
		await viewer.until('its end', () => !viewer.people.has('programme'))
		await viewer.until('the browser to end', () => browsers[0]?.ended === true)
		expect(browsers).toHaveLength(1)
	})

	it('tells those who watch what is public, and nothing else', async () => {
		const chair = await clerk()
		const kim = await site.client(links.member)
		await kim.join({ name: '김철수' })
		await chair.get({ type: 'rules.set', floor: { mode: 'chair' } })
		const viewer = await site.client(links.viewer)
		await viewer.watch()
		await kim.get({ type: 'floor.request' })
		await kim.get({ type: 'chat.say', to: 'all', text: '자료 2쪽입니다.' })
		await chair.get({ type: 'agenda.set', items: [item('도시국 보고')] })
		await viewer.until('the agenda', () => viewer.list('agenda').length === 1)
		expect(viewer.core?.floor.waiting).toEqual({ speak: 0, respond: 0, order: 0 })
		expect(viewer.core?.floor.next).toBeNull()
		await chair.get({ type: 'floor.next' })
		await viewer.until('who speaks', () => viewer.core?.floor.speaking[0]?.name === '김철수')
		// A part that is not for viewers.
		await chair.get({ type: 'programme.set', closed: true })
		await viewer.until('nobody', () => viewer.core?.floor.speaking.length === 0)
		expect(viewer.chat).toEqual([])
		expect(JSON.stringify(viewer.messages)).not.toContain('자료 2쪽')
		expect(viewer.messages.some(({ type }) => type === 'reactions' || type === 'ballots')).toBe(false)
	})

	it('is nothing to take part in: whoever watches sends nothing and does nothing else', async () => {
		await clerk()
		const viewer = await site.client(links.viewer)
		await viewer.watch()
		const refused = { ok: false, code: 'not-allowed' }
		const open = { send: null, rtpCapabilities: {}, wanted: { audio: true, video: [] } }
		expect(await viewer.ask({ type: 'media.open', producers: [microphone()], ...open })).toMatchObject(refused)
		for (const command of [
			{ type: 'meeting.join', device: { media: true }, name: '홍길동' },
			{ type: 'relay.start' },
			{ type: 'programme.set', closed: false },
			{ type: 'chat.say', to: 'all', text: '안녕하십니까' },
			{ type: 'reaction.show', kind: 'clap' },
		] as const) {
			expect(await viewer.ask(command), command.type).toMatchObject(refused)
		}
		expect(site.hub.health().people).toBe(1)
	})

	it('takes questions to those who preside, while it is on air, and not too many of them', async () => {
		const chair = await clerk()
		const viewer = await site.client(links.viewer)
		await viewer.watch()
		const ask = (question: string, text: string) => viewer.ask({ type: 'relay.ask', question, text })
		expect(await ask('q', '질문')).toMatchObject({ ok: false, code: 'not-on-air' })
		await chair.get({ type: 'relay.start' })
		expect(await ask('q', '예산은 얼마입니까?')).toMatchObject({ ok: true, data: { state: 'waiting', answer: null } })
		await chair.until('the question', () => chair.list('questions').length === 1)
		expect(chair.list('questions')).toMatchObject([
			{ id: 'q', name: '', text: '예산은 얼마입니까?', speaks: false, here: true },
		])
		const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(`q${i}`, `질문 ${i}`)))
		expect(answers.filter(({ ok }) => ok)).toHaveLength(2)
		expect(answers.at(-1)).toMatchObject({ ok: false, code: 'too-many' })
		expect(chair.chat).toEqual([])
	})

	it('goes on by itself after the service was started again, and with another browser after one was lost', async () => {
		const chair = await clerk()
		await chair.get({ type: 'relay.start' })
		await programme()
		browsers[0]?.kill()
		await chair.until('another browser', () => browsers.length === 2)
		await programme()
		await site.restart()
		const viewer = await site.client(links.viewer)
		await viewer.until('a third', () => browsers.length === 3)
		const page = await programme()
		await page.open([picture(), sound()])
		expect((await viewer.watch()).people.set).toMatchObject([{ id: 'programme' }])
	})

	it('can be looked at from the desk of the house', async () => {
		const chair = await clerk()
		await chair.get({ type: 'relay.start' })
		const page = await programme()
		await page.open([picture(), sound()])
		const desk = await site.client(panel)
		expect((await desk.watch(meeting)).people.set).toHaveLength(1)
		expect(await desk.ask({ type: 'meetings.list' })).toMatchObject({ ok: false })
		const other = await site.client(panel)
		expect(await other.ask({ type: 'relay.join', meeting: 'none', device: { media: true } }).catch(String)).toContain(
			'no such meeting',
		)
	})

	it('shows those who run the meeting what viewers see, and nobody else', async () => {
		const chair = await clerk()
		await chair.get({ type: 'relay.start' })
		await programme()
		expect(await chair.get({ type: 'relay.look' })).toMatchObject({ look: null })
		expect(browsers[0]?.commands.at(-1)).toEqual({ type: 'look' })
		browsers[0]?.say({ type: 'look', jpeg: 'A'.repeat(100_000) })
		expect(await chair.get({ type: 'relay.look' })).toMatchObject({ look: null })
		browsers[0]?.say({ type: 'look', jpeg: '/9j/4AAQ' })
		expect(await chair.get({ type: 'relay.look' })).toMatchObject({ look: '/9j/4AAQ' })
		const member = await site.client(links.member)
		await member.join({ name: '홍길동', media: false })
		expect(await member.ask({ type: 'relay.look' })).toMatchObject({ ok: false, code: 'not-allowed' })
	})

	it('tells those who run the meeting how it goes', async () => {
		const chair = await clerk()
		await chair.get({ type: 'relay.start' })
		await programme()
		await chair.until('the figures', () => chair.of('broadcast').some((one) => one.programme === 'ready'))
		expect(chair.of('broadcast').at(-1)).toMatchObject({ viewers: { webrtc: 0, http: 0 }, delayMs: null })
	})
})

describe('A programme', () => {
	it('is one picture and one sound, and its page does nothing else', async () => {
		const chair = await clerk()
		await chair.get({ type: 'relay.start' })
		const page = await programme()
		await expect(page.open([sound()])).rejects.toThrow('one picture and one sound')
		await expect(page.open([picture(), picture()])).rejects.toThrow('one picture and one sound')
		expect(await page.ask({ type: 'meeting.close' })).toMatchObject({ ok: false, code: 'not-allowed' })
		await page.open([picture(), sound()])
	})
})

describe('A recording', () => {
	it('is refused in counselling, told to all, and of nothing leaves nothing', async () => {
		const counsel = await site.hub.create({ title: '민원 상담', kind: 'counsel' })
		site.hub.transition(counsel.id, 'open', panel)
		expect(() => site.hub.act(counsel.id, { type: 'recording.start' }, panel)).toThrow('both sides')
		expect(() => site.hub.act(counsel.id, { type: 'relay.start' }, panel)).toThrow('not relayed')
		const chair = await clerk()
		const kim = await site.client(links.member)
		await kim.join({ name: '김철수' })
		await chair.get({ type: 'recording.start' })
		await kim.until('the mark', () => kim.core?.broadcast.recording !== null)
		await chair.get({ type: 'recording.stop' })
		expect(site.hub.recordings(meeting)).toMatchObject([{ cause: 'asked', bytes: null }])
		const [recording] = site.hub.recordings(meeting)
		expect(() => site.hub.recordingFile(meeting, recording?.id ?? '')).toThrow('no such recording')
	})

	it('of a counselling session begins when both have agreed, tells all of it, and ends when one takes it back', async () => {
		const counsel = await site.hub.create({ title: '민원 상담 12번', kind: 'counsel' })
		site.hub.transition(counsel.id, 'open', panel)
		const [official, visitor] = [await site.client(counsel.links.chair), await site.client(counsel.links.member)]
		await official.join({ name: '담당자' })
		await visitor.join({ name: '12번 민원인' })
		expect(await official.ask({ type: 'recording.start' })).toMatchObject({ code: 'no-consent' })
		expect(await visitor.ask({ type: 'consent.ask' })).toMatchObject({ code: 'not-allowed' })
		await official.get({ type: 'consent.ask' })
		await visitor.until('the question', () => visitor.core?.broadcast.consent?.agreed.length === 1)
		expect(site.hub.recordings(counsel.id)).toEqual([])
		await visitor.get({ type: 'consent.give' })
		for (const one of [official, visitor]) await one.until('the mark', () => one.core?.broadcast.recording !== null)
		// Their role is not what decides whose word counts.
		await official.get({ type: 'person.role', who: visitor.joined?.person ?? '', role: 'observer' })
		expect(site.hub.recordings(counsel.id)).toMatchObject([{ state: 'recording' }])
		await visitor.get({ type: 'consent.withdraw' })
		await official.until('its end', () => official.core?.broadcast.consent?.ended?.how === 'withdrawn')
		expect(official.core?.broadcast.recording).toBeNull()
		expect(site.hub.recordings(counsel.id)).toMatchObject([{ cause: 'consent-withdrawn' }])
		// The links are the house's own: nothing of what was agreed reaches whoever watches.
		const viewer = await site.client(counsel.links.viewer)
		expect((await viewer.watch()).core.broadcast.consent).toBeNull()
	})

	it('that begins by rule begins once, whatever is started again', async () => {
		site.hub.act(meeting, { type: 'rules.set', autoRelay: true, autoRecord: true }, panel)
		site.hub.transition(meeting, 'open', panel)
		const [recording] = site.hub.recordings(meeting)
		expect(site.hub.recordings(meeting)).toHaveLength(1)
		await site.restart()
		const chair = await site.client(links.chair)
		await chair.join({ name: '의장', media: false })
		expect(chair.core?.broadcast).toMatchObject({
			relay: { since: expect.any(Number) },
			recording: { id: recording?.id },
		})
		await chair.get({ type: 'meeting.suspend' })
		await chair.get({ type: 'meeting.resume' })
		expect(site.hub.recordings(meeting)).toHaveLength(1)
		await chair.get({ type: 'meeting.close' })
		expect(site.hub.recordings(meeting)).toMatchObject([{ cause: 'closed' }])
		const types = site.hub.journal(meeting).events.map(({ type }) => type)
		expect(types.filter((type) => type === 'relay.started' || type === 'recording.started')).toHaveLength(2)
	})

	it('is removed by the chair and the house alone, and not while it goes on', async () => {
		const chair = await clerk()
		await chair.get({ type: 'recording.start' })
		const [recording] = site.hub.recordings(meeting)
		const by = async (link: string) => site.identity.verify(link.split('#')[1] ?? '')
		const remove = (who: Parameters<typeof site.hub.removeRecording>[2]) =>
			site.hub.removeRecording(meeting, recording?.id ?? '', who)
		const [asClerk, asChair] = [await by(links.clerk), await by(links.chair)]
		expect(() => remove(asClerk)).toThrow('by the chair or the house')
		expect(() => remove(asChair)).toThrow('not put together')
		expect(() => remove(panel)).toThrow('not put together')
	})
})

function item(title: string) {
	return { title, kind: 'report' as const, bureau: '', presenters: [], seconds: null, documents: [] }
}

describe('Who watches', () => {
	const asker = async (link: string, address = '10.0.0.1') => ({
		principal: await site.identity.verify(link.split('#')[1] ?? ''),
		address,
	})
	const personal = async (name: string) => (await site.hub.invite(meeting, { role: 'viewer', name })).link

	it('is counted once by both ways and all windows, by name, and not for those of the house, over a restart', async () => {
		const chair = await clerk()
		await chair.get({ type: 'relay.start' })
		const kim = await personal('김민수')
		const first = await site.client(kim)
		await first.watch()
		await (await site.client(kim)).watch()
		await (await site.client(panel)).watch(meeting)
		site.hub.relayRead(meeting, await asker(kim))
		site.hub.relayRead(meeting, await asker(links.viewer))
		site.hub.relayRead(meeting, await asker(links.viewer, '10.0.0.2'))
		site.hub.relayRead(meeting, { principal: panel, address: '10.0.0.3' })
		await chair.until('the figures', () => chair.of('broadcast').at(-1)?.viewers.ever === 3)
		// Whoever has a connection is no reader besides.
		expect(chair.of('broadcast').at(-1)?.viewers).toEqual({ webrtc: 3, http: 2, ever: 3 })
		await first.until('a second of watching', () => (site.hub.viewers(meeting)[0]?.watchedMs ?? 0) >= 1_000)
		await site.restart()
		const viewers = site.hub.viewers(meeting)
		expect(viewers.map(({ name, ways }) => [name, ways])).toEqual([
			['김민수', ['webrtc', 'http']],
			[null, ['http']],
			[null, ['http']],
		])
		expect(viewers[0]?.watchedMs).toBeGreaterThanOrEqual(1_000)
		site.hub.transition(meeting, 'close', panel)
		expect(site.hub.viewers(meeting)).toHaveLength(3)
		site.hub.erase(meeting, viewers[0]?.person ?? '')
		expect(site.hub.viewers(meeting).map(({ name }) => name)).toEqual([null, null])
		expect(() => site.hub.viewers('none')).toThrow('no such meeting')
	})

	it('may be whoever has the shared link, unless the relay is for staff', async () => {
		const staff = await openSite({ audience: 'staff' })
		const { id, links } = await staff.hub.create({ title: '확대간부회의', kind: 'council' })
		const named = await staff.hub.invite(id, { role: 'viewer', name: '김민수' })
		const verified = async (link: string) => staff.identity.verify(link.split('#')[1] ?? '')
		for (const link of [links.viewer, links.member, links.observer]) {
			const principal = await verified(link)
			const ask = { query: '', fromStart: false, who: { principal, address: '' } }
			expect(() => staff.hub.relay(id, principal)).toThrow('for staff')
			expect(() => staff.hub.relayFile(id, 'master.m3u8', ask)).toThrow('for staff')
			expect(() => staff.hub.relayRead(id, ask.who)).toThrow('for staff')
			const viewer = await staff.client(principal)
			await expect(viewer.ask({ type: 'relay.join', device: { media: true } })).rejects.toMatchObject({
				code: 'staff-only',
			})
		}
		for (const link of [named.link, links.chair, links.clerk]) {
			const principal = await verified(link)
			expect(staff.hub.relay(id, principal).title).toBe('확대간부회의')
		}
		expect(staff.hub.relay(id, panel).title).toBe('확대간부회의')
		expect(staff.hub.viewers(id)).toEqual([])
		await staff.close()
	})
})
