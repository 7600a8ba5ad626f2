import { describe, expect, it } from 'vitest'
import { writeMediaPlaylist } from '../../../appliance/relay/playlist.ts'
import { refusalTitle, watchTexts } from '../../../control-panel/lib/i18n-watch.ts'
import { keepIn } from '../../../control-panel/lib/keep.ts'
import { actOf } from '../../../control-panel/watch/keys.ts'
import { layoutOf } from '../../../control-panel/watch/layout.ts'
import {
	fractionOf,
	isLive,
	listedStretch,
	markAt,
	marksOf,
	mediaTimeOf,
	momentOf,
	readDates,
	stretchOf,
	timeAt,
} from '../../../control-panel/watch/timeline.ts'
import { askRelay, sceneOf, type Told } from '../../../control-panel/watch/view.ts'

const minute = 60_000
const noon = Date.UTC(2027, 2, 2, 3)

describe('The stretch one may go back in', () => {
	it('begins with the relay, and later with what is kept', () => {
		const since = noon
		expect(stretchOf({ since: null, windowS: 3600 }, noon, null)).toBeNull()
		expect(stretchOf({ since, windowS: 0 }, noon + minute, null)).toBeNull()
		expect(stretchOf({ since, windowS: 3600 }, noon + 5000, null)).toBeNull()
		const whole = { fromMs: noon, toMs: noon + minute }
		expect(stretchOf({ since, windowS: 3600 }, noon + minute, null)).toEqual(whole)
		// The first segment began a moment later.
		expect(stretchOf({ since, windowS: 3600 }, noon + minute, { ...whole, fromMs: noon + 900 })).toEqual(whole)
	})

	it('ends some seconds before what is being dropped', () => {
		const toMs = noon + 60 * minute
		const view = { since: noon, windowS: 600 }
		expect(stretchOf(view, toMs, null)).toEqual({ fromMs: toMs - 590_000, toMs })
		expect(stretchOf(view, toMs, { fromMs: toMs - 300_000, toMs })).toEqual({ fromMs: toMs - 290_000, toMs })
	})

	it('is drawn from 0 to 1, and what lies outside at its ends', () => {
		const stretch = { fromMs: noon, toMs: noon + 10 * minute }
		expect([noon - 1, noon, noon + 5 * minute, noon + 99 * minute].map((at) => fractionOf(stretch, at))).toEqual([
			0, 0, 0.5, 1,
		])
		expect(timeAt(stretch, 0.25)).toBe(noon + 2.5 * minute)
		expect([isLive(stretch, noon + 10 * minute - 3999), isLive(stretch, noon + 10 * minute - 4001)]).toEqual([
			true,
			false,
		])
	})

	it('has the items that can still be seen, each from where it can be', () => {
		const chapters = [
			{ id: 'a', title: '보고', startsAt: noon - 20 * minute },
			{ id: 'b', title: '예산', startsAt: noon - 10 * minute },
			{ id: 'pause', title: null, startsAt: noon + 2 * minute },
			{ id: 'c', title: '토론', startsAt: noon + 4 * minute },
			{ id: 'd', title: '나중', startsAt: noon + 40 * minute },
		]
		const marks = marksOf({ fromMs: noon, toMs: noon + 10 * minute }, chapters)
		expect(marks).toEqual([
			{ id: 'b', title: '예산', atMs: noon, endMs: noon + 2 * minute, whole: false },
			{ id: 'c', title: '토론', atMs: noon + 4 * minute, endMs: noon + 10 * minute, whole: true },
		])
		expect([1, 3, 9].map((at) => markAt(marks, noon + at * minute)?.id ?? null)).toEqual(['b', null, 'c'])
	})
})

describe('The time of a player', () => {
	/** Two runs of ffmpeg: between them the wall's clock went on for 30 s, the player's did not. */
	const pieces = [
		{ start: 10, duration: 1, programDateTime: noon },
		{ start: 11, duration: 1, programDateTime: noon + 1000 },
		{ start: 12, duration: 1, programDateTime: noon + 32_000 },
	]

	it('is found by the dates of a playlist, over a break too', () => {
		expect(mediaTimeOf(pieces, noon + 500)).toBe(10.5)
		expect(mediaTimeOf(pieces, noon + 32_250)).toBe(12.25)
		expect([noon - minute, noon + 20_000, noon + minute].map((at) => mediaTimeOf(pieces, at))).toEqual([10, 12, 13])
		expect(mediaTimeOf([{ start: 0, duration: 1, programDateTime: null }], noon)).toBeNull()
	})

	it('is read from a playlist as the appliance writes it', () => {
		const segments = pieces.map(({ duration, programDateTime }, number) => ({
			...{
				number,
				name: `${number}.m4s`,
				initName: 'i.mp4',
				timeline: 0,
				durationS: duration,
				startsAtMs: programDateTime,
			},
		}))
		const text = writeMediaPlaylist({ targetS: 1, segments, start: 'live', ended: false, chapters: [] })
		expect(readDates(text)).toEqual(pieces.map((piece) => ({ ...piece, start: piece.start - 10 })))
	})

	it('and the other way round', () => {
		expect([10.5, 12.25].map((at) => (momentOf(pieces, at) ?? 0) - noon)).toEqual([500, 32_250])
		expect((momentOf(pieces, 7) ?? 0) - noon).toBe(-3000) // what is shown while paused has left the list
		expect(momentOf([], 7)).toBeNull()
		expect(listedStretch(pieces)).toEqual({ fromMs: noon, toMs: noon + 33_000 })
		expect(listedStretch([])).toBeNull()
	})
})

describe('The scene', () => {
	const link = { meeting: 'm' }
	const told: Told = {
		...{ link, capable: true, refused: null, elsewhere: false, playsOn: false },
		view: { phase: 'open', since: noon },
	}
	it.each<[string, Partial<Told>]>([
		['on-air', {}],
		['on-air', { view: { phase: 'suspended', since: noon } }],
		['no-link', { link: { meeting: null } }],
		['refused', { refused: 'expired' }],
		['ended', { refused: 'meeting-closed' }],
		['ended', { view: { phase: 'closed', since: null } }],
		['elsewhere', { elsewhere: true }],
		['connecting', { view: null }],
		['planned', { view: { phase: 'planned', since: null } }],
		['not-on-air', { view: { phase: 'open', since: null } }],
		['incapable', { capable: false }],
		// What HTTP has left is still looked at.
		['on-air', { view: { phase: 'closed', since: null }, playsOn: true }],
	])('is %s where %j', (at, change) => {
		expect(sceneOf({ ...told, ...change })).toMatchObject({ at })
	})
})

describe('Asking over HTTP', () => {
	const link = { ...{ token: 'a.b.c', meeting: 'm/1', role: null, name: null, expiresAt: null } }
	const answering = (status: number, body: unknown) => async (url: unknown, init?: RequestInit) => {
		expect(url).toBe('/api/v1/meetings/m%2F1/relay')
		expect(new Headers(init?.headers).get('authorization')).toBe('Bearer a.b.c')
		return new Response(JSON.stringify(body), { status })
	}

	it('tells the view, why this link will not do, or nothing', async () => {
		const view = { title: 't', phase: 'open', chapters: [] }
		expect(await askRelay(link, answering(200, view))).toEqual({ view })
		expect(await askRelay(link, answering(401, { code: 'revoked' }))).toEqual({ refused: 'revoked' })
		expect(await askRelay(link, answering(429, { code: 'too-many' }))).toBeNull()
		expect(await askRelay(link, answering(200, 'a proxy’s own page'))).toBeNull()
		expect(await askRelay(link, () => Promise.reject(new TypeError('offline')))).toBeNull()
	})
})

describe('Keys', () => {
	const key = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more })
	const nowhere = { typing: false, control: false }

	it('do what they do in every player, in capitals and on a Korean keyboard too', () => {
		expect([' ', 'k', 'K', 'ㅏ', 'm', 'f', 'ArrowLeft', 'l', 'ㅊ', 'x'].map((one) => actOf(key(one), nowhere))).toEqual(
			[...['toggle', 'toggle', 'toggle', 'toggle', 'mute', 'fullscreen', 'back', 'live', 'captions'], null],
		)
	})

	it('are left to whoever types, to a control in focus, and to the browser', () => {
		expect(actOf(key('m'), { typing: true, control: false })).toBeNull()
		expect([' ', 'ArrowLeft', 'm'].map((one) => actOf(key(one), { typing: false, control: true }))).toEqual([
			null,
			null,
			'mute',
		])
		expect(actOf(key('f', { ctrlKey: true }), nowhere)).toBeNull()
	})
})

describe('What the page remembers', () => {
	it('is forgotten with it where storage is forbidden', () => {
		const keep = keepIn(() => {
			throw new DOMException('denied', 'SecurityError')
		})
		keep.setItem('a', '1')
		expect([keep.lasts, keep.getItem('a'), keep.getItem('b')]).toEqual([false, '1', null])
	})

	it('outlives it elsewhere', () => {
		const map = new Map<string, string>()
		const storage = {
			getItem: (key: string) => map.get(key) ?? null,
			setItem: (key: string, value: string) => void map.set(key, value),
			removeItem: (key: string) => void map.delete(key),
		}
		const keep = keepIn(() => storage as unknown as Storage)
		keep.setItem('a', '1')
		expect([keep.lasts, [...map]]).toEqual([true, [['a', '1']]])
	})
})

it('The side stands where there is room', () => {
	expect(
		[
			[320, 180],
			[640, 360],
			[1280, 720],
			[1280, 800],
			[1920, 1080],
			[390, 844],
		].map(([width = 0, height = 0]) => Object.values(layoutOf(width, height)).join(' ')),
	).toEqual(['small false', 'small false', 'wide false', 'wide true', 'wide false', 'tall true'])
})

it('No word is missing in either language, and no Korean stands in English', () => {
	const flat = (texts: object): [string, string][] =>
		Object.entries(texts).flatMap(([key, value]) => {
			if (typeof value === 'object') return flat(value)
			return [[key, typeof value === 'function' ? value(3, 3) : value] as [string, string]]
		})
	const [ko, en] = [flat(watchTexts('ko')), flat(watchTexts('en'))]
	expect(en.map(([key]) => key)).toEqual(ko.map(([key]) => key))
	expect(en.filter(([key, text]) => key !== 'language' && /[가-힣]/.test(text))).toEqual([])
	expect(ko.filter(([key, text]) => key !== 'language' && !/[가-힣]/.test(text))).toEqual([])
	expect(refusalTitle(watchTexts('ko'), 'unauthorized')).toBe('로그인이 필요합니다')
	expect(refusalTitle(watchTexts('ko'), 'forged')).toBe('올바른 링크가 아닙니다')
})
