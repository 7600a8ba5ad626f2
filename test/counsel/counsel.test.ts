import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Counsel, type CounselOptions, createCounsel } from '../../appliance/counsel/counsel.ts'
import { openVisitStore } from '../../appliance/counsel/visit-store.ts'
import { openJournal } from '../../appliance/hub/journal.ts'
import { openVault } from '../../appliance/hub/vault.ts'
import type { TryLater } from '../../appliance/identity/tries.ts'
import type { MeetingEvent } from '../../appliance/meeting/meeting.ts'
import { backUp } from '../../appliance/ops/backup/back-up.ts'
import { makeSecret, readSecret } from '../../appliance/ops/backup/files.ts'
import { restore } from '../../appliance/ops/backup/restore.ts'
import { codeDigits } from '../../appliance/protocol/counsel-code.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import { eventually } from '../eventually.ts'

/** The counter with its real store and vault; the hub is one that only remembers. */

type Listener = (meeting: string, event: MeetingEvent) => void

class Meetings {
	readonly made: { id: string; title: string; open: boolean; erased: string[] }[] = []
	readonly listeners = new Set<Listener>()
	#people = 0

	create = async ({ title }: { title: string }) => {
		const id = `m${this.made.length + 1}`
		this.made.push({ id, title, open: true, erased: [] })
		return { id, links: {} as never }
	}
	transition = (id: string, step: string) => {
		const meeting = this.#find(id)
		if (step === 'close' && !meeting.open) throw new Refusal('meeting-closed', 'closed')
		if (step === 'close') meeting.open = false
		return {} as never
	}
	invite = async (id: string, { name }: { name: string }) => {
		this.#people += 1
		return { person: `p${this.#people}`, link: `https://maru.test/attend#token-${id}-${encodeURIComponent(name)}` }
	}
	erase = (id: string, person: string) => void this.#find(id).erased.push(person)
	onEvent = (listener: Listener) => {
		this.listeners.add(listener)
		return () => this.listeners.delete(listener)
	}
	tell(meeting: string, event: Partial<MeetingEvent>) {
		for (const listener of this.listeners) listener(meeting, event as MeetingEvent)
	}
	#find(id: string) {
		const meeting = this.made.find((one) => one.id === id)
		if (!meeting) throw new Error(`no meeting ${id}`)
		return meeting
	}
}

const visitorName = '홍길동민원'
const log = pino({ level: 'silent' })
let dir: string
let db: DatabaseSync
let now: number
let hub: Meetings
let counsel: Counsel
let rings: string[]
let removed: string[]

function start(more: Partial<CounselOptions> = {}): Counsel {
	const topic = (id: string, department: string) => ({ id, ko: id, en: id, department })
	return createCounsel({
		...{ db, vault: openVault(db), hub, now: () => now, log, language: 'ko', sms: null, recordDays: 0 },
		departments: ['civil', 'urban'].map((id) => ({ id, ko: id, en: id })),
		topics: [topic('passport', 'civil'), topic('building', 'urban')],
		rules: { callSeconds: 120, calls: 2, awaySeconds: 1_800, emptySeconds: 90, minutes: 10 },
		linkBase: () => 'https://maru.test/',
		removeDocuments: async (meeting) => void removed.push(meeting),
		onRing: (meeting, from) => void rings.push(`${meeting} ${from}`),
		onQuiet: (meeting) => void rings.push(`${meeting} quiet`),
		...more,
	})
}

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-counsel-'))
	db = new DatabaseSync(join(dir, 'maru.db'))
	db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
	now = Date.UTC(2026, 10, 30)
	hub = new Meetings()
	rings = []
	removed = []
	counsel = start()
})
afterEach(() => {
	counsel.close()
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

const book = (name = visitorName) =>
	counsel.book({ name, startsAt: now, topic: 'passport', official: '김주무관', interpreter: 'sign' })
const codeOf = (act: () => unknown) => {
	try {
		act()
		return 'ok'
	} catch (error) {
		return error instanceof Refusal ? error.code : String(error)
	}
}
const visitOf = (number: number) => {
	const visit = counsel.desk(true).visits.find((one) => one.number === number)
	if (!visit) throw new Error(`no visit ${number}`)
	return visit
}
const otherThan = (code: string) => String((Number(code) + 1) % 10 ** codeDigits).padStart(codeDigits, '0')

/** Everything on the disk, as one text. */
function disk(): string {
	return readdirSync(dir)
		.map((name) => readFileSync(join(dir, name)).toString('latin1'))
		.join('')
}
const written = (text: string) => disk().includes(Buffer.from(text).toString('latin1'))

async function served(): Promise<{ pass: string; number: number }> {
	const { number, code } = await book()
	const { pass } = counsel.enter({ who: visitorName, code }, 'home')
	counsel.callNext('civil', '1번 창구')
	await counsel.step(pass ?? '', 'enter')
	return { pass: pass ?? '', number }
}

describe('A code', () => {
	it('opens with the name or the number, however they are typed', async () => {
		const { code } = await book('홍 길동')
		expect(counsel.enter({ who: ' 홍길동 ', code }, 'a').pass).toMatch(/^[\w-]{43}$/)
		const second = await book('Ann Lee')
		expect(counsel.enter({ who: String(second.number), code: second.code }, 'a').pass).toMatch(/^[\w-]{43}$/)
	})

	it('is used once: a second visitor with the same one is let in nowhere, and is told nothing', async () => {
		const { number, code } = await book()
		const { pass } = counsel.enter({ who: visitorName, code }, 'first')
		expect(codeOf(() => counsel.enter({ who: visitorName, code }, 'second'))).toBe('bad-code')
		expect(codeOf(() => counsel.enter({ who: String(number), code, pass: 'x'.repeat(43) }, 'third'))).toBe('bad-code')
		// The page that used it may show it again for ten minutes, as after a reload.
		now += 10 * 60_000
		expect(counsel.enter({ who: visitorName, code, pass: pass ?? '' }, 'first').pass).toBe(pass)
		now += 1
		expect(codeOf(() => counsel.enter({ who: visitorName, code, pass: pass ?? '' }, 'first'))).toBe('bad-code')
		expect(counsel.visit(pass ?? '').number).toBe(number)
	})

	it('is not looked at while the network that tries has to wait, right or wrong; any other gets in at once', async () => {
		const { code } = await book()
		const wrong = (from: string) => codeOf(() => counsel.enter({ who: visitorName, code: otherThan(code) }, from))
		// A /64 of IPv6 is one network.
		for (let index = 0; index < 20; index++) expect(wrong(`2001:db8::${index}`)).toBe('bad-code')
		expect(codeOf(() => counsel.enter({ who: visitorName, code }, '2001:db8::99'))).toBe('too-many')
		try {
			counsel.enter({ who: visitorName, code }, '2001:db8::99')
		} catch (error) {
			expect((error as TryLater).seconds).toBe(30)
		}
		for (let index = 0; index < 100; index++) expect(wrong(`198.51.100.${index}`)).toBe('bad-code')
		expect(counsel.enter({ who: visitorName, code }, '192.0.2.9').pass).not.toBeNull()
	})

	it('that is right makes good what others mistyped at the same kiosk, once', async () => {
		const mine = counsel.ticket('passport')
		const ask = (code: string) => codeOf(() => counsel.enter({ who: String(mine.number), code }, 'kiosk'))
		for (let index = 0; index < 19; index++) expect(ask(otherThan(mine.code))).toBe('bad-code')
		expect(ask(mine.code)).toBe('ok')
		for (let index = 0; index < 19; index++) expect(ask(otherThan(mine.code))).toBe('bad-code')
		expect(ask(mine.code)).toBe('ok')
		expect(ask(otherThan(mine.code))).toBe('bad-code')
		expect(ask(mine.code)).toBe('too-many')
	})

	it('tells one who walked in their place as often as they ask, and is used when they go in', () => {
		const first = counsel.ticket('passport')
		const second = counsel.ticket('passport')
		const ask = () => counsel.enter({ who: String(second.number), code: second.code }, 'kiosk')
		expect(ask()).toMatchObject({ pass: null, before: 1, minutes: 10 })
		counsel.callNext('civil', '1')
		expect(visitOf(first.number).phase).toBe('called')
		expect(ask()).toMatchObject({ pass: null, before: 0 })
		counsel.callNext('civil', '2')
		expect(ask().pass).not.toBeNull()
		expect(codeOf(ask)).toBe('bad-code')
	})
})

describe('A session', () => {
	it('rings until somebody is there for the visitor, and its meeting knows a number and no name', async () => {
		const { pass, number } = await served()
		expect(hub.made).toMatchObject([{ title: `민원 상담 ${number}번`, open: true }])
		expect(counsel.visit(pass)).toMatchObject({
			phase: 'serving',
			token: `token-m1-${encodeURIComponent(`${number}번 민원인`)}`,
		})
		hub.tell('m1', { type: 'person.joined', person: 'p1' })
		expect(rings).toEqual([`m1 ${number}번 민원인`])
		const { id } = visitOf(number)
		expect(await counsel.seat(id, 'official')).toContain('/attend#token-m1-')
		expect(await counsel.seat(id, 'interpreter')).toContain(encodeURIComponent('통역'))
		hub.tell('m1', { type: 'person.joined', person: 'p2' })
		expect(rings.at(-1)).toBe('m1 quiet')
	})

	it('is begun once, however often it is asked for', async () => {
		const { code } = await book()
		const { pass } = counsel.enter({ who: visitorName, code }, 'home')
		counsel.callNext('civil', '1')
		await Promise.all([counsel.step(pass ?? '', 'enter'), counsel.step(pass ?? '', 'enter')])
		expect(hub.made).toHaveLength(1)
	})

	it('is not entered before one is called', async () => {
		const { code } = await book()
		const { pass } = counsel.enter({ who: visitorName, code }, 'home')
		await expect(counsel.step(pass ?? '', 'enter')).rejects.toThrow(Refusal)
		expect(hub.made.every(({ open }) => !open)).toBe(true)
	})

	it.each(['leave', 'left', 'closed', 'end'])(
		'leaves nothing of the visitor on the disk when it ends by %s',
		async (way) => {
			const { pass, number } = await served()
			expect(JSON.stringify(counsel.desk(true))).toContain(visitorName)
			expect(written(visitorName)).toBe(false) // sealed while it goes on
			expect(db.prepare('SELECT count(*) AS n FROM vault_key').get()).toMatchObject({ n: 1 })
			if (way === 'leave') await counsel.step(pass, 'leave')
			if (way === 'left') hub.tell('m1', { type: 'person.left', person: 'p1' })
			if (way === 'closed') hub.tell('m1', { type: 'meeting.closed', by: 'p2' })
			if (way === 'end') counsel.work(visitOf(number).id, 'end', {})
			await eventually(() => expect(counsel.desk(true).visits).toEqual([]))
			expect(codeOf(() => counsel.visit(pass))).toBe('no-visit')
			expect(hub.made).toMatchObject([{ open: false, erased: ['p1'] }])
			expect(removed).toEqual(['m1'])
			for (const table of ['vault_key', 'vault', 'counsel_visit', 'counsel_record']) {
				expect(db.prepare(`SELECT count(*) AS n FROM ${table}`).get(), table).toMatchObject({ n: 0 })
			}
			expect(written(visitorName)).toBe(false)
			expect(written(String(number)) && written('passport')).toBe(false)
		},
	)

	it('is in a backup that was made meanwhile, and with the next one nobody can read of whom', async () => {
		openJournal(db)
		const home = mkdtempSync(join(tmpdir(), 'maru-counsel-backups-'))
		try {
			makeSecret(join(home, 'key'))
			const secret = readSecret(join(home, 'key'))
			const day = (at: string) => backUp({ dataDir: dir, to: join(home, 'to'), secret, keep: 9, now: new Date(at) })
			const cardsOf = async (from: string, name: string) => {
				const dataDir = join(home, name)
				await restore({ from, dataDir, secret, replace: false })
				const restored = new DatabaseSync(join(dataDir, 'maru.db'))
				const { counter, cards } = openVisitStore(restored, openVault(restored)).load()
				restored.close()
				return { visits: counter.visits.size, names: [...cards.values()].map(({ name }) => name) }
			}
			const { pass } = await served()
			const { file } = await day('2026-11-29T08:00:00Z')
			expect(await cardsOf(file, 'before')).toEqual({ visits: 1, names: [visitorName] })
			await counsel.step(pass, 'leave')
			await day('2026-11-30T08:00:00Z')
			expect(await cardsOf(file, 'after')).toEqual({ visits: 1, names: [] })
		} finally {
			rmSync(home, { recursive: true, force: true })
		}
	}, 120_000)

	it('whose visitor’s page has gone ends by itself after a while, unless they come back or an official waits', async () => {
		const { pass, number } = await served()
		const endsInS = () => {
			const { endsAt } = visitOf(number)
			return endsAt === null ? null : Math.round((endsAt - now) / 1000)
		}
		const visitor = async (type: 'person.joined' | 'person.away' | 'person.returned' | 'person.left') => {
			hub.tell('m1', { type, person: 'p1' })
			await new Promise(setImmediate)
		}
		await visitor('person.joined')
		expect(endsInS()).toBeNull()
		await visitor('person.away')
		expect(endsInS()).toBe(90)
		await visitor('person.returned')
		expect(endsInS()).toBeNull()
		await visitor('person.away')
		// The hub says so after a minute: the session waits on.
		await visitor('person.left')
		now += 80_000
		counsel.work(visitOf(number).id, 'wait', {})
		expect(endsInS()).toBe(90)
		now += 89_000
		await visitor('person.joined')
		expect(endsInS()).toBeNull()
		await visitor('person.away')
		now += 90_000
		await eventually(() => expect(counsel.desk(true).visits).toEqual([]))
		expect(codeOf(() => counsel.visit(pass))).toBe('no-visit')
		expect(hub.made).toMatchObject([{ open: false, erased: ['p1'] }])
		expect(rings.at(-1)).toBe('m1 quiet')
		expect(db.prepare('SELECT count(*) AS n FROM vault_key').get()).toMatchObject({ n: 0 })
	})

	it('that is handed over goes on at the other department without a code, in another meeting that the first cannot open', async () => {
		const { pass, number } = await served()
		const { id } = visitOf(number)
		counsel.work(id, 'hand-over', { topic: 'building' })
		expect(hub.made[0]).toMatchObject({ open: false, erased: ['p1'] })
		expect(counsel.visit(pass)).toMatchObject({ phase: 'waiting', department: 'urban', token: null, before: 0 })
		expect(visitOf(number)).toMatchObject({ name: visitorName, from: 'civil' })
		counsel.callNext('urban', '7')
		await counsel.step(pass, 'enter')
		expect(hub.made).toHaveLength(2)
		expect(counsel.visit(pass).token).toContain('token-m2-')
	})
})

describe('The counter', () => {
	it('goes on after a restart where it was, also for the page that has a pass', async () => {
		const { pass, number } = await served()
		const waiting = counsel.ticket('building')
		const before = counsel.desk(true)
		counsel.close()
		counsel = start()
		expect(counsel.desk(true)).toEqual(before)
		expect(counsel.visit(pass)).toMatchObject({ number, phase: 'serving', token: expect.any(String) })
		expect(counsel.ticket('building').number).toBe(waiting.number + 1)
	})

	it('keeps number, department and times where the law asks for them, and nothing of the person', async () => {
		counsel.close()
		counsel = start({ recordDays: 30 })
		const { pass, number } = await served()
		await counsel.step(pass, 'leave')
		const [record] = db.prepare('SELECT * FROM counsel_record').all()
		expect(record).toMatchObject({ number, department: 'civil', topic: 'passport', outcome: 'served' })
		expect(written(visitorName)).toBe(false)
	})

	it('shows no name on the board or on a room’s panel, and none to another visitor', async () => {
		await served()
		const second = await book('이순신')
		const { pass } = counsel.enter({ who: '이순신', code: second.code }, 'home')
		const told = [counsel.board(), counsel.visit(pass ?? ''), counsel.desk(false)]
		expect(JSON.stringify(told)).not.toContain(visitorName)
	})
})
