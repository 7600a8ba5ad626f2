import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ComeRequest, GoRequest, ScanRequest } from '../protocol/check-in.ts'
import { Id } from '../protocol/text.ts'
import type { Limits } from './limits.ts'
import type { Parts } from './parts.ts'

/** A class is checked in to at its hall. What a phone is told is of one person, and no cache keeps it. */
export const checkInRoutes: FastifyPluginAsyncTypebox<Pick<Parts, 'hub' | 'identity'> & { limits: Limits }> = async (
	app,
	{ hub, identity, limits },
) => {
	app.addHook('onRequest', async (_request, reply) => {
		reply.header('cache-control', 'private, no-store')
	})

	app.get(
		'/api/v1/meetings/:id/class/check-in',
		{ schema: { params: Type.Object({ id: Id }) } },
		async ({ params: { id } }) => hub.checkIns.code(id),
	)
	app.post('/api/v1/check-in/scan', { schema: { body: ScanRequest } }, async ({ body: { code, phone } }) =>
		hub.checkIns.scan(code, phone),
	)
	app.post('/api/v1/check-in/come', { schema: { body: ComeRequest } }, async (request) => {
		const { link, ...comer } = request.body
		const by = link === undefined ? undefined : await limits.trial(request, () => identity.verify(tokenIn(link)))
		return hub.checkIns.come({ ...comer, by })
	})
	app.post('/api/v1/check-in/go', { schema: { body: GoRequest } }, async ({ body: { meeting, phone } }) => {
		hub.checkIns.go(meeting, phone)
		return { ok: true }
	})
}

/** A link as it was sent to them, or what stands in it after `#`. */
function tokenIn(link: string): string {
	return link.slice(link.indexOf('#') + 1).trim()
}
