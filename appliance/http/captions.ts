import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { type CaptionCommand, type CaptionerMessage, Correction, captionCommands } from '../protocol/captions.ts'
import { Refusal } from '../protocol/errors.ts'
import { captioning } from '../protocol/roles.ts'
import { Id } from '../protocol/text.ts'
import type { Parts } from './parts.ts'
import { createSocketService, notASocket } from './socket.ts'

/** What is said, as text: a socket for those who write it, and what was written over HTTP. See docs/captions.md. */
export const captionRoutes: FastifyPluginAsyncTypebox<Pick<Parts, 'hub' | 'identity' | 'origins' | 'build'>> = async (
	app,
	{ hub, identity, origins, build },
) => {
	const serve = createSocketService<CaptionCommand>({
		commands: captionCommands,
		roles: captioning,
		keeping: () => 'no', // what people say is not the house's to log
		identity,
		origins,
		build,
		open(principal, { send, close }) {
			if (principal.kind !== 'meeting')
				throw new Refusal('not-allowed', 'captions are written by a link of the meeting')
			return hub.connectCaptioner(principal, {
				send: (message: CaptionerMessage) => send(JSON.stringify(message)),
				close,
			})
		},
	})
	app.route({ method: 'GET', url: '/ws/captions', handler: notASocket, wsHandler: serve })

	const path = '/api/v1/meetings/:id/captions'
	const caption = Type.Object({ id: Id, caption: Id })
	app.get(path, { schema: { params: Type.Object({ id: Id }) } }, async ({ params: { id } }) => ({
		captions: hub.captions(id),
	}))
	app.put(`${path}/:caption`, { schema: { params: caption, body: Correction } }, async ({ params, body }) =>
		hub.correctCaption(params.id, params.caption, body),
	)
	app.delete(`${path}/:caption`, { schema: { params: caption } }, async ({ params }, reply) => {
		hub.removeCaption(params.id, params.caption)
		return reply.code(204).send()
	})
}
