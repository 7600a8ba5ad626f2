import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { type ErrorCode, Refusal } from '../protocol/errors.ts'
import type { Result } from '../protocol/messages.ts'

/** Errors as RFC 9457 problem details, with our code beside them. */

const statuses: Partial<Record<ErrorCode, number>> = {
	unauthorized: 401,
	expired: 401,
	forged: 401,
	revoked: 401,
	'not-allowed': 403,
	'no-meeting': 404,
	'no-camera': 404,
	'no-preset': 404,
	'no-source': 404,
	'too-large': 413,
	'too-many': 429,
	'meeting-closed': 409,
	'meeting-not-open': 409,
	'already-so': 409,
	'not-in-call': 409,
	'not-joined': 409,
	leased: 409,
	busy: 409,
	full: 503,
	'hub-away': 503,
	'media-unavailable': 503,
	unreachable: 502,
	timeout: 504,
	lost: 503,
	rejected: 502,
	protocol: 502,
	unsupported: 501,
	internal: 500,
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
	app.setErrorHandler((error: FastifyError, request, reply) => {
		if (error instanceof Refusal) return problem(reply, statusOf(error.code), error.code, error.message)
		if ('code' in error && error.name === 'DeviceError') {
			return problem(reply, statusOf(error.code as ErrorCode), error.code as ErrorCode, error.message)
		}
		if (error.validation) return problem(reply, 400, 'bad-message', error.message)
		if (error.statusCode === 413) return problem(reply, 413, 'too-large', error.message)
		if (error.statusCode === 429) return problem(reply, 429, 'too-many', error.message)
		if (error.statusCode && error.statusCode < 500)
			return problem(reply, error.statusCode, 'bad-message', error.message)
		request.log.error({ err: error }, 'a route has a bug')
		return problem(reply, 500, 'internal', 'this is a fault of ours; it is in the log')
	})
}
