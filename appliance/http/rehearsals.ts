import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Parts } from './parts.ts'
import { dataOf } from './problems.ts'
import { originOf } from './room.ts'

/** The morning check, for machines and `maru rehearse`. */
export const rehearsalRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { room }) => {
	app.get(
		'/api/v1/rehearsals/latest',
		{ schema: { summary: 'The rehearsal that goes on, and the report of the last one; null: none' } },
		async () => ({ running: room.state().state.rehearsal?.running ?? null, latest: room.latestRehearsal() }),
	)
	app.post(
		'/api/v1/rehearsals',
		{ schema: { summary: 'Begins a rehearsal; refused where a meeting is on or about to begin' } },
		async (request, reply) => {
			const begun = dataOf(await room.dispatch({ type: 'rehearsal.start' }, originOf(request)))
			return reply.code(202).send(begun)
		},
	)
}
