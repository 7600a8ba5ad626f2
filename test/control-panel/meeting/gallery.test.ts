import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrange, galleryGap, pageSize, placeOf, tileWidth } from '../../../control-panel/lib/meeting/gallery.ts'
import { spared } from '../../../control-panel/lib/meeting/saving.ts'
import { screenOf, type Tile } from '../../../control-panel/lib/meeting/tiles.ts'

function tile(person: string, more: Partial<Tile> = {}): Tile {
	const camera = more.kind === undefined || more.kind === 'camera'
	return {
		key: camera ? `${person}/camera/0/camera` : person,
		source: `s-${person}`,
		person,
		title: person,
		owner: null,
		kind: 'camera',
		muted: false,
		here: true,
		live: true,
		me: false,
		...more,
	}
}

const all = (names: string) => [...names].map((name) => tile(name))
const nobody = () => false
const named = (names: string) => (one: Tile) => names.includes(one.person)

describe('the places of the gallery', () => {
	it('are those of the meeting at first, and stay when somebody comes', () => {
		expect(arrange([], all('abcd'), nobody, 2).join('')).toBe('abcd')
		expect(arrange([...'abcd'], all('xabcd'), nobody, 2).join('')).toBe('abcdx')
	})

	it('are not given up for a camera that goes off', () => {
		const off = tile('b', { kind: 'none', source: null })
		expect(placeOf(off)).toBe(placeOf(tile('b')))
		expect(arrange([...'abc'], [tile('a'), tile('c'), off], nobody, 2).join('')).toBe('abc')
	})

	it('left empty go to whoever comes, else to the last of all: nobody else moves', () => {
		expect(arrange([...'abcdef'], all('acdefx'), nobody, 3).join('')).toBe('axcdef')
		expect(arrange([...'abcdef'], all('acdef'), nobody, 3).join('')).toBe('afcde')
		expect(arrange([...'abcdef'], all('ace'), nobody, 3).join('')).toBe('aec')
	})

	it('on the first page go to those with a reason, by changing two tiles, and nobody moves back without one', () => {
		const order = arrange([...'abcdef'], all('abcdef'), named('e'), 3)
		expect(order.join('')).toBe('abedcf')
		expect(arrange(order, all('abcdef'), nobody, 3)).toEqual(order)
		expect(arrange(order, all('abcdef'), named('ef'), 3).join('')).toBe('afedcb')
	})

	it('hold everybody once, whatever happens, and as many with a reason on the first page as it has room for', () => {
		const people = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnop'))
		fc.assert(
			fc.property(fc.array(fc.tuple(people, people)), fc.integer({ min: 1, max: 25 }), (steps, size) => {
				let order: string[] = []
				for (const [there, first] of steps) {
					order = arrange(
						order,
						there.map((name) => tile(name)),
						(one) => first.includes(one.person),
						size,
					)
					expect([...order].sort()).toEqual([...there].sort())
					const wanted = there.filter((name) => first.includes(name)).length
					expect(order.slice(0, size).filter((name) => first.includes(name))).toHaveLength(Math.min(size, wanted))
				}
			}),
		)
	})
})

describe('a page of the gallery', () => {
	it.each([
		[1068, 560, 20], // 1440×810 with the list beside
		[1548, 860, 25], // 1920×1080: never more
		[374, 540, 10], // a phone, upright
		[90, 50, 1],
	])('of %i×%i has %i tiles', (width, height, count) => {
		expect(pageSize(width, height)).toBe(count)
	})

	it('shows its tiles as large as they fit', () => {
		for (const count of [1, 2, 7, 20, 25]) {
			const width = tileWidth(count, 1068, 560)
			const columns = Math.floor((1068 + galleryGap) / (width + galleryGap))
			const rows = Math.ceil(count / columns)
			expect(rows * ((width * 9) / 16) + (rows - 1) * galleryGap).toBeLessThanOrEqual(560.5)
		}
	})
})

describe('a weak line', () => {
	const sights = [
		{ source: 'small', height: 104, large: false },
		{ source: 'large', height: 620, large: true },
		{ source: 'pinned', height: 300, large: true },
	]

	it('gets all that is in sight unless asked otherwise', () => {
		expect(spared(sights, 'off')).toEqual(sights)
	})

	it('is spared all but one large picture, which comes in the smallest layer', () => {
		expect(spared(sights, 'data')).toEqual([{ source: 'large', height: 180, large: true }])
		expect(spared(sights.slice(0, 1), 'data')).toEqual([])
	})

	it('is spared every picture where only the sound is wanted', () => {
		expect(spared(sights, 'sound')).toEqual([])
	})
})

describe('the screen that is shown to all', () => {
	const screen = (person: string, more: Partial<Tile> = {}) =>
		tile(person, { kind: 'screen', key: `${person}/screen/0/x`, ...more })

	it('is that of whoever has the floor, else the first; one’s own is none', () => {
		const [a, b] = [screen('a'), screen('b')]
		expect(screenOf([tile('c'), a, b])).toBe(a)
		expect(screenOf([tile('c'), a, b], [b])).toBe(b)
		expect(screenOf([screen('a', { me: true }), screen('b', { here: false })])).toBeNull()
	})
})
