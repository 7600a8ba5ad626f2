import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { TryLater } from '../identity/tries.ts'
import { type ErrorCode, isStorageFault, notSaved, Refusal } from '../protocol/errors.ts'
import type { Result } from '../protocol/messages.ts'

/** Errors as RFC 9457 problem details, with our code beside them. */

const statuses: Partial<Record<ErrorCode, number>> = {
	unauthorized: 401,
	expired: 401,
	forged: 401,
	revoked: 401,
	'not-allowed': 403,
	'staff-only': 403,
	'no-panel': 404,
	locked: 403,
	'no-meeting': 404,
	'no-camera': 404,
	'no-preset': 404,
	'no-source': 404,
	'no-person': 404,
	'no-seat': 404,
	'no-item': 404,
	'no-document': 404,
	'no-recording': 404,
	'no-visit': 404,
	'bad-code': 403,
	'bad-password': 403,
	'must-change': 403,
	'not-on-air': 409,
	'no-consent': 409,
	private: 409,
	'no-vote': 404,
	'not-in-queue': 409,
	'has-floor': 409,
	'no-floor': 409,
	'floor-full': 409,
	'no-time': 409,
	outranked: 409,
	suspended: 409,
	'vote-closed': 409,
	'has-voted': 409,
	'phone-used': 409,
	elsewhere: 409,
	refused: 403,
	'not-eligible': 403,
	'too-large': 413,
	'too-many': 429,
	'meeting-closed': 409,
	'meeting-not-open': 409,
	'already-so': 409,
	'not-in-call': 409,
	'not-joined': 409,
	leased: 409,
	'in-file': 409,
	busy: 409,
	full: 503,
	'hub-away': 503,
	'media-unavailable': 503,
	unreachable: 502,
	untrusted: 502,
	timeout: 504,
	lost: 503,
	rejected: 502,
	protocol: 502,
	unsupported: 501,
	internal: 500,
	'not-saved': 507,
}

function statusOf(code: ErrorCode): number {
	return statuses[code] ?? 400
}

export function problem(reply: FastifyReply, status: number, code: ErrorCode, detail: string) {
	const body = { type: `urn:maru:${code}`, title: code, status, code, detail }
	return reply.code(status).type('application/problem+json').send(JSON.stringify(body))
}

/** The answer of a command as the answer of a route: its data (or nothing), or the refusal thrown. */
export function dataOf(result: Result): unknown {
	if (!result.ok) throw new Refusal(result.code, result.message)
	return result.data ?? { ok: true }
}

export function useProblems(app: FastifyInstance) {
	app.setNotFoundHandler((request, reply) =>
		problem(reply, 404, 'bad-message', `there is no ${request.method} ${request.url.split('?')[0]}`),
	)
	app.setErrorHandler((error: unknown, request, reply) => {
		if (error instanceof TryLater) reply.header('retry-after', error.seconds)
		if (error instanceof Refusal) return problem(reply, statusOf(error.code), error.code, error.message)
		if (isDeviceError(error)) return problem(reply, statusOf(error.code), error.code, error.message)
		if (isStorageFault(error)) {
			request.log.error({ err: error }, 'the disk took nothing')
			return problem(reply, statusOf('not-saved'), 'not-saved', notSaved)
		}
		const status = statusOfFastify(error)
		if (status !== null) return problem(reply, status, codes[status] ?? 'bad-message', (error as Error).message)
		request.log.error({ err: error }, 'a route has a bug')
		return problem(reply, 500, 'internal', 'this is a fault of ours; it is in the log')
	})
}

const codes: Partial<Record<number, ErrorCode>> = { 413: 'too-large', 429: 'too-many' }

function isDeviceError(error: unknown): error is Error & { code: ErrorCode } {
	return error instanceof Error && error.name === 'DeviceError' && 'code' in error
}

/** What Fastify itself says of a request. What others throw is not for the one who asks, whatever status it carries. */
function statusOfFastify(error: unknown): number | null {
	if (!(error instanceof Error)) return null
	const { validation, code, statusCode } = error as Partial<FastifyError>
	if (validation) return 400
	return code?.startsWith('FST_') && statusCode && statusCode < 500 ? statusCode : null
}
