import { describe, expect, it } from 'vitest'
import type { Source } from '../../../appliance/protocol/media.ts'
import type { Person } from '../../../appliance/protocol/messages.ts'
import { meetingTexts } from '../../../control-panel/lib/i18n-meeting.ts'
import { patchList, wholeList } from '../../../control-panel/lib/meeting/keyed.ts'
import { loudness } from '../../../control-panel/lib/meeting/level.ts'
import { readLink, takeToken } from '../../../control-panel/lib/meeting/link.ts'
import { worseOf } from '../../../control-panel/lib/meeting/media-call.ts'
import { bureausOf, countHere, firstOf } from '../../../control-panel/lib/meeting/people.ts'
import { wantedOf } from '../../../control-panel/lib/meeting/shown.ts'
import { countInbound, Tally } from '../../../control-panel/lib/meeting/stats.ts'
import { focusOf, gridOf, tilesOf } from '../../../control-panel/lib/meeting/tiles.ts'

function person(id: string, more: Partial<Person> = {}): Person {
	return {
		id,
		name: id,
		title: '',
		bureau: '',
		order: 0,
		role: 'member',
		here: true,
		joinedAt: 0,
		sources: [],
		...more,
	}
}

function source(id: string, more: Partial<Source> = {}): Source {
	return { id, kind: 'video', use: 'camera', label: 'camera', muted: false, open: true, live: true, ...more }
}

describe('the first of a long list', () => {
	it('are those of the first bureaus, in the same order, and as many as were asked for', () => {
		const people = wholeList({
			revision: 1,
			set: ['a', 'b', 'c', 'd', 'e'].map((id, n) => person(id, { bureau: n < 2 ? '기획국' : '도시국', joinedAt: n })),
		})
		const bureaus = bureausOf(people)
		const shown = (count: number) => firstOf(bureaus, count).map(({ persons }) => persons.map(({ id }) => id).join(''))
		expect(shown(1)).toEqual(['a'])
		expect(shown(2)).toEqual(['ab'])
		expect(shown(4)).toEqual(['ab', 'cd'])
		expect(shown(99)).toEqual(['ab', 'cde'])
	})
})

describe('a link', () => {
	it('leaves the address bar, and is there again after a reload', () => {
		const kept = new Map<string, string>()
		const storage = {
			getItem: (key: string) => kept.get(key) ?? null,
			setItem: (key: string, value: string) => kept.set(key, value),
		}
		const shown: string[] = []
		const history = { replaceState: (_data: null, _unused: string, url: string) => shown.push(url) }
		expect(takeToken({ hash: '#a.b.c', pathname: '/attend', search: '?x=1' }, history, storage)).toBe('a.b.c')
		expect(shown).toEqual(['/attend?x=1'])
		expect(takeToken({ hash: '', pathname: '/attend', search: '' }, history, storage)).toBe('a.b.c')
		expect(shown).toHaveLength(1)
	})

	it('tells meeting, role and a Korean name without being checked', () => {
		const claims = { meeting: 'm1', role: 'chair', name: '김동근', exp: 100 }
		const link = readLink(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`)
		expect(link).toMatchObject({ meeting: 'm1', role: 'chair', name: '김동근', expiresAt: 100_000 })
	})

	it.each(['', 'nonsense', 'a.%%%.c', `a.${Buffer.from('[]').toString('base64url')}.c`])(
		'that is broken (%j) says nothing and breaks nothing',
		(token) => {
			expect(readLink(token)).toEqual({ token, meeting: null, role: null, name: null, expiresAt: null })
		},
	)

	it('cannot claim a role that does not exist', () => {
		expect(readLink(`e30.${Buffer.from('{"role":"admin"}').toString('base64url')}.x`).role).toBeNull()
	})
})

describe('the list of people', () => {
	const three = wholeList({ revision: 4, set: [person('a'), person('b', { here: false }), person('c')] })

	it('counts who is here', () => {
		expect(countHere(three)).toBe(2)
	})

	it('follows a patch', () => {
		const next = patchList(three, { revision: 5, set: [person('b', { name: 'B' }), person('d')], gone: ['a'] })
		expect([...(next?.byId.values() ?? [])].map(({ name }) => name)).toEqual(['B', 'c', 'd'])
	})

	it('ignores what it knows already', () => {
		expect(patchList(three, { revision: 4, set: [person('z')], gone: [] })).toBe(three)
	})

	it('asks for the whole when a patch is missing', () => {
		expect(patchList(three, { revision: 6, set: [], gone: [] })).toBeNull()
	})
})

describe('tiles', () => {
	const room = person('room', {
		name: '대회의실',
		role: 'room',
		joinedAt: 9,
		sources: [
			source('m', { kind: 'audio', use: 'microphone' }),
			source('f1', { use: 'feed', label: '전경' }),
			source('f2', { use: 'feed', label: '좌측' }),
		],
	})
	const face = person('face', { joinedAt: 1, sources: [source('v')] })
	const voice = person('voice', {
		joinedAt: 2,
		sources: [source('a', { kind: 'audio', use: 'microphone', muted: true })],
	})
	const viewer = person('viewer', { role: 'viewer' })
	const me = person('me', { joinedAt: 0, sources: [source('mine')] })
	const people = wholeList({ revision: 1, set: [me, viewer, voice, face, room] })
	const tiles = tilesOf(people, 'me')

	it('name each camera of a room, rooms first and oneself last, and leave listeners out', () => {
		expect(tiles.map(({ title, owner }) => [title, owner])).toEqual([
			['전경', '대회의실'],
			['좌측', '대회의실'],
			['face', null],
			['voice', null],
			['me', null],
		])
	})

	it('say whether somebody is muted, or sends no sound at all', () => {
		expect(tiles.map(({ muted }) => muted)).toEqual([false, false, null, true, null])
	})

	it('show the first camera large, and keep it when somebody joins before it', () => {
		const focus = focusOf(tiles, null, null)
		expect(focus?.title).toBe('전경')
		const second = tiles.find(({ title }) => title === '좌측')
		expect(focusOf(tiles, null, second?.key ?? null)?.title).toBe('좌측')
	})

	it('go back to the room when it comes, if a face was shown only for want of it', () => {
		const alone = tilesOf(wholeList({ revision: 1, set: [face, me] }), 'me')
		const shown = focusOf(alone, null, null)
		expect(shown?.title).toBe('face')
		expect(focusOf(tiles, null, shown?.key ?? null)?.title).toBe('전경')
	})

	it('keep a pin when the room comes back with new sources', () => {
		const pinned = tiles.find(({ title }) => title === '좌측')?.key ?? null
		const back = { ...room, sources: room.sources.map((one) => ({ ...one, id: `${one.id}-new` })) }
		const after = tilesOf(wholeList({ revision: 2, set: [face, back, me] }), 'me')
		expect(focusOf(after, pinned, null)).toMatchObject({ title: '좌측', source: 'f2-new' })
	})

	it('have keys of their own, for two cameras of one name too', () => {
		const twins = person('twins', {
			role: 'room',
			sources: [source('1', { label: 'USB' }), source('2', { label: 'USB' })],
		})
		const keys = tilesOf(wholeList({ revision: 1, set: [twins] }), null).map(({ key }) => key)
		expect(new Set(keys).size).toBe(2)
	})

	it.each([
		[1, 1, 1],
		[2, 2, 1],
		[4, 2, 2],
		[5, 3, 2],
		[9, 3, 3],
		[16, 4, 4],
	])('of %i stand in %i columns and %i rows on a hall display', (count, columns, rows) => {
		expect(gridOf(count, 1856, 940)).toEqual({ columns, rows })
	})
})

describe('what is asked of the hub', () => {
	it('is each source once, by its tallest tile, the largest first', () => {
		expect(
			wantedOf([
				['a', 104],
				['b', 540],
				['a', 208],
				['c', 0],
			]),
		).toEqual([
			{ source: 'b', height: 540 },
			{ source: 'a', height: 210 },
		])
	})

	it('is at most 25, and nothing that the protocol refuses', () => {
		const many = wantedOf(Array.from({ length: 40 }, (_, i) => [`s${i}`, 100_000 + i] as const))
		expect(many).toHaveLength(25)
		expect(many.every(({ height }) => Number.isInteger(height) && height <= 4320)).toBe(true)
	})
})

describe('figures', () => {
	const inbound = (track: string, framesDecoded: number, more = {}) => ({
		type: 'inbound-rtp',
		kind: 'video',
		trackIdentifier: track,
		framesDecoded,
		...more,
	})

	it('leave the bandwidth probe out', () => {
		expect(countInbound([inbound('a', 3), inbound('p', 9, { mid: 'probator' }), { type: 'transport' }]).size).toBe(1)
	})

	it('never go back when a tile leaves the screen', () => {
		const tally = new Tally()
		tally.add(countInbound([inbound('a', 100), inbound('b', 50)]))
		tally.add(countInbound([inbound('b', 60)]))
		tally.add(countInbound([inbound('b', 65), inbound('c', 5)]))
		expect(tally.decoded).toBe(170)
	})

	it('call the worse of two connections the state of both', () => {
		expect(worseOf(['connected', 'new'])).toBe('connected')
		expect(worseOf(['connected', 'disconnected'])).toBe('disconnected')
		expect(worseOf(['failed', 'connecting'])).toBe('failed')
		expect(worseOf(['closed', 'new'])).toBe('new')
	})

	it('show silence as nothing and full scale as all', () => {
		expect(loudness(new Float32Array(16))).toBe(0)
		expect(loudness(new Float32Array(16).fill(1))).toBe(1)
		expect(loudness(new Float32Array(16).fill(0.001))).toBeCloseTo(0, 5)
	})
})

describe('texts', () => {
	it('are never empty and never left in the other language', () => {
		for (const [key, text] of Object.entries(meetingTexts('en'))) {
			const words = typeof text === 'function' ? String((text as (value: never) => string)(2 as never)) : text
			expect(words, key).not.toBe('')
			if (key !== 'language') expect(words, key).not.toMatch(/[가-힣]/)
		}
	})
})
