import type { ErrorCode } from '../../../appliance/protocol/errors.ts'

/** The counter's routes, for its pages. */

export class Refused extends Error {
	readonly code: ErrorCode | 'lost'
	/** How long to wait before the next try; null: nobody said. */
	readonly waitSeconds: number | null

	constructor(code: ErrorCode | 'lost', waitSeconds: number | null = null) {
		super(code)
		this.code = code
		this.waitSeconds = waitSeconds
	}
}

export type Ask = <T>(method: 'GET' | 'POST', path: string, body?: object) => Promise<T>

/** Asks as whoever has this token or pass; null: as nobody. Rejects with Refused. */
export function askAs(token: string | null): Ask {
	return async <T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> => {
		let response: Response
		try {
			response = await fetch(`/api/v1/counsel${path}`, {
				method,
				headers: {
					...(token === null ? {} : { authorization: `Bearer ${token}` }),
					...(body ? { 'content-type': 'application/json' } : {}),
				},
				...(body ? { body: JSON.stringify(body) } : {}),
			})
		} catch {
			throw new Refused('lost')
		}
		if (response.ok) return (await response.json()) as T
		const { code = 'internal' } = (await response.json().catch(() => ({}))) as { code?: ErrorCode }
		const wait = response.headers.get('retry-after')
		throw new Refused(code, wait === null ? null : Number(wait))
	}
}
