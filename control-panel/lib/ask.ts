import { type ErrorCode, errorCodes } from '../../appliance/protocol/errors.ts'

/** What came of a question over HTTP. `waitSeconds`: how long not to ask again, where the house says so. */
export type Answer<T> =
	| { ok: true; data: T }
	| { ok: false; code: ErrorCode; detail: string; waitSeconds?: number | undefined }

interface Question {
	method: string
	/** Under /api/v1/. */
	path: string
	/** Null: as nobody, or as who this browser's session says. */
	token: string | null
	body?: unknown
	deadlineMs?: number
}

const usualMs = 15_000

/** Never rejects: 'timeout' without an answer in time, 'lost' where the house is away. */
export async function ask<T>({ method, path, token, body, deadlineMs = usualMs }: Question): Promise<Answer<T>> {
	try {
		const response = await fetch(`/api/v1/${path}`, {
			method,
			cache: 'no-store',
			signal: AbortSignal.timeout(deadlineMs),
			headers: {
				...(token === null ? {} : { authorization: `Bearer ${token}` }),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		})
		if (!response.ok) return refusal(await response.json().catch(() => null), response.headers.get('retry-after'))
		return { ok: true, data: await response.json() }
	} catch (error) {
		const late = error instanceof DOMException && error.name === 'TimeoutError'
		return { ok: false, code: late ? 'timeout' : 'lost', detail: '' }
	}
}

/** From a problem document (RFC 9457); whatever else came is a fault of ours. */
function refusal(problem: unknown, retryAfter: string | null): Answer<never> {
	const { code, detail } = { ...(problem as { code?: unknown; detail?: unknown } | null) }
	return {
		ok: false,
		code: errorCodes.find((known) => known === code) ?? 'internal',
		detail: typeof detail === 'string' ? detail : '',
		...(retryAfter === null ? {} : { waitSeconds: Number(retryAfter) }),
	}
}
