import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
	Booking,
	CallNext,
	Entry,
	ownSteps,
	SeatRequest,
	TicketRequest,
	VisitStepBody,
	visitSteps,
} from '../protocol/counsel.ts'
import { Refusal } from '../protocol/errors.ts'
import { Id, oneOf } from '../protocol/text.ts'
import { type CounselPart, type Parts, principalOf } from './parts.ts'

const visit = Type.Object({ visit: Id })

/** The counter of 민원 상담. Answers are of one visitor, and no cache keeps them. */
export const counselRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { counsel }) => {
	function open(): CounselPart {
		if (!counsel) throw new Refusal('unsupported', 'maru.yaml names no counter')
		return counsel
	}

	app.addHook('onRequest', async (_request, reply) => {
		reply.header('cache-control', 'no-store')
	})

	app.get('/api/v1/counsel/board', async () => open().board())
	app.post('/api/v1/counsel/tickets', { schema: { body: TicketRequest } }, async ({ body: { topic } }, reply) => {
		reply.code(201)
		return open().ticket(topic)
	})
	app.post('/api/v1/counsel/visits', { schema: { body: Entry } }, async (request) =>
		open().enter(request.body, request.ip),
	)
	app.get('/api/v1/counsel/visit', async (request) => open().visit(passOf(request)))
	app.post(
		'/api/v1/counsel/visit/:step',
		{ schema: { params: Type.Object({ step: oneOf(ownSteps) }) } },
		async (request, reply) => {
			const { step } = request.params
			if (step === 'leave') clear(reply)
			await open().step(passOf(request), step)
			return { ok: true }
		},
	)

	// A panel stands before everybody in the room: it shows numbers.
	app.get('/api/v1/counsel/desk', async (request) => open().desk(principalOf(request).role !== 'panel'))
	app.post('/api/v1/counsel/appointments', { schema: { body: Booking } }, async ({ body }, reply) => {
		reply.code(201)
		return open().book(body)
	})
	app.post('/api/v1/counsel/calls', { schema: { body: CallNext } }, async ({ body: { department, desk } }) => ({
		id: open().callNext(department, desk),
	}))
	app.post(
		'/api/v1/counsel/visits/:visit/seats',
		{ schema: { params: visit, body: SeatRequest } },
		async ({ params, body }) => ({ link: await open().seat(params.visit, body.seat) }),
	)
	app.post(
		'/api/v1/counsel/visits/:visit/:step',
		{
			schema: {
				params: Type.Object({ ...visit.properties, step: oneOf(visitSteps) }),
				body: VisitStepBody,
			},
		},
		async ({ params, body }) => {
			open().work(params.visit, params.step, body)
			return { ok: true }
		},
	)
}

function passOf(request: FastifyRequest): string {
	return /^Bearer (\S{1,64})$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** Also where the visit is over already: whatever the page asked for, the browser forgets it. */
function clear(reply: FastifyReply) {
	reply.header('clear-site-data', '"cache", "storage"')
}
