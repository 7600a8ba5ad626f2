import { describe, expect, it } from 'vitest'
import { nameOf, roleOf, valuesOf } from '../../appliance/identity/sso-claims.ts'

const mapping = {
	claim: 'groups',
	roles: [
		{ role: 'admin' as const, values: ['maru-admins'] },
		{ role: 'facilities' as const, values: ['facilities', 'building'] },
	],
}

describe('The values of a claim', () => {
	it.each<[string, object, string, string[] | null]>([
		['a list', { groups: ['a', 'b'] }, 'groups', ['a', 'b']],
		['one word', { role: 'a' }, 'role', ['a']],
		['a way into it', { realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
		['a name with dots in it', { 'https://city.example/roles': ['a'] }, 'https://city.example/roles', ['a']],
		['what is no word', { groups: [1, null, { a: 1 }, 'a'] }, 'groups', ['a']],
		['an empty list', { groups: [] }, 'groups', []],
		['nothing', {}, 'groups', null],
		['null', { groups: null }, 'groups', null],
		['what every object has', {}, 'constructor.name', null],
		['the way through a word', { groups: 'a' }, 'groups.length', null],
	])('are those of %s', (_, claims, claim, values) => {
		expect(valuesOf(claims as Record<string, unknown>, claim)).toEqual(values)
	})
})

describe('A role', () => {
	it('is the first that has a value, and one alone', () => {
		expect(roleOf({ groups: ['building', 'maru-admins'] }, mapping)).toBe('admin')
		expect(roleOf({ groups: 'building' }, mapping)).toBe('facilities')
	})

	it.each([['Maru-Admins'], ['maru-admins '], ['maru'], ['maru-admins,building'], ['admin'], ['']])(
		'is none by %j',
		(value) => {
			expect(roleOf({ groups: [value] }, mapping)).toBeNull()
		},
	)
})

describe('A name', () => {
	it('is what the configuration says, else what there is', () => {
		const claims = { preferred_username: 'kim', email: 'kim@city.example' }
		expect(nameOf({ ...claims, displayName: '김시설' }, 'displayName', 's')).toBe('김시설')
		expect(nameOf(claims, 'name', 's')).toBe('kim')
		expect(nameOf({}, 'name', 's')).toBe('s')
		expect(nameOf({ name: '  ' }, 'name', '\u202e')).toBe('?')
	})

	it('stands in one line, whatever was sent', () => {
		expect(nameOf({ name: '김\n시설\u202e\u0000 과장' }, 'name', 's')).toBe('김 시설 과장')
		expect([...nameOf({ name: '😀'.repeat(500) }, 'name', 's')]).toHaveLength(80)
	})
})
