import { expect, test } from 'vitest'
import { Straight } from '../../../control-panel/attend/straight.svelte.ts'

function storage() {
	const values = new Map<string, string>()
	return {
		getItem: (name: string) => values.get(name) ?? null,
		setItem: (name: string, value: string) => void values.set(name, value),
		removeItem: (name: string) => void values.delete(name),
	}
}

test('the preview is passed over only where that was asked for, by a link with a name in it', () => {
	const kept = storage()
	expect(new Straight(true, kept).on).toBe(false)
	new Straight(true, kept).choose(true, true)
	expect([new Straight(true, kept).on, new Straight(false, kept).on]).toEqual([true, false])
	new Straight(true, kept).choose(false, true)
	expect(new Straight(true, kept).on).toBe(false)
})

test('the camera is remembered as it was left, and only then', () => {
	const kept = storage()
	const straight = new Straight(true, kept)
	straight.cameraIs(true)
	expect(kept.getItem('maru.straight')).toBeNull()
	straight.choose(true, true)
	straight.cameraIs(false)
	expect(new Straight(true, kept).camera).toBe(false)
	straight.cameraIs(true)
	expect(new Straight(true, kept).camera).toBe(true)
})

test('what somebody else wrote there is no wish', () => {
	const kept = storage()
	kept.setItem('maru.straight', 'yes')
	expect(new Straight(true, kept).on).toBe(false)
})
