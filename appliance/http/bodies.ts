import type { FastifyInstance } from 'fastify'
import { Refusal } from '../protocol/errors.ts'

/** A body has to be there by then, whoever sends it. */
const patienceMs = 30_000

/** Bodies are JSON, and every field of them is looked at. A route that takes files says so: `config: { takesFiles: true }`. */
export function useBodies(app: FastifyInstance, bodyMs = patienceMs) {
	app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
		const { upgrade, 'content-length': length, 'transfer-encoding': coding } = raw.headers
		const hasBody = upgrade === undefined && (Number(length ?? 0) > 0 || coding !== undefined)
		if (!hasBody || routeOptions.config.takesFiles) return
		const timer = setTimeout(() => raw.complete || raw.destroy(), bodyMs)
		reply.raw.once('close', () => clearTimeout(timer))
	})
	const parse = app.getDefaultJsonParser('error', 'error')
	// Many a client says 'JSON' of every request, also where there is nothing to send.
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
		body === '' ? done(null, undefined) : parse(request, String(body), done),
	)
	app.removeContentTypeParser('text/plain')
	app.addHook('preHandler', async ({ body, routeOptions }) => {
		if (routeOptions.schema?.body || body === undefined || isEmpty(body)) return
		throw new Refusal('bad-message', 'this takes no body')
	})
}

declare module 'fastify' {
	interface FastifyContextConfig {
		/** It reads the body itself, and minds how long that takes. */
		takesFiles?: boolean
	}
}

const isEmpty = (body: unknown) => typeof body === 'object' && body !== null && Object.keys(body).length === 0
