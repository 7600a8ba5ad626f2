import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { certificatePage } from '../minutes/certificate.ts'
import { classCsv } from '../minutes/class-csv.ts'
import { Refusal } from '../protocol/errors.ts'
import { presides } from '../protocol/roles.ts'
import { Id, oneOf } from '../protocol/text.ts'
import { type Parts, principalOf } from './parts.ts'

const querystring = Type.Object({ language: Type.Optional(oneOf(['ko', 'en'])) }, { additionalProperties: false })
/** A browser for each: more at once are asked to come again. */
const mostPrinting = 4

/** A class (교육) over HTTP: who was there for how long, and certificates. */
export const lessonRoutes: FastifyPluginAsyncTypebox<
	Pick<Parts, 'hub' | 'room' | 'writing' | 'issuing' | 'printPdf'>
> = async (app, { hub, room, writing, issuing, printPdf }) => {
	const path = '/api/v1/meetings/:id/class'
	const params = Type.Object({ id: Id })
	let printing = 0

	app.get(path, { schema: { params } }, async ({ params: { id } }, reply) => {
		reply.header('cache-control', 'private, no-store')
		return hub.lesson(id)
	})

	app.get(`${path}/attendance.csv`, { schema: { params, querystring } }, async ({ params: { id }, query }, reply) => {
		reply.type('text/csv; charset=utf-8').header('cache-control', 'private, no-store')
		reply.header('content-disposition', `attachment; filename="class-${id}.csv"`)
		return classCsv(hub.lesson(id), query.language ?? writing.language)
	})

	app.get(
		`${path}/certificates/:person.pdf`,
		{ schema: { params: Type.Object({ id: Id, person: Type.String({ maxLength: 64 }) }), querystring } },
		async (request, reply) => {
			const { id, person: asked } = request.params
			const by = principalOf(request)
			const own = by.kind === 'meeting' ? by.person : null
			const person = asked === 'own' ? own : asked
			// A link of a trainee opens their own, and nobody else's.
			if (person === null || (by.kind === 'meeting' && !presides(by.role) && person !== own)) {
				throw new Refusal('not-allowed', 'a certificate is given to the one whose it is')
			}
			const certificate = hub.certificateOf(id, person)
			const { name, number } = certificate
			if (name === null) throw new Refusal('no-person', 'this person was erased')
			if (printing >= mostPrinting) throw new Refusal('busy', 'several are printed at this moment: try again')
			printing += 1
			try {
				const language = request.query.language ?? writing.language
				const house = room.state().state.name
				const page = certificatePage({ ...certificate, name }, { ...writing, language, house, issuing })
				const pdf = Buffer.from(await printPdf(page))
				reply.type('application/pdf').header('cache-control', 'private, no-store')
				reply.header('content-disposition', `attachment; filename="certificate-${number}.pdf"`)
				return pdf
			} finally {
				printing -= 1
			}
		},
	)

	app.get(
		'/api/v1/certificates/:number',
		{ schema: { params: Type.Object({ number: Type.String({ maxLength: 40 }) }) } },
		async ({ params: { number } }, reply) => {
			reply.header('cache-control', 'private, no-store')
			return hub.certificate(number)
		},
	)
}
