import type { AccountRole } from '../protocol/roles.ts'

/** What the city's sign-in says of a person, as we understand it. Pure: nothing here believes or checks anything. */

export interface Named {
	/** Whose word it is, and how it calls this person for ever. */
	issuer: string
	subject: string
	/** As they are shown. */
	name: string
	/** Null: nothing of theirs has a role here. */
	role: AccountRole | null
}

export interface Mapping {
	claim: string
	roles: readonly { role: AccountRole; values: readonly string[] }[]
	nameClaim: string
}

type Claims = Readonly<Record<string, unknown>>

const longestName = 80

/** The values of a claim; null: nothing is said of it. `realm_access.roles` is a claim of that name, or the way into one. */
export function valuesOf(claims: Claims, claim: string): string[] | null {
	const found = Object.hasOwn(claims, claim) ? claims[claim] : into(claims, claim.split('.'))
	if (found === undefined || found === null) return null
	return (Array.isArray(found) ? found : [found]).filter((one) => typeof one === 'string')
}

function into(value: unknown, [key, ...further]: string[]): unknown {
	if (key === undefined) return value
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
	return into((value as Claims)[key], further)
}

/** One role or none, the first of the list: letter by letter, so that no other group counts for one that sounds like it. */
export function roleOf(claims: Claims, { claim, roles }: Pick<Mapping, 'claim' | 'roles'>): AccountRole | null {
	const values = valuesOf(claims, claim) ?? []
	return roles.find((one) => one.values.some((value) => values.includes(value)))?.role ?? null
}

/** In one line; whoever has no name is shown as the provider calls them. */
export function nameOf(claims: Claims, nameClaim: string, subject: string): string {
	const said = [nameClaim, 'name', 'preferred_username', 'email'].flatMap((claim) => valuesOf(claims, claim)?.[0] ?? [])
	const plain = [...said, subject].map((text) =>
		text
			.normalize('NFC')
			.replace(/[\p{C}\s]+/gu, ' ')
			.trim(),
	)
	return [...(plain.find((text) => text !== '') ?? '?')].slice(0, longestName).join('')
}
