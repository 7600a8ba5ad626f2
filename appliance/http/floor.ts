import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Refusal } from '../protocol/errors.ts'
import { type MeetingCommand, type MeetingCommandType, meetingCommands } from '../protocol/meeting-commands.ts'
import { Id, oneOf } from '../protocol/text.ts'
import { checkOf } from './compiled.ts'
import { type Parts, principalOf } from './parts.ts'
import { dataOf } from './problems.ts'

const floorSteps = ['request', 'withdraw', 'grant', 'revoke', 'decline', 'yield', 'interrupt', 'next'] as const
const voteSteps = ['ballot', 'count', 'close', 'cancel'] as const
const rollLimit = 1024 * 1024

/** The floor, votes and roll of a meeting over HTTP: what scripts and other systems of the house do. */
export const floorRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { hub, room }) => {
	// Many a step needs no fields, and a script then sends no body.
	app.addHook('preValidation', async (request) => {
		request.body ??= {}
	})

	app.post(
		'/api/v1/meetings/:id/floor/:step',
		{
			schema: {
				params: Type.Object({ id: Id, step: oneOf(floorSteps) }),
				body: Type.Object(
					{
						person: Type.Optional(Id),
						seat: Type.Optional(Id),
						seconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 86_400 })),
						kind: Type.Optional(oneOf(['speak', 'respond', 'order'])),
					},
					{ additionalProperties: false },
				),
			},
		},
		async (request) => {
			const { id, step } = request.params
			const { person, seat, seconds, kind } = request.body
			if (person !== undefined && seat !== undefined) throw new Refusal('bad-message', 'a person or a seat, not both')
			const who = person ?? (seat === undefined ? undefined : hub.whoSits(id, seat))
			const fields = { who, seconds: step === 'grant' ? seconds : undefined, kind }
			return hub.act(id, commandOf(`floor.${step}`, step === 'next' ? {} : fields), principalOf(request))
		},
	)

	app.post(
		'/api/v1/meetings/:id/votes',
		{ schema: { params: Type.Object({ id: Id }), body: meetingCommands['vote.open'].body } },
		async (request, reply) => {
			reply.code(201)
			return hub.act(request.params.id, { type: 'vote.open', ...request.body }, principalOf(request))
		},
	)
	app.post(
		'/api/v1/meetings/:id/votes/:vote/:step',
		{
			schema: {
				params: Type.Object({ id: Id, vote: Id, step: oneOf(voteSteps) }),
				// Its fields are those of the command, and checked as such below.
				body: Type.Object({}, { additionalProperties: true }),
			},
		},
		async (request) => {
			const { id, vote, step } = request.params
			const type = step === 'ballot' ? 'vote.cast' : (`vote.${step}` as const)
			const { person, ...fields } = request.body as { person?: string }
			const who = person === undefined ? {} : { who: person }
			return hub.act(id, commandOf(type, { ...fields, ...who, vote }), principalOf(request))
		},
	)

	app.post('/api/v1/meetings/:id/roll/links', { schema: { params: Type.Object({ id: Id }) } }, async (request) => ({
		links: await hub.personalLinks(request.params.id, principalOf(request)),
	}))

	app.delete(
		'/api/v1/meetings/:id/people/:person',
		{ schema: { params: Type.Object({ id: Id, person: Id }) } },
		async ({ params: { id, person } }) => {
			hub.erase(id, person)
			return { ok: true }
		},
	)

	app.post(
		'/api/v1/seats/:id/mic',
		{
			schema: {
				params: Type.Object({ id: Id }),
				body: Type.Object({ state: oneOf(['off', 'on', 'request', 'priority']) }, { additionalProperties: false }),
			},
		},
		async (request) => dataOf(await room.seatMic(request.params.id, request.body.state)),
	)

	// A plugin of its own, so that files are taken here and nowhere else.
	await app.register(async (csv) => {
		csv.addContentTypeParser(['text/csv', 'application/vnd.ms-excel'], { parseAs: 'buffer' }, (_, body, done) =>
			done(null, body),
		)
		csv.post(
			'/api/v1/meetings/:id/roll',
			{ bodyLimit: rollLimit, schema: { params: Type.Object({ id: Id }), body: Type.Unknown() } },
			async (request) => {
				const { id } = request.params as { id: string }
				if (!(request.body instanceof Uint8Array)) throw new Refusal('bad-message', 'the roll is sent as text/csv')
				return hub.importRoll(id, request.body, principalOf(request))
			},
		)
	})
}

/** A command of the table, its fields checked. What is undefined was not given. */
function commandOf(type: MeetingCommandType, given: object): MeetingCommand {
	const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
	const check = checkOf(meetingCommands[type].body)
	if (!check.Check(fields)) {
		const [first] = check.Errors(fields)
		throw new Refusal('bad-message', `${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim())
	}
	return { type, ...fields } as MeetingCommand
}
