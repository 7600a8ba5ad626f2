import { gzipSync } from 'node:zlib'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Id, oneOf } from '../protocol/text.ts'
import { type HubPart, type Parts, principalOf } from './parts.ts'
import { problem } from './problems.ts'
import { segmentRoute } from './segments.ts'

const meeting = Type.Object({ id: Id })
const step = Type.Object({ id: Id, step: oneOf(['start', 'stop']) })
const token = Type.Optional(Type.String({ maxLength: 4096 }))

/** The relay over HTTP. */
export const relayRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { hub }) => {
	const path = '/api/v1/meetings/:id'

	app.post(`${path}/relay/:step`, { schema: { params: step } }, async (request) => {
		const { id, step } = request.params
		return hub.act(id, { type: step === 'start' ? 'relay.start' : 'relay.stop' }, principalOf(request))
	})

	app.get(`${path}/relay`, { schema: { params: meeting } }, async (request, reply) => {
		reply.header('cache-control', 'private, max-age=0')
		return hub.relay(request.params.id, principalOf(request))
	})

	app.get(
		`${path}/relay/:file`,
		{
			config: { tokenInQuery: true, counted: 'strangers' },
			schema: {
				params: Type.Object({ id: Id, file: Type.String({ pattern: '^[a-z0-9-]{1,40}\\.m3u8$' }) }),
				querystring: Type.Object({ token, from: Type.Optional(oneOf(['start'])) }, { additionalProperties: false }),
			},
		},
		async (request, reply) => {
			const { id, file } = request.params
			const { from } = request.query
			// What came in an address goes out in those of the playlist; what came in a header does not.
			const carried = request.url.indexOf('?')
			const answer = hub.relayFile(id, file, {
				query: carried < 0 ? '' : request.url.slice(carried),
				fromStart: from === 'start',
				who: readerOf(request),
			})
			// The playlist of playlists may carry a token, which no cache is to keep.
			const kept = file === 'master.m3u8' ? { ...answer, cacheControl: 'private, no-store' } : answer
			return send(reply, file, kept, request.headers['accept-encoding'] ?? '')
		},
	)

	// Open: whoever knows a name read it in a playlist. Those that are there have been given already, see segments.ts.
	app.get(
		segmentRoute,
		{
			config: { counted: 'nobody' },
			schema: {
				params: Type.Object({ id: Id, file: Type.String({ pattern: '^[a-z0-9-]{1,80}\\.(m4s|mp4|vtt)$' }) }),
				querystring: Type.Object({}, { additionalProperties: false }),
			},
		},
		async ({ params: { id, file } }, reply) => send(reply, file, hub.relaySegment(id, file), ''),
	)

	app.get(
		`${path}/relay/access`,
		{ config: { counted: 'strangers' }, schema: { params: meeting } },
		async (request, reply) => {
			hub.relayRead(request.params.id, readerOf(request))
			return reply.code(204).header('cache-control', 'private, no-store').send()
		},
	)
}

const playlistType = 'application/vnd.apple.mpegurl'

/** Who reads playlists. */
const readerOf = (request: FastifyRequest) => ({ principal: principalOf(request), address: request.ip })

/** Of lists that many ask for: a quarter of an hour has 120 kB as it is, and a quarter of that so. */
const squeezed = new WeakMap<Uint8Array, Buffer>()

/** `accepted`: what the one who asks can unpack. */
function send(reply: FastifyReply, file: string, answer: ReturnType<HubPart['relayFile']>, accepted: string) {
	reply.header('cache-control', answer.cacheControl)
	if (answer.status !== 200) {
		const when = answer.status === 410 ? 'any more' : 'yet'
		return problem(reply, answer.status, 'no-recording', `there is no ${file} ${when}`)
	}
	const { bytes, type } = answer
	reply.type(type)
	if (type !== playlistType) return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
	reply.header('vary', 'accept-encoding')
	if (!/\bgzip\b/.test(accepted)) return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
	const packed = squeezed.get(bytes) ?? gzipSync(bytes)
	squeezed.set(bytes, packed)
	return reply.header('content-encoding', 'gzip').send(packed)
}
