import type { FastifyInstance } from 'fastify'
import type { HubPart } from './parts.ts'

/** What playlists of the relay name, by a path that needs no token: see relay/sealed-names.ts. */
export const segmentRoute = '/api/v1/meetings/:id/relay/segments/:file'

/**
 * Segments that are there are given before all else: of what other hooks find out and write, nothing is for them, and at a
 * thousand a second it would cost more than they do. What is not there goes on to the route, which says so.
 */
export function useSegments(app: FastifyInstance, hub: Pick<HubPart, 'relaySegment'>) {
	app.addHook('onRequest', (request, reply, next) => {
		if (request.routeOptions.url !== segmentRoute || request.url.includes('?')) return next()
		const { id, file } = request.params as { id: string; file: string }
		const answer = hub.relaySegment(id, file)
		if (answer.status !== 200) return next()
		reply.hijack()
		const { bytes, type, cacheControl } = answer
		// Pages of other origins may have them: whoever knows a name read it in a playlist.
		const headers = ['content-type', type, 'content-length', String(bytes.length), 'cache-control', cacheControl]
		headers.push('access-control-allow-origin', '*', 'cross-origin-resource-policy', 'cross-origin')
		headers.push('x-content-type-options', 'nosniff')
		reply.raw.writeHead(200, headers).end(bytes)
	})
}
