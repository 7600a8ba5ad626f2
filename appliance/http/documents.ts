import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { bytesMost, tooLarge } from '../documents/upload.ts'
import { Refusal } from '../protocol/errors.ts'
import { type Principal, presiding, type Role } from '../protocol/roles.ts'
import { Id } from '../protocol/text.ts'
import { type Parts, principalOf } from './parts.ts'

const meeting = Type.Object({ id: Id })
const document = Type.Object({ id: Id, document: Id })
const path = '/api/v1/meetings/:id/documents'
const pagePath = `${path}/:document/pages/:page.png`
const waitingPath = '/api/v1/meetings/:id/waiting'

/** Documents and slides of a meeting over HTTP: handed in, listed, shown page by page, taken home. */
export const documentRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { hub, documents }) => {
	/** One meeting's documents are nobody else's, whoever guesses an id. */
	function known({ id, document }: { id: string; document: string }) {
		const found = documents.get(document)
		if (found?.meeting !== id) throw new Refusal('no-document', 'there is no such document')
		return found
	}

	// Somebody before the door holds the same link as those who were let in.
	app.addHook('preHandler', async (request) => {
		const { id, document } = request.params as { id: string; document?: string }
		const by = principalOf(request)
		if (hub.mayRead(id, by)) return
		const { url } = request.routeOptions
		if (url === waitingPath) return
		// To those who wait: the pages of what is shown to them, and of nothing else.
		if (url === pagePath && hub.waitingSlides(id, by)?.document === document) return
		throw new Refusal('not-allowed', 'who is let in is given a link of their own for this')
	})

	app.get(path, { schema: { params: meeting } }, async ({ params: { id } }) => documents.list(hub.get(id).id))

	app.get(`${path}/:document`, { schema: { params: document } }, async ({ params }, reply) => {
		const { id } = known(params)
		const { path, name, type, bytes } = documents.file(id)
		await access(path).catch(() => {
			throw new Refusal('no-document', 'the file of this document is gone')
		})
		return (
			reply
				.type(type)
				.header('content-length', bytes)
				.header('content-disposition', attachment(name))
				.header('cache-control', 'private, no-cache')
				// Somebody else wrote it: should a browser show it after all, then as a page that may do nothing.
				.header('content-security-policy', "default-src 'none'; sandbox")
				.send(createReadStream(path))
		)
	})

	app.get(
		pagePath,
		{
			schema: {
				params: Type.Object({ id: Id, document: Id, page: Type.String({ pattern: '^[1-9]\\d{0,3}$' }) }),
				querystring: Type.Object(
					{ width: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,3}$' })) },
					{ additionalProperties: false },
				),
			},
		},
		async ({ params, query }, reply) => {
			const { bytes, type } = await documents.page(
				known(params).id,
				Number(params.page),
				Math.min(1920, Number(query.width ?? 1920)),
			)
			// A document never changes: what is different has another id.
			return reply
				.type(type)
				.header('cache-control', 'private, max-age=31536000, immutable')
				.header('content-security-policy', "default-src 'none'; sandbox")
				.send(bytes)
		},
	)

	app.get(waitingPath, { schema: { params: meeting } }, async (request) => ({
		slides: hub.waitingSlides(request.params.id, principalOf(request)),
	}))

	app.delete(`${path}/:document`, { schema: { params: document } }, async (request) => {
		const { id, by } = known(request.params)
		if (!mayRemove(principalOf(request), by)) throw new Refusal('not-allowed', 'only whoever handed it in may do this')
		await documents.remove(id)
		return { ok: true }
	})

	// A plugin of its own, so that files are taken here and nowhere else.
	await app.register(async (files) => {
		files.removeAllContentTypeParsers()
		files.addContentTypeParser('*', (_, payload, done) => done(null, payload))
		files.addContentTypeParser('application/json', (_, _payload, done) =>
			done(new Refusal('bad-message', 'a document is sent as it is, as application/octet-stream')),
		)
		files.post(
			path,
			{
				// The body goes straight to the disk, and is counted on its way; see documents/upload.ts.
				bodyLimit: bytesMost,
				config: { takesFiles: true },
				schema: {
					params: meeting,
					querystring: Type.Object(
						{ name: Type.String({ minLength: 1, maxLength: 1000 }) },
						{ additionalProperties: false },
					),
					body: Type.Unknown(),
				},
			},
			async (request, reply) => {
				const { id } = request.params as { id: string }
				const { name } = request.query as { name: string }
				if (hub.get(id).phase === 'closed') throw new Refusal('meeting-closed', 'the meeting has been closed')
				if (!(request.body instanceof Readable)) throw new Refusal('bad-message', 'the file is empty')
				if (Number(request.headers['content-length'] ?? 0) > bytesMost) throw tooLarge()
				const by = uploaderOf(principalOf(request))
				reply.code(201)
				return documents.add(id, { name, content: request.body, by })
			},
		)
	})
}

/** Whom the document names: a person, or by their role a desk and whoever came by a shared link. */
function uploaderOf(principal: Principal): string {
	return (principal.kind === 'meeting' ? principal.person : null) ?? principal.role
}

function mayRemove(principal: Principal, uploader: string): boolean {
	if (principal.kind === 'house') return true
	const roles: readonly Role[] = presiding
	return roles.includes(principal.role) || (principal.person !== null && principal.person === uploader)
}

/** RFC 6266 with a name as in RFC 8187, and a plain one for who does not know that. */
function attachment(name: string): string {
	const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
	const encoded = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
	return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
