import { type ErrorCode, linkRefusals } from '../../appliance/protocol/errors.ts'
import { type Link, readLink } from '../lib/meeting/link.ts'

/** How a viewer comes to this page: by a link, or by `?meeting=` through a portal that says who they are. */
export interface Arrival {
	link: Link
	/** Why nobody is let in. */
	refused: ErrorCode | null
	/** For a window of its own. */
	address: string
}

interface Around {
	/** A link's token, from the address or kept for this tab; null: there is none. */
	token: string | null
	location: Pick<Location, 'pathname' | 'search'>
	fetch: typeof globalThis.fetch
	wait: (ms: number) => Promise<void>
}

const againMs = 2000

export async function arrive({ token, location, fetch, wait }: Around): Promise<Arrival> {
	const { pathname, search } = location
	const meeting = new URLSearchParams(search).get('meeting')
	if (meeting === null) {
		return { link: readLink(token ?? ''), refused: null, address: `${pathname}${search}#${token ?? ''}` }
	}
	const address = `${pathname}${search}`
	for (;;) {
		const answer = await askPortal(meeting, fetch)
		if (answer && 'token' in answer) return { link: readLink(answer.token), refused: null, address }
		if (answer) return { link: { ...readLink(''), meeting }, refused: answer.refused, address }
		await wait(againMs)
	}
}

/** Null: nobody answers who could know. */
async function askPortal(
	meeting: string,
	fetch: typeof globalThis.fetch,
): Promise<{ token: string } | { refused: ErrorCode } | null> {
	try {
		const headers = { 'content-type': 'application/json' }
		const body = JSON.stringify({ meeting })
		const answer = await fetch('/api/v1/relay/session', { method: 'POST', headers, body })
		const said: unknown = await answer.json().catch(() => null)
		if (answer.ok && hasText(said, 'token')) return { token: said.token }
		const code = hasText(said, 'code') ? linkRefusals.find((one) => one === said.code) : undefined
		// A portal that wants a sign-in answers by itself, in whatever words, or leads to its own page.
		return code || answer.status < 500 ? { refused: code ?? 'unauthorized' } : null
	} catch {
		return null
	}
}

function hasText<K extends string>(value: unknown, key: K): value is Record<K, string> {
	return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[key] === 'string'
}
