import { createReadStream, statSync } from 'node:fs'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Id, oneOf } from '../protocol/text.ts'
import { type Parts, principalOf } from './parts.ts'
import { problem } from './problems.ts'
import { readRange } from './range.ts'

const meeting = Type.Object({ id: Id })
const recording = Type.Object({ id: Id, recording: Id })
const step = Type.Object({ id: Id, step: oneOf(['start', 'stop']) })
const token = Type.Optional(Type.String({ maxLength: 4096 }))

/** What is recorded of a meeting: begun and ended, listed, looked up in, given out, and removed. */
export const recordingRoutes: FastifyPluginAsyncTypebox<Pick<Parts, 'hub'>> = async (app, { hub }) => {
	const path = '/api/v1/meetings/:id'

	app.post(`${path}/recording/:step`, { schema: { params: step } }, async (request) => {
		const { id, step } = request.params
		return hub.act(id, { type: step === 'start' ? 'recording.start' : 'recording.stop' }, principalOf(request))
	})

	app.get(`${path}/recordings`, { schema: { params: meeting } }, async ({ params }, reply) => {
		reply.header('cache-control', 'private, no-store')
		const { title } = hub.get(params.id)
		return { title, recordings: hub.recordings(params.id) }
	})

	app.get(`${path}/recordings/:recording/index`, { schema: { params: recording } }, async ({ params }, reply) => {
		reply.header('cache-control', 'private, no-store')
		return hub.recordingIndex(params.id, params.recording)
	})

	app.delete(`${path}/recordings/:recording`, { schema: { params: recording } }, async (request) => {
		const { id, recording } = request.params
		return hub.removeRecording(id, recording, principalOf(request))
	})

	app.get(
		`${path}/recordings/:recording/recording.mp4`,
		{
			config: { tokenInQuery: true },
			schema: {
				params: recording,
				querystring: Type.Object({ token, download: Type.Optional(oneOf(['1'])) }, { additionalProperties: false }),
			},
		},
		async (request, reply) => {
			const { id, recording } = request.params
			const file = hub.recordingFile(id, recording)
			const { size } = statSync(file)
			reply.type('video/mp4').header('accept-ranges', 'bytes').header('cache-control', 'private, no-cache')
			if (request.query.download) {
				reply.header('content-disposition', `attachment; filename="recording-${recording}.mp4"`)
			}
			const range = readRange(request.headers.range, size)
			if (range === 'unsatisfiable') {
				reply.header('content-range', `bytes */${size}`)
				return problem(reply, 416, 'bad-message', `the file has ${size} bytes`)
			}
			if (range) reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${size}`)
			const { from, to } = range ?? { from: 0, to: size - 1 }
			return reply.header('content-length', to - from + 1).send(createReadStream(file, { start: from, end: to }))
		},
	)
}
