import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { roomCommands } from '../protocol/room-commands.ts'
import type { Origin } from '../room/leases.ts'
import { type Parts, principalOf } from './parts.ts'
import { dataOf } from './problems.ts'

/** The room over HTTP, for machines. */
export const roomRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { room, build, health, metrics }) => {
	app.get('/api/v1/health', async () => ({ ok: true, build, ...health() }))
	app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()))

	app.get('/api/v1/room', async () => {
		const { state, revision } = room.state()
		return { ...state, revision }
	})
	app.post(
		'/api/v1/room/join',
		{ schema: { body: Type.Object({ link: Type.String({ maxLength: 4096 }) }, { additionalProperties: false }) } },
		async (request) => dataOf(await room.dispatch({ type: 'room.join', link: request.body.link }, originOf(request))),
	)
	app.post('/api/v1/room/leave', async (request) =>
		dataOf(await room.dispatch({ type: 'room.leave' }, originOf(request))),
	)
	app.put('/api/v1/room/mute', { schema: { body: roomCommands['room.mute'].body } }, async (request) =>
		dataOf(await room.dispatch({ type: 'room.mute', muted: request.body.muted }, originOf(request))),
	)
}

/** A machine is one driver of cameras, however many requests it makes. */
export function originOf(request: FastifyRequest): Origin {
	const { jti, role } = principalOf(request)
	return { id: `http:${jti}`, label: role, role }
}
