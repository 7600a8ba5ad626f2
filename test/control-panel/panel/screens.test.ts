import { describe, expect, it } from 'vitest'
import { grid, lastPage, suggestions } from '../../../control-panel/lib/camera/presets.ts'
import { takeToken } from '../../../control-panel/panel/access.ts'
import { parts, wrong } from '../../../control-panel/panel/health.ts'
import { joinCommand } from '../../../control-panel/panel/join.ts'
import { here, othersHere } from '../../../control-panel/panel/people.ts'
import { looksLikeLink, ordered } from '../../../control-panel/panel/today.ts'
import { camera, chamber, meeting, people } from '../../browser/panel-scene.ts'

describe('Waiting', () => {
	it('offers the meeting that runs before one that is planned earlier, and no closed one', () => {
		const list = [
			meeting({ id: 'closed', phase: 'closed' }),
			meeting({ id: 'later', phase: 'planned', startsAt: 20, openedAt: null }),
			meeting({ id: 'sooner', phase: 'planned', startsAt: 10, openedAt: null }),
			meeting({ id: 'runs', phase: 'open', openedAt: 99 }),
		]
		expect(ordered(list).map(({ id }) => id)).toEqual(['runs', 'sooner', 'later'])
	})

	it('joins exactly the meeting that the control names', () => {
		expect(joinCommand(meeting({ id: 'm7' }))).toEqual({ type: 'room.join', meeting: 'm7' })
		expect(joinCommand(null)).toEqual({ type: 'room.start' })
	})

	it.each([
		['https://maru.city.example:8443/attend#aaa.bbb.ccc', true],
		['  https://maru.city.example/attend#a-a.b_b.c  ', true],
		['aaa.bbb.ccc', true],
		['https://maru.city.example/attend', false],
		['ftp://maru.city.example/attend#a.b.c', false],
		['회의 링크', false],
		['', false],
	])('takes %j for a link: %s', (text, link) => {
		expect(looksLikeLink(text)).toBe(link)
	})
})

describe('The link of a panel', () => {
	it('is taken out of the address and kept for the tab', () => {
		const kept = new Map<string, string>()
		const storage = {
			getItem: (key: string) => kept.get(key) ?? null,
			setItem: (key: string, value: string) => void kept.set(key, value),
		}
		const shown: string[] = []
		const history = { replaceState: (_data: null, _unused: string, url: string) => void shown.push(url) }
		expect(takeToken({ hash: '#a.b.c', pathname: '/panel', search: '?x=1' }, history, storage)).toBe('a.b.c')
		expect(shown).toEqual(['/panel?x=1'])
		expect(takeToken({ hash: '', pathname: '/panel', search: '' }, history, storage)).toBe('a.b.c')
	})
})

describe('Health', () => {
	const bad = (state: ReturnType<typeof chamber>, away: number | null = null) =>
		parts(state, away)
			.filter(wrong)
			.map(({ key }) => key)

	it('counts a camera that does not answer, and nothing in a room that is well', () => {
		expect(bad(chamber())).toEqual(['camera dome'])
		expect(bad(chamber({ cameras: [camera('front', '정면')] }))).toEqual([])
	})

	it('knows that the stage is off by design before a call, and not during one', () => {
		const stage = { status: 'off', reason: null, since: 0 } as const
		const room = { cameras: [], stage }
		expect(bad(chamber(room))).toEqual([])
		const call = { phase: 'joining', meeting: null, reason: null, since: 0, recovering: false } as const
		expect(bad(chamber({ ...room, call }))).toEqual(['stage'])
	})

	it('names the lost connection first', () => {
		expect(bad(chamber({ hub: { status: 'away', since: 1 } }), 5)[0]).toBe('panel')
	})

	it('claims nothing of a camera whose answers do not reach us, and does not call for help about it every day', () => {
		const blind = camera('rear', '후면', { blind: true })
		expect(bad(chamber({ cameras: [blind] }))).toEqual([])
		expect(parts(chamber({ cameras: [blind] }), null).at(-1)?.well).toBe('unknown')
		expect(bad(chamber({ cameras: [{ ...blind, status: 'failed', reason: 'lost' }] }))).toEqual(['camera rear'])
	})

	it('looks at a camera that moves otherwise than told, though it answers', () => {
		expect(bad(chamber({ cameras: [camera('front', '정면', { reason: 'no-motion' })] }))).toEqual(['camera front'])
	})
})

describe('Saved views', () => {
	it('fill nine places a page, and open a new page only when the last is full', () => {
		const preset = (slot: number) => ({ slot, name: `${slot}`, thumbnail: null })
		expect(grid([preset(2)], 0).map(({ slot, preset: saved }) => (saved ? slot : 0))).toEqual([
			0, 2, 0, 0, 0, 0, 0, 0, 0,
		])
		expect(lastPage([])).toBe(0)
		expect(lastPage([preset(9)])).toBe(0)
		expect(lastPage([1, 2, 3, 4, 5, 6, 7, 8, 9].map(preset))).toBe(1)
		expect(lastPage([preset(99)])).toBe(10)
	})

	it('offer the names of seats that this camera looks at and that are not used yet', () => {
		const [front] = chamber().cameras
		const seats = [
			{ name: '의장석', camera: 'front' },
			{ name: '6번석', camera: 'front' },
			{ name: '9번석', camera: 'left' },
		]
		const offered = suggestions(seats, front ?? camera('front', ''), ['전경', '발언대', '방청석', '출입문'])
		expect(offered).toEqual(['6번석', '전경', '발언대', '방청석'])
	})
})

describe('Ending', () => {
	it('counts those who are here, and those who stay without this room', () => {
		const list = [...people(12), { id: 'r', name: '대회의실', role: 'room', here: true, muted: false, camera: true }]
		expect(here(list)).toBe(12)
		expect(othersHere(list)).toBe(11)
	})
})
