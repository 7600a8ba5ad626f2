import type { FastifyInstance } from 'fastify'
import { Refusal } from '../protocol/errors.ts'

/** Bodies are JSON, and every field of them is looked at. */
export function useBodies(app: FastifyInstance) {
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

const isEmpty = (body: unknown) => typeof body === 'object' && body !== null && Object.keys(body).length === 0
