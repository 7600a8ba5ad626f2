import { isWayBack, type SsoFaultCode, type Standing, ssoFaults } from '../../appliance/protocol/accounts.ts'
import { ask } from './ask.ts'

/** Who is signed in to this browser, and the way to the page that signs in and back. */

/** Null: nobody, or the house is away, which the page's own connection tells. */
export async function standing(): Promise<Standing | null> {
	const answer = await ask<Standing>({ method: 'GET', path: 'session', token: null })
	return answer.ok ? answer.data : null
}

/** `back`: the path of the page that one comes from. No link of a meeting or token in it: it stands in the address. */
export const signInAddress = (back: string) => `/sign-in?back=${encodeURIComponent(back)}`

/** Where the one who signed in goes: a page of this house, by its path alone. Null: nowhere was said, or elsewhere. */
export function backOf(search: string): string | null {
	const back = new URLSearchParams(search).get('back') ?? ''
	return isWayBack(back) ? back : null
}

/** The city's sign-in, and from there back to this page of ours. */
export const ssoAddress = (back: string | null) =>
	back === null ? '/sign-in/sso' : `/sign-in/sso?back=${encodeURIComponent(back)}`

/** What the city's sign-in has come to, as the address says it that it led back to. */
export function arrivalOf(search: string): { done: boolean; fault: SsoFaultCode | 'too-many' | null } {
	const said = new URLSearchParams(search)
	const fault = [...ssoFaults, 'too-many' as const].find((one) => one === said.get('fault')) ?? null
	return { done: said.get('done') === '1', fault }
}

/** The pages that are of use to a role, the first of them its own. */
export function pagesOf(role: Standing['role']): readonly ('console' | 'counsel' | 'panel')[] {
	switch (role) {
		case 'admin':
			return ['console', 'panel', 'counsel']
		case 'facilities':
			return ['console', 'panel']
		case 'audit':
			return ['console']
		case 'panel':
			return ['panel', 'counsel']
		case 'official':
			return ['counsel']
		default:
			return []
	}
}
