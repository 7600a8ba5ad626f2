import { expect, it } from 'vitest'
import { leavePlace, type Place, takePlace } from '../../../control-panel/attend/place.ts'

const place: Place = { resume: 'secret', name: '김하나', devices: true, pins: ['p1:camera'], follows: false }

function tab() {
	const kept = new Map<string, string>()
	return {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key),
	}
}

it('is taken by the page that is loaded in the place of another, and by that one alone', () => {
	const storage = tab()
	leavePlace(place, 1000, storage)
	expect(takePlace(4000, storage)).toEqual(place)
	expect(takePlace(4000, storage)).toBeNull()
})

it('is gone when the hub has given it up', () => {
	const storage = tab()
	leavePlace(place, 1000, storage)
	expect(takePlace(61_000, storage)).toBeNull()
	expect(takePlace(2000, storage)).toBeNull()
})

it('is nobody’s in a tab that was opened anew', () => {
	expect(takePlace(1000, tab())).toBeNull()
})
