import { createReadStream, statSync } from 'node:fs'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { BundleView } from '../protocol/bundle.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Principal } from '../protocol/roles.ts'
import { routes } from '../protocol/routes.ts'
import { type Parts, principalOf } from './parts.ts'

const file = '/api/v1/logs/bundle.zip'
const owners: readonly string[] = routes['GET /api/v1/logs/bundle.zip']

/** What is wrong with this machine, and the file for whoever helps from outside. */
export const diagnosisRoutes: FastifyPluginAsyncTypebox<Pick<Parts, 'diagnosis'>> = async (app, { diagnosis }) => {
	app.get(
		'/api/v1/doctor',
		{ schema: { summary: 'What `maru doctor` finds, of the last half minute; takes some seconds' } },
		async (_, reply) => {
			reply.header('cache-control', 'private, no-store')
			return diagnosis.doctor()
		},
	)

	const viewFor = (by: Principal): BundleView => ({ ...diagnosis.bundle(), mine: owners.includes(by.role) })
	app.get('/api/v1/logs/bundle', { schema: { summary: 'How far the bundle of logs is' } }, async (request) =>
		viewFor(principalOf(request)),
	)
	app.post(
		'/api/v1/logs/bundle',
		{ schema: { summary: 'Makes a bundle of logs, findings and figures without secrets and names; one at a time' } },
		async (request, reply) => {
			diagnosis.makeBundle()
			return reply.code(202).send(viewFor(principalOf(request)))
		},
	)
	app.get(file, { schema: { summary: 'The bundle that was made last' } }, async (_, reply) => {
		const path = diagnosis.bundleFile()
		if (path === null) throw new Refusal('no-document', 'there is no bundle: POST /api/v1/logs/bundle makes one')
		return reply
			.type('application/zip')
			.header('cache-control', 'private, no-store')
			.header('content-disposition', 'attachment; filename="maru-logs.zip"')
			.header('content-length', statSync(path).size)
			.send(createReadStream(path))
	})
}
