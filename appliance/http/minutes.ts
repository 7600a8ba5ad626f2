import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { attendanceCsv } from '../minutes/csv.ts'
import { html } from '../minutes/html.ts'
import { markdown } from '../minutes/markdown.ts'
import { odt } from '../minutes/odt.ts'
import { Id, oneOf } from '../protocol/text.ts'
import type { Parts } from './parts.ts'

const schema = {
	params: Type.Object({ id: Id }),
	querystring: Type.Object(
		{
			language: Type.Optional(oneOf(['ko', 'en'])),
			/** Whether what was said stands in it word by word, where there are captions. Default: yes. */
			verbatim: Type.Optional(oneOf(['yes', 'no'])),
		},
		{ additionalProperties: false },
	),
}

/** The minutes as files, in the house's language unless another is asked for. */
export const minutesRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { hub, writing, printPdf }) => {
	const inLanguage = (language: 'ko' | 'en' | undefined) => ({ ...writing, language: language ?? writing.language })
	const minutesOf = (id: string, { verbatim }: { verbatim?: 'yes' | 'no' }) => {
		const minutes = hub.minutes(id)
		return verbatim === 'no' ? { ...minutes, verbatim: null } : minutes
	}
	const path = '/api/v1/meetings/:id'

	app.get(`${path}/minutes.json`, { schema }, async ({ params: { id }, query }, reply) => {
		file(reply, id, 'json', 'application/json')
		return minutesOf(id, query)
	})
	app.get(`${path}/minutes.md`, { schema }, async ({ params: { id }, query }, reply) => {
		file(reply, id, 'md', 'text/markdown; charset=utf-8')
		return markdown(minutesOf(id, query), inLanguage(query.language))
	})
	app.get(`${path}/minutes.odt`, { schema }, async ({ params: { id }, query }, reply) => {
		file(reply, id, 'odt', 'application/vnd.oasis.opendocument.text')
		return Buffer.from(odt(minutesOf(id, query), inLanguage(query.language)))
	})
	app.get(`${path}/minutes.pdf`, { schema }, async ({ params: { id }, query }, reply) => {
		const page = html(minutesOf(id, query), inLanguage(query.language))
		file(reply, id, 'pdf', 'application/pdf')
		return Buffer.from(await printPdf(page))
	})
	app.get(`${path}/attendance.csv`, { schema }, async ({ params: { id }, query }, reply) => {
		reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="attendance-${id}.csv"`)
		return attendanceCsv(hub.minutes(id), inLanguage(query.language).language)
	})
}

function file(reply: FastifyReply, id: string, ending: string, type: string) {
	reply.type(type).header('content-disposition', `attachment; filename="minutes-${id}.${ending}"`)
}
