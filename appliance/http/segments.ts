import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { HubPart } from './parts.ts'

/** What playlists of the relay name, by a path that needs no token: see relay/sealed-names.ts. */
export const segmentRoute = '/api/v1/meetings/:id/relay/segments/:file'
const segmentPath = /^\/api\/v1\/meetings\/([A-Za-z0-9_-]{1,64})\/relay\/segments\/([a-z0-9-]{1,80}\.(?:m4s|mp4|vtt))$/

/**
 * Segments that are there are given before all else: of what routes and hooks find out and write, nothing is for them, and at
 * a thousand a second it would cost a fifth more. What is not there, or asked for in any other words, goes on to the route,
 * which says so.
 */
export function useSegments({ server }: FastifyInstance, hub: Pick<HubPart, 'relaySegment'>) {
	const others = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
	server.removeAllListeners('request')
	server.on('request', (request, response) => {
		if (give(request, response, hub)) return
		for (const listener of others) listener.call(server, request, response)
	})
}

function give({ method, url }: IncomingMessage, response: ServerResponse, hub: Pick<HubPart, 'relaySegment'>): boolean {
	const path = method === 'GET' && url ? segmentPath.exec(url) : null
	if (!path) return false
	const answer = hub.relaySegment(path[1] ?? '', path[2] ?? '')
	if (answer.status !== 200) return false
	const { bytes, type, cacheControl } = answer
	// Pages of other origins may have them: whoever knows a name read it in a playlist.
	const headers = ['content-type', type, 'content-length', String(bytes.length), 'cache-control', cacheControl]
	headers.push('access-control-allow-origin', '*', 'cross-origin-resource-policy', 'cross-origin')
	headers.push('x-content-type-options', 'nosniff')
	response.writeHead(200, headers).end(bytes)
	return true
}
