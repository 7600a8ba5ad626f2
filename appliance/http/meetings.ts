import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../protocol/errors.ts'
import { meetingCommands } from '../protocol/meeting-commands.ts'
import { Id, Line, oneOf } from '../protocol/text.ts'
import { ownOrigin } from './access.ts'
import { type Parts, principalOf } from './parts.ts'

const meeting = Type.Object({ id: Id })
/** The room's link is given by `meetings.enter` alone. */
const guestRoles = ['chair', 'clerk', 'member', 'observer', 'viewer', 'captioner'] as const
const ways = ['open', 'suspend', 'resume', 'close'] as const
/** Whose name the links carry: that of the configuration, or the one that was asked. */
const linkOrigin = Type.Object({ origin: Type.Optional(oneOf(['request'])) }, { additionalProperties: false })

/** Meetings over HTTP. */
export const meetingRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { hub, origins }) => {
	function base(request: FastifyRequest<{ Querystring: { origin?: 'request' } }>): string | undefined {
		if (request.query.origin !== 'request') return undefined
		const origin = `${request.protocol}://${request.host}`
		// Nobody would get in by a link to another name: the sockets let in pages of our own origins alone.
		if (URL.canParse(origin) && ownOrigin(new URL(origin).origin, origins())) return new URL(origin).origin
		throw new Refusal('bad-message', `${request.host} is no name of this machine: name it as publicUrl`)
	}

	app.get('/api/v1/meetings', async () => hub.list())
	app.post(
		'/api/v1/meetings',
		{
			schema: {
				querystring: linkOrigin,
				body: Type.Object(
					{
						title: Line,
						kind: oneOf(['council', 'class', 'counsel']),
						startsAt: Type.Optional(Type.Integer({ minimum: 0 })),
						roll: Type.Optional(meetingCommands['roll.enter'].body.properties.entries),
						agenda: Type.Optional(meetingCommands['agenda.set'].body.properties.items),
					},
					{ additionalProperties: false },
				),
			},
		},
		async (request, reply) => {
			reply.code(201)
			const made = await hub.create(request.body, base(request))
			request.noted = made.id
			return made
		},
	)
	app.get('/api/v1/meetings/:id', { schema: { params: meeting } }, async ({ params: { id } }) => hub.get(id))
	app.get('/api/v1/meetings/:id/links', { schema: { params: meeting, querystring: linkOrigin } }, async (request) => ({
		links: await hub.links(request.params.id, base(request)),
	}))
	app.post(
		'/api/v1/meetings/:id/links',
		{
			schema: {
				params: meeting,
				querystring: linkOrigin,
				body: Type.Object({ role: oneOf(guestRoles), name: Line }, { additionalProperties: false }),
			},
		},
		async (request, reply) => {
			if (request.body.role === 'chair' && principalOf(request).role === 'clerk') {
				throw new Refusal('not-allowed', 'a clerk gives nobody the chair')
			}
			reply.code(201)
			const made = await hub.invite(request.params.id, request.body, base(request))
			request.noted = made.person
			return made
		},
	)
	for (const way of ways) {
		app.post(`/api/v1/meetings/:id/${way}`, { schema: { params: meeting } }, async (request) =>
			hub.transition(request.params.id, way, principalOf(request)),
		)
	}
	app.get('/api/v1/meetings/:id/journal', { schema: { params: meeting } }, async ({ params: { id } }) =>
		hub.journal(id),
	)
}
